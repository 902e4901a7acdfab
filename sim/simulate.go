package sim

import (
	"cmp"
	"context"
	"fmt"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/kernel"
)

// Build makes the synapses and the initial state, if there is enough memory, see
// MemoryLimit. When ctx ends it stops soon, and nothing has been built. Without a
// call of Build, Simulate does it. After changes, Build, or the next Simulate,
// makes what has changed.
func (n *Network) Build(ctx context.Context) error {
	return n.working("Build", func() error {
		if err := n.refused(); err != nil {
			return err
		}
		return n.ready(ctx)
	})
}

func (n *Network) build(ctx context.Context) error {
	if len(n.desc.Populations) == 0 {
		return fmt.Errorf("sim: the network has no neurons")
	}
	if err := cmp.Or(n.checkShare(), n.checkMemory()); err != nil {
		return err
	}
	e, err := engine.Build(ctx, &n.desc, n.engineOptions())
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	n.engine, n.change, n.recordings = e, unchanged, false
	e.Settle(&n.desc)
	return nil
}

// MaxSteps is the last step that can be simulated: 238 hours of model time in steps
// of 0.1 ms.
const MaxSteps = clock.MaxSteps

// Simulate advances the network by ms of model time, a multiple of the
// resolution. When ctx ends, it stops after the present step with ctx's error;
// everything recorded until then has been passed on, and the network can be
// simulated further. If an earlier call was refused, Simulate returns that
// error, see Err.
func (n *Network) Simulate(ctx context.Context, ms float64) error {
	return n.working("Simulate", func() error { return n.simulate(ctx, ms) })
}

func (n *Network) simulate(ctx context.Context, ms float64) error {
	if err := n.refused(); err != nil {
		return err
	}
	clock, err := clock.New(n.desc.Resolution)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	steps, err := clock.GridSteps("simulation time", ms)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	if ms < 0 {
		return fmt.Errorf("sim: simulation time is %g ms, must be >= 0", ms)
	}
	if ms > 0 && steps == 0 {
		return fmt.Errorf("sim: simulation time is %g ms, must be a multiple of the resolution (%g ms)", ms, n.desc.Resolution)
	}
	if err := n.ready(ctx); err != nil {
		return err
	}
	if n.now()+steps > MaxSteps {
		return fmt.Errorf("sim: simulation time is %g ms, which ends after step %d, the last there can be", ms, MaxSteps)
	}
	var progress func(int64)
	if f := n.progress(); f != nil {
		progress = func(done int64) { f(clock.MS(done), ms) }
	}
	start := n.now()
	err = n.engine.Run(ctx, steps, progress)
	if progress != nil {
		progress(n.now() - start)
	}
	if err != nil {
		return fmt.Errorf("sim: stopped at %g ms: %w", clock.MS(n.now()), err)
	}
	return nil
}

// Step returns how many steps were simulated.
func (n *Network) Step() int64 { return n.figuresNow().step }

// now is Step for the call that is at work.
func (n *Network) now() int64 {
	if n.engine == nil {
		return 0
	}
	return n.engine.Step()
}

// TimeMS returns the model time reached, in ms.
func (n *Network) TimeMS() float64 {
	return clock.MS(n.Step(), n.Resolution())
}

// Stats are measurements of a built network.
type Stats struct {
	Spikes            int64        // emitted so far, each of a multiplicity
	DeliverS, UpdateS float64      // wall clock that the workers spent, their mean, from one step in eight
	CommunicateS      float64      // the same, of waiting, exchanging and recording, from all
	SynapticEvents    int64        // caused by the spikes so far since New or Open
	Kernel            string       // the instructions that the inner loops use
	BuildS            []BuildPhase // none after Open
}

// A BuildPhase is a part of building and the seconds it took.
type BuildPhase = engine.Phase

// Stats returns measurements of the work done so far.
func (n *Network) Stats() Stats { return n.figuresNow().stats }

func statsOf(e *engine.Engine) Stats {
	t := e.Times()
	return Stats{Spikes: e.Spikes(), DeliverS: t.Deliver, UpdateS: t.Update, CommunicateS: t.Exchange,
		SynapticEvents: e.Events(), Kernel: kernel.Using(), BuildS: e.BuildTimes()}
}

// SetProgress sets the function that Simulate calls from now on in place of
// that of the option Progress, and returns the one before; nil is no function.
// With it a program that simulates in several calls can report the progress of
// all of them.
func (n *Network) SetProgress(f func(doneMS, totalMS float64)) (was func(doneMS, totalMS float64)) {
	if n == nil || n.calls == nil {
		return nil
	}
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	was, n.opts.progress = n.opts.progress, f
	return was
}

func (n *Network) progress() func(doneMS, totalMS float64) {
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	return n.opts.progress
}
