package runs

import (
	"errors"
	"fmt"
	"io/fs"

	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

// A Created is the directory of a run that Create made or found.
type Created struct {
	Dir     string
	Kept    bool    // the run of the same network that was there: it can be gone on with
	Removed bool    // another run was there
	TimeMS  float64 // model time that the run which is kept has reached
	Spikes  int64   // recorded until there
}

// String says it in two lines.
func (c *Created) String() string {
	what := "Made for a new run."
	switch {
	case c.Kept:
		what = fmt.Sprintf("It holds this network, at %g ms, and %d spikes: they are kept, and the next cells go on from there.", c.TimeMS, c.Spikes)
	case c.Removed:
		what = "The run that was in it has been removed, to start again."
	}
	return fmt.Sprintf("Data directory: %s\n  %s\n", Place(c.Dir), what)
}

// ErrAnother is wrapped by the error of Create for a directory with a run that
// would have to be removed.
var ErrAnother = errors.New("it is not removed unless anew is set")

// Create makes dir the directory of a run of m, whose populations must be
// created, or finds that run in it. If the network there was made from the same
// parameters, it is kept, with its state and all that was recorded, and need
// not be connected and saved again. How long it is simulated and what is
// recorded may differ.
//
// A run with other parameters, or one that cannot be continued, is left as it
// is, and the error wraps ErrAnother. With anew, any run in dir is removed,
// also one with the same parameters. A run without a network, which a cell that
// was stopped early left, has nothing in it and is replaced.
func Create(dir string, m *microcircuit.Microcircuit, anew bool) (*Created, error) {
	if len(m.Populations()) == 0 {
		return nil, fmt.Errorf("runs: creating %s: %w", dir, microcircuit.ErrOrder)
	}
	run, err := pd14.Describe(m)
	if err != nil {
		return nil, err
	}
	_, err = arrowio.CreateRun(dir, run, false)
	if !errors.Is(err, arrowio.ErrExists) {
		return &Created{Dir: dir}, err
	}
	c := &Created{Dir: dir, Removed: true}
	if !anew {
		if c, err = keep(dir, m.Parameters()); err != nil || c.Kept {
			return c, err
		}
	}
	_, err = arrowio.CreateRun(dir, run, true)
	return c, err
}

// keep returns the run in dir if it is to be continued: its network was made
// from the parameters p. One that is still empty is not kept.
func keep(dir string, p microcircuit.Parameters) (*Created, error) {
	refuse := func(why error) error { return fmt.Errorf("runs: %s holds a run: %w; %w", Place(dir), why, ErrAnother) }
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		return nil, refuse(err)
	}
	// From here on no other program may write to it.
	if err := d.Lock(); err != nil {
		return nil, err
	}
	defer d.Unlock()
	there, err := microcircuit.Open(dir)
	if err != nil {
		recorded, empty := holds(dir)
		if empty {
			return &Created{Dir: dir}, nil
		}
		return nil, refuse(fmt.Errorf("%s was recorded, and there is no network to go on with: %w", recorded, err))
	}
	if why := p.Difference(there.Parameters()); why != "" {
		return nil, refuse(fmt.Errorf("with other parameters, at %g ms: %s", there.Net().TimeMS(), why))
	}
	// Other programs learn from run.json how long the warm-up is.
	plan, err := pd14.Plan(p)
	if err != nil {
		return nil, err
	}
	if err := d.Update(plan); err != nil {
		return nil, err
	}
	return &Created{Dir: dir, Kept: true, TimeMS: there.Net().TimeMS(), Spikes: d.Run().Spikes}, nil
}

// holds says what was recorded in dir; empty: nothing at all.
func holds(dir string) (recorded string, empty bool) {
	i, err := arrowio.Inspect(dir)
	if err != nil {
		return "something", false
	}
	_, end := i.RecordedMS()
	spikes, _ := i.SpikeRows()
	if samples, _ := i.VoltageRows(); end == 0 && spikes == 0 && samples == 0 {
		return "", true
	}
	return fmt.Sprintf("what happened until %g ms, with %d spikes,", end, spikes), false
}

// ErrNotCreated is wrapped by the error of Open for a directory that does not
// have the requested network.
var ErrNotCreated = errors.New("run the cell that creates the network first")

// Open opens the microcircuit that was saved in dir at the state reached last,
// as microcircuit.Open does. It must be the network of the parameters p: if p
// was changed and the network was not created again, the error wraps
// ErrNotCreated. How long it is simulated and what is recorded may differ.
func Open(dir string, p microcircuit.Parameters, opts ...sim.Option) (*microcircuit.Microcircuit, error) {
	m, err := microcircuit.Open(dir, opts...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (%w)", ErrNotCreated, err)
	}
	if err != nil {
		return nil, err
	}
	if why := p.Difference(m.Parameters()); why != "" {
		return nil, fmt.Errorf("%w: the parameters have changed since the network in %s was created: %s", ErrNotCreated, Place(dir), why)
	}
	return m, nil
}

// Resume continues the run in dir from the state of m, which Open opened, and
// records what p.Record says: the spikes of the eight populations, those of the
// thalamic neurons, the membrane potentials of all neurons of the eight. It is an
// error if p.Record.Spikes is false, or if other populations' spikes were recorded
// so far; see arrowio.Resume. Membrane potentials may be recorded for a part of the
// time.
func Resume(dir string, m *microcircuit.Microcircuit, p microcircuit.Parameters) (*arrowio.Session, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if !p.Record.Spikes {
		return nil, errors.New("runs: going on with a run records its spikes: Record.Spikes must be true")
	}
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		return nil, err
	}
	return pd14.Resume(d, m, p)
}
