package nest

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cortigo/arrowio/internal/populations"
	"cortigo/sim"
	"cortigo/sim/spikes"
)

// header is how NEST's files start; readers look for the version in the second
// line.
const header = "# written by Cortigo\n# RecordingBackendASCII version: 2\n"

// WriteSpikes writes spikes as NEST's recorders do, for programs that read
// NEST's files: label-ID-0.dat for each population that was recorded, ID counting
// from recorder over all, and the populations' ids in NodeIDsFile. Times have three decimals, so the
// resolution must be a multiple of 0.001 ms. The directory must exist; files of
// these names are replaced.
func WriteSpikes(dir, label string, recorder int, d *spikes.Data) error {
	if err := threeDecimals(d.Resolution); err != nil {
		return fmt.Errorf("nest: writing NEST's files to %s: %w", dir, err)
	}
	idx, err := populations.New(d.Populations)
	if err != nil {
		return fmt.Errorf("nest: writing NEST's files to %s: %w", dir, err)
	}
	out := make([]bytes.Buffer, len(d.Populations))
	for k := range out {
		out[k].WriteString(header + "sender\ttime_ms\n")
	}
	at := make([]int32, d.Len())
	if err := idx.Assign(at, d.Neuron); err != nil {
		return fmt.Errorf("nest: writing NEST's files to %s: %w", dir, err)
	}
	for i, k := range at {
		if p := d.Populations[k]; p.NotRecorded {
			return fmt.Errorf("nest: writing NEST's files to %s: a spike of neuron %d of %q, which was not recorded", dir, d.Neuron[i], p.Name)
		}
		fmt.Fprintf(&out[k], "%d\t%s\n", d.Neuron[i], timeText(d.TimeMS(i)))
	}
	var ids bytes.Buffer
	for k, p := range d.Populations {
		fmt.Fprintf(&ids, "%d %d\n", p.First, int64(p.First)+int64(p.N)-1)
		if p.NotRecorded { // an empty file would say that it was silent
			continue
		}
		if err := os.WriteFile(filePath(dir, label, recorder+k), out[k].Bytes(), 0o644); err != nil {
			return fmt.Errorf("nest: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, NodeIDsFile), ids.Bytes(), 0o644); err != nil {
		return fmt.Errorf("nest: %w", err)
	}
	return nil
}

// WriteSamples writes samples as a multimeter of NEST does: the file
// label-ID-0.dat in dir, which must exist. Times have three decimals, so the
// resolution (ms) must be a multiple of 0.001 ms; values have as many as it
// takes to read them back as they are, where NEST has three too.
func WriteSamples(dir, label string, recorder int, resolution float64, s *sim.Samples) error {
	path := filePath(dir, label, recorder)
	if err := threeDecimals(resolution); err != nil {
		return fmt.Errorf("nest: writing %s: %w", path, err)
	}
	for _, q := range s.Quantities {
		if q == "" || strings.ContainsAny(q, " \t\r\n#") {
			return fmt.Errorf("nest: writing %s: quantity %q: must be a word", path, q)
		}
	}
	var b bytes.Buffer
	b.WriteString(header + strings.Join(append([]string{"sender", "time_ms"}, s.Quantities...), "\t") + "\n")
	for i, t := range s.Step {
		fmt.Fprintf(&b, "%d\t%s", s.Neuron[i], timeText(float64(t)*resolution))
		for _, v := range s.Values {
			b.WriteString("\t" + strconv.FormatFloat(v[i], 'f', -1, 64))
		}
		b.WriteByte('\n')
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("nest: %w", err)
	}
	return nil
}

func filePath(dir, label string, recorder int) string {
	return filepath.Join(dir, fmt.Sprintf("%s-%d-0.dat", label, recorder))
}

func timeText(ms float64) string { return strconv.FormatFloat(ms, 'f', 3, 64) }

func threeDecimals(resolution float64) error {
	if k := math.Round(resolution * 1000); k < 1 || math.Abs(k-resolution*1000) > 1e-9*k {
		return fmt.Errorf("resolution %v ms: times with three decimals need a multiple of 0.001 ms", resolution)
	}
	return nil
}
