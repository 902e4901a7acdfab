package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cortigo/arrowio"
)

// The thalamic neurons are recorded when that is asked for. When they are not,
// nothing says that they were silent; the circuit's spikes are the same.
func TestThalamus(t *testing.T) {
	flags := []string{"--background", "poisson", "--scale", "0.1", "--n-scaling", "0.02", "--t-presim", "20", "--t-sim", "100", "--thalamus", "--save", "--params", thalamusAt(t, 40)}
	dirs := map[bool]string{}
	for recorded, record := range map[bool]string{false: "spikes", true: "spikes,thalamus"} {
		dir := filepath.Join(t.TempDir(), "run")
		dirs[recorded] = dir
		m := run(t, append(flags, "--record", record, "--out", dir)...)
		rates := m["rates_hz"].(map[string]any)
		if _, ok := rates["TC"]; ok != recorded || len(rates) < 8 {
			t.Errorf("%s: rates %v", record, rates)
		}
		// 120 spikes/s for 10 of 100 ms.
		if r, _ := rates["TC"].(float64); recorded && (r < 9 || r > 15) {
			t.Errorf("TC fires at %g spikes/s", r)
		}
		table, info := must(t, "plot", dir), must(t, "info", dir)
		if got := strings.Contains(table, "TC                902  not recorded\n"); got == recorded {
			t.Errorf("%s: table\n%s", record, table)
		}
		if got := strings.Contains(info, "ids 1545 to 2446, parrot_neuron, input, spikes not recorded\n"); got == recorded || !strings.Contains(info, ", input") {
			t.Errorf("%s: info\n%s", record, info)
		}
		for _, name := range []string{"activity.png", "rates.svg"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || name == "rates.svg" && bytes.Contains(b, []byte("TC")) != recorded {
				t.Errorf("%s: %s shows TC or does not, %v", record, name, err)
			}
		}
		must(t, "check", dir)
		// It goes on as it was.
		m = object(t, must(t, "run", "--json", "--resume", dir, "--t-sim", "20"))
		if _, ok := m["rates_hz"].(map[string]any)["TC"]; ok != recorded {
			t.Errorf("%s, resumed: rates %v", record, m["rates_hz"])
		}
	}
	with, err := arrowio.ReadSpikes(dirs[true])
	if err != nil {
		t.Fatal(err)
	}
	without, err := arrowio.ReadSpikes(dirs[false])
	if err != nil {
		t.Fatal(err)
	}
	if p := without.Populations[8]; !p.NotRecorded || !p.Input || with.Populations[8].NotRecorded {
		t.Errorf("%+v", p)
	}
	tc, same := with.Populations[8], 0
	for i, id := range with.Neuron {
		if tc.Contains(id) {
			continue
		}
		if same >= without.Len() || without.Neuron[same] != id || without.Step[same] != with.Step[i] {
			t.Fatalf("spike %d of the circuit is another", same)
		}
		same++
	}
	if same != without.Len() || same == 0 {
		t.Errorf("%d spikes of the circuit, want %d", same, without.Len())
	}
	wantError(t, []string{"run", "--record", "spikes,thalamus", "--out", "x"}, "--thalamus")
	wantError(t, []string{"run", "--thalamus", "--record", "thalamus", "--out", "x"}, "--record spikes,thalamus")
}

// thalamusAt returns a file with the thalamic pulse at ms.
func thalamusAt(t *testing.T, ms int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.json")
	text := `{"thalamus": {"start_ms": ` + strconv.Itoa(ms) + `}}`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A stimulus that is never given is told of, also of a run that goes on.
func TestStimulusOutside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	m := run(t, "--background", "poisson", "--scale", "0.1", "--n-scaling", "0.02", "--t-presim", "20", "--t-sim", "100", "--thalamus", "--save",
		"--params", thalamusAt(t, 150), "--out", dir)
	warned := func(m map[string]any) string {
		var all []string
		list, _ := m["warnings"].([]any)
		for _, w := range list {
			all = append(all, w.(string))
		}
		return strings.Join(all, "\n")
	}
	if got, want := warned(m), "The thalamic stimulus, from 150 to 160 ms, is never given: the run ends at 120 ms."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m = object(t, must(t, "run", "--json", "--resume", dir, "--t-sim", "20"))
	if got, want := warned(m), "The thalamic stimulus, from 150 to 160 ms, is never given: the run ends at 140 ms."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m = object(t, must(t, "run", "--json", "--resume", dir, "--t-sim", "40"))
	if got := warned(m); got != "" {
		t.Errorf("%q of a stimulus that is given", got)
	}
}
