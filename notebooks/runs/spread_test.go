package runs

import (
	"reflect"
	"strings"
	"testing"
)

func TestSpreadRows(t *testing.T) {
	// By hand: mean 5, SD sqrt(20/3) = 2.582; t of 5 is 0.
	got, err := spreadRows([]Measured{{Name: "rate", NEST: 5, Ours: []float64{2, 4, 6, 8}, Digits: 1}})
	if want := [][]string{{"rate", "5.0", "5.0", "2.58", "2.0", "8.0", "1"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	// Runs are named once, in a column of their own.
	got, err = spreadRows([]Measured{
		{Run: "g = 5", Name: "rate", NEST: 3, Ours: []float64{3, 3}},
		{Run: "g = 5", Name: "CV", NEST: 3, Ours: []float64{3, 3}},
		{Name: "rate", NEST: 3, Ours: []float64{3, 3}},
	})
	if want := [][]string{
		{"g = 5", "rate", "3", "3", "0.0", "3", "3", "1"},
		{"", "CV", "3", "3", "0.0", "3", "3", "1"},
		{"", "rate", "3", "3", "0.0", "3", "3", "1"},
	}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if _, err := spreadRows([]Measured{{Name: "mean CV", NEST: 1, Ours: []float64{1}, Digits: 1}}); err == nil || !strings.Contains(err.Error(), "runs: mean CV: ") {
		t.Errorf("one seed: %v", err)
	}
}
