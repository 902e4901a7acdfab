package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim"
)

// What info says of a run is what run said when it made it.
func TestInfo(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	m := run(t, "--out", dir, "--save", "--record", "spikes,voltages")
	i := object(t, must(t, "info", "--json", dir))
	wantKeys(t, i, "kind", "path", "bytes", "model", "seed", "resolution_ms", "neurons", "synapses", "shards", "populations", "recorded_ms",
		"t_presim_ms", "t_sim_ms", "spikes", "parts", "bytes_per_spike", "samples", "sample_parts", "state_ms", "state_step",
		"state_spikes", "created", "versions")
	total, spikeBytes := 0.0, 0.0
	for path, b := range files(t, dir) {
		if !strings.HasSuffix(path, "run.json") && !strings.HasSuffix(path, "microcircuit.json") {
			total += float64(len(b))
		}
		if strings.Contains(path, "spikes") {
			spikeBytes += float64(len(b))
		}
	}
	for key, want := range map[string]any{
		"kind": "run", "path": dir, "bytes": total, "model": "microcircuit", "seed": 55.0, "resolution_ms": 0.1, "neurons": m["neurons"],
		"synapses": m["synapses"], "shards": m["shards"], "t_presim_ms": 20.0, "t_sim_ms": 80.0, "spikes": m["spikes"], "parts": 1.0,
		"samples": 38500.0, "sample_parts": 1.0, "state_ms": 100.0, "state_step": 1000.0, "state_spikes": m["spikes"],
		"recorded_ms": []any{0.0, 100.0},
	} {
		if !reflect.DeepEqual(i[key], want) {
			t.Errorf("%s is %v, want %v", key, i[key], want)
		}
	}
	if got, want := i["bytes_per_spike"].(float64), spikeBytes/m["spikes"].(float64); math.Abs(got-want) > 1e-9 {
		t.Errorf("%g bytes per spike, want %g", got, want)
	}
	pops := i["populations"].([]any)
	if p := pops[1].(map[string]any); len(pops) != 8 || p["name"] != "L23I" || p["first_id"] != 104.0 || p["n"] != 29.0 || p["model"] != "iaf_psc_exp" {
		t.Errorf("populations %v", pops)
	}

	// The same thing by other names, and its parts.
	same := object(t, must(t, "info", "--json", filepath.Join(dir, "run.json")))
	if same["kind"] != "run" || same["spikes"] != m["spikes"] {
		t.Errorf("run.json: %v", same)
	}
	for path, want := range map[string]map[string]any{
		"spikes/part-00000.parquet":   {"kind": "part", "spikes": m["spikes"], "seed": 55.0},
		"voltages/part-00000.parquet": {"kind": "part", "samples": 38500.0, "first_ms": 1.0, "last_ms": 100.0},
		"state/state.cortigo":         {"kind": "state", "state_ms": 100.0, "state_step": 1000.0},
		"network/shard-0000.rows":     {"kind": "rows", "shard": 0.0},
		"network/network.json":        {"kind": "network", "synapses": m["synapses"], "state_ms": 100.0},
		"network":                     {"kind": "network", "neurons": m["neurons"]},
	} {
		got := object(t, must(t, "info", "--json", filepath.Join(dir, filepath.FromSlash(path))))
		for key, v := range want {
			if !reflect.DeepEqual(got[key], v) {
				t.Errorf("%s: %s is %v, want %v", path, key, got[key], v)
			}
		}
	}
	nest := filepath.Join("..", "..", "testdata", "nest", "ascii", "spike_recorder-15436-0.dat")
	b, err := os.ReadFile(nest)
	if err != nil {
		t.Fatal(err)
	}
	// Three lines of header: version, backend, columns.
	if got := object(t, must(t, "info", "--json", nest)); got["kind"] != "nest" || got["spikes"] != float64(strings.Count(string(b), "\n")-3) {
		t.Errorf("%v", got)
	}
	text := must(t, "info", dir)
	for _, want := range []string{dir + ": a run", "recorded     (0, 100] ms of 100 ms\n", "state        at 100 ms", " in 1 part, ", "385 in 8 populations"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
	wantError(t, []string{"info", filepath.Join(dir, "none")}, "no such file")
	wantError(t, []string{"info", t.TempDir()}, "neither the directory of a run")
	wantError(t, []string{"info", write(t, "notes.txt", "mine\n")}, "notes.txt", "nothing that is known")
	wantError(t, []string{"info"}, "one argument, a directory or a file")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	m := run(t, "--out", dir, "--checkpoint-every", "30", "--record", "spikes,voltages")
	c := object(t, must(t, "check", "--json", dir))
	wantKeys(t, c, "ok", "problems", "notes", "parts", "spikes", "samples", "network")
	if c["ok"] != true || c["spikes"] != m["spikes"] || c["samples"] != 38500.0 || c["parts"] != 8.0 || c["network"] != true {
		t.Errorf("%v", c) // until 30, 60, 90, 100 ms
	}
	if text := must(t, "check", dir); !strings.Contains(text, "is whole: 8 parts") {
		t.Error(text)
	}
	for name, want := range map[string]string{
		"spikes/part-00001.parquet": "part-00001.parquet", "spikes/part-00002.parquet": "part-00002.parquet",
		"voltages/part-00000.parquet": "part-00000.parquet", "network/shard-0000.rows": "shard-0000.rows",
		"state/state.cortigo": "state.cortigo", "run.json": "run.json", "network/network.json": "network.json",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, int64(len(b)/2)); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, status := cli(t, "check", "--json", dir)
		c := object(t, stdout)
		text := ""
		for _, p := range c["problems"].([]any) {
			text += p.(string) + "\n"
		}
		if status != statusFailed || c["ok"] != false || !strings.Contains(text, want) || !strings.Contains(stderr, "problem") || c["error"] == nil {
			t.Errorf("%s cut short: status %d, %v, %s", name, status, c, stderr)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	must(t, "check", dir)
	// A state ahead of the recording.
	state, err := os.ReadFile(filepath.Join(dir, "state", "state.cortigo"))
	if err != nil {
		t.Fatal(err)
	}
	short := tempRun(t)
	run(t, "--out", short, "--save", "--t-sim", "40")
	if err := os.WriteFile(filepath.Join(short, "state", "state.cortigo"), state, 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, _, status := cli(t, "check", short)
	if status != statusFailed || !strings.Contains(stdout, "the state is at step 1000, but what was recorded ends at step 600") {
		t.Errorf("status %d, %s", status, stdout)
	}
	wantError(t, []string{"check", t.TempDir()}, "is not the directory of a run")
}

// A checkpoint does not change what comes after it, nor what was asked for.
func TestCheckpointEvery(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	want := run(t, "--out", tempRun(t))
	got := run(t, "--out", dir, "--checkpoint-every", "7.5")
	if got["spike_sha256"] != want["spike_sha256"] || !reflect.DeepEqual(got["rates_hz"], want["rates_hz"]) {
		t.Errorf("%v with checkpoints, %v without", got["spike_sha256"], want["spike_sha256"])
	}
	parts, err := filepath.Glob(filepath.Join(dir, "spikes", "part-*.parquet"))
	if err != nil || len(parts) < 11 || len(parts) > 14 { // 13 checkpoints and the end; without spikes there is no part
		t.Errorf("%d parts, %v", len(parts), err)
	}
	again := object(t, must(t, "run", "--resume", dir, "--t-sim", "20", "--checkpoint-every", "15", "--json"))
	if again["resumed_from_ms"] != 100.0 {
		t.Errorf("%v", again)
	}
	must(t, "check", dir)
	out := tempRun(t)
	for value, text := range map[string]string{"0": "--checkpoint-every is 0; allowed: > 0 ms", "-5": "is -5", "NaN": "is NaN", "0.05": "multiples of the resolution, 0.1 ms"} {
		wantError(t, append([]string{"run", "--out", out, "--checkpoint-every", value}, small...), text)
	}
	wantError(t, append([]string{"run", "--record", "none", "--checkpoint-every", "10"}, small...), "--checkpoint-every needs --out DIR")
	wantError(t, []string{"run", "--resume", dir, "--t-sim", "10", "--checkpoint-every", "0.05"}, "multiples of the resolution")
}

// What only the program that saved a network knows is a note.
func TestCheckUnregistered(t *testing.T) {
	t.Parallel()
	r := &checkReport{}
	r.add(errors.Join(fmt.Errorf("sim: DIR: unknown rule \"ring\", %w", sim.ErrUnregistered), errors.New("sim: DIR: shard 1 is missing")))
	if !reflect.DeepEqual(r.Problems, []string{"DIR: shard 1 is missing"}) || len(r.Notes) != 1 ||
		!strings.Contains(r.Notes[0], `DIR: unknown rule "ring", not registered in this program`) || !strings.Contains(r.Notes[0], "only checksums") {
		t.Errorf("%q, %q", r.Problems, r.Notes)
	}
}

// A run that nobody planned has no end to be compared with.
func TestInfoOfNoPlan(t *testing.T) {
	t.Parallel()
	for end, want := range map[float64]string{0: "(0, 12.5] ms\n", 100: "(0, 12.5] ms of 100 ms\n"} {
		var b strings.Builder
		r := &infoReport{Path: "DIR", RecordedMS: &[2]float64{0, 12.5}, TSimMS: end}
		if err := r.write(&b); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v, %q has no %q", err, b.String(), want)
		}
	}
}
