package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"cortigo/sim/spikes"
)

// poisson returns n independent Poisson trains of rate spikes/s over steps
// steps of 0.1 ms.
func poisson(n int, steps int64, rate float64, seed uint64) *spikes.Data {
	r := rand.New(rand.NewPCG(seed, 1))
	var step []int64
	var neuron []int32
	for id := int32(1); id <= int32(n); id++ {
		for t := 0.0; ; {
			t += r.ExpFloat64() / rate * 1e4
			s := int64(t) + 1
			if s > steps {
				break
			}
			step, neuron = append(step, s), append(neuron, id)
		}
	}
	return data(n, steps, step, neuron)
}

func TestCV(t *testing.T) {
	for _, c := range []struct {
		train []int64
		want  float64
	}{
		// Intervals 3, 45, 67, 93 (those of Elephant's docstrings, in 0.1):
		// mean 52, variance 1089, so 33/52.
		{[]int64{0, 3, 48, 115, 208}, 33.0 / 52},
		{[]int64{10, 20, 30}, 0},
		{[]int64{10, 20}, math.NaN()},
		{nil, math.NaN()},
		{[]int64{5, 5, 5}, math.NaN()},
	} {
		if got := CV(c.train); !near(got, c.want) && got != c.want {
			t.Errorf("CV(%v) = %v, want %v", c.train, got, c.want)
		}
	}
}

func TestCVs(t *testing.T) {
	// Neuron 1: intervals 3, 45, 67, 93. Neuron 2: two spikes. 3: silent.
	// Neuron 4: three spikes, but one outside the window.
	d := data(4, 300, []int64{1, 4, 49, 116, 209, 5, 6, 10, 20, 301}, []int32{1, 1, 1, 1, 1, 2, 2, 4, 4, 4})
	cv, left, err := CVs(d, d.Populations[0])
	if err != nil || len(cv) != 1 || !near(cv[0], 33.0/52) || left != 3 {
		t.Errorf("CVs %v, %d left out, %v; want 33/52 and 3", cv, left, err)
	}
}

func TestCVOfPoisson(t *testing.T) {
	d := poisson(200, 500000, 20, 2)
	cv, left, err := CVs(d, d.Populations[0])
	if err != nil || left != 0 {
		t.Fatal(left, err)
	}
	// CV 1 with a bias of -1/(2n) for n = 1000 intervals; SD of the mean over
	// 200 neurons about 1/sqrt(200*1000) = 0.0022.
	if mean, _ := MeanSD(cv); math.Abs(mean-1) > 0.012 {
		t.Errorf("mean CV of Poisson trains is %v, want 1 +- 0.012", mean)
	}
}

func TestMeanCV(t *testing.T) {
	// Intervals 100 and 300: CV 0.5. Intervals 100 and 100: CV 0. Neuron 3 has two
	// spikes only.
	d := data(3, 1000, []int64{1, 1, 1, 101, 101, 201, 401, 500}, []int32{1, 2, 3, 1, 2, 2, 1, 3})
	if mean, n, err := MeanCV(d, d.Populations[0]); err != nil || n != 2 || !near(mean, 0.25) {
		t.Errorf("mean CV %v of %d, %v, want 0.25 of 2", mean, n, err)
	}
	d.Step, d.Neuron = nil, nil
	if mean, n, err := MeanCV(d, d.Populations[0]); err != nil || n != 0 || !math.IsNaN(mean) {
		t.Errorf("mean CV %v of %d, %v, want NaN of 0", mean, n, err)
	}
}
