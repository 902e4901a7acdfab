package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// In a log the progress is a line for every tenth.
func TestProgress(t *testing.T) {
	var file bytes.Buffer
	p := newProgress(&file, "simulating", false)
	p.modelTime(0, 300)
	p.modelTime(199, 300)
	p.close()
	if got := file.String(); !strings.HasPrefix(got, "simulating: 199 / 300 ms, real-time factor 0.00") || strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\r\x1b") {
		t.Errorf("%q", got)
	}
	// Building says nothing at its end: the next line does.
	file.Reset()
	p = newProgress(&file, "building", false)
	p.share(0.257)
	p.clear()
	if got := file.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "building: 26 %, ") {
		t.Errorf("%q", got)
	}
}

// With --json the progress of all phases is on stderr, an object a line.
func TestProgressEvents(t *testing.T) {
	t.Parallel()
	_, stderr, status := cli(t, slices.Concat([]string{"run", "--json", "--out", tempRun(t)}, small, []string{"--t-sim", "500"})...)
	if status != 0 {
		t.Fatal(stderr)
	}
	last := map[string]map[string]any{}
	for line := range strings.SplitSeq(stderr, "\n") {
		if !strings.HasPrefix(line, "{") {
			continue
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if e["event"] != "progress" {
			t.Errorf("%q", line)
		}
		last[e["phase"].(string)] = e
	}
	wantKeys(t, last["warm-up"], "event", "phase", "share", "done_ms", "total_ms", "wall_s", "left_s", "rtf", "spikes")
	wantKeys(t, last["simulating"], "event", "phase", "share", "done_ms", "total_ms", "wall_s", "left_s", "rtf", "spikes")
	if e := last["simulating"]; e["share"] != 1.0 || e["done_ms"] != 500.0 || e["spikes"].(float64) <= last["warm-up"]["spikes"].(float64) {
		t.Errorf("%v", e)
	}
	if e := last["building"]; e == nil || e["done_ms"] != nil {
		t.Errorf("building %v", e)
	}
}
