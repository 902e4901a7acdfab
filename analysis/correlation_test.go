package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// pearson is the textbook formula on dense counts.
func pearson(x, y []float64) float64 {
	mx, _ := MeanSD(x)
	my, _ := MeanSD(y)
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}

func TestPairCorrelations(t *testing.T) {
	d := poisson(30, 5013, 20, 3)
	// Neuron 7 falls silent; a shared spike makes r large somewhere.
	for i := range d.Neuron {
		if d.Neuron[i] == 7 {
			d.Neuron[i] = 8
		}
	}
	d.Sort()
	c, err := PairCorrelations(d, d.Populations[0], 2, 250, 1)
	if err != nil {
		t.Fatal(err)
	}
	if c.Bins != 250 || !near(c.DroppedMS, 1.3) || c.BinMS != 2 || c.Silent != 1 || c.Constant != 0 || len(c.Neurons) != 29 || len(c.R) != 29*28/2 {
		t.Fatalf("%d bins, %g ms dropped, %d silent, %d neurons, %d pairs", c.Bins, c.DroppedMS, c.Silent, len(c.Neurons), len(c.R))
	}
	dense := make([][]float64, 31)
	for i := range dense {
		dense[i] = make([]float64, c.Bins)
	}
	for i, s := range d.Step {
		if b := (s - 1) / 20; b < int64(c.Bins) {
			dense[d.Neuron[i]][b]++
		}
	}
	k := 0
	for a, x := range c.Neurons {
		for _, y := range c.Neurons[a+1:] {
			// 1e-12 of the scale, 1: r itself may be close to 0.
			if want := pearson(dense[x], dense[y]); math.Abs(c.R[k]-want) > 1e-12 {
				t.Fatalf("r of neurons %d and %d is %v, want %v", x, y, c.R[k], want)
			}
			k++
		}
	}
}

func TestPairCorrelationsByHand(t *testing.T) {
	// 1 and 2 spike in the same bins (r 1), 3 in the others (r -1), 4 in every
	// bin (constant), 5 never. Four bins of 10 steps.
	d := data(5, 40,
		[]int64{1, 11, 3, 20, 21, 31, 5, 15, 25, 35},
		[]int32{1, 1, 2, 2, 3, 3, 4, 4, 4, 4})
	c, err := PairCorrelations(d, d.Populations[0], 1, 250, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Neurons, []int32{1, 2, 3}) || c.Silent != 1 || c.Constant != 1 {
		t.Fatalf("%+v", c)
	}
	for i, want := range []float64{1, -1, -1} {
		if !near(c.R[i], want) {
			t.Errorf("r %v, want 1 -1 -1", c.R)
		}
	}
}

func TestPairCorrelationsLimits(t *testing.T) {
	d := data(1, 40, []int64{1}, []int32{1})
	if c, err := PairCorrelations(d, d.Populations[0], 1, 250, 1); err != nil || len(c.R) != 0 {
		t.Errorf("one neuron: %+v, %v", c, err)
	}
	for _, n := range []int{0, MaxCorrelated + 1} {
		if _, err := PairCorrelations(d, d.Populations[0], 1, n, 1); err == nil || !strings.Contains(err.Error(), "must be 1 to") {
			t.Errorf("subsample of %d: %v", n, err)
		}
	}
	big := poisson(600, 10000, 5, 4)
	c, err := PairCorrelations(big, big.Populations[0], 2, 250, 1)
	if err != nil || len(c.Neurons)+c.Silent != 250 {
		t.Errorf("%d neurons and %d silent of a subsample of 250, %v", len(c.Neurons), c.Silent, err)
	}
}
