package runs

import (
	"errors"
	"path/filepath"
	"testing"

	"cortigo/arrowio"
	"cortigo/sim/microcircuit"
)

// small returns parameters of a network that is built in no time.
func small() microcircuit.Parameters {
	p := microcircuit.Default()
	p.NScaling, p.KScaling = 0.01, 0.01
	return p
}

// saved returns the directory of a run of p, created and saved.
func saved(t *testing.T, p microcircuit.Parameters) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data", "run")
	for _, existed := range []bool{false, true} { // the second time over the first
		m, err := microcircuit.New(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Create(dir, m); !errors.Is(err, microcircuit.ErrOrder) {
			t.Errorf("before the populations: %v, want %v", err, microcircuit.ErrOrder)
		}
		if err := m.Create(); err != nil {
			t.Fatal(err)
		}
		got, err := Create(dir, m)
		if err != nil || got != existed {
			t.Fatalf("existed %t, %v, want %t", got, err, existed)
		}
		if err := m.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCreateAndOpen(t *testing.T) {
	p := small()
	dir := saved(t, p)
	run, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := run.Run()
	if r.Model != "microcircuit" || r.Seed != p.Seed || r.TPresimMS != p.TPresim || r.TSimMS != p.TSim || len(r.Populations) != 8 || len(r.Parameters) == 0 {
		t.Errorf("run %+v", r)
	}
	longer := p
	longer.TSim *= 2
	for _, p := range []microcircuit.Parameters{p, longer} {
		if _, err := Open(dir, p); err != nil {
			t.Error(err)
		}
	}
	other := p
	other.G = -5
	if _, err := Open(dir, other); !errors.Is(err, ErrNotCreated) {
		t.Errorf("other parameters: %v, want %v", err, ErrNotCreated)
	}
	if _, err := Open(t.TempDir(), p); !errors.Is(err, ErrNotCreated) {
		t.Errorf("nothing there: %v, want %v", err, ErrNotCreated)
	}
}
