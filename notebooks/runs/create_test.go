package runs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// create does what the cell does that creates the network.
func create(t *testing.T, dir string, p microcircuit.Parameters, anew bool) (*Created, error) {
	t.Helper()
	m, err := microcircuit.New(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, m, anew); !errors.Is(err, microcircuit.ErrOrder) {
		t.Errorf("before the populations: %v, want %v", err, microcircuit.ErrOrder)
	}
	if err := m.Create(); err != nil {
		t.Fatal(err)
	}
	c, err := Create(dir, m, anew)
	if err != nil || c.Kept {
		return c, err
	}
	if err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(dir); err != nil {
		t.Fatal(err)
	}
	return c, nil
}

// simulate does what the cells do that simulate.
func simulate(t *testing.T, dir string, p microcircuit.Parameters, until float64) {
	t.Helper()
	m, err := Open(dir, p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Resume(dir, m, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SimulateUntil(context.Background(), until), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// files returns the content of all files in dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What a long simulation recorded is gone only when that is asked for.
func TestCreateKeepsWhatIsThere(t *testing.T) {
	p := small()
	other := p
	other.Seed, other.Neuron.TauM = 3, 12
	longer := p
	longer.TPresim, longer.TSim = 1000, 5000
	broken := func(dir string) {
		if err := os.Remove(filepath.Join(dir, "network", "microcircuit.json")); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name          string
		until         float64 // simulated before
		change        func(dir string)
		p             microcircuit.Parameters
		anew          bool
		kept, removed bool
		refused       string
	}{
		{"the same again", 100, nil, p, false, true, false, ""},
		{"nothing simulated", 0, nil, p, false, true, false, ""},
		{"other times", 100, nil, longer, false, true, false, ""},
		{"other parameters", 100, nil, other, false, false, false, "at 100 ms: neuron.tau_m_ms is 12, there 10, seed is 3, there 55"},
		{"other parameters, nothing simulated", 0, nil, other, false, false, false, "seed is 3"},
		{"no network to go on with", 100, broken, p, false, false, false, "what happened until 100 ms"},
		{"stopped before the network was saved", 0, broken, other, false, false, false, ""},
		{"anew", 100, nil, p, true, false, true, ""},
		{"anew with others", 100, nil, other, true, false, true, ""},
		{"anew without a network", 100, broken, p, true, false, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // they wait for the disk
			dir := filepath.Join(t.TempDir(), "data", "run")
			if c, err := create(t, dir, p, tt.anew); err != nil || c.Kept || c.Removed {
				t.Fatalf("new: %+v, %v", c, err)
			}
			if tt.until > 0 {
				simulate(t, dir, p, tt.until)
			}
			if tt.change != nil {
				tt.change(dir)
			}
			before := files(t, dir)
			c, err := create(t, dir, tt.p, tt.anew)
			after := files(t, dir)
			if tt.refused != "" {
				if !errors.Is(err, ErrAnother) || !strings.Contains(err.Error(), tt.refused) {
					t.Errorf("error %v, want %v that says %q", err, ErrAnother, tt.refused)
				}
				for path, b := range before {
					if after[path] != b {
						t.Errorf("%s was changed", path)
					}
				}
				return
			}
			if err != nil || c.Kept != tt.kept || c.Removed != tt.removed {
				t.Fatalf("%+v, %v, want kept %t, removed %t", c, err, tt.kept, tt.removed)
			}
			for path, b := range before {
				if tt.kept && filepath.Base(path) != arrowio.RunFile && after[path] != b {
					t.Errorf("%s was changed", path)
				}
			}
			run, err := arrowio.OpenRun(dir)
			if err != nil {
				t.Fatal(err)
			}
			if r := run.Run(); r.AnalyseFromMS != tt.p.TPresim || r.PlannedEndMS != tt.p.TPresim+tt.p.TSim || r.Seed != tt.p.Seed || (r.Recorded.End > 0) != (tt.kept && tt.until > 0) {
				t.Errorf("run %+v", r)
			}
			// It goes on, from where it was or from the beginning.
			m, err := Open(dir, tt.p)
			if err != nil {
				t.Fatal(err)
			}
			want := 0.0
			if tt.kept {
				want = tt.until
			}
			if got := m.Net().TimeMS(); got != want || c.TimeMS != want || c.Spikes != run.Run().Spikes {
				t.Errorf("at %g ms, said %+v, want %g", got, c, want)
			}
			simulate(t, dir, tt.p, 200)
		})
	}
}

// A run that another program is writing is neither gone on with nor replaced.
func TestCreateWhileWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := create(t, dir, small(), false); err != nil {
		t.Fatal(err)
	}
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Lock(); err != nil {
		t.Fatal(err)
	}
	defer d.Unlock()
	if _, writing := arrowio.WriterPID(dir); !writing {
		t.Skip("no locks here")
	}
	for _, anew := range []bool{false, true} {
		if _, err := create(t, dir, small(), anew); !errors.Is(err, arrowio.ErrLocked) {
			t.Errorf("anew %t: %v, want %v", anew, err, arrowio.ErrLocked)
		}
	}
}

// A directory with a file of somebody else's is no run and stays as it is.
func TestCreateBesideFiles(t *testing.T) {
	dir := t.TempDir()
	note := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(note, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := create(t, dir, small(), false); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(note); err != nil || string(b) != "mine" {
			t.Errorf("%q, %v", b, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, arrowio.RunFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := create(t, dir, small(), false); !errors.Is(err, ErrAnother) {
		t.Errorf("a damaged run.json: %v, want %v", err, ErrAnother)
	}
	if _, err := create(t, dir, small(), true); err != nil {
		t.Error(err)
	}
}

func TestCreatedSays(t *testing.T) {
	for want, c := range map[string]Created{
		"Data directory: /d/run\n  Made for a new run.\n":                                                                                  {Dir: "/d/run"},
		"Data directory: /d/run\n  The run that was in it has been removed, to start again.\n":                                             {Dir: "/d/run", Removed: true},
		"Data directory: /d/run\n  It holds this network, at 1500 ms, and 9 spikes: they are kept, and the next cells go on from there.\n": {Dir: "/d/run", Kept: true, TimeMS: 1500, Spikes: 9},
	} {
		if got := c.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOpen(t *testing.T) {
	p := small()
	dir := t.TempDir()
	if _, err := create(t, dir, p, false); err != nil {
		t.Fatal(err)
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
	if _, err := Open(dir, other); !errors.Is(err, ErrNotCreated) || err != nil && !strings.Contains(err.Error(), "g is -5, there -4") {
		t.Errorf("other parameters: %v, want %v", err, ErrNotCreated)
	}
	if _, err := Open(t.TempDir(), p); !errors.Is(err, ErrNotCreated) {
		t.Errorf("nothing there: %v, want %v", err, ErrNotCreated)
	}
}
