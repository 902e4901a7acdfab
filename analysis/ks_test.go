package analysis

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestKSDistance(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, 0},
		{[]float64{1, 2}, []float64{3, 4, 5}, 1},
		// After 1: 1/2 against 1/4. After 2: 1 against 2/4. By hand.
		{[]float64{2, 1}, []float64{4, 1, 3, 2}, 0.5},
		// Ties count together: at 1 both jump, 2/3 against 1/3.
		{[]float64{1, 1, 2}, []float64{1, 2, 2}, 1.0 / 3},
		{[]float64{1, nan, 1, 2}, []float64{1, 2, nan, 2}, 1.0 / 3},
		{nil, []float64{1}, nan},
		{[]float64{1}, []float64{nan}, nan},
		{[]float64{math.Inf(-1), 0}, []float64{0, math.Inf(1)}, 0.5},
	} {
		if got := KSDistance(c.a, c.b); !near(got, c.want) && got != c.want {
			t.Errorf("KSDistance(%v, %v) = %v, want %v", c.a, c.b, got, c.want)
		}
		if got := KSDistance(c.b, c.a); !near(got, c.want) && got != c.want {
			t.Errorf("KSDistance is not symmetric for %v, %v", c.a, c.b)
		}
	}
}

func TestKSDistanceAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := make([]float64, 1+r.IntN(30)), make([]float64, 1+r.IntN(30))
		for i := range a {
			a[i] = float64(r.IntN(12))
		}
		for i := range b {
			b[i] = float64(r.IntN(12))
		}
		below := func(x []float64, v float64) (n float64) {
			for _, u := range x {
				if u <= v {
					n++
				}
			}
			return n / float64(len(x))
		}
		want := 0.0
		for v := -1.0; v < 13; v++ {
			want = max(want, math.Abs(below(a, v)-below(b, v)))
		}
		if got := KSDistance(a, b); math.Abs(got-want) > 1e-12 {
			t.Fatalf("KSDistance(%v, %v) = %v, want %v", a, b, got, want)
		}
	}
}

// The constant of the sampling term is the mean of Kolmogorov's distribution.
func TestKSMean(t *testing.T) {
	if want := math.Sqrt(math.Pi/2) * math.Ln2; math.Abs(KSMean-want) > 5e-5 {
		t.Errorf("KSMean is %v, want %v", KSMean, want)
	}
}
