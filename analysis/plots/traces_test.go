package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lif returns the membrane potential of a leaky integrate-and-fire neuron with
// NEST's default parameters (E_L = V_reset = -70 mV, V_th = -55 mV, tau_m 10 ms,
// C_m 250 pF, t_ref 2 ms) driven by a constant current and white noise of sd mV
// per sqrt(ms), integrated with Euler's method in steps of 0.1 ms, sampled every
// interval ms.
func lif(label string, pA, sd, ms, interval float64, seed uint64) Trace {
	r := rand.New(rand.NewPCG(seed, 1))
	tr := Trace{Label: label, SpikesMS: []float64{}}
	v, refractory, every := -70.0, 0, int(interval*10+0.5)
	for s := 1; s <= int(ms*10+0.5); s++ {
		if refractory > 0 {
			refractory--
		} else {
			v += 0.1*(-(v+70)/10+pA/250) + sd*math.Sqrt(0.1)*r.NormFloat64()
		}
		if v >= -55 {
			v, refractory = -70, 20
			tr.SpikesMS = append(tr.SpikesMS, float64(s)/10)
		}
		if s%every == 0 {
			tr.TimesMS, tr.Values = append(tr.TimesMS, float64(s)/10), append(tr.Values, v)
		}
	}
	return tr
}

// tenTraces returns noisy traces with the same input.
func tenTraces(n int) (out []Trace) {
	for i := range n {
		out = append(out, lif("neuron "+strconv.Itoa(i+1), 300+10*float64(i), 0.8, 200, 0.1, uint64(i)))
	}
	return out
}

func TestDecimate(t *testing.T) {
	nan := math.NaN()
	quarter := func(i int) int { return i / 4 }
	for _, c := range []struct {
		values []float64
		column func(int) int
		want   []int
	}{
		{nil, quarter, nil},
		{[]float64{3}, quarter, []int{0}},
		{[]float64{1, 5, 0, 2}, quarter, []int{0, 1, 2, 3}},                            // first, highest, lowest, last
		{[]float64{1, 2, 3, 4, 4, 3, 2, 1}, quarter, []int{0, 3, 4, 7}},                // rising, falling
		{[]float64{2, 2, 2, 2, 2}, quarter, []int{0, 3, 4}},                            // constant
		{[]float64{1, 2, 3}, func(i int) int { return i }, []int{0, 1, 2}},             // fewer samples than columns: all
		{[]float64{nan, 1, nan, nan, 2, nan}, quarter, []int{1, -1, 4, -1}},            // one gap, none at the beginning
		{[]float64{1, 9, nan, 5, 7, 6, 8, 7}, quarter, []int{0, 1, -1, 3, 4, 5, 6, 7}}, // a gap within a column
	} {
		if got := decimate(c.values, c.column); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.values, got, c.want)
		}
	}
}

// Millions of samples give small pictures, soon: ten traces of noise in every
// column of pixels are the worst there is.
func TestTracesOfMillions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var traces []Trace
	for i := range 10 {
		tr := Trace{Label: strconv.Itoa(i)}
		for k := range 300_000 {
			tr.TimesMS, tr.Values = append(tr.TimesMS, float64(k)/10), append(tr.Values, -60+float64(i)+r.NormFloat64())
			if k%50 == 0 {
				tr.SpikesMS = append(tr.SpikesMS, float64(k)/10)
			}
		}
		traces = append(traces, tr)
	}
	for _, n := range []int{1, 10} {
		begin := time.Now()
		f := must(TracesFigure(traces[:n], WithSpikesBelow()))
		p, s := must(f.PNG()), must(f.SVG()) // an error above MaxBytes
		t.Logf("%d traces of 300,000 samples: PNG of %d bytes and SVG of %d in %v", n, len(p), len(s), time.Since(begin))
	}
}

// What is odd but valid gives a picture.
func TestOddTraces(t *testing.T) {
	nan := math.NaN()
	for name, traces := range map[string][]Trace{
		"no samples":     {{Label: "a"}},
		"one sample":     {{TimesMS: []float64{5}, Values: []float64{-70}}},
		"constant":       {{TimesMS: []float64{1, 2}, Values: []float64{-70, -70 + 1e-14}}},
		"all NaN":        {{TimesMS: []float64{1, 2}, Values: []float64{nan, nan}}},
		"spikes only":    {{Label: "<&\"é", SpikesMS: []float64{1, 1, 2}}},
		"same times":     {{TimesMS: []float64{1, 1, 1}, Values: []float64{0, 5, 2}}},
		"tiny":           {{TimesMS: []float64{0, 1}, Values: []float64{0, 1e-12}}},
		"large":          {{TimesMS: []float64{-1e6, 1e9}, Values: []float64{-1e299, 1e299}}},
		"many":           tenTraces(40),
		"of other times": {{TimesMS: []float64{1, 2}, Values: []float64{1, 2}}, {TimesMS: []float64{500}, Values: []float64{3}, SpikesMS: []float64{900}}},
	} {
		for _, opts := range [][]Option{nil, {WithThreshold(-55)}, {WithSpikesBelow(), WithQuantity("")}, {WithTheme(Theme{})}} {
			f, err := TracesFigure(traces, opts...)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			checkRendered(t, name, f)
		}
	}
}

func TestInvalidTraces(t *testing.T) {
	inf := math.Inf(1)
	ok := Trace{Label: "ok", TimesMS: []float64{1}, Values: []float64{1}}
	for says, traces := range map[string][]Trace{
		"no traces":                 nil,
		"1001 traces, at most 1000": make([]Trace, 1001),
		`trace 2 ("b"): 2 times and 1 values, must be as many`:        {ok, {Label: "b", TimesMS: []float64{1, 2}, Values: []float64{1}}},
		"time 2 is 1 ms, must not be before the one before (2)":       {{TimesMS: []float64{2, 1}, Values: []float64{1, 1}}},
		"spike time 2 is 1 ms, must not be before the one before (2)": {{SpikesMS: []float64{2, 1}}},
		"time 1 is NaN ms":                {{TimesMS: []float64{math.NaN()}, Values: []float64{1}}},
		"a value is -Inf, must be finite": {{TimesMS: []float64{1}, Values: []float64{-inf}}},
	} {
		if _, err := TracesFigure(traces, WithSpikesBelow()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
	if _, err := NewTraces([]Trace{ok}, WithThreshold(inf)); err == nil || !strings.Contains(err.Error(), "threshold +Inf") {
		t.Errorf("infinite threshold: %v", err)
	}
}

// Times begin at 0 where the first sample is one interval later; strokes and
// threshold lie within the range.
func TestTracesRange(t *testing.T) {
	tr := Trace{TimesMS: []float64{1, 1000}, Values: []float64{-70, -60}, SpikesMS: []float64{500}}
	for _, c := range []struct {
		opts       []Option
		ymin, ymax float64 // by hand: 5 % of the values' range as room, strokes of 20 %
	}{
		{nil, -70.5, -57.5},                            // strokes from -60 to -58, and 0.5
		{[]Option{WithThreshold(-55)}, -70.75, -51.25}, // range 15: from -55 to -52, and 0.75
		{[]Option{WithSpikesBelow()}, -70.5, -59.5},
		{[]Option{WithSpikesBelow(), WithThreshold(-80)}, -81, -59},
	} {
		xmin, xmax, ymin, ymax := must(NewTraces([]Trace{tr}, c.opts...)).DataRange()
		if xmin != 0 || xmax != 1000 || math.Abs(ymin-c.ymin) > 1e-9 || math.Abs(ymax-c.ymax) > 1e-9 {
			t.Errorf("range %g to %g ms, %g to %g, want 0 to 1000, %g to %g", xmin, xmax, ymin, ymax, c.ymin, c.ymax)
		}
	}
	tr.TimesMS = []float64{100, 1000}
	if xmin, _, _, _ := must(NewTraces([]Trace{tr})).DataRange(); xmin != 100 {
		t.Errorf("times from %g ms, want 100", xmin)
	}
}
