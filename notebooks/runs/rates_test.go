package runs

import (
	"slices"
	"strings"
	"testing"

	"cortigo/analysis"
	"cortigo/analysis/reference"
	"cortigo/sim/spikes"
)

func TestRateRows(t *testing.T) {
	// Four neurons, one second; E: 0, 1 and 2 spikes; I: 4. By hand: mean 1, SD sqrt(2/3).
	d := &spikes.Data{
		Resolution: 1, Begin: 0, End: 1000,
		Populations: []spikes.Population{{Name: "L23E", First: 1, N: 3, Label: "L2/3E"}, {Name: "L23I", First: 4, N: 1, Label: "L2/3I"}},
		Step:        []int64{1, 2, 3, 4, 5, 6, 1000}, Neuron: []int32{2, 3, 3, 4, 4, 4, 4},
	}
	nest := func(counts ...int) *reference.Run {
		return &reference.Run{Statistics: analysis.Statistics{EndMS: 2000, Populations: []analysis.PopulationStatistics{
			{Name: "L23E", N: len(counts), SpikeCounts: counts}}}}
	}
	for _, tt := range []struct {
		name string
		ref  *Reference
		want [][]string
	}{
		{"ours alone", &Reference{}, [][]string{
			{"population", "neurons", "silent (%)", "mean", "SD over neurons"},
			{"L2/3E", "3", "33.3", "1.00", "0.82"},
			{"L2/3I", "1", "0.0", "4.00", "0.00"}}},
		// NEST: 2 and 4 spikes in 2 s are 1.5 spikes/s, 1 and 1 are 0.5. It has no L23I.
		{"with NEST", &Reference{Runs: []*reference.Run{nest(2, 4), nest(1, 1)}}, [][]string{
			{"population", "neurons", "silent (%)", "mean", "SD over neurons", "NEST mean", "NEST seeds"},
			{"L2/3E", "3", "33.3", "1.00", "0.82", "1.00", "0.50 to 1.50"},
			{"L2/3I", "1", "0.0", "4.00", "0.00", "-", "-"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header, rows, err := rateRows(d, tt.ref)
			if err != nil {
				t.Fatal(err)
			}
			got := append([][]string{header}, rows...)
			if !slices.EqualFunc(got, tt.want, slices.Equal) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	d.Populations = append(d.Populations, spikes.Population{Name: "TC", First: 5, N: 2, Input: true, NotRecorded: true})
	for want, notRecorded := range map[string]bool{"TC (not recorded) 2 - - -": true, "TC (input) 2 100.0 0.00 0.00": false} {
		d.Populations[2].NotRecorded = notRecorded
		if _, rows, err := rateRows(d, &Reference{}); err != nil || len(rows) != 3 || strings.Join(rows[2], " ") != want {
			t.Errorf("%q, %v, want %q", rows, err, want)
		}
	}
	if _, _, err := rateRows(&spikes.Data{}, &Reference{}); err == nil {
		t.Error("no error for an empty window")
	}
}
