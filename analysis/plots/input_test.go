package plots

import (
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

// Input is drawn, and is not among all neurons; what was not recorded is not
// drawn, and is named.
func TestInputAndNotRecorded(t *testing.T) {
	nest := nestData(t)
	before := must(ActivityFigure(nest)).Alt
	f := must(ActivityFigure(withInput(nest, false), WithNeurons(1637)))
	for _, want := range []string{
		"L6, TC: ", "1,546 of 15,435 neurons and 90 of 902 of TC (10 %), all their ", // a tenth of each population
		"population rate of 15,435 neurons from 500 to 1500 ms in bins of 2 ms: mean ",
		"Rate of the input TC, 902 neurons from 500 to 1500 ms in bins of 2 ms: mean 1.",
	} {
		if !strings.Contains(f.Alt, want) {
			t.Errorf("%q lacks %q", f.Alt, want)
		}
	}
	// All neurons have the rate that they have without input.
	_, rate, _ := strings.Cut(before, "Below, ")
	if !strings.Contains(f.Alt, rate) {
		t.Errorf("%q lacks %q", f.Alt, rate)
	}
	missing := withInput(nest, true)
	f = must(ActivityFigure(missing))
	if want := strings.ReplaceAll(before, " spikes. ", " spikes; TC not recorded. "); f.Alt != strings.TrimSuffix(want, ".")+"; TC not recorded." {
		t.Errorf("%q, want that of the circuit alone and that TC was not recorded: %q", f.Alt, want)
	}
	if rates := must(RatesOf(missing)); len(rates) != 8 {
		t.Errorf("%d boxes, want those of the circuit", len(rates))
	}
	if rates := must(RatesOf(withInput(nest, false))); len(rates) != 9 || rates[8].Name != "TC" {
		t.Errorf("%d boxes, want the circuit's and that of TC", len(rates))
	}
	keys := func(d *spikes.Data) (names []string) {
		for _, k := range must(NewRaster(d)).keys() {
			names = append(names, k.text)
		}
		return names
	}
	if got := strings.Join(keys(withInput(nest, false)), ", "); got != "excitatory, inhibitory, TC (input)" {
		t.Errorf("legend %q", got)
	}
	if got := strings.Join(keys(missing), ", "); got != "excitatory, inhibitory" {
		t.Errorf("legend %q", got)
	}
	for i := range missing.Populations {
		missing.Populations[i].NotRecorded = true
	}
	for kind, figure := range figuresOf(missing) {
		if _, err := figure(); err == nil || !strings.Contains(err.Error(), "none of the populations was recorded") {
			t.Errorf("%s of nothing: %v", kind, err)
		}
	}
}

func TestNotRecordedInWords(t *testing.T) {
	for want, names := range map[string]string{
		"": "", "; a not recorded": "a", "; a, b, c, d not recorded": "a b c d", "; 5 of 7 populations not recorded": "a b c d e",
	} {
		d := &spikes.Data{Populations: []spikes.Population{{Name: "x"}, {Name: "y"}}}
		for _, name := range strings.Fields(names) {
			d.Populations = append(d.Populations, spikes.Population{Name: name, NotRecorded: true})
		}
		if got := notRecorded(d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Up to two inputs are shown each for itself.
func TestTwoInputs(t *testing.T) {
	for n, want := range []string{"", "a", "a b", "3 populations", "4 populations"} {
		d := &spikes.Data{Populations: []spikes.Population{{Name: "E", First: 1, N: 1}}}
		for i := range n {
			d.Populations = append(d.Populations, spikes.Population{Name: "x", Label: "abcd"[i : i+1], First: int32(2 + i), N: 1, Input: true})
		}
		var names []string
		pops := 0
		for _, in := range inputs(d) {
			names, pops = append(names, in.name), pops+len(in.pops)
		}
		if got := strings.Join(names, " "); got != want || pops != n {
			t.Errorf("%d inputs: %q of %d populations, want %q", n, got, pops, want)
		}
	}
}

// More than two inputs are one in figures.
func TestManyInputs(t *testing.T) {
	d := &spikes.Data{Resolution: 0.1, End: 1000, Populations: []spikes.Population{{Name: "E", First: 1, N: 4}}}
	for i := range 5 {
		d.Populations = append(d.Populations, spikes.Population{Name: "g" + string(rune('1'+i)), First: int32(5 + i), N: 1, Input: true})
	}
	d.Step, d.Neuron = []int64{5, 500, 500}, []int32{1, 5, 9}
	f := must(ActivityFigure(d))
	checkRendered(t, "many inputs", f)
	for _, want := range []string{"all 4 neurons and all 5 of 5 populations, 3 spikes", "Rate of the input 5 populations, 5 neurons"} {
		if !strings.Contains(f.Alt, want) {
			t.Errorf("%q lacks %q", f.Alt, want)
		}
	}
	// Input alone is what there is.
	d.Populations = d.Populations[1:]
	if f = must(ActivityFigure(d)); !strings.Contains(f.Alt, "all 5 neurons, 2 spikes") || strings.Contains(f.Alt, "input") {
		t.Error(f.Alt)
	}
}
