package sim

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/suggest"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// eventCount is what NEST calls the number of recorded events.
const eventCount = "n_events"

// A recorder is a spike recorder or multimeter with what it records and, if it
// has no writer, what it recorded.
type recorder struct {
	net     *Network
	id      int32     // 0: made by Record, and no node
	model   Model     // device.SpikeRecorder or device.Multimeter
	of      [2]*Nodes // neurons, generators
	begin   int64     // step at which it was first connected
	spikeTo SpikeWriter
	valueTo SampleWriter

	step    []int64
	neuron  []int32
	samples Samples
}

func newRecorders(n *Network, count int, model Model) []*recorder {
	rs := make([]*recorder, count)
	for i := range rs {
		m := model
		if meter, ok := model.(device.Multimeter); ok {
			meter.Quantities = slices.Clone(meter.Quantities)
			m = meter
		}
		rs[i] = &recorder{net: n, id: n.nextID + int32(i), model: m, of: [2]*Nodes{{net: n}, {net: n}}}
	}
	return rs
}

// checkSources reports nodes that cannot be recorded.
func (r *recorder) checkSources(of *Nodes) error {
	if of.kind() == recorders {
		return fmt.Errorf("%s cannot be recorded", describeNodes(of))
	}
	joined := Join(r.of[of.kind()], of)
	if joined.err != nil {
		return fmt.Errorf("recorder %d: %s", r.id, strings.TrimPrefix(joined.err.Error(), "sim: Join: "))
	}
	if m, ok := r.model.(device.Multimeter); ok {
		return r.net.checkMeter(m, of.ranges())
	}
	if of.kind() == generators {
		if r.id == 0 {
			return fmt.Errorf("a recorder made by Record is of neurons, not of generators: create one")
		}
		for _, m := range of.Models() {
			if err := network.CheckEmits(m.(device.Device)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkMeter reports a multimeter that cannot record neurons from now on.
func (n *Network) checkMeter(m device.Multimeter, of []network.Range) error {
	if err := network.CheckMeter(m, of, &n.desc); err != nil {
		return err
	}
	for _, r := range of {
		if r.Population >= n.built() {
			continue // from its first step on
		}
		for _, q := range m.Quantities {
			if err := n.engine.CanRecord(r.Population, q); err != nil {
				return err
			}
		}
	}
	return nil
}

// check reports parameters that do not fit what is recorded.
func (r *recorder) check(m Model) error {
	switch m := m.(type) {
	case device.Multimeter:
		if err := checkQuantities(m); err != nil {
			return err
		}
		if now := r.model.(device.Multimeter); len(r.samples.Step) > 0 && !slices.Equal(now.Quantities, m.Quantities) {
			return fmt.Errorf("multimeter: record_from is %q for the %d samples in memory: Clear them before it changes", now.Quantities, len(r.samples.Step))
		}
		return r.net.checkMeter(m, r.of[neurons].ranges())
	case device.SpikeRecorder:
		_, _, err := r.net.steps(m.Active)
		return err
	}
	return nil
}

// checkQuantities reports quantities that no model has that there is.
func checkQuantities(m device.Multimeter) error {
	var known []string
	for _, spec := range neuron.Registered() {
		for _, r := range neuron.Recordables(spec.Defaults) {
			if !slices.Contains(known, r.Name) {
				known = append(known, r.Name)
			}
		}
	}
	for _, q := range m.Quantities {
		if slices.Contains(known, q) {
			continue
		}
		if i := suggest.Nearest(q, known); i >= 0 {
			return fmt.Errorf("%s: unknown quantity %s, did you mean %q?", m.ModelName(), brief.Quote(q), known[i])
		}
		return fmt.Errorf("%s: unknown quantity %s, must be one of %q", m.ModelName(), brief.Quote(q), known)
	}
	return nil
}

func (r *recorder) add(of *Nodes) {
	if !r.connected() {
		r.begin = r.net.now()
	}
	r.of[of.kind()] = Join(r.of[of.kind()], of)
}

// attach has the engine hand over what is recorded.
func (r *recorder) attach(e *engine.Engine) error {
	if !r.connected() {
		return nil
	}
	if m, ok := r.model.(device.Multimeter); ok {
		if err := e.Record(r.takeSamples, m, r.of[neurons].ranges()); err != nil {
			return fmt.Errorf("sim: %s (id %d): %w", m.ModelName(), r.id, err)
		}
		return nil
	}
	begin, end, err := r.window()
	if err != nil {
		return err
	}
	sink := &windowed{begin, end, r.takeSpikes}
	if ranges := r.of[neurons].ranges(); ranges != nil {
		e.RecordSpikes(sink, ranges)
	}
	ids := r.of[generators].IDs()
	for i, place := range r.of[generators].places() {
		g := &r.net.desc.Generators[r.net.groups[place.group].at]
		// The recorder's id tells the trains of one generator to several apart.
		train := engine.Train{Device: g.Model(place.from), Generator: g.Number + place.from, Ordinal: uint32(r.id) % (1 << 24)}
		if err := e.RecordGenerator(sink, train, ids[i]); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
	}
	return nil
}

// window returns the steps (begin, end] in which a spike recorder is active.
func (r *recorder) window() (begin, end int64, err error) {
	begin, end, err = r.net.steps(r.model.(device.SpikeRecorder).Active)
	if err != nil {
		return 0, 0, fmt.Errorf("sim: spike_recorder (id %d): %w", r.id, err)
	}
	return begin, end, nil
}

// steps returns the steps (begin, end] of a device's activity.
func (n *Network) steps(a device.Active) (begin, end int64, err error) {
	c, err := clock.New(n.desc.Resolution)
	if err != nil {
		return 0, 0, err
	}
	begin, end, _, err = a.Steps(c)
	return begin, end, err
}

func (r *recorder) connected() bool { return len(r.of[neurons].parts)+len(r.of[generators].parts) > 0 }

func (r *recorder) takeSpikes(step []int64, neuron []int32) error {
	if r.spikeTo != nil {
		return r.spikeTo.WriteSpikes(step, neuron)
	}
	r.step, r.neuron = append(r.step, step...), append(r.neuron, neuron...)
	return nil
}

func (r *recorder) takeSamples(quantities []string, step []int64, neuron []int32, values [][]float64) error {
	if r.valueTo != nil {
		return r.valueTo.WriteSamples(Samples{Quantities: quantities, Step: step, Neuron: neuron, Values: values, Resolution: r.net.desc.Resolution})
	}
	s := &r.samples
	if !slices.Equal(s.Quantities, quantities) {
		*s = Samples{Quantities: slices.Clone(quantities), Values: make([][]float64, len(quantities))}
	}
	s.Step, s.Neuron = append(s.Step, step...), append(s.Neuron, neuron...)
	for q := range values {
		s.Values[q] = append(s.Values[q], values[q]...)
	}
	return nil
}

// clear empties the memory: the recorder starts again at a step.
func (r *recorder) clear(step int64) {
	r.step, r.neuron, r.samples, r.begin = nil, nil, Samples{}, step
}

func (r *recorder) events() int {
	if _, ok := r.model.(device.Multimeter); ok {
		return len(r.samples.Step)
	}
	return len(r.step)
}

// A windowed sink takes spikes stamped (begin, end] alone.
type windowed struct {
	begin, end int64
	take       func(step []int64, neuron []int32) error
}

func (w *windowed) WriteSpikes(step []int64, neuron []int32) error {
	i, _ := slices.BinarySearch(step, w.begin+1)
	j := len(step)
	if w.end < math.MaxInt64 {
		j, _ = slices.BinarySearch(step, w.end+1)
	}
	if i >= j {
		return nil
	}
	return w.take(step[i:j], neuron[i:j])
}

// one returns the single recorder of a collection, which must be of a kind.
func one[M Model](c *Nodes, what string) (*recorder, error) {
	var want M
	if c.Len() != 1 || c.kind() != recorders {
		return nil, fmt.Errorf("sim: %s of %s, must be of one %s", what, describeNodes(c), want.ModelName())
	}
	s := c.parts[0]
	r := c.net.recorders[c.net.groups[s.group].at+s.from]
	if _, ok := r.model.(M); !ok {
		return nil, fmt.Errorf("sim: %s of a %s, must be of a %s", what, r.model.ModelName(), want.ModelName())
	}
	return r, nil
}

// Spikes returns what a spike recorder has in memory, with the populations that
// it records. The window starts when the recorder was first connected, or first
// active if that is later, and ends now, or when it was last active. The columns
// are a copy.
func (c *Nodes) Spikes() (*spikes.Data, error) {
	var d *spikes.Data
	err := c.reading("Spikes", func() (err error) {
		d, err = c.spikes()
		return err
	})
	return d, err
}

func (c *Nodes) spikes() (*spikes.Data, error) {
	r, err := one[device.SpikeRecorder](c, "Spikes")
	if err != nil {
		return nil, err
	}
	begin, end, err := r.window()
	if err != nil {
		return nil, err
	}
	d := &spikes.Data{Resolution: c.net.desc.Resolution, Populations: append(r.of[neurons].SpikePopulations(), r.of[generators].SpikePopulations()...),
		Begin: max(r.begin, begin, 0), End: min(c.net.now(), end), Step: slices.Clone(r.step), Neuron: slices.Clone(r.neuron)}
	d.End = max(d.End, d.Begin)
	return d, nil
}

// Samples returns what a multimeter has in memory, a copy.
func (c *Nodes) Samples() (Samples, error) {
	var s Samples
	err := c.reading("Samples", func() (err error) {
		s, err = c.samples()
		return err
	})
	return s, err
}

func (c *Nodes) samples() (Samples, error) {
	r, err := one[device.Multimeter](c, "Samples")
	if err != nil {
		return Samples{}, err
	}
	s := Samples{Quantities: slices.Clone(r.samples.Quantities), Step: slices.Clone(r.samples.Step), Neuron: slices.Clone(r.samples.Neuron),
		Resolution: c.net.desc.Resolution}
	for _, v := range r.samples.Values {
		s.Values = append(s.Values, slices.Clone(v))
	}
	return s, nil
}

// Clear empties the memories of recorders, as n_events = 0 does in NEST. It
// does not touch what a writer has.
func (c *Nodes) Clear() { c.changing("Clear", c.clear) }

func (c *Nodes) clear() error {
	rs, err := c.recorders("Clear")
	for _, r := range rs {
		r.clear(c.net.now())
	}
	return err
}

// recorders returns the recorders of a collection, which must have no other nodes.
func (c *Nodes) recorders(call string) ([]*recorder, error) {
	var rs []*recorder
	for _, s := range c.parts {
		g := &c.net.groups[s.group]
		if g.kind != recorders {
			return nil, fmt.Errorf("sim: %s of %s, must be of recorders", call, describeNodes(c))
		}
		rs = append(rs, c.net.recorders[g.at+s.from:g.at+s.from+s.n]...)
	}
	return rs, nil
}

// WriteSpikesTo makes a spike recorder pass its spikes to w from now on, in place of
// keeping them in memory. Package arrowio has writers for Parquet, package
// arrowio/nest for NEST's ASCII files.
func (c *Nodes) WriteSpikesTo(w SpikeWriter) {
	c.changing("WriteSpikesTo", func() error {
		r, err := one[device.SpikeRecorder](c, "WriteSpikesTo")
		if err == nil && w == nil {
			err = errNoWriter
		}
		if err == nil {
			r.spikeTo = w
		}
		return err
	})
}

// WriteSamplesTo is WriteSpikesTo for a multimeter and its samples.
func (c *Nodes) WriteSamplesTo(w SampleWriter) {
	c.changing("WriteSamplesTo", func() error {
		r, err := one[device.Multimeter](c, "WriteSamplesTo")
		if err == nil && w == nil {
			err = errNoWriter
		}
		if err == nil {
			r.valueTo = w
		}
		return err
	})
}

var errNoWriter = errors.New("sim: no writer: WriteToMemory has the memory again")

// WriteToMemory makes recorders keep in memory what they record from now on. This
// is the default.
func (c *Nodes) WriteToMemory() {
	c.changing("WriteToMemory", func() error {
		rs, err := c.recorders("WriteToMemory")
		for _, r := range rs {
			r.spikeTo, r.valueTo = nil, nil
		}
		return err
	})
}

// Record makes a recorder, a device.SpikeRecorder or a device.Multimeter, of some
// neurons, or of all present ones if none are named. It works like one that was
// created and connected, but it is not a node: its id is 0, it is not listed among
// the network's recorders, and the ids of nodes that are created later do not change
// because of it. It is for programs that record any network:
//
//	net.Record(device.SpikeRecorder{}).WriteSpikesTo(w)
func (n *Network) Record(recorder Model, of ...*Nodes) *Nodes {
	return n.making("Record", func() (*Nodes, error) { return n.record(recorder, of) })
}

func (n *Network) record(model Model, of []*Nodes) (*Nodes, error) {
	switch m := model.(type) {
	case device.SpikeRecorder, device.Multimeter:
		if err := m.Validate(); err != nil {
			return nil, fmt.Errorf("sim: %w", err)
		}
	default:
		return nil, fmt.Errorf("sim: Record with a %T, must be a device.SpikeRecorder or a device.Multimeter (not a pointer to one)", model)
	}
	if err := n.own(of...); err != nil {
		return nil, err
	}
	if len(of) == 0 {
		of = n.Neurons()
	}
	if len(of) == 0 {
		return nil, fmt.Errorf("sim: there are no neurons to record yet")
	}
	all := Join(of...)
	if all.err != nil {
		return nil, all.err
	}
	r := newRecorders(n, 1, model)[0]
	r.id = 0
	err := r.check(model)
	if err == nil {
		err = r.checkSources(all)
	}
	if err != nil {
		return nil, about(model.ModelName(), err)
	}
	r.add(all)
	n.groups = append(n.groups, group{name: model.ModelName(), n: 1, kind: recorders, at: len(n.recorders)})
	n.recorders = append(n.recorders, r)
	n.recordings = false
	return n.groupNodes(len(n.groups) - 1), nil
}
