package store

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// A tagged value has one of several types: the name of the type, and the parameters.
type tagged struct {
	Type   string          `json:"type"`
	Params json.RawMessage `json:"params,omitempty"`
}

// encodeParameters encodes a model of nodes.
func encodeParameters(m interface{ ModelName() string }) (tagged, error) {
	b, err := param.Marshal(m)
	return tagged{m.ModelName(), b}, err
}

func decodeModel(t tagged) (neuron.Model, error) { return neuron.Decode(t.Type, t.Params) }

func encodeRule(r connect.Rule) (tagged, error) {
	name, params, err := connect.EncodeRule(r)
	return tagged{name, params}, err
}

// encodeDistribution encodes a distribution that may be missing.
func encodeDistribution(d connect.Distribution) (*tagged, error) {
	if d == nil {
		return nil, nil
	}
	name, params, err := connect.EncodeDistribution(d)
	return &tagged{name, params}, err
}

func decodeDistribution(t *tagged) (connect.Distribution, error) {
	if t == nil {
		return nil, nil
	}
	return connect.DecodeDistribution(t.Type, t.Params)
}

func encodeDevice(d device.Device) (tagged, error) {
	name, params, err := device.Encode(d)
	return tagged{name, params}, err
}

type descriptionJSON struct {
	Seed        uint64           `json:"seed"`
	Resolution  float64          `json:"resolution_ms"`
	Populations []populationJSON `json:"populations"`
	Projections []projectionJSON `json:"projections"`
	Generators  []generatorJSON  `json:"generators,omitempty"`
	Attachments []attachmentJSON `json:"attachments"`
	Draws       uint32           `json:"draws,omitempty"`

	SynapseModels []synapseModelJSON `json:"synapse_models,omitempty"`
}

type populationJSON struct {
	Name  string  `json:"name"`
	First int32   `json:"first_id,omitempty"`
	N     int     `json:"n"`
	Model tagged  `json:"model"`
	Vm    *tagged `json:"initial_V_m,omitempty"`

	Columns map[string][]number `json:"columns,omitempty"`
	network.Labels
}

type projectionJSON struct {
	Pre     []network.Range `json:"pre"`
	Post    []network.Range `json:"post"`
	Rule    tagged          `json:"rule"`
	Weight  *tagged         `json:"weight"`
	Delay   *tagged         `json:"delay"`
	Ordinal uint32          `json:"ordinal"`
	Quantum []float64       `json:"quantum,omitempty"`
	Changed *changesJSON    `json:"changed,omitempty"`
	Synapse string          `json:"synapse_model,omitempty"`
}

type generatorJSON struct {
	Name   string   `json:"name"`
	First  int32    `json:"first_id"`
	N      int      `json:"n"`
	Models []tagged `json:"models"` // one for all, or one for each
	network.Labels
}

type synapseModelJSON struct {
	Name   string  `json:"name"`
	Weight *tagged `json:"weight"`
	Delay  *tagged `json:"delay"`
	Kind   *tagged `json:"kind,omitempty"` // and its parameters; none: synapses never change
}

type attachmentJSON struct {
	Device    *tagged       `json:"device,omitempty"` // none: the generator of that number
	Generator int           `json:"generator"`
	Post      network.Range `json:"post"`
	Weight    *tagged       `json:"weight"`
	Delay     *tagged       `json:"delay"`
	Ordinal   uint32        `json:"ordinal"`
	Synapse   string        `json:"synapse_model,omitempty"`
	Since     int64         `json:"since_step,omitempty"`
	Until     int64         `json:"until_step,omitempty"`
}

func encodeDescription(d *network.Description) (*descriptionJSON, error) {
	j := &descriptionJSON{Seed: d.Seed, Resolution: d.Resolution, Draws: d.Draws}
	for _, p := range d.Populations {
		m, err := encodeParameters(p.Model)
		if err != nil {
			return nil, err
		}
		vm, err := encodeDistribution(p.Vm)
		if err != nil {
			return nil, err
		}
		j.Populations = append(j.Populations, populationJSON{p.Name, p.First, p.N, m, vm, converted[number](p.Columns), p.Labels})
	}
	for _, p := range d.Projections {
		r, err := encodeRule(p.Rule)
		if err != nil {
			return nil, err
		}
		w, err := encodeDistribution(p.Weight)
		if err != nil {
			return nil, err
		}
		delay, err := encodeDistribution(p.Delay)
		if err != nil {
			return nil, err
		}
		j.Projections = append(j.Projections, projectionJSON{p.Pre, p.Post, r, w, delay, p.Ordinal, p.Quantum, encodeChanges(p.Changed), p.Synapse})
	}
	for _, g := range d.Generators {
		of := generatorJSON{g.Name, g.First, g.N, nil, g.Labels}
		for _, m := range g.Models {
			t, err := encodeDevice(m)
			if err != nil {
				return nil, err
			}
			of.Models = append(of.Models, t)
		}
		j.Generators = append(j.Generators, of)
	}
	for _, s := range d.SynapseModels {
		w, err := encodeDistribution(s.Weight)
		if err != nil {
			return nil, err
		}
		delay, err := encodeDistribution(s.Delay)
		if err != nil {
			return nil, err
		}
		var kind *tagged
		if s.Model != nil {
			b, err := synapse.Encode(s.Model)
			if err != nil {
				return nil, fmt.Errorf("synapse model %q: %w", s.Name, err)
			}
			kind = &tagged{s.Model.ModelName(), b}
		}
		j.SynapseModels = append(j.SynapseModels, synapseModelJSON{s.Name, w, delay, kind})
	}
	for _, a := range d.Attachments {
		var dev *tagged
		if _, ok := d.GeneratorModel(a.Generator); !ok || a.Until != 0 { // what ended was another then
			t, err := encodeDevice(a.Device)
			if err != nil {
				return nil, err
			}
			dev = &t
		}
		w, err := encodeDistribution(a.Weight)
		if err != nil {
			return nil, err
		}
		delay, err := encodeDistribution(a.Delay)
		if err != nil {
			return nil, err
		}
		j.Attachments = append(j.Attachments, attachmentJSON{dev, a.Generator, a.Post, w, delay, a.Ordinal, a.Synapse, a.Since, a.Until})
	}
	return j, nil
}

func (j *descriptionJSON) decode() (*network.Description, error) {
	d := &network.Description{Seed: j.Seed, Resolution: j.Resolution, Draws: j.Draws}
	inside := func(r network.Range) error {
		if r.Population < 0 || r.Population >= len(j.Populations) || r.From < 0 || r.N < 0 || r.N > j.Populations[r.Population].N-r.From {
			return fmt.Errorf("neurons %d..%d of population %d, which are not there", r.From, r.From+r.N, r.Population)
		}
		return nil
	}
	for _, p := range j.Populations {
		m, err := decodeModel(p.Model)
		if err == nil {
			err = m.Validate()
		}
		if err == nil && (p.N < 1 || p.N > 1<<31-2-d.Neurons()) {
			err = fmt.Errorf("%d neurons", p.N)
		}
		if err != nil {
			return nil, fmt.Errorf("population %q: %w", p.Name, err)
		}
		vm, err := decodeDistribution(p.Vm)
		if err == nil && vm != nil {
			err = connect.CheckDrawn(vm)
		}
		if err != nil {
			return nil, fmt.Errorf("population %q: %w", p.Name, err)
		}
		pop := network.Population{Name: p.Name, First: p.First, N: p.N, Model: m, Vm: vm, Columns: converted[float64](p.Columns), Labels: p.Labels}
		if err := network.CheckColumns(&pop); err != nil {
			return nil, fmt.Errorf("population %q: %w", p.Name, err)
		}
		d.Populations = append(d.Populations, pop)
	}
	for i, p := range j.Projections {
		fail := func(err error) error { return fmt.Errorf("projection %d: %w", i, err) }
		for _, parts := range [][]network.Range{p.Pre, p.Post} {
			for _, r := range parts {
				if err := inside(r); err != nil {
					return nil, fail(err)
				}
			}
		}
		r, err := connect.DecodeRule(p.Rule.Type, p.Rule.Params)
		if err != nil {
			return nil, fail(err)
		}
		w, err := decodeParameter(p.Weight)
		if err != nil {
			return nil, fail(err)
		}
		delay, err := decodeParameter(p.Delay)
		if err != nil {
			return nil, fail(err)
		}
		changed, err := p.Changed.decode()
		if err != nil {
			return nil, fail(err)
		}
		pr := network.Projection{Pre: p.Pre, Post: p.Post, Rule: r, Weight: w, Delay: delay, Ordinal: p.Ordinal, Quantum: p.Quantum, Changed: changed, Synapse: p.Synapse}
		if err := network.CheckProjection(&pr, j.Resolution); err != nil {
			return nil, fail(err)
		}
		d.Projections = append(d.Projections, pr)
	}
	if err := j.decodeGenerators(d); err != nil {
		return nil, err
	}
	for i, s := range j.SynapseModels {
		w, err := decodeParameter(s.Weight)
		if err != nil {
			return nil, fmt.Errorf("synapse model %d: %w", i, err)
		}
		delay, err := decodeParameter(s.Delay)
		if err != nil {
			return nil, fmt.Errorf("synapse model %d: %w", i, err)
		}
		m := network.SynapseModel{Name: s.Name, Weight: w, Delay: delay}
		if s.Kind != nil {
			if m.Model, err = synapse.Decode(s.Kind.Type, s.Kind.Params); err != nil {
				return nil, fmt.Errorf("synapse model %q: %w", s.Name, err)
			}
		}
		d.SynapseModels = append(d.SynapseModels, m)
	}
	for i := range d.Projections {
		if err := network.CheckKind(d, &d.Projections[i]); err != nil {
			return nil, fmt.Errorf("projection %d: %w", i, err)
		}
	}
	for i, a := range j.Attachments {
		fail := func(err error) error { return fmt.Errorf("device %d: %w", i, err) }
		if err := inside(a.Post); err != nil {
			return nil, fail(err)
		}
		dev, ok := d.GeneratorModel(a.Generator)
		if a.Device != nil {
			var err error
			if dev, err = device.Decode(a.Device.Type, a.Device.Params); err == nil {
				err = dev.Validate()
			}
			if err != nil {
				return nil, fail(err)
			}
		} else if !ok {
			return nil, fail(fmt.Errorf("no generator %d", a.Generator))
		}
		w, err := decodeParameter(a.Weight)
		if err != nil {
			return nil, fail(err)
		}
		delay, err := decodeParameter(a.Delay)
		if err != nil {
			return nil, fail(err)
		}
		if a.Since < 0 || a.Until < 0 || a.Until != 0 && a.Until < a.Since || max(a.Since, a.Until) > clock.MaxSteps {
			return nil, fail(fmt.Errorf("connected from step %d to %d", a.Since, a.Until))
		}
		d.Attachments = append(d.Attachments, network.Attachment{Device: dev, Generator: a.Generator, Post: a.Post, Weight: w, Delay: delay,
			Ordinal: a.Ordinal, Synapse: a.Synapse, Since: a.Since, Until: a.Until})
	}
	return d, nil
}

// decodeParameter decodes a weight or delay, which must not be missing.
func decodeParameter(t *tagged) (connect.Distribution, error) {
	if t == nil {
		return nil, fmt.Errorf("a weight or delay is missing")
	}
	d, err := decodeDistribution(t)
	if err != nil {
		return nil, err
	}
	return d, connect.CheckDistribution(d)
}

// decodeGenerators appends the generators to d, and checks that no two groups of
// nodes share ids.
func (j *descriptionJSON) decodeGenerators(d *network.Description) error {
	for i, g := range j.Generators {
		fail := func(err error) error { return fmt.Errorf("generator %d: %w", i, err) }
		if g.N < 1 || g.N > math.MaxUint16-d.GeneratorCount() {
			return fail(fmt.Errorf("%d nodes", g.N))
		}
		if n := len(g.Models); n != 1 && n != g.N {
			return fail(fmt.Errorf("%d models for %d nodes", n, g.N))
		}
		of := network.Generator{Name: g.Name, First: g.First, N: g.N, Number: d.GeneratorCount(), Labels: g.Labels}
		for _, t := range g.Models {
			m, err := device.Decode(t.Type, t.Params)
			if err == nil {
				err = m.Validate()
			}
			if err != nil {
				return fail(err)
			}
			of.Models = append(of.Models, m)
		}
		d.Generators = append(d.Generators, of)
	}
	type ids struct{ first, n int }
	var all []ids
	for _, p := range d.Populations {
		if p.First != 0 { // else it follows the one before
			all = append(all, ids{int(p.First), p.N})
		}
	}
	for _, g := range d.Generators {
		all = append(all, ids{int(g.First), g.N})
	}
	slices.SortFunc(all, func(a, b ids) int { return a.first - b.first })
	for i, x := range all {
		if x.first < 1 || x.first+x.n-1 > math.MaxInt32 || i > 0 && all[i-1].first+all[i-1].n > x.first {
			return fmt.Errorf("%d nodes from id %d on, which overlap with others or leave [1, %d]", x.n, x.first, math.MaxInt32)
		}
	}
	return nil
}
