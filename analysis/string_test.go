package analysis

import (
	"fmt"
	"strings"
	"testing"
)

// However a result is printed, it is a line that says what it is.
func TestStrings(t *testing.T) {
	d := poisson(100, 20000, 8, 1)
	pop := d.Populations[0]
	s, err := Describe(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	h, err := PopulationRate(d, 2)
	if err != nil {
		t.Fatal(err)
	}
	c, err := PairCorrelations(d, pop, 2, 50, 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(s, []*Statistics{s, s, s})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := RateSummaries(d)
	if err != nil {
		t.Fatal(err)
	}
	missing := rows[0]
	missing.NotRecorded, missing.Label = true, "alpha"
	b := Box([]float64{1, 2, 3, 4, 100})
	for want, all := range map[string][]any{
		"the run, (0, 2000] ms, spikes/s: A " + fmt.Sprintf("%.3g", s.Populations[0].MeanRate):                     {s, *s},
		fmt.Sprintf("A: 100 neurons, mean rate %.3g spikes/s, mean CV ", s.Populations[0].MeanRate):                {s.Populations[0], &s.Populations[0]},
		fmt.Sprintf("%d spikes of 100 neurons in 1000 bins of 2 ms from 0 ms", d.Len()):                            {h, *h},
		fmt.Sprintf("%d correlations of %d neurons in 1000 bins of 2 ms: mean ", len(c.R), len(c.Neurons)):         {c, *c},
		"passed: 0 of 3 rows failed, 0 may; 3 reference runs, 0 warnings":                                          {v, *v},
		fmt.Sprintf("A: %.3g ± %.3g spikes/s, %d of 100 neurons silent", rows[0].Mean, rows[0].SD, rows[0].Silent): {rows[0], &rows[0]},
		"alpha: 100 neurons, not recorded":                                             {missing},
		"5 values: median 3, quartiles 2 and 4, mean 22, whiskers 1 and 4, 1 outliers": {b, &b},
	} {
		for _, x := range all {
			for _, format := range []string{"%v", "%+v", "%s"} {
				if got := fmt.Sprintf(format, x); !strings.HasPrefix(got, want) || len(got) > 250 {
					t.Errorf("%s of %T: %q, want %q", format, x, got, want)
				}
			}
		}
	}
}
