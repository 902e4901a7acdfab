package sim

import (
	"context"
	"fmt"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/kernel"
)

type spikeRecording struct {
	writer SpikeWriter
	of     []engine.Range
}

type sampleRecording struct {
	writer SampleWriter
	meter  device.Multimeter
	of     []engine.Range
}

// Build makes the synapses and the initial state. The first Simulate does it if
// it was not called.
func (n *Network) Build(ctx context.Context) error {
	if err := n.open("Build"); err != nil {
		return err
	}
	if len(n.desc.Populations) == 0 {
		return fmt.Errorf("sim: the network has no neurons")
	}
	if s := n.opts.engine.Share; s.Of > 0 && len(s.Rates) != len(n.desc.Populations) {
		return fmt.Errorf("sim: a share needs the rates of %d populations, not %d", len(n.desc.Populations), len(s.Rates))
	}
	e, err := engine.Build(ctx, &n.desc, n.opts.engine)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	return n.start(e)
}

// start takes over a built engine and attaches the recorders.
func (n *Network) start(e *engine.Engine) error {
	n.engine = e
	for _, r := range n.spikeRecs {
		e.RecordSpikes(r.writer, r.of)
	}
	for _, r := range n.sampleRecs {
		if err := n.record(r); err != nil {
			n.engine = nil
			return err
		}
	}
	return nil
}

func (n *Network) record(r sampleRecording) error {
	sink := func(quantities []string, step []int64, neuron []int32, values [][]float64) error {
		return r.writer.WriteSamples(Samples{quantities, step, neuron, values})
	}
	if err := n.engine.Record(sink, r.meter, r.of); err != nil {
		return fmt.Errorf("sim: %s: %w", r.meter.ModelName(), err)
	}
	return nil
}

// Simulate advances the network by ms of model time, a multiple of the
// resolution. When ctx ends, it stops after the step at hand with ctx's error;
// everything recorded until then has been handed on, and the network can go on
// from there.
func (n *Network) Simulate(ctx context.Context, ms float64) error {
	clock, err := engine.NewClock(n.desc.Resolution)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	steps, err := clock.GridSteps("simulation time", ms)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	if steps < 0 {
		return fmt.Errorf("sim: simulation time is %g ms, must be >= 0", ms)
	}
	if n.engine == nil {
		if err := n.Build(ctx); err != nil {
			return err
		}
	}
	if n.Step()+steps > engine.MaxSteps {
		return fmt.Errorf("sim: simulation time is %g ms, which ends after step %d, the last there can be", ms, engine.MaxSteps)
	}
	var progress func(int64)
	if f := n.opts.progress; f != nil {
		progress = func(done int64) { f(float64(done)*clock.H, ms) }
	}
	start := n.Step()
	err = n.engine.Run(ctx, steps, progress)
	if progress != nil {
		progress(n.Step() - start)
	}
	if err != nil {
		return fmt.Errorf("sim: stopped at %g ms: %w", n.TimeMS(), err)
	}
	return nil
}

// RecordSpikes has the spikes of some populations, or of all that there are if
// none are named, written to w from now on.
func (n *Network) RecordSpikes(w SpikeWriter, pops ...*Population) error {
	if w == nil {
		return fmt.Errorf("sim: RecordSpikes: no writer")
	}
	of, err := n.ranges(pops)
	if err != nil {
		return err
	}
	n.spikeRecs = append(n.spikeRecs, spikeRecording{w, of})
	if n.engine != nil {
		n.engine.RecordSpikes(w, of)
	}
	return nil
}

// Record has a multimeter's samples of some populations, or of all that there are
// if none are named, written to w from now on. The currents of neurons with equal synaptic
// time constants can only be recorded from the first step on.
func (n *Network) Record(w SampleWriter, m device.Multimeter, pops ...*Population) error {
	if w == nil {
		return fmt.Errorf("sim: Record: no writer")
	}
	if err := m.Validate(); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	of, err := n.ranges(pops)
	if err != nil {
		return err
	}
	if err := engine.CheckMeter(m, of, &n.desc); err != nil {
		return fmt.Errorf("sim: %s: %w", m.ModelName(), err)
	}
	m.Quantities = slices.Clone(m.Quantities)
	r := sampleRecording{w, m, of}
	if n.engine != nil {
		if err := n.record(r); err != nil {
			return err
		}
	}
	n.sampleRecs = append(n.sampleRecs, r)
	return nil
}

func (n *Network) ranges(pops []*Population) ([]engine.Range, error) {
	if err := n.own(pops...); err != nil {
		return nil, err
	}
	if len(pops) == 0 {
		pops = n.Populations()
	}
	if len(pops) == 0 {
		return nil, fmt.Errorf("sim: there are no populations to record yet")
	}
	var of []engine.Range
	for _, p := range pops {
		of = append(of, p.part)
	}
	return of, nil
}

// Step returns how many steps were simulated.
func (n *Network) Step() int64 {
	if n.engine == nil {
		return 0
	}
	return n.engine.Step()
}

// TimeMS returns the model time reached, in ms.
func (n *Network) TimeMS() float64 { return float64(n.Step()) * n.desc.Resolution }

// Stats are figures about a built network.
type Stats struct {
	Spikes            int64        // emitted so far, each of a multiplicity
	DeliverS, UpdateS float64      // wall clock that the workers spent, their mean
	CommunicateS      float64      // the same, of waiting, exchanging and recording
	SynapticEvents    int64        // caused by the spikes so far since New or Open
	Kernel            string       // the instructions that the inner loops use
	BuildS            []BuildPhase // none after Open
}

// A BuildPhase is a part of building and the seconds it took.
type BuildPhase = engine.Phase

// Stats returns figures about the work done so far.
func (n *Network) Stats() Stats {
	if n.engine == nil {
		return Stats{}
	}
	t := n.engine.Times()
	return Stats{Spikes: n.engine.Spikes(), DeliverS: t.Deliver, UpdateS: t.Update, CommunicateS: t.Exchange,
		SynapticEvents: n.engine.Events(), Kernel: kernel.Using(), BuildS: n.engine.BuildTimes()}
}
