package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio"
)

// In one go or in pieces, the spikes and voltages are the same.
func TestResume(t *testing.T) {
	t.Parallel()
	whole, pieces := tempRun(t), tempRun(t)
	record := []string{"--record", "spikes,voltages"}
	want := run(t, append(record, "--out", whole, "--t-sim", "1000")...)
	run(t, append(record, "--out", pieces, "--t-sim", "400", "--save")...)
	got := object(t, must(t, "run", "--resume", pieces, "--t-sim", "250", "--threads", "2", "--json"))
	wantKeys(t, got, append([]string{"out", "warnings", "resumed_from_ms", "bytes_per_spike"}, runKeys...)...)
	if got["resumed_from_ms"] != 420.0 { // 20 ms of warm-up and 400
		t.Errorf("resumed from %v ms", got["resumed_from_ms"])
	}
	got = object(t, must(t, "run", "--resume", pieces, "--t-sim", "350", "--shards", "3", "--json")) // dealt out anew
	for _, key := range []string{"spike_sha256", "spikes", "rates_hz", "synapses", "neurons"} {
		if !reflect.DeepEqual(got[key], want[key]) {
			t.Errorf("%s is %v, want %v", key, got[key], want[key])
		}
	}
	if d := must(t, "digest", pieces); d != want["spike_sha256"].(string)+"\n" {
		t.Errorf("digest %s, want %s", d, want["spike_sha256"])
	}
	a, err := arrowio.ReadSamples(whole)
	if err != nil {
		t.Fatal(err)
	}
	b, err := arrowio.ReadSamples(pieces)
	if err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("other voltages: %v", err)
	}
	dir, err := arrowio.OpenRun(pieces)
	if err != nil {
		t.Fatal(err)
	}
	if r := dir.Run(); r.AnalyseFromMS != 20 || r.PlannedEndMS != 1020 || r.Recorded != (arrowio.Window{Begin: 0, End: 10200}) {
		t.Errorf("until %g ms, recorded %v", r.PlannedEndMS, r.Recorded)
	}
	// run.json repeats the whole.
	if m := object(t, must(t, "run", "--json", "--params", filepath.Join(pieces, "run.json"), "--out", tempRun(t))); m["spike_sha256"] != want["spike_sha256"] {
		t.Error("run.json of the pieces makes other spikes")
	}
}

// What a program that was killed recorded after its last state comes again.
func TestResumeAfterKill(t *testing.T) {
	t.Parallel()
	dir, state := tempRun(t), t.TempDir()
	run(t, "--out", dir, "--save", "--t-sim", "100")
	if err := os.CopyFS(state, os.DirFS(filepath.Join(dir, "state"))); err != nil {
		t.Fatal(err)
	}
	must(t, "run", "--resume", dir, "--t-sim", "100")
	if err := os.RemoveAll(filepath.Join(dir, "state")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "state"), os.DirFS(state)); err != nil {
		t.Fatal(err)
	}
	// Without the note that a later state was saved, which a program makes then: with
	// it, going back would lose what was recorded.
	wantError(t, []string{"run", "--resume", dir}, "was saved at step 2200, the network is at step 1200", "nothing was removed", "cortigo run --params")
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	saved := int64(1200)
	if err := rd.Update(func(r *arrowio.Run) { r.Checkpoint = &saved }); err != nil {
		t.Fatal(err)
	}
	got := object(t, must(t, "run", "--resume", dir, "--json")) // to its end
	if want := run(t, "--out", tempRun(t), "--t-sim", "200"); got["spike_sha256"] != want["spike_sha256"] {
		t.Errorf("digest %v, want %v", got["spike_sha256"], want["spike_sha256"])
	}
}

func TestResumeRefuses(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir)
	wantError(t, []string{"run", "--resume", dir}, "--save", dir)
	saved := tempRun(t)
	run(t, "--out", saved, "--save")
	before := files(t, saved)
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"at 100 ms, its end", "--t-sim MS"}},
		{[]string{"--t-sim", "0"}, []string{"--t-sim", "is 0", "> 0"}},
		{[]string{"--t-sim", "0.05"}, []string{"--t-sim", "0.05", "multiples"}},
		{[]string{"--t-sim", "5", "--seed", "3"}, []string{"--seed does not go with --resume"}},
		{[]string{"--t-sim", "5", "--out", dir}, []string{"--out does not go with --resume"}},
		{[]string{"--threads", "-1"}, []string{"threads is -1"}},
	} {
		wantError(t, append([]string{"run", "--resume", saved}, tt.args...), tt.want...)
	}
	wantError(t, []string{"run", "--resume", ""}, "--resume is empty; allowed: the directory of a run")
	if after := files(t, saved); !reflect.DeepEqual(before, after) {
		t.Error("files changed")
	}
	// What could not go on is refused before it is simulated.
	for _, record := range []string{"none", "voltages"} {
		silent := tempRun(t)
		wantError(t, slices.Concat([]string{"run", "--out", silent, "--save", "--record", record}, small), "--save needs --record spikes")
		if exists(silent) {
			t.Error("a directory was made")
		}
	}
}

// A recording with a hole is not gone on with.
func TestResumeHole(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--save")
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := rd.Rewind(50); err != nil {
		t.Fatal(err)
	}
	wantError(t, []string{"run", "--resume", dir, "--t-sim", "5"}, "ends at step 500", "step 1000", "not recorded")
}

// All flags are either for a run that goes on or named as not being.
func TestResumeFlags(t *testing.T) {
	t.Parallel()
	for name, goes := range map[string]bool{"t-sim": true, "threads": true, "shards": true, "json": true, "save": true, "seed": false, "overwrite": false} {
		if slices.Contains(notWithResume, name) == goes {
			t.Errorf("--%s: %v", name, goes)
		}
	}
	cmd := newRunCmd()
	for _, name := range notWithResume {
		if cmd.Flags().Lookup(name) == nil {
			t.Errorf("there is no --%s", name)
		}
	}
}

// A run of more than one piece has its window in run.json before it ends.
func TestKeep(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	m := run(t, "--out", dir, "--t-presim", "0", "--t-sim", "20100")
	parts, err := filepath.Glob(filepath.Join(dir, "spikes", "part-*.parquet"))
	if err != nil || len(parts) != 3 {
		t.Fatalf("%q, %v", parts, err)
	}
	if must(t, "digest", dir) != m["spike_sha256"].(string)+"\n" {
		t.Error("other digest")
	}
	first, err := arrowio.PartRun(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	if w := first.Recorded; w.End != 200000 {
		t.Errorf("the third part was begun when %v was known to be recorded", w)
	}
	var r arrowio.Run
	if err := json.Unmarshal(files(t, dir)[filepath.Join(dir, "run.json")], &r); err != nil || r.Recorded.End != 201000 {
		t.Errorf("%v, recorded %v", err, r.Recorded)
	}
}

// What is missing or damaged of a saved run is told by check; what can be had
// again is, and nothing that was recorded is removed.
func TestSavedFilesGone(t *testing.T) {
	t.Parallel()
	want := run(t, "--out", tempRun(t), "--t-sim", "120")["spike_sha256"]
	parameters := filepath.Join("network", "microcircuit.json")
	for name, tt := range map[string]struct {
		harm  func(dir string) error
		check string
		goes  bool
	}{
		"parameters removed": {func(dir string) error { return os.Remove(filepath.Join(dir, parameters)) }, parameters, true},
		"parameters emptied": {func(dir string) error { return os.Truncate(filepath.Join(dir, parameters), 0) }, parameters, true},
		"parameters damaged": {func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, parameters))
			b[len(b)/2] ^= 1
			return errors.Join(err, os.WriteFile(filepath.Join(dir, parameters), b, 0o644))
		}, parameters, true},
		"state removed":   {func(dir string) error { return os.Remove(filepath.Join(dir, "state", "state.cortigo")) }, "the state of step 1000", false},
		"network removed": {func(dir string) error { return os.RemoveAll(filepath.Join(dir, "network")) }, "is gone", false},
		"rows removed":    {func(dir string) error { return os.Remove(filepath.Join(dir, "network", "shard-0000.rows")) }, "shard-0000.rows", false},
	} {
		dir := tempRun(t)
		run(t, "--out", dir, "--save", "--threads", "1")
		if err := tt.harm(dir); err != nil {
			t.Fatal(err)
		}
		spikes := files(t, filepath.Join(dir, "spikes"))
		if stdout, _, status := cli(t, "check", dir); status != statusFailed || !strings.Contains(stdout, tt.check) {
			t.Errorf("%s: check says %s", name, stdout)
		}
		stdout, stderr, status := cli(t, "run", "--resume", dir, "--t-sim", "40", "--json", "--threads", "1")
		if tt.goes != (status == 0) {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
		for path, b := range spikes {
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(b, now) {
				t.Errorf("%s: %s changed: %v", name, path, err)
			}
		}
		if !tt.goes {
			continue
		}
		if got := object(t, stdout); got["spike_sha256"] != want {
			t.Errorf("%s: %v, want %v", name, got["spike_sha256"], want)
		}
		must(t, "check", dir)
	}
}
