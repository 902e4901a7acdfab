package microcircuit

import (
	"context"
	"errors"
	"fmt"

	"cortigo/sim"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// A Microcircuit is a network made from Parameters, in the order Create,
// Connect, Simulate; or one that was saved, and then Simulate.
type Microcircuit struct {
	// Warnings are findings that do not stop the work, see Derived.
	Warnings []error

	p        Parameters
	d        *Derived
	opts     []sim.Option
	net      *sim.Network
	pops     []*sim.Nodes // in the order of Population
	thalamus *sim.Nodes   // nil when the stimulus is off
	stage    stage
	wired    bool  // connections are made, though not built
	wiring   error // why they are not all there
}

type stage int

const (
	stageNew stage = iota
	stageCreated
	stageConnected
)

var errNone = errors.New("microcircuit: the microcircuit is nil, or was not made with New or Open")

// made reports a microcircuit that was not made by New or Open.
func (m *Microcircuit) made() error {
	if m == nil || m.net == nil {
		return errNone
	}
	return nil
}

// ErrOrder is the error of a method that is called too early, or again.
var ErrOrder = errors.New("microcircuit: the order is Create, Connect, Simulate")

// New prepares the microcircuit with parameters p. The options say how it is
// simulated (threads, shards, progress); seed and resolution are those of p.
// The error is that of Parameters.Validate, or of an option.
func New(p Parameters, opts ...sim.Option) (*Microcircuit, error) {
	d, err := p.Derive()
	if err != nil {
		return nil, err
	}
	opts = append(opts[:len(opts):len(opts)], sim.Seed(p.Seed), sim.Resolution(p.Resolution))
	net := sim.New(opts...)
	if err := net.Err(); err != nil {
		return nil, fmt.Errorf("microcircuit: %w", err)
	}
	return &Microcircuit{p: p, d: d, opts: opts, net: net, Warnings: d.Warnings}, nil
}

// EstimateMemory returns about how many bytes of memory a program needs at most to
// build and run the microcircuit of these parameters. It does not build it; see
// sim.Network.EstimateMemory. The options are those of New: the number of shards
// matters.
func (p Parameters) EstimateMemory(opts ...sim.Option) (int64, error) {
	m, err := New(p, opts...)
	if err != nil {
		return 0, err
	}
	if err := m.Create(); err != nil {
		return 0, err
	}
	if err := m.wire(); err != nil {
		return 0, err
	}
	bytes, err := m.net.EstimateMemory()
	if err != nil {
		return 0, fmt.Errorf("microcircuit: %w", err)
	}
	return bytes, nil
}

// Parameters returns the parameters the microcircuit is made from.
func (m *Microcircuit) Parameters() Parameters {
	if m == nil {
		return Parameters{}
	}
	return m.p
}

// Derived returns what follows from the parameters. It must not be changed.
func (m *Microcircuit) Derived() *Derived {
	if m == nil {
		return nil
	}
	return m.d
}

// Net returns the network, for what this package does not do: recorders of
// one's own, further populations and stimuli.
func (m *Microcircuit) Net() *sim.Network {
	if m == nil {
		return nil
	}
	return m.net
}

// Populations returns the network's populations in the order of Population,
// without the thalamus; nil before Create.
func (m *Microcircuit) Populations() []*sim.Nodes {
	if m == nil {
		return nil
	}
	return m.pops
}

// Create makes the populations and draws the initial membrane potentials.
func (m *Microcircuit) Create() error {
	if err := m.made(); err != nil {
		return err
	}
	if m.stage != stageNew || len(m.pops) > 0 {
		return fmt.Errorf("%w: Create was called before", ErrOrder)
	}
	for i, name := range names {
		pop := m.net.Create(name, m.d.Neurons[i], m.model(i), sim.Params{"V_m": normal(m.d.V0Mean[i], m.d.V0SD[i])})
		Population(i).label(pop)
		m.pops = append(m.pops, pop)
	}
	if m.p.Thalamus.On {
		m.thalamus = m.net.Create(Thalamus, m.p.Thalamus.Neurons, neuron.Parrot{})
		m.thalamus.SetKind(spikes.Excitatory)
	}
	if err := m.net.Err(); err != nil {
		return fmt.Errorf("microcircuit: creating the populations: %w", err)
	}
	m.stage = stageCreated
	return nil
}

// model returns the neurons of population i. Their constant current is the DC
// background and the compensation of scaled in-degrees.
func (m *Microcircuit) model(i int) neuron.IafPscExp {
	n := m.p.Neuron
	return neuron.IafPscExp{
		EL: n.EL, Vth: n.Vth, Vreset: n.Vreset, Vm: n.EL,
		Cm: n.Cm, TauM: n.TauM, TauSynEx: n.TauSyn, TauSynIn: n.TauSyn, TRef: n.TRef,
		Ie: m.d.DC[i],
	}
}

// Connect connects the populations with each other, with their background and with
// the stimuli, and builds the network. If ctx ended the building, Connect can be
// called again.
func (m *Microcircuit) Connect(ctx context.Context) error {
	if err := m.made(); err != nil {
		return err
	}
	switch m.stage {
	case stageNew:
		return fmt.Errorf("%w: Connect before Create", ErrOrder)
	case stageConnected:
		return fmt.Errorf("%w: Connect was called before", ErrOrder)
	}
	if !m.wired {
		m.wired, m.wiring = true, m.wire()
	}
	if m.wiring != nil {
		return m.wiring
	}
	if err := m.net.Build(ctx); err != nil {
		return fmt.Errorf("microcircuit: building: %w", err)
	}
	m.stage = stageConnected
	return nil
}

// wire connects everything.
func (m *Microcircuit) wire() error {
	m.connectRecurrent()
	m.connectBackground()
	m.connectThalamus()
	m.connectTransient()
	if err := m.net.Err(); err != nil {
		return fmt.Errorf("microcircuit: connecting: %w", err)
	}
	return nil
}

// Recorded returns the populations whose spikes Parameters.Record asks for: the
// eight, and the thalamic neurons; nil before Create and for none. They are for
// sim.Network.Record, with Net.
func (m *Microcircuit) Recorded() []*sim.Nodes {
	if m.made() != nil || !m.p.Record.Spikes {
		return nil
	}
	if m.p.Record.Thalamus && m.thalamus != nil {
		return append(m.pops[:len(m.pops):len(m.pops)], m.thalamus)
	}
	return m.pops
}

// Simulate advances the network by ms, a multiple of the resolution: usually
// first by Parameters.TPresim, then by TSim. Splitting a time into several
// calls changes nothing.
func (m *Microcircuit) Simulate(ctx context.Context, ms float64) error {
	if err := m.made(); err != nil {
		return err
	}
	if m.stage != stageConnected {
		return fmt.Errorf("%w: Simulate before Connect", ErrOrder)
	}
	if err := m.net.Simulate(ctx, ms); err != nil {
		return fmt.Errorf("microcircuit: simulating: %w", err)
	}
	return nil
}
