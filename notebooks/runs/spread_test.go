package runs

import (
	"reflect"
	"strings"
	"testing"
)

func TestSpreadRows(t *testing.T) {
	// By hand: mean 5, SD sqrt(20/3) = 2.582; t of 5 is 0.
	got, err := spreadRows([]Measured{{"rate", 5, []float64{2, 4, 6, 8}, 1}})
	if want := [][]string{{"rate", "5.0", "5.0", "2.58", "2.0", "8.0", "1"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if _, err := spreadRows([]Measured{{"mean CV", 1, []float64{1}, 1}}); err == nil || !strings.Contains(err.Error(), "runs: mean CV: ") {
		t.Errorf("one seed: %v", err)
	}
}
