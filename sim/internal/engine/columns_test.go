package engine

import (
	"context"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// columnModels are all models with parameters, and each parameter with values
// for five neurons that change what such a neuron does in recorded.
func columnModels() []columnModel {
	common := map[string][]float64{
		"E_L": {-70, -69.5, -71, -70, -68}, "V_th": {-62, -61, -60, -58.5, -62}, "V_reset": {-70, -66, -75, -68, -70}, "V_m": {-70, -64, -80, -70, -63},
		"C_m": {250, 120, 333, 250, 90}, "tau_m": {10, 20, 2, 13, 10}, "t_ref": {2, 0, 0.1, 5, 0.15}, "I_e": {0, 200, -100, 350, 0},
	}
	with := func(more map[string][]float64) map[string][]float64 {
		m := maps.Clone(common)
		maps.Copy(m, more)
		return m
	}
	inf := math.Inf(-1)
	// No neuron has equal ones: a model of that neuron alone would merge its
	// channels, which rounds otherwise.
	taus := map[string][]float64{"tau_syn_ex": {2.5, 0.5, 5, 3.5, 10}, "tau_syn_in": {1.5, 1, 10.5, 0.3, 6}}
	low := map[string][]float64{"V_min": {inf, -69.5, -69, inf, -66}}
	exp, split, alpha, delta, keeps := neuron.DefaultIafPscExp(), neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta(), neuron.DefaultIafPscDelta()
	split.TauSynIn = 3
	alpha.Vmin, keeps.Vmin, keeps.RefractoryInput = -69.8, -69.8, true
	exp.Vth, split.Vth, alpha.Vth, delta.Vth, keeps.Vth = -62, -62, -62, -62, -62
	return []columnModel{
		{"merged", exp, 1, with(taus)},
		{"split", split, 1, with(taus)},
		{"alpha", alpha, 1, with(maps.Collect(both(taus, low)))},
		{"delta", delta, 0.006, with(maps.Collect(both(low, map[string][]float64{"refractory_input": {0, 1, 0, 1, 1}})))},
		{"keeping delta", keeps, 0.006, with(low)},
	}
}

type columnModel struct {
	name   string
	model  neuron.Model
	scale  float64 // of weights
	values map[string][]float64
}

func both(a, b map[string][]float64) func(yield func(string, []float64) bool) {
	m := maps.Clone(a)
	maps.Copy(m, b)
	return maps.All(m)
}

// A recording is a neuron's spikes and what a multimeter reads of it.
type recording struct {
	spikes []int64
	value  map[string][]float64
}

func (r *recording) WriteSpikes(step []int64, _ []int32) error {
	r.spikes = append(r.spikes, step...)
	return nil
}

// stimulate adds what the neurons of recorded populations get: spikes of both signs
// through synapses of parrots and from a generator, and a current.
func stimulate(d *network.Description, of network.Range, scale float64) {
	times, weights := []float64{}, []float64{}
	for k := range 400 {
		times = append(times, float64(k+1)/5)
		weights = append(weights, scale*float64(180-(k*k+7*k)%311))
	}
	generator := device.SpikeGenerator{Times: times, Weights: weights}
	parrots := slices.IndexFunc(d.Populations, func(p network.Population) bool { return p.Name == "parrots" })
	for pre, w := range []float64{150, -90} {
		d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: parrots, From: pre, N: 1}}, Post: []network.Range{of}, Rule: connect.AllToAll{}, Weight: connect.Constant(scale * w),
			Delay: connect.Constant(1.3), Ordinal: uint32(pre)})
	}
	for _, dev := range []device.Device{generator, device.DC{Amplitude: 230, Active: device.Active{Start: 3, Stop: 70}}} {
		d.Attachments = append(d.Attachments, network.Attachment{Device: dev, Generator: len(d.Attachments), Post: of, Weight: connect.Constant(1), Delay: connect.Constant(0.7)})
	}
}

// recorded runs populations under input for some steps and returns what each
// neuron did: its currents only if asked for, and also where a run halts on the way
// and goes on from its state in another engine.
func recorded(t testing.TB, o Options, steps int64, scale float64, currents, halt bool, ps ...network.Population) []recording {
	t.Helper()
	d := &network.Description{Seed: 3, Resolution: 0.1, Populations: slices.Clone(ps)}
	d.Populations = append(d.Populations, network.Population{Name: "parrots", N: 2, Model: neuron.Parrot{}})
	var fast, slow []float64
	for k := range 500 {
		fast = append(fast, float64(k*3+2)/10)
		slow = append(slow, float64(k*7+3)/10)
	}
	for k, times := range [][]float64{fast, slow} {
		d.Attachments = append(d.Attachments, network.Attachment{Device: device.SpikeGenerator{Times: times}, Generator: k, Post: network.Range{Population: len(ps), From: k, N: 1},
			Weight: connect.Constant(1), Delay: connect.Constant(1)})
	}
	n := 0
	for p := range ps {
		if err := network.CheckColumns(&ps[p]); err != nil {
			t.Fatal(err)
		}
		stimulate(d, network.Range{Population: p, From: 0, N: ps[p].N}, scale)
		n += ps[p].N
	}
	build := func() *Engine {
		e, err := Build(t.Context(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	all := make([]recording, n)
	watch := func(e *Engine) {
		at := 0
		for p := range ps {
			quantities := []string{device.Vm}
			if currents {
				quantities = append(quantities, device.ISynEx, device.ISynIn)
			}
			for i := range ps[p].N {
				r := &all[at]
				if r.value == nil {
					r.value = map[string][]float64{}
				}
				e.RecordSpikes(r, []network.Range{{Population: p, From: i, N: 1}})
				err := e.Record(func(q []string, _ []int64, _ []int32, values [][]float64) error {
					for c, name := range q {
						r.value[name] = append(r.value[name], values[c]...)
					}
					return nil
				}, device.Multimeter{Interval: 0.1, Quantities: quantities}, []network.Range{{Population: p, From: i, N: 1}})
				if err != nil {
					t.Fatal(err)
				}
				at++
			}
		}
	}
	e := build()
	watch(e)
	run := func(e *Engine, n int64) {
		if err := e.Run(context.Background(), n, nil); err != nil {
			t.Fatal(err)
		}
	}
	if halt {
		run(e, steps/3)
		steps -= steps / 3
		state := e.State()
		e = build()
		if err := e.SetState(state); err != nil {
			t.Fatal(err)
		}
		watch(e)
	}
	run(e, steps)
	return all
}

// single is the population of the one neuron i of p.
func single(t testing.TB, p *network.Population, i int) network.Population {
	t.Helper()
	values := map[string]float64{}
	for name, x := range p.Columns {
		values[name] = x[i]
	}
	return network.Population{Name: fmt.Sprint(p.Name, i), N: 1, Model: with(t, p.Model, values)}
}

// with returns a model with other values of some parameters.
func with(t testing.TB, m neuron.Model, values map[string]float64) neuron.Model {
	t.Helper()
	edit, err := param.Of(m).Edit(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range values {
		slot, err := edit.Slot(name)
		if err == nil {
			err = slot.Set(x)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return edit.Model().(neuron.Model)
}

// base returns a parameter of a model.
func base(t testing.TB, m neuron.Model, name string) float64 {
	t.Helper()
	x, err := param.Of(m).Float(m, name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Every parameter that differs between the neurons of a population gives each
// of them the spikes and the samples, to the last bit, of a population of its
// own with that value in the model; also all of them at once, whichever way the
// neurons are dealt out.
func TestColumnsEqualModels(t *testing.T) {
	const steps = 500
	for _, m := range columnModels() {
		cases := map[string]map[string][]float64{"all": m.values}
		for name, x := range m.values {
			cases[name] = map[string][]float64{name: x}
		}
		if m.values["tau_syn_ex"] != nil {
			tau := m.values["tau_syn_ex"]
			cases["equal taus"] = map[string][]float64{"tau_syn_ex": tau, "tau_syn_in": tau, "C_m": m.values["C_m"]}
		}
		for name, columns := range cases {
			t.Run(m.name+"/"+name, func(t *testing.T) {
				p := network.Population{Name: "each", N: 5, Model: m.model, Columns: columns}
				_, delta := m.model.(neuron.IafPscDelta)
				var want []recording
				spikes, different := 0, 0
				for i := range p.N {
					want = append(want, recorded(t, Options{Threads: 1, Shards: 1}, steps, m.scale, !delta, false, single(t, &p, i))...)
					spikes += len(want[i].spikes)
					if !reflect.DeepEqual(want[i], want[0]) {
						different++
					}
				}
				if spikes < 10 || different == 0 {
					t.Fatalf("%d spikes, %d neurons that differ: nothing to see", spikes, different)
				}
				for _, c := range []struct {
					Options
					halt bool // go on from a saved state, in another engine
				}{{Options{Threads: 1, Shards: 1}, false}, {Options{Threads: 2, Shards: 2}, true}, {Options{Threads: 2, Shards: 3}, false}, {Options{Threads: 1, Shards: 8}, true}} {
					got := recorded(t, c.Options, steps, m.scale, !delta, c.halt, p)
					for i := range got {
						if !reflect.DeepEqual(got[i], want[i]) {
							t.Errorf("%d threads, %d shards, halted %v: neuron %d: %d spikes %v..., of the model %d %v..., or other samples",
								c.Threads, c.Shards, c.halt, i, len(got[i].spikes), head(got[i].spikes), len(want[i].spikes), head(want[i].spikes))
						}
					}
				}
			})
		}
	}
}

func head(x []int64) []int64 { return x[:min(len(x), 5)] }

// In a population whose neurons are alike but for one, all have the bits of the
// population without columns, also through vectors and remainders.
func TestEqualColumns(t *testing.T) {
	for _, m := range columnModels() {
		const n = 37
		_, delta := m.model.(neuron.IafPscDelta)
		want := recorded(t, Options{Threads: 1, Shards: 1}, 600, m.scale, false, false, network.Population{Name: "same", N: n, Model: m.model})
		for _, currents := range []bool{false, true} {
			if currents && delta {
				continue
			}
			columns := map[string][]float64{}
			for name := range m.values {
				x := make([]float64, n)
				for k := range x {
					x[k] = base(t, m.model, name)
				}
				columns[name] = x
			}
			p := network.Population{Name: "each", N: n, Model: m.model, Columns: columns}
			for _, last := range []float64{0, 1} {
				columns["V_th"][n-1] = base(t, m.model, "V_th") + last
				got := recorded(t, Options{Threads: 1, Shards: 1}, 600, m.scale, currents, false, p)
				for i := range n - 1 {
					if !slices.Equal(got[i].spikes, want[i].spikes) || !slices.Equal(got[i].value[device.Vm], want[i].value[device.Vm]) || len(want[i].spikes) == 0 {
						t.Fatalf("%s: neuron %d: spikes %v, want %v, or other potentials", m.name, i, head(got[i].spikes), head(want[i].spikes))
					}
				}
			}
		}
	}
}

// build1 returns the block of a population alone in one shard.
func build1(t testing.TB, p network.Population, at ...network.Attachment) *block {
	t.Helper()
	e, err := Build(t.Context(), &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{p}, Attachments: at}, Options{Threads: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	return e.shards[0].blocks[0]
}

// A recurrent network of neurons that differ is the same whichever way it is
// dealt out, and goes on from a state of another division.
func TestColumnsAnyShards(t *testing.T) {
	d := small()
	for p := range 4 {
		pop := &d.Populations[p]
		pop.Columns = map[string][]float64{}
		for i, name := range []string{"V_th", "C_m", "tau_m", "t_ref", "I_e"} {
			x := make([]float64, pop.N)
			for k := range x {
				x[k] = base(t, pop.Model, name) + float64((k*7+i)%13)/10
			}
			pop.Columns[name] = x
		}
	}
	build := func(o Options) *Engine {
		e, err := Build(t.Context(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := build(Options{Threads: 1, Shards: 1})
	advance(t, e, 337)
	state := e.State()
	advance(t, e, 400)
	want := e.State()
	if want.Spikes < 500 {
		t.Fatalf("%d spikes: nothing to see", want.Spikes)
	}
	for _, o := range []Options{{Threads: 2, Shards: 2}, {Threads: 2, Shards: 3}, {Threads: 1, Shards: 64}} {
		f := build(o)
		advance(t, f, 737)
		if got := f.State(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads, %d shards: another state", o.Threads, o.Shards)
		}
		f = build(o)
		if err := f.SetState(state); err != nil {
			t.Fatal(err)
		}
		advance(t, f, 400)
		if got := f.State(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads, %d shards: another state after one of another division", o.Threads, o.Shards)
		}
	}
}

// A column of V_m is where neurons begin, in place of a distribution.
func TestInitialColumn(t *testing.T) {
	p := network.Population{Name: "a", N: 3, Model: neuron.DefaultIafPscExp(), Vm: connect.Constant(-60),
		Columns: map[string][]float64{"V_m": {-65, -66.5, -67}, "E_L": {-70, -69, -68}, "V_reset": {-70, -70, -70}}}
	if b := build1(t, p); !slices.Equal(b.values("V_m"), []float64{5, 2.5, 1}) {
		t.Errorf("%v above E_L, want 5, 2.5, 1", b.values("V_m"))
	}
	delete(p.Columns, "V_m")
	if b := build1(t, p); !slices.Equal(b.values("V_m"), []float64{10, 9, 8}) {
		t.Errorf("%v above E_L, want 10, 9, 8", b.values("V_m"))
	}
}

// Poisson input is the same numbers with constants of each neuron.
func TestColumnsPoisson(t *testing.T) {
	for m, weight := range map[neuron.Model]float64{neuron.DefaultIafPscExp(): 8, neuron.DefaultIafPscDelta(): 0.8} {
		run := func(columns map[string][]float64) []float64 {
			d := &network.Description{Seed: 2, Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 21, Model: m, Columns: columns}},
				Attachments: []network.Attachment{{Device: device.Poisson{Rate: 9000}, Post: network.Range{Population: 0, From: 0, N: 21}, Weight: connect.Constant(weight), Delay: connect.Constant(1)}}}
			e, err := Build(t.Context(), d, Options{Threads: 1, Shards: 1})
			if err != nil {
				t.Fatal(err)
			}
			if e.shards[0].blocks[0].counter == nil {
				t.Error("counts do not go into the loop")
			}
			advance(t, e, 500)
			return e.State().Populations[0]["V_m"]
		}
		last := slices.Repeat([]float64{-55}, 21)
		last[20] = 0
		got, want := run(map[string][]float64{"V_th": last}), run(nil)
		if !slices.Equal(got[:20], want[:20]) || slices.Max(want) < 1 {
			t.Errorf("%s: %v, want %v", m.ModelName(), got, want)
		}
	}
}

// What only the resolution forbids is an error of building that says where.
func TestColumnsBuildErrors(t *testing.T) {
	for _, c := range []struct {
		model   neuron.Model
		columns map[string][]float64
		want    string
	}{
		{neuron.DefaultIafPscExp(), map[string][]float64{"t_ref": {1, 7000, 2}}, "t_ref is 7000 ms, must be at most 6553.5 ms"},
		{neuron.DefaultIafPscAlpha(), map[string][]float64{"t_ref": {1, 2, 7000}}, "t_ref is 7000"},
		{neuron.DefaultIafPscDelta(), map[string][]float64{"t_ref": {7000, 1, 2}}, "t_ref is 7000"},
		{neuron.DefaultIafPscDelta(), map[string][]float64{"t_ref": {7000, 7000, 7000}}, "t_ref is 7000 ms"},
		{neuron.DefaultIafPscDelta(), map[string][]float64{"wow": {7000, 7000, 7000}}, `no parameter "wow"`},
		{neuron.DefaultIafPscExp(), map[string][]float64{"tau_syn_ex": {1, 2}, "tau_syn_in": {}}, "tau_syn_"},
		{neuron.Parrot{}, map[string][]float64{"wow": {7000, 7000, 7000}}, `parrot_neuron: no parameter "wow", it has none`},
	} {
		whole := network.Range{Population: 0, From: 0, N: 3}
		d := &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 3, Model: c.model, Columns: c.columns}},
			Projections: []network.Projection{{Pre: []network.Range{whole}, Post: []network.Range{whole}, Rule: connect.AllToAll{}, Weight: connect.Constant(1), Delay: connect.Constant(1)}}}
		if _, err := Build(t.Context(), d, Options{Threads: 1, Shards: 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.columns, err, c.want)
		}
	}
}

// A neuron may have longer to wait than its t_ref, which may have become shorter
// since; the count has 16 bits.
func TestColumnsSetState(t *testing.T) {
	d := &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 3, Model: neuron.DefaultIafPscExp(), Columns: map[string][]float64{"t_ref": {1, 2, 3}}}}}
	e, err := Build(t.Context(), d, Options{Threads: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := e.State()
	s.Populations[0][refractorySteps] = []float64{10, 20, 30}
	if err := e.SetState(s); err != nil {
		t.Error(err)
	}
	s.Populations[0][refractorySteps] = []float64{10, 21, 65536}
	if err := e.SetState(s); err == nil || !strings.Contains(err.Error(), "neuron 3 has 65536 refractory steps, must be an integer in [0, 65535]") {
		t.Error(err)
	}
}

// BenchmarkBuildColumns makes 1e5 neurons that differ in everything.
func BenchmarkBuildColumns(b *testing.B) {
	const n = 100_000
	for _, m := range columnModels() {
		columns := map[string][]float64{}
		for name := range m.values {
			if name == "V_min" || name == "refractory_input" {
				continue
			}
			x, start := make([]float64, n), base(b, m.model, name)
			for k := range x {
				x[k] = start * (1 + float64(k%997)*1e-6 + float64(k)*1e-9)
			}
			columns[name] = x
		}
		b.Run(m.name, func(b *testing.B) {
			p := network.Population{Name: "a", N: n, Model: m.model, Columns: columns}
			for b.Loop() {
				if err := network.CheckColumns(&p); err != nil {
					b.Fatal(err)
				}
				if _, err := Build(b.Context(), &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{p}}, Options{Threads: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
