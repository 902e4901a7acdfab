//go:build unix

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"cortigo/arrowio"
	"cortigo/sim"
)

// The runs that are killed: some 0.3 s of work, a checkpoint about every 15 ms.
var killable = []string{"run", "--n-scaling", "0.005", "--k-scaling", "0.2", "--t-presim", "0", "--t-sim", "8000"}

const checkpointMS = 400

// wantGoesOn checks a run that was killed: it is whole, every part of before the
// last checkpoint is as it will ever be, nothing of that time is missing, and it
// goes on to the digest want. It reports whether a checkpoint was there.
func wantGoesOn(t *testing.T, dir, whole string, want map[string]any) (checkpointed bool) {
	t.Helper()
	run, err := arrowio.OpenRun(dir)
	if err != nil {
		if os.IsNotExist(err) || strings.Contains(err.Error(), "no such file") {
			return false // killed before there was anything
		}
		t.Fatal(err)
	}
	info, err := sim.Inspect(dir)
	if err != nil || info.State == nil {
		if r := run.Run(); r.Recorded.End > 0 {
			t.Errorf("recorded until step %d without a network and state: %v", r.Recorded.End, err)
		}
		return false // killed before the network was saved
	}
	must(t, "check", dir)
	state := float64(info.State.Step) / 10
	if end := run.Run().Recorded.End; end < info.State.Step {
		t.Errorf("recorded until step %d, the state is at step %d", end, info.State.Step)
	}
	got, err := arrowio.ReadSpikes(dir, arrowio.InWindow(0, state))
	if err != nil {
		t.Fatal(err)
	}
	all, err := arrowio.ReadSpikes(whole, arrowio.InWindow(0, state))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Step, all.Step) || !slices.Equal(got.Neuron, all.Neuron) {
		t.Errorf("until the checkpoint at %g ms: %d spikes, want %d", state, got.Len(), all.Len())
	}
	finished := map[string][]byte{}
	for path, b := range files(t, dir) {
		if filepath.Ext(path) != ".parquet" {
			continue
		}
		if p, err := arrowio.InspectPart(path); err == nil && p.LastMS <= state {
			finished[path] = b
		}
	}
	if info.State.Step == 80000 {
		return true // killed when all was done
	}
	again := object(t, must(t, "run", "--resume", dir, "--json", "--threads", "1"))
	if again["spike_sha256"] != want["spike_sha256"] || again["spikes"] != want["spikes"] || again["resumed_from_ms"] != state {
		t.Errorf("from %g ms on: %v spikes, %v; want %v, %v", state, again["spikes"], again["spike_sha256"], want["spikes"], want["spike_sha256"])
	}
	must(t, "check", dir)
	for path, b := range finished {
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(b, now) {
			t.Errorf("%s changed: %v", path, err)
		}
	}
	for path := range files(t, dir) {
		if strings.HasPrefix(filepath.Base(path), ".") && !strings.HasPrefix(filepath.Base(path), ".shard") {
			t.Errorf("%s is left", path)
		}
	}
	return state > 0
}

// wholeRun is the run that is killed, left alone.
func wholeRun(t *testing.T) (dir string, report map[string]any, took time.Duration) {
	t.Helper()
	if _, err := program(); err != nil {
		t.Fatal(err)
	}
	dir = tempRun(t)
	begin := time.Now()
	s := start(t, slices.Concat(killable, []string{"--out", dir, "--json", "--threads", "1", "--checkpoint-every", decimal(checkpointMS)})...)
	if _, state := s.end(); !state.Success() {
		t.Fatal(&s.stderr)
	}
	return dir, object(t, s.stdout.String()), time.Since(begin)
}

// A run that is killed at any moment has lost nothing that was recorded before
// its last checkpoint, and goes on to the spikes it would have had. The moments
// are the same every time, as far as a machine lets them.
func TestKilledAnywhere(t *testing.T) {
	whole, want, took := wholeRun(t)
	r := rand.New(rand.NewPCG(20, 1))
	checkpointed := 0
	for range 20 {
		after := time.Duration(r.Float64() * float64(took))
		dir := tempRun(t)
		s := start(t, slices.Concat(killable, []string{"--out", dir, "--threads", "1", "--checkpoint-every", decimal(checkpointMS)})...)
		time.Sleep(after)
		_ = s.cmd.Process.Kill() // it may have ended
		s.end()
		if wantGoesOn(t, dir, whole, want) {
			checkpointed++
		}
	}
	if checkpointed < 5 {
		t.Errorf("%d of 20 runs had come to a checkpoint: the test is not about them", checkpointed)
	}
}

// A run that is killed right at its beginning goes on, as soon as there is a
// run.json: also where its network was only just being saved, or not even that.
// The digest is that of the run left alone.
func TestKilledAtOnce(t *testing.T) {
	_, want, _ := wholeRun(t)
	r := rand.New(rand.NewPCG(27, 13))
	goOn := 0
	for i := range 16 {
		dir := tempRun(t)
		s := start(t, slices.Concat(killable, []string{"--out", dir, "--threads", "1", "--save"})...)
		if i%2 == 0 { // from when the directory is there
			for deadline := time.Now().Add(10 * time.Second); !exists(filepath.Join(dir, "run.json")) && time.Now().Before(deadline); {
				time.Sleep(100 * time.Microsecond)
			}
		}
		time.Sleep(time.Duration(r.Float64() * float64(50*time.Millisecond)))
		_ = s.cmd.Process.Kill() // it may have ended
		s.end()
		if !exists(filepath.Join(dir, "run.json")) {
			continue // nothing was there yet
		}
		must(t, "check", dir)
		stdout, stderr, status := cli(t, "run", "--resume", dir, "--json", "--threads", "1")
		if status != 0 {
			if info, err := sim.Inspect(dir); err == nil && info.State != nil && info.State.Step == 80000 {
				continue // killed when all was done
			}
			t.Fatalf("killed run does not go on: %s", stderr)
		}
		goOn++
		if got := object(t, stdout); got["spike_sha256"] != want["spike_sha256"] {
			t.Errorf("%v spikes, %v; want %v, %v", got["spikes"], got["spike_sha256"], want["spikes"], want["spike_sha256"])
		}
		must(t, "check", dir)
	}
	if goOn < 4 {
		t.Errorf("%d of 16 runs were killed when they had begun and went on: the test is not about them", goOn)
	}
}

// Being killed while a checkpoint is written is no worse.
func TestKilledInCheckpoint(t *testing.T) {
	whole, want, _ := wholeRun(t)
	hits := map[string]int{}
	for _, what := range []string{".state.cortigo.*.tmp", ".run.json-*.tmp", ".part-*.tmp"} {
		for try := 0; hits[what] < 2 && try < 15; try++ {
			dir := tempRun(t)
			s := start(t, slices.Concat(killable, []string{"--out", dir, "--threads", "1", "--checkpoint-every", decimal(checkpointMS)})...)
			pattern := filepath.Join(dir, map[string]string{".state.cortigo.*.tmp": "state", ".part-*.tmp": "spikes"}[what], what)
			skip := 2 + 3*try // checkpoints, so that it is not always the first
			for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
				found, err := filepath.Glob(pattern)
				if err != nil {
					t.Fatal(err)
				}
				if len(found) == 0 {
					continue
				}
				if skip--; skip > 0 {
					continue
				}
				if err := s.cmd.Process.Signal(syscall.SIGKILL); err != nil {
					break // it has ended
				}
				break
			}
			s.end()
			if left, err := filepath.Glob(pattern); err == nil && len(left) > 0 {
				hits[what]++
			}
			wantGoesOn(t, dir, whole, want)
		}
		if hits[what] == 0 {
			t.Errorf("no run was killed while %s was written", what)
		}
	}
	t.Log(hits)
}

// A limit on the size of files (ulimit -f) is an error like that of a disk that
// is full: what was recorded before is intact, and goes on without the limit.
func TestFileLimit(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	record := []string{"--record", "spikes,voltages"}
	dir, whole := tempRun(t), tempRun(t)
	run(t, append(record, "--out", dir, "--save")...)
	want := run(t, append(record, "--out", whole, "--t-sim", "480")...)
	largest := 0
	for _, b := range files(t, dir) {
		largest = max(largest, len(b))
	}
	// A part of 400 ms of voltages has 154,000 samples of 8 bytes and more. The shell's
	// unit is 512 or 1024 bytes.
	s := startProgram(t, "sh", "-c", `ulimit -f "$1"; shift; exec "$@"`, "sh", decimal(float64(largest/512+64)),
		path, "run", "--resume", dir, "--t-sim", "400", "--threads", "1", "--json")
	stderr, state := s.end()
	if state.ExitCode() != statusFailed || !strings.Contains(stderr, "file too large") || !strings.Contains(stderr, "cortigo run --resume "+dir) {
		t.Errorf("%v: %s", state, stderr)
	}
	must(t, "check", dir)
	if info, err := sim.Inspect(dir); err != nil || info.State == nil || info.State.Step != 1000 {
		t.Errorf("state %+v, %v: want the one of before", info.State, err)
	}
	got := object(t, must(t, "run", "--resume", dir, "--json"))
	if got["spike_sha256"] != want["spike_sha256"] || got["resumed_from_ms"] != 100.0 {
		t.Errorf("%v from %v ms on, want %v", got["spike_sha256"], got["resumed_from_ms"], want["spike_sha256"])
	}
	must(t, "check", dir)
}

// A run that another program has begun is not one that records nothing.
func TestNoPartYet(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--record", "none", "--out", dir)
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := rd.Lock(); err != nil {
		t.Fatal(err)
	}
	defer rd.Unlock()
	for _, name := range []string{"digest", "plot"} {
		wantError(t, []string{name, dir}, dir, fmt.Sprintf("is being written by process %d", os.Getpid()))
	}
}

// Two programs do not write to one run; the second is told which the first is.
func TestLocked(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--save")
	s := start(t, "run", "--resume", dir, "--t-sim", "1e7", "--threads", "1", "--checkpoint-every", "1000")
	s.until("Going on")
	deadline := time.Now().Add(20 * time.Second)
	for rd, err := arrowio.OpenRun(dir); rd == nil || rd.Run().Recorded.End < 5000; rd, err = arrowio.OpenRun(dir) {
		time.Sleep(20 * time.Millisecond)
		if err != nil || time.Now().After(deadline) {
			t.Fatal("not begun: ", err)
		}
	}
	pid := "process " + decimal(float64(s.cmd.Process.Pid))
	wantError(t, []string{"run", "--resume", dir, "--t-sim", "10"}, dir, "is being written by "+pid)
	wantError(t, append([]string{"run", "--out", dir, "--overwrite"}, small...), dir, "is being written by "+pid)
	if text := must(t, "info", dir); !strings.Contains(text, "is being written by "+pid) {
		t.Error(text)
	}
	s.signal(syscall.SIGKILL)
	s.end()
	must(t, "run", "--resume", dir, "--t-sim", "10")
}

// Asked for less than the warm-up has left, a run ends there, says so, and keeps
// the rest as it was planned.
func TestResumeWithinWarmup(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	args := slices.Concat(small, []string{"--out", dir, "--t-presim", "1000", "--t-sim", "50000000", "--checkpoint-every", "100"})
	s := start(t, slices.Concat([]string{"run"}, args)...)
	s.until("cortigo: saving")
	s.signal(os.Interrupt)
	s.end()
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Run().Recorded.End > 2000 {
		if err := d.Rewind(0); err != nil { // it was fast: begin again
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, "network")); err != nil {
			t.Fatal(err)
		}
	}
	_, before, _ := cli(t, "info", dir)
	stdout, stderr, status := cli(t, "run", "--resume", dir, "--t-sim", "50", "--threads", "1")
	if status != 0 || !strings.Contains(stderr, "ms, within the warm-up of 1000 ms\n") || !strings.Contains(stdout, "all of the warm-up, which ends at 1000 ms") {
		t.Fatalf("status %d, %s%s%s", status, before, stdout, stderr)
	}
	from, until := 0.0, 0.0
	if _, err := fmt.Sscanf(stderr[strings.Index(stderr, "Going on with the run in "+dir):], "Going on with the run in "+dir+" at %g ms, until %g ms", &from, &until); err != nil || until != from+50 {
		t.Errorf("from %g to %g: %v, %s", from, until, err, stderr)
	}
	if d, err = arrowio.OpenRun(dir); err != nil {
		t.Fatal(err)
	}
	if r := d.Run(); float64(r.Recorded.End) != until*10 || r.PlannedEndMS != 5e7+1000 {
		t.Errorf("recorded %v, planned until %g ms, want until %g ms and what was planned", r.Recorded, r.PlannedEndMS, until)
	}
	must(t, "check", dir)
}

// A network, or all, that somebody removes while a run writes is an error, and no
// way to go on is told that there is not.
func TestRemovedWhileRunning(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"network", ""} {
		dir := tempRun(t)
		s := start(t, slices.Concat([]string{"run"}, small, []string{"--t-sim", "1e7", "--out", dir, "--checkpoint-every", "1000", "--threads", "1"})...)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			if rd, err := arrowio.OpenRun(dir); err == nil && rd.Run().Recorded.End > 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("not begun")
			}
		}
		// All at once: removed file by file, the run would end in between.
		if err := os.Rename(filepath.Join(dir, what), filepath.Join(t.TempDir(), "away")); err != nil {
			t.Fatal(err)
		}
		stderr, state := s.end()
		if state.ExitCode() != statusFailed || strings.Contains(stderr, "--resume") || !strings.Contains(stderr, dir) {
			t.Errorf("%q removed: %v, %s", what, state, stderr)
		}
		if want := map[string]string{"": "is gone", "network": "holds the spikes of"}[what]; !strings.Contains(stderr, want) {
			t.Errorf("%q removed: %s, want %q", what, stderr, want)
		}
	}
}
