package runs

import (
	"errors"
	"fmt"

	"cortigo/arrowio"
	"cortigo/sim/device"
	"cortigo/sim/microcircuit"
)

// Resume goes on with the run in dir, from the state that m, which Open opened,
// is at, and records what p.Record says: the spikes of the eight populations, those
// of the thalamic neurons, the membrane potentials of all neurons of the eight. It
// is an error if p.Record.Spikes is false, or if other populations' spikes were
// recorded so far; see arrowio.Resume. Membrane potentials can be recorded of a
// part of the time.
func Resume(dir string, m *microcircuit.Microcircuit, p microcircuit.Parameters) (*arrowio.Session, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if !p.Record.Spikes {
		return nil, errors.New("runs: going on with a run records its spikes: Record.Spikes must be true")
	}
	pops := m.Populations()
	if p.Record.Thalamus {
		tc, err := m.Net().Nodes(microcircuit.Thalamus)
		if err != nil {
			return nil, fmt.Errorf("runs: going on with the run in %s: %w", Place(dir), err)
		}
		pops = append(pops[:len(pops):len(pops)], tc)
	}
	s, err := arrowio.Resume(dir, m.Net(), pops...)
	if err != nil || !p.Record.Voltages {
		return s, err
	}
	meter := device.Multimeter{Interval: p.Record.VoltageInterval, Quantities: []string{device.Vm}}
	if err := s.Record(meter, m.Populations()...); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
