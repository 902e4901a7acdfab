package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"cortigo/arrowio"
	"cortigo/sim/microcircuit"
)

// Create makes dir the directory of a run of m, which Create has given its
// populations, and says whether the directory was there before. A run that is
// in it, with its network, state and recordings, is removed.
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
