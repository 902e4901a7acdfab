package sim_test

import (
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// labelled returns a network whose labels are set, and what its populations are
// then.
func labelled(t *testing.T) (net *sim.Network, exc, inh, noise *sim.Nodes, want []spikes.Population) {
	t.Helper()
	net = mustNew(t)
	exc, inh = nodes(t, net, "a", 8, neuron.DefaultIafPscExp()), nodes(t, net, "b", 2, neuron.DefaultIafPscExp())
	noise = nodes(t, net, "noise", 1, device.Poisson{Rate: 8000})
	net.Connect(noise, exc, connect.Synapse{Weight: connect.Constant(100)})
	exc.SetLabel("L2/3 E")
	exc.SetKind(spikes.Excitatory)
	inh.SetKind(spikes.Inhibitory)
	sim.Join(exc, inh).SetGroup("L2/3")
	noise.SetLabel("background")
	return net, exc, inh, noise, []spikes.Population{
		{Name: "a", First: 1, N: 8, Label: "L2/3 E", Kind: spikes.Excitatory, Group: "L2/3"},
		{Name: "b", First: 9, N: 2, Kind: spikes.Inhibitory, Group: "L2/3"},
	}
}

// Labels come with the spikes of whole populations and of parts, can change
// while a network runs, and are there again when it is opened; what it does is
// the same.
func TestLabels(t *testing.T) {
	net, exc, inh, noise, want := labelled(t)
	if got := net.SpikePopulations(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	part := want[0]
	part.Name, part.Label, part.First, part.N = "a[2:5]", "L2/3 E[2:5]", 3, 3
	r := recorderOf(t, net, exc.Slice(2, 5), inh, noise)
	recorded := []spikes.Population{part, want[1], {Name: "noise", First: 11, N: 1, Input: true, Label: "background"}}
	dir := t.TempDir()
	simulate(t, net, 20)
	must(t, net.Save(dir))
	if got := spikesOf(t, r).Populations; !slices.Equal(got, recorded) {
		t.Errorf("recorded %+v, want %+v", got, recorded)
	}
	before := net.SpikePopulations()
	exc.SetLabel("E")
	must(t, net.SaveState(dir)) // the saved network is still the same one
	must(t, net.CheckSaved(dir))
	if before[0].Label != "L2/3 E" || exc.SpikePopulations()[0].Label != "E" {
		t.Errorf("labels %q and then %q", before[0].Label, exc.SpikePopulations()[0].Label)
	}
	opened, err := sim.Open(dir)
	must(t, err)
	if got := opened.SpikePopulations(); !slices.Equal(got, want) {
		t.Errorf("opened: %+v, want %+v", got, want)
	}
	if got := opened.Generators()[0].SpikePopulations()[0].Label; got != "background" {
		t.Errorf("opened: the generator is labelled %q", got)
	}
	info, err := sim.Inspect(dir)
	must(t, err)
	for i, p := range info.Populations {
		if p.Population != want[i] {
			t.Errorf("inspected: %+v, want %+v", p.Population, want[i])
		}
	}
	exc.SetLabel("")
	sim.Join(exc, inh).SetKind("")
	sim.Join(exc, inh).SetGroup("")
	if got, bare := net.SpikePopulations(), []spikes.Population{{Name: "a", First: 1, N: 8}, {Name: "b", First: 9, N: 2}}; !slices.Equal(got, bare) {
		t.Errorf("taken away: %+v, want %+v", got, bare)
	}
}

// What cannot be a label is refused, changes nothing, and is remembered.
func TestLabelsRefused(t *testing.T) {
	net, exc, inh, _, want := labelled(t)
	recorder := nodes(t, net, "recorder", 1, device.SpikeRecorder{})
	for _, c := range []struct {
		do   func()
		says []string
	}{
		{func() { exc.SetLabel(strings.Repeat("é", 61)) }, []string{"SetLabel", "up to 60 characters"}},
		{func() { exc.SetLabel("two\nlines") }, []string{`"two\nlines"`, "on one line"}},
		{func() { exc.SetGroup("\xff") }, []string{"SetGroup", "UTF-8"}},
		{func() { exc.SetKind("excitable") }, []string{"SetKind", `"excitable"`, "excitatory", "inhibitory", "other"}},
		{func() { sim.Join(exc, inh).SetLabel("both") }, []string{"a+b", "several"}},
		{func() { exc.Slice(0, 4).SetLabel("half") }, []string{"a[0:4]", "part of a"}},
		{func() { exc.At(99).SetKind(spikes.Other) }, []string{"node 99"}},
		{func() { recorder.SetLabel("r") }, []string{"recorder", "are recorders"}},
	} {
		c.do()
		wantError(t, net.Simulate(t.Context(), 1), c.says...)
		wantError(t, net.Err(), c.says...)
	}
	exc.SetLabel(strings.Repeat("é", 60))
	exc.SetLabel(want[0].Label)
	if got := net.SpikePopulations(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	simulate(t, net, 1)
}
