package reference

import (
	"math"
	"math/rand/v2"
	"testing"

	"cortigo/analysis"
	"cortigo/sim/spikes"
)

func verify(t *testing.T, ours *Run, refs []*Run) *analysis.Verification {
	t.Helper()
	v, err := analysis.Verify(&ours.Statistics, Statistics(refs))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// NEST against itself: each seed against the other seeds of the same network.
// There are never more than three seeds, so only the sampling term is used.
func TestNESTPassesAgainstItself(t *testing.T) {
	rows, failed := 0, 0
	for _, kind := range []string{"0.2_dc", "0.2_poisson", "1.0_dc"} {
		runs := load(t, "pd14_scale"+kind+"_*.json.gz")
		for i, ours := range runs {
			var others []*Run
			others = append(append(others, runs[:i]...), runs[i+1:]...)
			v := verify(t, ours, others)
			if !v.Pass || !v.SamplingOnly {
				t.Errorf("%s: %d of %d rows failed", ours.Statistics.Label, v.Failed, len(v.Rows))
			}
			rows += len(v.Rows)
			failed += v.Failed
		}
	}
	// The definition's own check on NEST: 98 to 100 % of the rows.
	if float64(failed) > 0.02*float64(rows) {
		t.Errorf("%d of %d rows failed", failed, rows)
	}
}

// Another background is another network. 14 failed rows of 24 is what the
// criterion's definition states; 12 for the other seed, and the values of q
// below, are from an independent implementation in Python with integer counts.
func TestPoissonFailsAgainstDC(t *testing.T) {
	dc := load(t, "pd14_scale0.2_dc_*.json.gz")
	poisson := load(t, "pd14_scale0.2_poisson_*.json.gz")
	for i, want := range []int{14, 12} {
		v := verify(t, poisson[i], dc)
		if v.Failed != want || v.Pass || v.SamplingOnly || len(v.Rows) != 24 || v.Allowed != 2 {
			t.Errorf("%s: %d of %d rows failed, want %d", poisson[i].Statistics.Label, v.Failed, len(v.Rows), want)
		}
	}
	q := map[[2]string]float64{
		{"L23E", analysis.FiringRate}:  2.936029433898757,
		{"L4E", analysis.Irregularity}: 3.2661193875748746,
		{"L6E", analysis.Correlation}:  6.288257404871247,
		{"L5I", analysis.Correlation}:  2.531531531531532,
	}
	for _, row := range verify(t, poisson[0], dc).Rows {
		if want, ok := q[[2]string{row.Population, row.Statistic}]; ok && math.Abs(row.Q-want) > 1e-12*want {
			t.Errorf("q of %s %s is %v, want %v", row.Population, row.Statistic, row.Q, want)
		}
	}
	// It also fails where only the sampling term is used.
	for _, ours := range dc {
		if v := verify(t, ours, poisson); v.Pass {
			t.Errorf("%s passed against a Poisson background", ours.Statistics.Label)
		}
	}
}

func TestWindowsMustMatch(t *testing.T) {
	runs := load(t, "pd14_scale0.2_dc_*.json.gz")
	short := runs[0].Statistics
	short.EndMS -= 1000
	if _, err := analysis.Verify(&short, Statistics(runs[1:])); err == nil {
		t.Error("windows of 9 and 10 s were compared")
	}
}

func TestDescribe(t *testing.T) {
	d := &spikes.Data{Resolution: 0.1, End: 10000, Populations: []spikes.Population{{Name: "A", First: 1, N: 50}}}
	r := rand.New(rand.NewPCG(1, 1))
	for s := int64(1); s <= d.End; s++ {
		for id := int32(1); id <= 50; id++ {
			if r.Float64() < 0.002 {
				d.Step, d.Neuron = append(d.Step, s), append(d.Neuron, id)
			}
		}
	}
	exact, err := analysis.Describe(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	rounded, err := Describe(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, b := exact.Populations[0], rounded.Populations[0]
	for i := range a.CVs {
		if diff := math.Abs(a.CVs[i] - b.CVs[i]); diff > 5.1e-6 || b.CVs[i] != math.Round(b.CVs[i]*1e5)/1e5 {
			t.Errorf("CV %v became %v", a.CVs[i], b.CVs[i])
		}
	}
	if a.MeanCV != b.MeanCV || len(a.Correlations) != len(b.Correlations) || a.Correlations[0] == b.Correlations[0] {
		t.Error("means must not be rounded, correlations must")
	}
	if _, err := Describe(nil, 1); err == nil {
		t.Error("no data gave no error")
	}
}
