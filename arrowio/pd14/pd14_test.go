package pd14

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/arrowio"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

func small() microcircuit.Parameters {
	p := microcircuit.Default()
	p.NScaling, p.KScaling, p.Background = 0.005, 0.005, microcircuit.BackgroundPoisson
	p.TPresim, p.TSim = 5, 15
	return p
}

func built(t *testing.T, p microcircuit.Parameters) *microcircuit.Microcircuit {
	t.Helper()
	m, err := microcircuit.New(p, sim.Threads(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(m.Create(), m.Connect(t.Context())); err != nil {
		t.Fatal(err)
	}
	return m
}

// What is recorded is what the parameters ask for, and run.json says so, with all it
// takes to make the run again.
func TestResume(t *testing.T) {
	for name, tt := range map[string]struct {
		record      microcircuit.Recorders
		notRecorded int // of the nine populations
		samples     int // for each neuron of the eight: at 5, 10, 15, 20 ms
	}{
		"spikes":   {microcircuit.Recorders{Spikes: true, VoltageInterval: 5}, 1, 0},
		"thalamus": {microcircuit.Recorders{Spikes: true, Thalamus: true, VoltageInterval: 5}, 0, 0},
		"voltages": {microcircuit.Recorders{Voltages: true, VoltageInterval: 5}, 9, 4},
		"both":     {microcircuit.Recorders{Spikes: true, Voltages: true, VoltageInterval: 5}, 1, 4},
		"none":     {microcircuit.Recorders{VoltageInterval: 5}, 9, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := small()
			p.Thalamus.On, p.Thalamus.Start, p.Record = true, 0, tt.record
			m := built(t, p)
			run, err := Describe(m)
			if err != nil {
				t.Fatal(err)
			}
			if run.Model != Model || run.Seed != p.Seed || run.AnalyseFromMS != 5 || run.PlannedEndMS != 20 || len(run.Populations) != 9 {
				t.Errorf("%+v", run)
			}
			if again, err := microcircuit.Decode(bytes.NewReader(run.Parameters)); err != nil || again != p {
				t.Errorf("parameters %+v, %v", again, err)
			}
			dir := filepath.Join(t.TempDir(), "run")
			d, err := arrowio.CreateRun(dir, run, false)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Resume(d, m, p)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.SimulateUntil(t.Context(), 20), s.Close()); err != nil {
				t.Fatal(err)
			}
			i, err := arrowio.Inspect(dir)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, pop := range i.Populations {
				if pop.NotRecorded {
					n++
				}
			}
			neurons := m.Net().NeuronCount() - p.Thalamus.Neurons
			if rows, _ := i.VoltageRows(); n != tt.notRecorded || int(rows) != tt.samples*neurons || (i.Recorded.End == 200) != p.Record.Spikes {
				t.Errorf("%d populations not recorded, %d samples of %d neurons, %+v", n, rows, neurons, i.Recorded)
			}
			if spikes, _ := i.SpikeRows(); !p.Record.Spikes && spikes > 0 || p.Record.Thalamus && spikes == 0 {
				t.Errorf("%d spikes", spikes)
			}
		})
	}
}

// A plan changes the times and the parameters, and nothing else.
func TestPlan(t *testing.T) {
	m := built(t, small())
	run, err := Describe(m)
	if err != nil {
		t.Fatal(err)
	}
	p := small()
	p.TPresim, p.TSim = 1, 2.5
	plan, err := Plan(p)
	if err != nil {
		t.Fatal(err)
	}
	before := run
	plan(&run)
	if run.AnalyseFromMS != 1 || run.PlannedEndMS != 3.5 || !strings.Contains(string(run.Parameters), `"t_sim_ms": 2.5`) {
		t.Errorf("from %g to %g ms, %s", run.AnalyseFromMS, run.PlannedEndMS, run.Parameters)
	}
	if run.Seed != before.Seed || run.Model != before.Model || len(run.Populations) != 8 {
		t.Errorf("%+v", run)
	}
}

// Thalamic neurons that are not there cannot be recorded, and the run stays free.
func TestResumeNoThalamus(t *testing.T) {
	p := small()
	m := built(t, p)
	run, err := Describe(m)
	if err != nil {
		t.Fatal(err)
	}
	d, err := arrowio.CreateRun(filepath.Join(t.TempDir(), "run"), run, false)
	if err != nil {
		t.Fatal(err)
	}
	p.Record.Thalamus = true
	if _, err := Resume(d, m, p); err == nil || !strings.Contains(err.Error(), d.Path()) {
		t.Errorf("%v", err)
	}
	if _, writing := arrowio.WriterPID(d.Path()); writing {
		t.Error("the run is locked")
	}
}
