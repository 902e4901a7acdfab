package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// mappedNet saves a network at 5 ms whose files of rows are large enough to be
// mapped, 1.4 MB each in two shards.
func mappedNet(t *testing.T, dir string) *sim.Network {
	t.Helper()
	net := mustNew(t, sim.Seed(3), sim.Shards(2), sim.Threads(2))
	a := create(t, net, "a", 1500, neuron.DefaultIafPscExp())
	net.Connect(a, a, connect.FixedInDegree{N: 400}, connect.Synapse{Weight: connect.Normal{Mean: 2, SD: 4}, Delay: connect.Uniform{Min: 0.5, Max: 6}})
	must(t, drive(net, device.Poisson{Rate: 9000}, a, connect.Synapse{Weight: connect.Constant(45)}))
	must(t, net.Simulate(context.Background(), 5))
	must(t, net.Save(dir))
	return net
}

func rowsFile(dir string, shard int) string {
	return filepath.Join(dir, "network", []string{"shard-0000.rows", "shard-0001.rows"}[shard])
}

// Whatever becomes of the files of a network that is open, it goes on as it
// would have.
func TestFilesChangeWhileOpen(t *testing.T) {
	const ms = 60
	whole := mappedNet(t, t.TempDir())
	m := newMemory()
	whole.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	must(t, whole.Simulate(t.Context(), ms))
	want := digestOf(t, m)
	if len(m.step) < 1000 {
		t.Fatalf("only %d spikes", len(m.step))
	}
	overwrite := func(t *testing.T, path string) {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		must(t, err)
		info, err := f.Stat()
		must(t, err)
		junk := make([]byte, info.Size())
		for i := range junk {
			junk[i] = 0xff
		}
		_, err = f.Write(junk)
		must(t, err)
		must(t, f.Close())
	}
	for _, c := range []struct {
		name   string
		before func(t *testing.T, path string) // Open
		spoil  func(t *testing.T, path string)
	}{
		{"cut short", nil, func(t *testing.T, path string) { must(t, os.Truncate(path, 4096)) }},
		{"emptied", nil, func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }},
		{"overwritten", nil, overwrite},
		{"copied over", nil, func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("another file"), 0o644)) }},
		{"removed", nil, func(t *testing.T, path string) { must(t, os.Remove(path)) }},
		{"open for writing before", func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			must(t, err)
			t.Cleanup(func() {
				must(t, f.Truncate(100)) // after the last step, for code that reads further
				must(t, f.Close())
			})
		}, overwrite},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			mappedNet(t, dir)
			if c.before != nil {
				c.before(t, rowsFile(dir, 0))
			}
			net, err := sim.Open(dir)
			must(t, err)
			m := newMemory()
			net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
			must(t, net.Simulate(t.Context(), ms/3))
			for s := range 2 {
				c.spoil(t, rowsFile(dir, s))
			}
			must(t, net.Simulate(t.Context(), ms/3))
			again := t.TempDir()
			must(t, net.Save(again)) // which reads all of it
			must(t, sim.Verify(again))
			must(t, net.Simulate(t.Context(), ms/3))
			if digestOf(t, m) != want {
				t.Error("other spikes")
			}
		})
	}
}

// A file is open no longer than the network is in use.
func TestFilesAreClosed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks at /proc")
	}
	open := func(dir string) int {
		n := 0
		maps, err := os.ReadFile("/proc/self/maps")
		must(t, err)
		n += strings.Count(string(maps), dir)
		fds, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		for _, fd := range fds {
			if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(to, dir) {
				n++
			}
		}
		return n
	}
	dir := t.TempDir()
	mappedNet(t, dir)
	net, err := sim.Open(dir)
	must(t, err)
	must(t, net.Simulate(t.Context(), 1))
	t.Logf("%d in use", open(dir))
	runtime.KeepAlive(net)
	for range 100 {
		if runtime.GC(); open(dir) == 0 {
			return
		}
		time.Sleep(time.Millisecond) // what the collector frees is closed by another goroutine
	}
	t.Errorf("%d maps and files are still open", open(dir))
}

// Rows of the same model that were saved in other shards, or another time, are
// not taken for this network's.
func TestRowsOfOtherShards(t *testing.T) {
	save := func(shards int) string {
		dir := t.TempDir()
		net := warmIn(t, shards)
		must(t, net.Simulate(t.Context(), 10))
		must(t, net.Save(dir))
		return dir
	}
	two, four := save(2), save(4)
	for _, name := range []string{"shard-0000.rows", "shard-0001.rows"} {
		b, err := os.ReadFile(filepath.Join(four, "network", name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(two, "network", name), b, 0o644))
	}
	_, err := sim.Open(two)
	wantError(t, err, "shard-0000.rows", "it is not the file that", "network.json names")
	wantError(t, sim.Verify(two), "shard-0000.rows", "shard-0001.rows", "it is not the file that")
}

// warmIn is warm, in shards.
func warmIn(t *testing.T, shards int) *sim.Network {
	t.Helper()
	net := mustNew(t, sim.Seed(5), sim.Shards(shards))
	a := create(t, net, "a", 200, neuron.DefaultIafPscExp())
	net.Connect(a, a, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Constant(20)})
	return net
}

// A state without its network is of no use to anybody: it is not written.
func TestSaveStateNowhere(t *testing.T) {
	net := warm(t)
	must(t, net.Simulate(t.Context(), 10))
	dir := filepath.Join(t.TempDir(), "typo")
	err := net.SaveState(dir)
	wantError(t, err, "no network was saved in "+dir, "call Save")
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s was made", dir)
	}
	// While the network is being saved it may be.
	dir = t.TempDir()
	wait, err := net.StartSave(dir)
	must(t, err)
	must(t, net.Simulate(t.Context(), 10))
	must(t, net.SaveState(dir))
	must(t, wait())
	must(t, net.SaveState(dir+"/.")) // the same
	opened, err := sim.Open(dir)
	must(t, err)
	equal(t, "time", opened.TimeMS(), 20)
	must(t, os.RemoveAll(filepath.Join(dir, "network")))
	wantError(t, net.SaveState(dir), "no network was saved in "+dir)
}

// A network can be saved over the files that it was opened from.
func TestSaveOverOpened(t *testing.T) {
	dir := t.TempDir()
	mappedNet(t, dir)
	for range 2 {
		net, err := sim.Open(dir)
		must(t, err)
		must(t, net.Save(dir))
		must(t, sim.Verify(dir))
		must(t, net.Simulate(t.Context(), 5))
		must(t, net.SaveState(dir))
	}
	net, err := sim.Open(dir)
	must(t, err)
	equal(t, "time", net.TimeMS(), 15)
}

// A network of an earlier version whose weights are drawn from a distribution is
// refused: it would be another one. Its files can be checked all the same.
func TestOpenEarlierFormat(t *testing.T) {
	for _, dir := range []string{"testdata/format2", "testdata/format3"} {
		_, err := sim.Open(dir)
		wantError(t, err, dir, "an earlier version, which drew weights from distributions otherwise", "build the network again")
		if !errors.Is(err, sim.ErrEarlier) {
			t.Errorf("%s: %v does not wrap ErrEarlier", dir, err)
		}
		if err := sim.Verify(dir); !errors.Is(err, sim.ErrEarlier) || strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: Verify: %v", dir, err)
		}
	}
}

// One with constant weights is drawn again from its description, and goes on from
// its state as it would have.
func TestOpenEarlierConstants(t *testing.T) {
	dir := t.TempDir()
	net := mustNew(t)
	a := nodes(t, net, "a", 200, neuron.DefaultIafPscExp(), sim.Params{"I_e": 500, "V_m": connect.Uniform{Min: -70, Max: -55}})
	net.Connect(a, a, connect.FixedInDegree{N: 10}, connect.Synapse{Weight: 30, Delay: connect.Uniform{Min: 1, Max: 4}})
	must(t, net.Simulate(t.Context(), 50))
	must(t, net.Save(dir))
	path := filepath.Join(dir, "network", "network.json")
	b, err := os.ReadFile(path)
	must(t, err)
	var j map[string]any
	must(t, json.Unmarshal(b, &j))
	j["format"] = 2 // which had neither seals nor a digest
	delete(j, "digest")
	delete(j, "rows")
	b, err = json.Marshal(j)
	must(t, err)
	must(t, os.WriteFile(path, b, 0o644))
	old, err := sim.Open(dir)
	must(t, err)
	if w := old.Warnings(); len(w) != 1 || !strings.Contains(w[0].Error(), "saved by an earlier version: its synapses are drawn again") {
		t.Errorf("warnings %v", w)
	}
	equal(t, "time", old.TimeMS(), 50)
	var digests []string
	for _, n := range []*sim.Network{net, old} {
		m := newMemory()
		n.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		must(t, n.Simulate(t.Context(), 100))
		if len(m.step) < 50 {
			t.Errorf("%d spikes", len(m.step))
		}
		digests = append(digests, digestOf(t, m))
	}
	equal(t, "digest", digests[1], digests[0])
}

// A link that leads nowhere is named, whether it is the directory or above it.
func TestSaveToDanglingLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "gone"), link); err != nil {
		t.Skip(err)
	}
	net := mustNew(t)
	create(t, net, "a", 1, neuron.DefaultIafPscExp())
	must(t, net.Build(t.Context()))
	for _, to := range []string{link, filepath.Join(link, "run")} {
		wantError(t, net.Save(to), link+" is a symbolic link to", "gone", "not there")
	}
	must(t, os.Mkdir(filepath.Join(dir, "gone"), 0o755))
	must(t, net.Save(link))
}

// A network with every model and unusual parameters opens as an earlier build of
// this version saved it, has the same description when it is saved again, to
// the byte, and goes on.
func TestOpenParameters(t *testing.T) {
	const from = "testdata/parameters" // of commit 59446b0 after 20 ms, saved again since
	description := func(dir string) (fingerprint, all string) {
		var j struct {
			Fingerprint string
			Description json.RawMessage
		}
		b, err := os.ReadFile(filepath.Join(dir, "network", "network.json"))
		must(t, err)
		must(t, json.Unmarshal(b, &j))
		return j.Fingerprint, string(j.Description)
	}
	must(t, sim.Verify(from))
	net, err := sim.Open(from)
	must(t, err)
	if w := net.Warnings(); len(w) != 0 {
		t.Errorf("warnings %v", w)
	}
	dir := t.TempDir()
	must(t, net.Save(dir))
	fingerprint, all := description(from)
	if f, a := description(dir); f != fingerprint || a != all {
		t.Errorf("saved again: fingerprint %s, want %s; description\n%s\nwant\n%s", f, fingerprint, a, all)
	}
	rec := net.Create("recorder", 1, device.SpikeRecorder{})
	for _, name := range []string{"exp", "alpha", "bounded", "delta", "parrots"} {
		of, err := net.Nodes(name)
		must(t, err)
		net.Connect(of, rec)
	}
	must(t, net.Simulate(t.Context(), 200))
	data, err := rec.Spikes()
	must(t, err)
	if got, want := spikes.DigestOf(data), "4c3a8a0a8916e574c53401cb005e5ef6f267a24aa0d0e34474a0a70ea050ef23"; got != want || len(data.Step) != 1187 {
		t.Errorf("%d spikes, %s, want 1187, %s", len(data.Step), got, want)
	}
}
