package microcircuit

import (
	"errors"
	"fmt"
	"sync"

	"cortigo/sim"
	"cortigo/sim/neuron"
)

var errNoDir = errors.New(`microcircuit: the directory has no name (the current one is ".")`)

// file is the file of parameters that Save writes, in addition to the network.
func (p Parameters) file() sim.File { return sim.File{Name: "microcircuit.json", Write: p.encodeSaved} }

// parametersPath is where Save puts the parameters.
func parametersPath(dir string) string {
	f := Parameters{}.file()
	return f.Path(dir)
}

// Save writes the microcircuit, connected or further on, to dir: its parameters
// and network to dir/network, its state to dir/state. What was saved there
// before is replaced; recorders are not part of it.
func (m *Microcircuit) Save(dir string) error {
	wait, err := m.StartSave(dir)
	if err != nil {
		return err
	}
	return wait()
}

// StartSave is Save that does not wait for the synapses to be on the disk, see
// sim.Network.StartSave.
func (m *Microcircuit) StartSave(dir string) (wait func() error, err error) {
	if err := m.made(); err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, errNoDir
	}
	if m.stage != stageConnected {
		return nil, fmt.Errorf("%w: Save before Connect", ErrOrder)
	}
	network, err := m.net.StartSave(dir, m.p.file())
	if err != nil {
		return nil, fmt.Errorf("microcircuit: saving: %w", err)
	}
	return sync.OnceValue(func() error {
		if err := network(); err != nil {
			return fmt.Errorf("microcircuit: saving: %w", err)
		}
		return nil
	}), nil
}

// SaveState writes the state alone to dir/state: enough where Save was called
// before.
func (m *Microcircuit) SaveState(dir string) error {
	if err := m.made(); err != nil {
		return err
	}
	if m.stage != stageConnected {
		return fmt.Errorf("%w: SaveState before Connect", ErrOrder)
	}
	if err := m.net.SaveState(dir); err != nil {
		return fmt.Errorf("microcircuit: saving: %w", err)
	}
	return nil
}

// Open returns the microcircuit that was saved in dir, in the state that was
// saved last, ready to be simulated further. Recorders must be connected again.
// The options say how it is simulated, as in New.
func Open(dir string, opts ...sim.Option) (*Microcircuit, error) {
	if dir == "" {
		return nil, errNoDir
	}
	path := parametersPath(dir)
	p, err := readSaved(dir)
	if err != nil {
		return nil, err
	}
	d, err := p.Derive()
	if err != nil {
		return nil, fmt.Errorf("microcircuit: opening %s: %w", path, err)
	}
	net, err := sim.Open(dir, opts...)
	if err != nil {
		return nil, fmt.Errorf("microcircuit: opening: %w", err)
	}
	m := &Microcircuit{p: p, d: d, opts: opts, net: net, Warnings: d.Warnings, stage: stageConnected}
	if err := m.adopt(); err != nil {
		return nil, fmt.Errorf("microcircuit: the network in %s does not fit %s: %w", dir, path, err)
	}
	return m, nil
}

// adopt finds the populations in the network and checks that they are those
// that the parameters make.
func (m *Microcircuit) adopt() error {
	if m.net.Seed() != m.p.Seed || m.net.Resolution() != m.p.Resolution {
		return fmt.Errorf("seed %d and resolution %g ms, not %d and %g ms", m.net.Seed(), m.net.Resolution(), m.p.Seed, m.p.Resolution)
	}
	for i, name := range names {
		pop, err := m.fit(name, m.d.Neurons[i], m.model(i))
		if err != nil {
			return err
		}
		if pop.SpikePopulations()[0].Kind == "" { // saved by a version that kept no labels
			Population(i).label(pop)
		}
		m.pops = append(m.pops, pop)
	}
	if m.p.Thalamus.On {
		var err error
		if m.thalamus, err = m.fit(Thalamus, m.p.Thalamus.Neurons, neuron.Parrot{}); err != nil {
			return err
		}
	}
	return m.net.Err()
}

// fit returns the population called name, which must have n neurons of the
// model.
func (m *Microcircuit) fit(name string, n int, model neuron.Model) (*sim.Nodes, error) {
	pop, err := m.net.Nodes(name)
	if err != nil {
		return nil, err
	}
	if pop.Len() != n {
		return nil, fmt.Errorf("%s has %d neurons, not %d", name, pop.Len(), n)
	}
	if got := pop.At(0).Models(); got[0] != model {
		return nil, fmt.Errorf("%s has neurons of other parameters", name)
	}
	return pop, nil
}
