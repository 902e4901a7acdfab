package arrowio

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/sim"
)

// DuckDB, which shares no code with the writer, reads what was written. It
// needs Node and `npm ci` in .ci/duckdb, and is left out without.
func TestDuckDBReadsRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node")
	}
	check := filepath.Join("..", ".ci", "duckdb", "check.mjs")
	if _, err := os.Stat(filepath.Join("..", ".ci", "duckdb", "node_modules")); err != nil {
		t.Skip("run npm ci in .ci/duckdb first")
	}
	d := newTestRun(t)
	all := testSpikes(20000, 2)
	writeSpikes(t, d, all, 100, RowGroupRows(3000), PartRows(6000))
	w, err := d.NewSampleWriter()
	if err != nil {
		t.Fatal(err)
	}
	s := sim.Samples{Quantities: []string{"V_m"}, Step: []int64{10, 10, 20}, Neuron: []int32{1, 101, 1}, Values: [][]float64{{-65, -60.5, -64}}}
	if err := w.WriteSamples(s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, check, d.Path(), "--json").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got struct {
		Spikes, Voltages struct {
			Total struct {
				Rows    float64 `json:"rows"`
				FirstMS float64 `json:"first_ms"`
				LastMS  float64 `json:"last_ms"`
			} `json:"total"`
			Populations []struct {
				Population string
				Rows       float64
			} `json:"populations"`
			Run Run
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	e := 0
	for _, id := range all.Neuron {
		if id <= 80 {
			e++
		}
	}
	sp := got.Spikes
	if sp.Total.Rows != 20000 || sp.Total.FirstMS != float64(all.Step[0])/10 || sp.Total.LastMS != float64(all.Step[19999])/10 {
		t.Errorf("total %+v", sp.Total)
	}
	if len(sp.Populations) != 2 || sp.Populations[0].Population != "E" || sp.Populations[0].Rows != float64(e) {
		t.Errorf("populations %+v, want %d of E", sp.Populations, e)
	}
	if sp.Run.Seed != 7 || got.Voltages.Total.Rows != 3 {
		t.Errorf("seed %d, %v samples", sp.Run.Seed, got.Voltages.Total.Rows)
	}

	// The check can fail: a part of samples is not one of spikes.
	src, err := os.ReadFile(filepath.Join(d.Path(), VoltagesDir, partName(0)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Path(), SpikesDir, partName(0)), src, 0o644); err != nil {
		t.Fatal(err)
	}
	bad, err := exec.Command(node, check, d.Path()).CombinedOutput()
	if err == nil || !strings.Contains(string(bad), "V_m") {
		t.Errorf("wrong columns passed: %v\n%s", err, bad)
	}
}
