package sim_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// savedNet leaves a network of 50 + 7 neurons and 500 synapses in two shards,
// at 2 ms, in a directory.
func savedNet(t *testing.T, seed uint64) string {
	t.Helper()
	net := mustNew(t, sim.Shards(2), sim.Seed(seed))
	a := create(t, net, "a", 50, neuron.DefaultIafPscExp())
	create(t, net, "b", 7, neuron.Parrot{})
	net.Connect(a, a, connect.FixedInDegree{N: 10}, connect.Synapse{Weight: connect.Constant(100)})
	must(t, net.Simulate(context.Background(), 2))
	dir := t.TempDir()
	must(t, net.Save(dir))
	return dir
}

func TestInspect(t *testing.T) {
	dir := savedNet(t, 9)
	info, err := sim.Inspect(dir)
	must(t, err)
	if info.Seed != 9 || info.Resolution != 0.1 || info.Synapses != 500 || info.Shards != 2 || info.NeuronCount() != 57 {
		t.Errorf("%+v", info)
	}
	want := []sim.PopulationInfo{
		{Population: spikes.Population{Name: "a", First: 1, N: 50}, Model: "iaf_psc_exp"},
		{Population: spikes.Population{Name: "b", First: 51, N: 7}, Model: "parrot_neuron"},
	}
	if len(info.Populations) != 2 || info.Populations[0] != want[0] || info.Populations[1] != want[1] {
		t.Errorf("populations %v", info.Populations)
	}
	if s := info.State; s == nil || s.Step != 20 || s.TimeMS != 2 || s.Spikes != 0 || s.Bytes < 57*8 {
		t.Errorf("state %+v", s)
	}
	total := int64(0)
	for _, name := range []string{"network.json", "shard-0000.rows", "shard-0001.rows"} {
		f, err := os.Stat(filepath.Join(dir, "network", name))
		must(t, err)
		total += f.Size()
	}
	if info.Bytes != total {
		t.Errorf("%d bytes, the files have %d", info.Bytes, total)
	}

	rows, err := sim.InspectFile(filepath.Join(dir, "network", "shard-0001.rows"))
	must(t, err)
	if rows.Kind != "rows" || rows.Shard != 1 || rows.Synapses <= 0 || rows.State != nil {
		t.Errorf("rows %+v", rows)
	}
	state, err := sim.InspectFile(filepath.Join(dir, "state", "state.cortigo"))
	must(t, err)
	if state.Kind != "state" || state.State == nil || state.State.Step != 20 {
		t.Errorf("state %+v", state)
	}

	must(t, os.Remove(filepath.Join(dir, "state", "state.cortigo")))
	info, err = sim.Inspect(dir)
	if err != nil || info.State != nil {
		t.Errorf("without a state: %+v, %v", info.State, err)
	}
	if _, err := sim.Inspect(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a network: %v", err)
	}
}

// Whatever byte of a saved network is changed, Verify finds it, or nothing that
// is read has changed.
func TestVerify(t *testing.T) {
	dir := savedNet(t, 9)
	must(t, sim.Verify(dir))
	for _, name := range []string{"network/network.json", "network/shard-0000.rows", "network/shard-0001.rows", "state/state.cortigo"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		whole, err := os.ReadFile(path)
		must(t, err)
		found, tried := 0, 0
		for i := 0; i < len(whole); i += 1 + len(whole)/60 {
			damaged := append([]byte(nil), whole...)
			damaged[i] ^= 0x41
			must(t, os.WriteFile(path, damaged, 0o644))
			tried++
			if err := sim.Verify(dir); err != nil {
				found++
				if !strings.Contains(err.Error(), filepath.Dir(path)) {
					t.Errorf("%s, byte %d: the error does not say where: %v", name, i, err)
				}
			} else if b := whole[i]; b != 0 && b != ' ' && b != '\n' {
				t.Errorf("%s, byte %d (%q): not found", name, i, b) // 0 and white space are padding
			}
		}
		if found < tried/2 {
			t.Errorf("%s: %d of %d changes were found", name, found, tried)
		}
		must(t, os.WriteFile(path, whole[:len(whole)-70], 0o644))
		if err := sim.Verify(dir); err == nil {
			t.Errorf("%s is cut short: not found", name)
		}
		must(t, os.WriteFile(path, whole, 0o644))
	}
	must(t, sim.Verify(dir))
	must(t, os.Remove(filepath.Join(dir, "network", "shard-0001.rows")))
	if err := sim.Verify(dir); err == nil || !strings.Contains(err.Error(), "shard-0001.rows is missing, one of 2 shards") {
		t.Errorf("a shard is missing: %v", err)
	}
}

// Files of another network are told apart.
func TestVerifyMixed(t *testing.T) {
	for _, name := range []string{"network/shard-0000.rows", "state/state.cortigo"} {
		dir, other := savedNet(t, 9), savedNet(t, 10)
		b, err := os.ReadFile(filepath.Join(other, filepath.FromSlash(name)))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), b, 0o644))
		if err := sim.Verify(dir); err == nil || !strings.Contains(err.Error(), "belongs to another network") {
			t.Errorf("%s of another network: %v", name, err)
		}
	}
}
