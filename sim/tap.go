package sim

import (
	"fmt"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/engine"
)

// A tap hands what some neurons do to a writer, without a recorder among the
// nodes.
type tap struct {
	spikes  SpikeWriter
	samples SampleWriter
	meter   device.Multimeter
	of      []engine.Range
}

// RecordSpikes has the spikes of some neurons, or of all populations that there
// are if none are named, written to w from now on. It is for programs that take
// the spikes as they come; a device.SpikeRecorder is a node that keeps them.
func (n *Network) RecordSpikes(w SpikeWriter, of ...*Nodes) error {
	return n.changing("RecordSpikes", func() error { return n.recordSpikes(w, of) })
}

func (n *Network) recordSpikes(w SpikeWriter, of []*Nodes) error {
	if w == nil {
		return fmt.Errorf("sim: RecordSpikes: no writer")
	}
	ranges, err := n.tapped(of)
	if err != nil {
		return err
	}
	return n.addTap(tap{spikes: w, of: ranges})
}

// Record has a multimeter's samples of some neurons, or of all populations that
// there are if none are named, written to w from now on. In a network of more
// than 1000 neurons the currents of those with equal synaptic time constants can
// only be recorded from the first step on.
func (n *Network) Record(w SampleWriter, m device.Multimeter, of ...*Nodes) error {
	return n.changing("Record", func() error { return n.record(w, m, of) })
}

func (n *Network) record(w SampleWriter, m device.Multimeter, of []*Nodes) error {
	if w == nil {
		return fmt.Errorf("sim: Record: no writer")
	}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	ranges, err := n.tapped(of)
	if err != nil {
		return err
	}
	if err := n.checkMeter(m, ranges); err != nil {
		return fmt.Errorf("sim: %s: %w", m.ModelName(), err)
	}
	m.Quantities = slices.Clone(m.Quantities)
	return n.addTap(tap{samples: w, meter: m, of: ranges})
}

// addTap begins a recording at once where it can, so that what the engine
// refuses is told here.
func (n *Network) addTap(t tap) error {
	if n.engine != nil && n.recordings && n.change == unchanged {
		if err := t.attach(n.engine); err != nil {
			return err
		}
	}
	n.taps = append(n.taps, t)
	return nil
}

func (t *tap) attach(e *engine.Engine) error {
	if t.spikes != nil {
		e.RecordSpikes(t.spikes, t.of)
		return nil
	}
	sink := func(quantities []string, step []int64, neuron []int32, values [][]float64) error {
		return t.samples.WriteSamples(Samples{Quantities: quantities, Step: step, Neuron: neuron, Values: values, Resolution: e.Resolution()})
	}
	if err := e.Record(sink, t.meter, t.of); err != nil {
		return fmt.Errorf("sim: %s: %w", t.meter.ModelName(), err)
	}
	return nil
}

func (n *Network) tapped(of []*Nodes) ([]engine.Range, error) {
	if err := n.own(of...); err != nil {
		return nil, err
	}
	if len(of) == 0 {
		of = n.Populations()
	}
	if len(of) == 0 {
		return nil, fmt.Errorf("sim: there are no neurons to record yet")
	}
	all := Join(of...)
	if all.err != nil {
		return nil, all.err
	}
	if all.kind() != neurons {
		return nil, fmt.Errorf("sim: %s cannot be recorded, neurons can", describeNodes(all))
	}
	return all.ranges(), nil
}
