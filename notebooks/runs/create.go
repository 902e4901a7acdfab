package runs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"cortigo/arrowio"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

// Create makes dir the directory of a run of m, whose populations must be
// created, and says whether the directory was there before. A run that is in
// it, with its network, state and recordings, is removed.
func Create(dir string, m *microcircuit.Microcircuit) (existed bool, err error) {
	if len(m.Populations()) == 0 {
		return false, fmt.Errorf("runs: creating %s: %w", dir, microcircuit.ErrOrder)
	}
	if _, err := os.Stat(dir); err == nil {
		existed = true
	}
	p := m.Parameters()
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		return existed, err
	}
	run := arrowio.RunOf(m.Net())
	run.Model, run.Parameters = "microcircuit", json.RawMessage(b.Bytes())
	run.TPresimMS, run.TSimMS = p.TPresim, p.TSim
	_, err = arrowio.CreateRun(dir, run, true)
	return existed, err
}

// ErrNotCreated is wrapped by the error of Open for a directory without the
// network that is asked for.
var ErrNotCreated = errors.New("run the cell that creates the network first")

// Open opens the microcircuit that was saved in dir at the state reached last,
// as microcircuit.Open does. It must be the network of the parameters p: an
// error that wraps ErrNotCreated says that p was changed and the network not
// created anew. How long it is simulated and what is recorded may differ.
func Open(dir string, p microcircuit.Parameters, opts ...sim.Option) (*microcircuit.Microcircuit, error) {
	m, err := microcircuit.Open(dir, opts...)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (%w)", ErrNotCreated, err)
	}
	if err != nil {
		return nil, err
	}
	saved := m.Parameters()
	saved.TPresim, saved.TSim, saved.Record = p.TPresim, p.TSim, p.Record
	if saved != p {
		return nil, fmt.Errorf("%w: the parameters have changed since the network in %s was created", ErrNotCreated, dir)
	}
	return m, nil
}
