package arrowio

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/arrowio/nest"
	"cortigo/sim"
	"cortigo/sim/neuron"
)

// notRecorded returns the names of r's populations that are not.
func notRecorded(r Run) string {
	var names []string
	for _, p := range r.Populations {
		if p.NotRecorded {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, " ")
}

// A session notes what it does not record, in run.json and in the parts, and
// what was not recorded is not read as silence.
func TestSessionNotesWhatIsRecorded(t *testing.T) {
	net := sessionNet(t, 7)
	dir := newSessionDir(t, net)
	if r, err := OpenRun(dir); err != nil || notRecorded(r.Run()) != "" {
		t.Fatalf("%q, %v", notRecorded(r.Run()), err)
	}
	step := func(until float64, names ...string) error {
		net, err := sim.Open(dir, sim.Threads(1))
		if err != nil {
			t.Fatal(err)
		}
		var pops []*sim.Nodes
		for _, name := range names {
			p, err := net.Nodes(name)
			if err != nil {
				t.Fatal(err)
			}
			pops = append(pops, p)
		}
		s, err := Resume(dir, net, SpikesOf(pops...))
		if err != nil {
			return err
		}
		return errors.Join(s.SimulateUntil(context.Background(), until), s.Close())
	}
	if err := step(50, "E"); err != nil {
		t.Fatal(err)
	}
	if err := step(100, "E"); err != nil {
		t.Fatal(err)
	}
	for says, names := range map[string][]string{`"I" was not recorded so far`: nil, `"E" was recorded so far`: {"I"}} {
		if err := step(150, names...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("going on with %q: %v, want %s", names, err, says)
		}
	}
	d, err := ReadSpikes(dir)
	if err != nil || d.End != 1000 || d.Len() == 0 {
		t.Fatalf("%d spikes until step %d, %v", d.Len(), d.End, err)
	}
	if got := d.Recorded(); len(d.Populations) != 2 || len(got) != 1 || got[0].Name != "E" {
		t.Errorf("recorded %v of %v", got, d.Populations)
	}
	for k := range 2 {
		r, err := PartRun(filepath.Join(dir, SpikesDir, partName(k)))
		if err != nil || notRecorded(*r) != "I" {
			t.Errorf("part %d: %q not recorded, %v", k, notRecorded(*r), err)
		}
	}
	if _, err := ReadSpikes(dir, InPopulations("E", "I")); err == nil || !strings.Contains(err.Error(), `"I" were not recorded`) {
		t.Errorf("reading what was not recorded: %v", err)
	}
	if _, err := ReadSamples(dir, InPopulations("I")); err != nil {
		t.Errorf("samples are another thing: %v", err)
	}
}

// Runs of versions that did not note it go on as they were recorded.
func TestSessionOfAnOldRun(t *testing.T) {
	net := sessionNet(t, 7)
	dir := newSessionDir(t, net)
	exc, err := net.Nodes("E")
	if err != nil {
		t.Fatal(err)
	}
	until := func(ms float64) error {
		s, err := Resume(dir, net, SpikesOf(exc))
		if err != nil {
			return err
		}
		return errors.Join(s.SimulateUntil(t.Context(), ms), s.Close())
	}
	if err := until(50); err != nil {
		t.Fatal(err)
	}
	d, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(func(r *Run) { r.RecordsOnly(net.Neurons()...) }); err != nil {
		t.Fatal(err)
	}
	if net, err = sim.Open(dir, sim.Threads(1)); err != nil {
		t.Fatal(err)
	}
	if exc, err = net.Nodes("E"); err != nil {
		t.Fatal(err)
	}
	if err := until(100); err != nil {
		t.Fatal(err)
	}
	if d, err = OpenRun(dir); err != nil || notRecorded(d.Run()) != "I" {
		t.Errorf("%q not recorded, %v", notRecorded(d.Run()), err)
	}
}

func TestRecordsOnly(t *testing.T) {
	net := sessionNet(t, 1)
	pops := net.Neurons()
	for want, nodes := range map[string][]*sim.Nodes{
		"": pops, "E I": nil, "E": {pops[1]}, "I": {pops[0].Slice(3, 7)}, // some of them
	} {
		r := Describe(net)
		before := r.Populations
		r.RecordsOnly(nodes...)
		if got := notRecorded(r); got != want || before[0].NotRecorded {
			t.Errorf("%q not recorded, want %q", got, want)
		}
	}
}

// Recorders among the nodes note it when they are closed: what they are
// connected to may change until then.
func TestRecordParquetNotesWhatIsRecorded(t *testing.T) {
	net, sr, mm := recorded(t)
	net.Create("other", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": 900})
	late := net.Create("late", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": 900})
	relay := net.Create("relay", 2, neuron.Parrot{})
	dir := t.TempDir()
	c, err := RecordParquet(dir, false, sr, mm)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []*sim.Nodes{late, relay} {
		net.Connect(of, sr)
	}
	if err := errors.Join(net.Simulate(t.Context(), 50), c.Close(), c.Close()); err != nil {
		t.Fatal(err)
	}
	d, err := ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][2]bool{}
	for _, p := range d.Populations {
		got[p.Name] = [2]bool{p.NotRecorded, p.Input}
	}
	for name, want := range map[string][2]bool{"cells": {}, "gen": {false, true}, "other": {true, false}, "late": {}, "relay": {false, true}} {
		if got[name] != want {
			t.Errorf("%s: not recorded, input: %v, want %v", name, got[name], want)
		}
	}
	if p, err := InspectPart(filepath.Join(dir, SpikesDir, partName(0))); err != nil || notRecorded(*p.Run) != "other" {
		t.Errorf("part: %v", err)
	}
	if r, err := PartRun(filepath.Join(dir, VoltagesDir, partName(0))); err != nil || notRecorded(*r) != "other" {
		t.Errorf("samples: %v", err)
	}
	// A multimeter alone records no spikes.
	alone := t.TempDir()
	if c, err = RecordParquet(alone, false, mm); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(net.Simulate(t.Context(), 50), c.Close()); err != nil {
		t.Fatal(err)
	}
	if r, err := OpenRun(alone); err != nil || notRecorded(r.Run()) != "cells other late relay gen" {
		t.Errorf("%q, %v", notRecorded(r.Run()), err)
	}
}

// Spikes of what is said not to have been recorded are found by Check, and NEST's
// files have no empty one for it.
func TestNotRecordedElsewhere(t *testing.T) {
	net := sessionNet(t, 7)
	dir := newSessionDir(t, net)
	s, err := Resume(dir, net)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.SimulateUntil(t.Context(), 50), s.Close()); err != nil {
		t.Fatal(err)
	}
	d, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	exc, err := net.Nodes("E")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Check(dir); err != nil || len(r.Problems) > 0 {
		t.Fatal(r.Problems, err)
	}
	if err := d.Update(func(r *Run) { r.RecordsOnly(exc) }); err != nil {
		t.Fatal(err)
	}
	if r, err := Check(dir); err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Error(), `has spikes of "I"`) {
		t.Errorf("%v, %v", r.Problems, err)
	}
	data, err := ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if err := nest.WriteSpikes(out, "sr", 10, data); err == nil || !strings.Contains(err.Error(), `"I", which was not recorded`) {
		t.Errorf("writing spikes of what was not recorded: %v", err)
	}
	if data, err = ReadSpikes(dir, InPopulations("E")); err != nil {
		t.Fatal(err)
	}
	data.Populations = d.Run().Populations
	if err := nest.WriteSpikes(out, "sr", 10, data); err != nil {
		t.Fatal(err)
	}
	if names, err := filepath.Glob(filepath.Join(out, "*")); err != nil || len(names) != 2 {
		t.Errorf("%q, %v, want the ids and the spikes of E", names, err)
	}
}
