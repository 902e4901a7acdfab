package arrowio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio/nest"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// recorded is a small network with a spike recorder and a multimeter: two
// neurons of which the second spikes, and a spike generator.
func recorded(t *testing.T) (net *sim.Network, sr, mm *sim.Nodes) {
	t.Helper()
	create := func(name string, n int, m sim.Model, p ...sim.Params) *sim.Nodes {
		return net.Create(name, n, m, p...)
	}
	net = sim.New()
	cells := create("cells", 2, neuron.DefaultIafPscExp(), sim.Params{"I_e": []float64{0, 900}})
	gen := create("gen", 1, device.SpikeGenerator{Times: []float64{3, 12.5}})
	sr = create("sr", 1, device.SpikeRecorder{})
	mm = create("mm", 1, device.Multimeter{Interval: 5, Quantities: []string{device.Vm, device.ISynEx}})
	syn := connect.Synapse{Weight: connect.Constant(100), Delay: connect.Constant(1)}
	net.Connect(gen, cells, syn)
	net.Connect(cells, sr, syn)
	net.Connect(gen, sr, syn)
	net.Connect(mm, cells, syn)
	return net, sr, mm
}

// What recorders write to NEST's files and to Parquet is what they have in
// memory, in however many runs of Simulate; closed, they go back to it.
func TestRecordNodes(t *testing.T) {
	net, sr, mm := recorded(t)
	simulate := func(net *sim.Network, times ...float64) {
		t.Helper()
		for _, ms := range times {
			if err := net.Simulate(context.Background(), ms); err != nil {
				t.Fatal(err)
			}
		}
	}
	simulate(net, 50)
	want, err := sr.Spikes()
	if err != nil {
		t.Fatal(err)
	}
	samples, err := mm.Samples()
	if err != nil {
		t.Fatal(err)
	}
	if want.Len() < 5 || !slices.Contains(want.Neuron, 3) || len(samples.Step) < 18 {
		t.Fatalf("%d spikes of %v, %d samples: nothing to compare", want.Len(), want.Neuron, len(samples.Step))
	}

	dir := t.TempDir()
	net, sr, mm = recorded(t)
	c, err := nest.Record(dir, "", false, sim.Join(sr, mm))
	if err != nil {
		t.Fatal(err)
	}
	simulate(net, 20, 30)
	if n, err := sr.Get("n_events"); err != nil || n[0] != 0 {
		t.Errorf("%g events in memory, %v", n, err)
	}
	// NEST's name: model, id of the recorder, virtual process.
	spikesFile, samplesFile := filepath.Join(dir, "spike_recorder-4-0.dat"), filepath.Join(dir, "multimeter-5-0.dat")
	got, err := nest.ReadSpikes(0.1, nil, spikesFile)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) {
		t.Errorf("%v %v, want %v %v", got.Step, got.Neuron, want.Step, want.Neuron)
	}
	s, err := nest.ReadSamples(0.1, samplesFile)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Step, samples.Step) || !slices.Equal(s.Values[0], samples.Values[0]) || !slices.Equal(s.Values[1], samples.Values[1]) {
		t.Errorf("%+v, want %+v", s, samples)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	simulate(net, 50)
	if d, err := sr.Spikes(); err != nil || d.Len() == 0 || d.Step[0] <= 500 {
		t.Errorf("after Close: %v, %v", d, err)
	}
	if after, err := nest.ReadSpikes(0.1, nil, spikesFile); err != nil || after.Len() != want.Len() {
		t.Errorf("after Close %d spikes in the file, %v", after.Len(), err)
	}
	if _, err := nest.Record(dir, "", false, sr); err == nil || !strings.Contains(err.Error(), "spike_recorder-4-0.dat is there already") {
		t.Errorf("existing file: %v", err)
	}

	dir = filepath.Join(t.TempDir(), "run")
	net, sr, mm = recorded(t)
	if c, err = RecordParquet(dir, false, sr, mm); err != nil {
		t.Fatal(err)
	}
	simulate(net, 20, 30)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err = ReadSpikes(dir); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) || got.End != 500 {
		t.Errorf("%v %v until %d, want %v %v until 500", got.Step, got.Neuron, got.End, want.Step, want.Neuron)
	}
	if s, err = ReadSamples(dir); err != nil || !slices.Equal(s.Values[0], samples.Values[0]) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := RecordParquet(dir, false, sr); !errors.Is(err, ErrExists) {
		t.Errorf("existing run: %v", err)
	}
}

func TestRecordNodesErrors(t *testing.T) {
	net, sr, mm := recorded(t)
	cells, err := net.Nodes("cells")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func(dir string) error
		want string
	}{
		{"no directory", func(dir string) error { _, err := nest.Record(filepath.Join(dir, "no"), "x", false, sr); return err }, "no such file"},
		{"neurons to text", func(dir string) error { _, err := nest.Record(dir, "x", false, cells); return err }, "iaf_psc_exp is no recorder"},
		{"label", func(dir string) error { _, err := nest.Record(dir, "a/b", false, sr); return err }, `label "a/b"`},
		{"nil", func(dir string) error { _, err := nest.Record(dir, "x", false, nil); return err }, "no recorders"},
		{"bad slice", func(dir string) error { _, err := nest.Record(dir, "x", false, sr.Slice(0, 2)); return err }, "slice [0, 2)"},
		{"neurons", func(dir string) error { _, err := RecordParquet(dir, false, cells); return err }, "iaf_psc_exp is no recorder"},
		{"none", func(dir string) error { _, err := RecordParquet(dir, false); return err }, "of no network"},
		{"twice", func(dir string) error { _, err := RecordParquet(dir, false, mm, mm); return err }, "twice"},
	} {
		dir := t.TempDir()
		if err := c.do(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", c.name, left, err)
		}
	}
	if err := net.Simulate(context.Background(), 10); err != nil { // the network is as it was
		t.Fatal(err)
	}
}
