package microcircuit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/device"
	"cortigo/sim/spikes"
)

// A run that is saved and opened goes on as if it had not been.
func TestSaveOpen(t *testing.T) {
	p := small()
	p.Thalamus.On, p.Thalamus.Start = true, 25
	m := built(t, p)
	want := record(t, m)
	simulate(t, m, 60)

	dir := t.TempDir()
	got := new(trains)
	open := func(opts ...sim.Option) *Microcircuit {
		m, err := Open(dir, opts...)
		if err != nil {
			t.Fatal(err)
		}
		if m.Parameters() != p || len(m.Populations()) != Count || m.thalamus == nil {
			t.Fatalf("opened with other parameters or populations: %+v", m.Parameters())
		}
		m.Net().Record(device.SpikeRecorder{}, m.Recorded()...).WriteSpikesTo(got)
		return m
	}
	if err := built(t, p).Save(dir); err != nil {
		t.Fatal(err)
	}
	m = open()
	simulate(t, m, 20)
	if err := m.SaveState(dir); err != nil {
		t.Fatal(err)
	}
	m = open(sim.Threads(3))
	simulate(t, m, 20)
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	m = open(sim.Shards(4))
	if !strings.Contains(m.Describe(dir, true), "4 shards") || len(m.Net().Warnings()) == 0 {
		t.Errorf("opened in 4 shards without a word:\n%s", m.Describe(dir, true))
	}
	simulate(t, m, 20)
	if len(want.step) == 0 || got.digest() != want.digest() {
		t.Errorf("%d spikes with saving, %d without, or not the same", len(got.step), len(want.step))
	}
	if err := m.Create(); !errors.Is(err, ErrOrder) {
		t.Errorf("Create after Open: %v", err)
	}
	if err := m.Connect(context.Background()); !errors.Is(err, ErrOrder) {
		t.Errorf("Connect after Open: %v", err)
	}
}

func TestSaveTooEarly(t *testing.T) {
	m, err := New(small())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if err := m.Save(dir); !errors.Is(err, ErrOrder) {
		t.Errorf("Save: %v", err)
	}
	if err := m.SaveState(dir); !errors.Is(err, ErrOrder) {
		t.Errorf("SaveState: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "no microcircuit was saved") {
		t.Errorf("empty directory: %v", err)
	}
	dir := t.TempDir()
	p := small()
	if err := built(t, p).Save(dir); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Parameters)
		want   string
	}{
		"another seed":   {func(p *Parameters) { p.Seed++ }, "seed 55 and resolution 0.1 ms, not 56"},
		"another size":   {func(p *Parameters) { p.NScaling = 0.03 }, "L23E has 414 neurons, not 620"},
		"another neuron": {func(p *Parameters) { p.Neuron.TauM = 11 }, "L23E has neurons of other parameters"},
		"a thalamus":     {func(p *Parameters) { p.Thalamus.On = true }, `no nodes are called "TC"`},
	} {
		other := p
		c.change(&other)
		if err := os.WriteFile(parametersPath(dir), []byte(encode(t, other)), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := os.WriteFile(parametersPath(dir), []byte(`{"sed": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	var e *DecodeError
	if _, err := Open(dir); !errors.As(err, &e) {
		t.Errorf("unknown key: %v", err)
	}
}

// The parameters are there before anything says that a network is.
func TestSaveOrder(t *testing.T) {
	m := built(t, small())
	dir := t.TempDir()
	wait, err := m.StartSave(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := readSaved(dir); err != nil || p != m.Parameters() {
		t.Errorf("before the network is saved: %v", err)
	}
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	if err := Verify(dir); err != nil {
		t.Error(err)
	}
	// Where they cannot be written nothing of the network is.
	dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(parametersPath(dir), "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(dir); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Join(dir, "network", "network.json")); err == nil {
		t.Error("there is a network without parameters")
	}
}

// Every bit of the saved parameters is either found or changes nothing.
func TestSavedDamaged(t *testing.T) {
	dir := t.TempDir()
	m := built(t, small())
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	path := parametersPath(dir)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range whole {
		b := slices.Clone(whole)
		b[i] ^= 1 << (i % 8)
		if p, err := decodeSaved(b); err != nil {
			found++
		} else if p != m.Parameters() {
			t.Fatalf("byte %d: %q for %q was not found", i, b[i], whole[i])
		}
	}
	if found < len(whole)/2 {
		t.Errorf("%d of %d changed bytes were found", found, len(whole))
	}
	for name, harm := range map[string]func() error{
		"emptied": func() error { return os.WriteFile(path, nil, 0o644) },
		"cut":     func() error { return os.WriteFile(path, whole[:len(whole)/2], 0o644) },
		"of another network": func() error {
			p := m.Parameters()
			p.Seed++
			return errors.Join(os.Remove(path), SaveParameters(dir, p))
		},
		"removed": func() error { return os.Remove(path) },
	} {
		if err := errors.Join(os.WriteFile(path, whole, 0o644), harm()); err != nil {
			t.Fatal(err)
		}
		if err := Verify(dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// As earlier versions wrote them.
	if p, err := decodeSaved([]byte(encode(t, m.Parameters()))); err != nil || p != m.Parameters() {
		t.Errorf("bare parameters: %v", err)
	}
}

// Figures call populations and layers as the paper does; a network that was
// saved without labels gets them when it is opened.
func TestPopulationLabels(t *testing.T) {
	p := small()
	p.Thalamus.On, p.Thalamus.Start = true, 25
	m := built(t, p)
	wantKinds := []spikes.Kind{spikes.Excitatory, spikes.Inhibitory}
	check := func(what string, m *Microcircuit) {
		t.Helper()
		for i, pop := range m.Net().SpikePopulations()[:Count] {
			layer := []string{"L2/3", "L4", "L5", "L6"}[i/2] // Potjans & Diesmann (2014), Fig. 1
			if pop.Group != layer || pop.Label != layer+"EI"[i%2:i%2+1] || pop.Kind != wantKinds[i%2] {
				t.Errorf("%s: %+v, want one of %s", what, pop, layer)
			}
		}
	}
	check("made", m)
	if tc := m.thalamus.SpikePopulations()[0]; tc.DisplayName() != Thalamus || tc.Kind != spikes.Excitatory || !tc.Input {
		t.Errorf("thalamus %+v", tc)
	}
	for _, pop := range m.Populations() {
		pop.SetLabel("")
		pop.SetKind("")
		pop.SetGroup("")
	}
	dir := t.TempDir()
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	opened, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	check("opened", opened)
}
