package runs

import (
	"errors"
	"strings"
	"testing"

	"cortigo/arrowio"
	"cortigo/sim/microcircuit"
)

// What the parameters ask for is recorded, in as many pieces as there are cells.
func TestResumeRecords(t *testing.T) {
	p := small()
	p.Thalamus.On, p.Thalamus.Start = true, 0
	for _, record := range []microcircuit.Recorders{
		{Spikes: true}, {Spikes: true, Thalamus: true}, {Spikes: true, Voltages: true, VoltageInterval: 5},
	} {
		p.Record = record
		dir := t.TempDir()
		if _, err := create(t, dir, p, false); err != nil {
			t.Fatal(err)
		}
		simulate(t, dir, p, 12)
		simulate(t, dir, p, 20)
		d, err := arrowio.ReadSpikes(dir)
		if err != nil {
			t.Fatal(err)
		}
		tc := d.Populations[microcircuit.Count]
		if tc.NotRecorded == record.Thalamus || !tc.Input || d.End != 200 {
			t.Errorf("%+v: %+v until step %d", record, tc, d.End)
		}
		n := 0
		for _, id := range d.Neuron {
			if tc.Contains(id) {
				n++
			}
		}
		if (n > 0) != record.Thalamus {
			t.Errorf("%+v: %d thalamic spikes", record, n)
		}
		samples, err := arrowio.ReadSamples(dir)
		if err != nil {
			t.Fatal(err)
		}
		neurons := int(tc.First) - 1
		if want := neurons * 4; len(samples.Step) != want && record.Voltages || len(samples.Step) > 0 && !record.Voltages {
			t.Errorf("%+v: %d samples, want %d at 5, 10, 15 and 20 ms", record, len(samples.Step), want)
		}
	}
	// What is recorded cannot change in the middle.
	dir := t.TempDir()
	p.Record = microcircuit.Recorders{Spikes: true}
	if _, err := create(t, dir, p, false); err != nil {
		t.Fatal(err)
	}
	simulate(t, dir, p, 5)
	m, err := Open(dir, p)
	if err != nil {
		t.Fatal(err)
	}
	without := p
	without.Thalamus.On = false
	for says, c := range map[string]struct {
		p      microcircuit.Parameters
		record microcircuit.Recorders
	}{
		`"TC" was not recorded so far`: {p, microcircuit.Recorders{Spikes: true, Thalamus: true}},
		"Record.Spikes must be true":   {p, microcircuit.Recorders{}},
		"record.thalamus":              {without, microcircuit.Recorders{Spikes: true, Thalamus: true}},
		"voltage_interval":             {p, microcircuit.Recorders{Spikes: true, Voltages: true}},
	} {
		c.p.Record = c.record
		if s, err := Resume(dir, m, c.p); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v, want %q", c.record, err, says)
			if s != nil {
				t.Error(errors.Join(s.Close()))
			}
		}
	}
	if d, err := arrowio.ReadSpikes(dir); err != nil || d.End != 50 || !d.Populations[microcircuit.Count].NotRecorded {
		t.Errorf("%+v, %v: changed by what was refused", d.Populations, err)
	}
}
