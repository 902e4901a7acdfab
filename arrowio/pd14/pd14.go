// Package pd14 describes and records runs of the microcircuit of Potjans and
// Diesmann as package arrowio keeps them: what the command and the notebooks have in
// common.
package pd14

import (
	"bytes"
	"errors"
	"fmt"

	"cortigo/arrowio"
	"cortigo/sim/device"
	"cortigo/sim/microcircuit"
)

// Model is what run.json calls the microcircuit.
const Model = "microcircuit"

// Describe returns what run.json says of a run of m, whose populations must be
// created, before anything is simulated.
func Describe(m *microcircuit.Microcircuit) (arrowio.Run, error) {
	run := arrowio.Describe(m.Net())
	run.Model = Model
	run.RecordsOnly(m.Recorded()...)
	plan, err := Plan(m.Parameters())
	if err == nil {
		plan(&run)
	}
	return run, err
}

// Plan returns what sets the parameters of a run, with its warm-up and its end, for
// [arrowio.RunDir.Update].
func Plan(p microcircuit.Parameters) (func(*arrowio.Run), error) {
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		return nil, err
	}
	return func(r *arrowio.Run) {
		r.Parameters, r.AnalyseFromMS, r.PlannedEndMS = b.Bytes(), p.TPresim, p.TPresim+p.TSim
	}, nil
}

// Resume starts the run in d, or continues it from the step that m is at, and
// records what p.Record says: the spikes of the eight populations, those of the
// thalamic neurons, the membrane potentials of all neurons of the eight. The errors
// are those of [arrowio.Resume].
func Resume(d *arrowio.RunDir, m *microcircuit.Microcircuit, p microcircuit.Parameters) (*arrowio.Session, error) {
	option := arrowio.NoSpikes()
	if p.Record.Spikes {
		pops := m.Populations()
		if p.Record.Thalamus {
			tc, err := m.Net().Nodes(microcircuit.Thalamus)
			if err != nil {
				return nil, fmt.Errorf("pd14: going on with the run in %s: %w", d.Path(), err)
			}
			pops = append(pops[:len(pops):len(pops)], tc)
		}
		option = arrowio.SpikesOf(pops...)
	}
	s, err := d.Resume(m.Net(), option)
	if err != nil || !p.Record.Voltages {
		return s, err
	}
	meter := device.Multimeter{Interval: p.Record.VoltageInterval, Quantities: []string{device.Vm}}
	if err := s.Record(meter, m.Populations()...); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}
