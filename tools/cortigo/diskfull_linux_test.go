package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cortigo/arrowio"
	"cortigo/sim"
)

// smallDisk mounts a disk of so many bytes.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Skip("mounting a small disk: ", err) // takes root
	}
	t.Cleanup(func() {
		// An opened network stays mapped as long as the process.
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

var keptSpikes = regexp.MustCompile(`; (\S+) holds the spikes of \(0, ([\d.]+)\] ms; to go on: `)

// A disk that gets full ends the run with an error that says so; what was
// recorded until the last part is kept.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	args := slices.Concat(small, []string{"--t-presim", "0", "--t-sim", "30000"})
	whole := tempRun(t)
	want := object(t, must(t, slices.Concat([]string{"run", "--json", "--save", "--out", whole}, args)...))
	one, err := os.Stat(filepath.Join(whole, "spikes", "part-00000.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	kept := 6 << 12 // run.json, and each file's rest of a page
	for path, b := range files(t, whole) {
		if !strings.HasSuffix(path, ".parquet") {
			kept += len(b)
		}
	}
	state, err := os.Stat(filepath.Join(whole, "state", "state.cortigo"))
	if err != nil {
		t.Fatal(err)
	}
	kept += int(state.Size()) // the old one and the new one
	disk := smallDisk(t, kept+int(one.Size())*5/2)
	dir := filepath.Join(disk, "run")
	stdout, stderr, status := cli(t, slices.Concat([]string{"run", "--json", "--save", "--out", dir}, args)...)
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	last := lines[len(lines)-1]
	if status != statusFailed || !strings.Contains(last, "no space left on device") || !strings.Contains(last, "part-00002.parquet") || !strings.Contains(last, "cortigo run --resume "+dir) || strings.Contains(last, "interrupted") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if strings.Count(stderr, "no space left") != 1 {
		t.Errorf("said more than once: %s", stderr)
	}
	found := keptSpikes.FindStringSubmatch(last)
	if found == nil || found[1] != dir {
		t.Fatalf("nothing is said of what was kept: %s", last)
	}
	if m := object(t, stdout); !strings.Contains(m["error"].(string), "no space left") {
		t.Errorf("%v", m)
	}

	// Kept are two parts of 10 s, with the spikes of the run that had room.
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	end := rd.Run().Recorded.End
	if end != 200000 || decimal(float64(end)*0.1) != found[2] {
		t.Errorf("recorded until step %d, the message says %s ms", end, found[2])
	}
	d, err := arrowio.ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, err := arrowio.ReadSpikes(whole, arrowio.InWindow(0, 20000))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(d.Step, first.Step) || !slices.Equal(d.Neuron, first.Neuron) {
		t.Errorf("%d spikes were kept, want %d", d.Len(), first.Len())
	}
	must(t, "digest", dir)
	must(t, "check", dir)
	must(t, "plot", dir, "--begin", "0", "--out", t.TempDir())
	if info, err := sim.Inspect(dir); err != nil || info.State == nil || info.State.Step != 200000 {
		t.Errorf("the state is %+v, want that of 20 s, the last checkpoint; %v", info.State, err)
	}

	// With room again the run goes on.
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", 3*(kept+int(one.Size())*3))); err != nil {
		t.Fatal(err)
	}
	got := object(t, must(t, "run", "--resume", dir, "--json"))
	if got["spike_sha256"] != want["spike_sha256"] || got["resumed_from_ms"] != 20000.0 {
		t.Errorf("digest %v from %v ms on, want %v", got["spike_sha256"], got["resumed_from_ms"], want["spike_sha256"])
	}
	must(t, "check", dir)
}

// No room for anything: an error before time is spent.
func TestDiskFullAtOnce(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 1<<12)
	fill := make([]byte, 1<<13)
	_ = os.WriteFile(filepath.Join(disk, "fill"), fill, 0o644) // until it is full
	dir := filepath.Join(disk, "run")
	_, stderr, status := cli(t, slices.Concat([]string{"run", "--out", dir}, small)...)
	if status != statusFailed || !strings.HasPrefix(stderr, "cortigo: writing "+dir) || !strings.HasSuffix(stderr, "no space left on device\n") {
		t.Errorf("status %d, %s", status, stderr)
	}
}
