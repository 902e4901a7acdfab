package microcircuit

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"cortigo/sim/fmath"
)

func derived(t *testing.T, change func(*Parameters)) *Derived {
	t.Helper()
	p := Default()
	change(&p)
	d, err := p.Derive()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scale(x float64) func(*Parameters) {
	return func(p *Parameters) { p.NScaling, p.KScaling = x, x }
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.17g, want %g within %g", what, got, want, tolerance)
	}
}

// Authority: the published circuit, Potjans & Diesmann (2014), 77,169 neurons;
// the PyNEST reference implementation's other derived numbers.
func TestFullScale(t *testing.T) {
	d := derived(t, scale(1))
	if got := d.TotalNeurons(); got != 77169 {
		t.Errorf("%d neurons, want 77169", got)
	}
	if got := d.TotalSynapses(); got != 298880968 {
		t.Errorf("%d synapses, want 298880968", got)
	}
	near(t, "PSCOverPSP", d.PSCOverPSP, 585.390, 5e-4)
	near(t, "weight L23E to L23E", d.Weight[L23E][L23E], 87.8085, 5e-5)
	near(t, "weight L4E to L23E", d.Weight[L23E][L4E], 2*87.8085, 1e-4)
	near(t, "weight L4I to L4E", d.Weight[L4E][L4I], -4*87.8085, 2e-4)
	near(t, "SD of weight L4I to L4E", d.WeightSD[L4E][L4I], 0.4*87.8085, 2e-5)
	near(t, "external weight", d.WeightExt, 87.8085, 5e-5)
	near(t, "rheobase", d.Rheobase, 375, 0)
	if d.Neurons != Default().Neurons || d.KExt != Default().KExt {
		t.Errorf("full scale has neurons %v, K_ext %v", d.Neurons, d.KExt)
	}
	if len(d.Warnings) != 0 {
		t.Errorf("warnings at full scale: %v", d.Warnings)
	}
}

// Authority: the formulas with NumPy's functions. Log1p gives the true value,
// which is two synapses more than the published number.
func TestNaiveSynapseFormula(t *testing.T) {
	p := Default()
	var naive, exact float64
	for target := range Count {
		for source := range Count {
			c := p.ConnectionProbability[target][source]
			ns, nt := p.Neurons[source], p.Neurons[target]
			naive += math.RoundToEven(fullSynapses(c, ns, nt))
			exact += math.RoundToEven(fmath.Log1p(-c) / fmath.Log1p(-1/(float64(ns)*float64(nt))))
		}
	}
	if naive != 298880968 || exact != 298880970 {
		t.Errorf("naive %.0f, exact %.0f, want 298880968 and 298880970", naive, exact)
	}
}

// Circuits beyond the published size have the number of synapses of the formula,
// not what is left of its digits. Authority: Python's math.log1p,
// log1p(-c) / log1p(-1/(ns*nt)).
func TestSynapsesOfLargeCircuits(t *testing.T) {
	for _, c := range []struct {
		c      float64
		ns, nt int
		want   float64
	}{
		{0.1009, 20683, 20683, 45499805.54425756},
		{0.1009, 100001, 100001, 1063631432.170477},
		{0.1009, 50000000, 50000000, 265902539978524.53},
		{0.0003, 100000000, 100000000, 3000450090020.2544},
		{1e-12, 2000, 3000, 5.999999500002986e-06},
		{1e-15, 50000000, 50000000, 2.500000000000001},
		{0.3726, 2147483647, 2147483647, 2.149834203535671e+18},
	} {
		near(t, fmt.Sprintf("synapses at %g of %d x %d neurons", c.c, c.ns, c.nt), fullSynapses(c.c, c.ns, c.nt), c.want, 1e-6*c.want)
	}
	for _, n := range []int{5e7, 1e8, math.MaxInt32} {
		p := Default()
		p.Neurons, p.NScaling, p.KScaling = Uniform(n), 1e3/float64(n), 1e-6
		d := derived(t, func(q *Parameters) { *q = p })
		mean := -fmath.Log1p(-p.ConnectionProbability[L4E][L4I]) * float64(n) // of a large number of neurons
		near(t, "in-degree", d.FullInDegree[L4E][L4I], mean, 1e-6*mean)
		want := math.RoundToEven(mean * 1e3 * 1e-6)
		near(t, "synapses", float64(d.Synapses[L4E][L4I]), want, 1)
		if !finite(d.DC[L4E]) {
			t.Errorf("%d neurons: constant current of %g pA", n, d.DC[L4E])
		}
	}
}

// What becomes too large on the way is refused before there is a network.
func TestDerivedNumbersAreFinite(t *testing.T) {
	for name, change := range map[string]func(p *Parameters){
		"rates":   func(p *Parameters) { p.MeanRate = Uniform(1e308) },
		"psp":     func(p *Parameters) { p.PSP = 1e308 },
		"g":       func(p *Parameters) { p.G = -1e308 },
		"bg rate": func(p *Parameters) { p.BgRate = 1e308 },
		"spread":  func(p *Parameters) { p.WeightRelativeSD = 1e308 },
	} {
		p := Default()
		change(&p)
		_, err := p.Derive()
		var e *ParameterError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v, want a ParameterError", name, err)
		}
	}
}

// Authority: sizes of the network that NEST simulated for testdata/nest/pd14;
// at 0.1 NumPy's rounding (L5I: 106.5 becomes 106); numbers of synapses from
// the formulas in Python.
func TestScaledSizes(t *testing.T) {
	for _, c := range []struct {
		scale    float64
		neurons  PerPopulation[int]
		synapses int64
	}{
		{0.5, PerPopulation[int]{10342, 2917, 10958, 2740, 2425, 532, 7198, 1474}, 74720239},
		{0.2, PerPopulation[int]{4137, 1167, 4383, 1096, 970, 213, 2879, 590}, 11955239},
		{0.1, PerPopulation[int]{2068, 583, 2192, 548, 485, 106, 1440, 295}, 2988807},
	} {
		d := derived(t, scale(c.scale))
		if d.Neurons != c.neurons {
			t.Errorf("scale %g: neurons %v, want %v", c.scale, d.Neurons, c.neurons)
		}
		if got := d.TotalSynapses(); got != c.synapses {
			t.Errorf("scale %g: %d synapses, want %d", c.scale, got, c.synapses)
		}
	}
}

// Authority: the formulas evaluated in Python with its own math library.
func TestDC(t *testing.T) {
	for _, c := range []struct {
		scale      float64
		background string
		want       PerPopulation[float64]
	}{
		{1, BackgroundDC, PerPopulation[float64]{561.9744, 526.851, 737.5913, 667.3446, 702.4679, 667.3446, 1018.5785, 737.5913}},
		{1, BackgroundPoisson, PerPopulation[float64]{}},
		{0.5, BackgroundDC, PerPopulation[float64]{409.813, 420.674, 569.9463, 521.1399, 550.4427, 536.8578, 739.0256, 587.3973}},
		{0.5, BackgroundPoisson, PerPopulation[float64]{12.4371, 48.1341, 48.3905, 49.256, 53.7228, 64.9739, 18.7818, 65.8414}},
		{0.2, BackgroundDC, PerPopulation[float64]{274.7955, 326.4599, 421.1897, 391.4079, 415.5459, 421.0728, 490.9696, 454.1254}},
		{0.1, BackgroundDC, PerPopulation[float64]{206.7469, 278.9761, 346.2166, 326.0232, 347.5581, 362.7173, 365.9497, 386.9566}},
		{0.1, BackgroundPoisson, PerPopulation[float64]{29.035, 112.3712, 112.9697, 114.9903, 125.4183, 151.6845, 43.8469, 153.7097}},
	} {
		d := derived(t, func(p *Parameters) { scale(c.scale)(p); p.Background = c.background })
		for i := range Count {
			near(t, Population(i).String()+" "+c.background, d.DC[i], c.want[i], 1e-4)
			rate := 0.0
			if c.background == BackgroundPoisson {
				rate = 8 * math.RoundToEven(float64(Default().KExt[i])*c.scale)
			}
			near(t, "Poisson rate "+Population(i).String(), d.PoissonRate[i], rate, 0)
		}
	}
}

// Neurons alone scaled: in-degrees, and so weights and currents, stay.
func TestNeuronScalingOnly(t *testing.T) {
	full, d := derived(t, scale(1)), derived(t, func(p *Parameters) { p.NScaling, p.KScaling = 0.2, 1 })
	if d.Weight != full.Weight || d.DC != full.DC || len(d.Warnings) != 0 {
		t.Errorf("weights or currents changed, or warnings %v", d.Warnings)
	}
	got := float64(d.Synapses[L4E][L4E]) / float64(d.Neurons[L4E])
	near(t, "in-degree L4E to L4E", got, full.FullInDegree[L4E][L4E], 0.01)
}

// Authority: the reference implementation's warnings at these scales.
func TestSubThresholdWarnings(t *testing.T) {
	for _, c := range []struct {
		scale float64
		want  string
	}{
		{1, ""},
		{0.5, ""},
		{0.2, "L23E L23I"},
		{0.1, "L23E L23I L4E L4I L5E L5I L6E"},
	} {
		var got []string
		for _, w := range derived(t, scale(c.scale)).Warnings {
			var sub *SubThresholdWarning
			if !errors.As(w, &sub) {
				t.Fatalf("scale %g: warning %v", c.scale, w)
			}
			name := sub.Population.String()
			got = append(got, name)
			want := "Population " + name + " is sub-threshold with downscaled DC input amplitude and may not fire."
			if sub.Error() != want {
				t.Errorf("message %q, want %q", sub.Error(), want)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("scale %g: sub-threshold %q, want %q", c.scale, s, c.want)
		}
	}
	d := derived(t, func(p *Parameters) { scale(0.1)(p); p.Background = BackgroundPoisson })
	if len(d.Warnings) != 0 {
		t.Errorf("warnings with Poisson background: %v", d.Warnings)
	}
}

func TestUpscalingWarnings(t *testing.T) {
	d := derived(t, scale(1.5))
	if len(d.Warnings) != 2 {
		t.Fatalf("warnings %v, want one for each factor", d.Warnings)
	}
	for i, name := range []string{"n_scaling", "k_scaling"} {
		var up *UpscalingWarning
		if !errors.As(d.Warnings[i], &up) || up.Parameter != name || up.Value != 1.5 {
			t.Errorf("warning %d: %v, want one for %s", i, d.Warnings[i], name)
		}
	}
}

// Authority: the formula in Python; at scale 0.2 the reference implementation's
// thalamic in-degrees are five times too large.
func TestThalamus(t *testing.T) {
	with := func(s float64, option string) *Derived {
		return derived(t, func(p *Parameters) { scale(s)(p); p.Thalamus.On, p.Thalamus.Synapses = true, option })
	}
	want := PerPopulation[int64]{0, 0, 2045393, 315791, 0, 0, 682419, 52636}
	for _, option := range []string{ThalamicScaled, ThalamicReference} {
		if got := with(1, option).ThalamicSynapses; got != want {
			t.Errorf("%s at full scale: %v, want %v", option, got, want)
		}
	}
	scaled, reference := with(0.2, ThalamicScaled), with(0.2, ThalamicReference)
	if got, want := scaled.ThalamicSynapses[L4E], int64(81816); got != want { // 2045392.96 * 0.04 = 81815.7
		t.Errorf("scaled: %d, want %d", got, want)
	}
	if got, want := reference.ThalamicSynapses[L4E], int64(409079); got != want { // 2045392.96 * 0.2 = 409078.6
		t.Errorf("reference: %d, want %d", got, want)
	}
	near(t, "thalamic weight", scaled.ThalamicWeight, 87.8085/math.Sqrt(0.2), 2e-4)
	near(t, "its SD", scaled.ThalamicWeightSD, 8.78085/math.Sqrt(0.2), 2e-5)
	if off := derived(t, scale(1)); off.ThalamicSynapses != (PerPopulation[int64]{}) || off.TransientDC != (PerPopulation[float64]{}) {
		t.Error("stimuli are on by default")
	}
}

// 0.3 pA for each external synapse at full scale, whatever the scale.
func TestTransientDC(t *testing.T) {
	d := derived(t, func(p *Parameters) { p.DCTransient.On = true })
	want := PerPopulation[float64]{480, 450, 630, 570, 600, 570, 870, 630}
	for i := range Count {
		near(t, Population(i).String(), d.TransientDC[i], want[i], 1e-12)
	}
}

func TestInitialPotential(t *testing.T) {
	d := derived(t, func(p *Parameters) { p.V0.Type = V0Original })
	if d.V0Mean != Uniform(-58.0) || d.V0SD != Uniform(10.0) {
		t.Errorf("original: mean %v, SD %v", d.V0Mean, d.V0SD)
	}
	d = derived(t, func(*Parameters) {})
	if d.V0Mean[L6I] != -61.43 || d.V0SD[L23E] != 5.36 {
		t.Errorf("optimized: mean %v, SD %v", d.V0Mean, d.V0SD)
	}
}

// The potential that the current makes is integrated here in small steps; its
// peak must be 1 mV.
func TestPSCOverPSPPeak(t *testing.T) {
	for _, c := range []struct{ tauM, tauSyn, cm float64 }{
		{10, 0.5, 250}, {10, 2, 250}, {5, 20, 100}, {10, 10, 250}, {10, 10.000001, 250}, {10, 10 + 1e-8, 250},
	} {
		const dt = 1e-3
		i, v, peak := pscOverPSP(c.tauM, c.tauSyn, c.cm), 0.0, 0.0
		for range int(60 / dt) { // midpoint rule
			iMid, vMid := i*(1-dt/2/c.tauSyn), v+dt/2*(-v/c.tauM+i/c.cm)
			v += dt * (-vMid/c.tauM + iMid/c.cm)
			i -= dt * iMid / c.tauSyn
			peak = math.Max(peak, v)
		}
		near(t, "peak", peak, 1, 2e-6)
	}
}

func TestDeriveNeedsUsableTimeConstants(t *testing.T) {
	p := Default()
	p.Neuron.TauM, p.Neuron.TauSyn = 1e300, 1e-300
	_, err := p.Derive()
	var e *ParameterError
	if !errors.As(err, &e) || e.Parameter != "neuron.tau_syn_ms" {
		t.Errorf("error %v, want one about neuron.tau_syn_ms", err)
	}
}

// The bits of what the network is made with must not change, on any processor,
// under any GOAMD64: spike trains depend on them.
func TestBits(t *testing.T) {
	h := fnv.New64a()
	for _, s := range []float64{1, 0.2, 0.1} {
		for _, background := range []string{BackgroundDC, BackgroundPoisson} {
			d := derived(t, func(p *Parameters) {
				scale(s)(p)
				p.Background, p.Thalamus.On, p.DCTransient.On = background, true, true
			})
			for _, v := range []any{d.Neurons[:], d.KExt[:], d.Synapses[:], d.FullInDegree[:], d.Weight[:], d.WeightSD[:], d.DC[:],
				d.PoissonRate[:], d.PSCOverPSP, d.WeightExt, d.ThalamicSynapses[:], d.ThalamicWeight, d.ThalamicWeightSD, d.TransientDC[:]} {
				if _, err := fmt.Fprintf(h, "%x\n", v); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got, want := h.Sum64(), uint64(0x3bf4df47178e9478); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
}

// A stimulus that is not given, or not where it is looked for, is told of.
func TestStimulusWarnings(t *testing.T) {
	for _, c := range []struct {
		start, duration float64
		want            string // "": none
	}{
		{700, 10, ""}, {500, 1000, ""}, {1490, 10, ""},
		{1500, 10, "The thalamic stimulus, from 1500 to 1510 ms, is never given: the run ends at 1500 ms."},
		{1e9, 10, "The thalamic stimulus, from 1000000000 to 1000000010 ms, is never given: the run ends at 1500 ms."},
		{1499.9, 0.2, "The thalamic stimulus, from 1499.9 to 1500.1 ms, is cut short: the run ends at 1500 ms."},
		{0, 500, "The thalamic stimulus, from 0 to 500 ms, is over when the warm-up ends, at 500 ms: what is analysed does not show it."},
		{499.9, 0.2, "The thalamic stimulus, from 499.9 to 500.1 ms, begins before the warm-up ends, at 500 ms."},
		{100, 2000, "The thalamic stimulus, from 100 to 2100 ms, begins before the warm-up ends, at 500 ms, and is cut short: the run ends at 1500 ms."},
	} {
		for _, on := range []bool{true, false} {
			d := derived(t, func(p *Parameters) {
				scale(1)(p) // without other warnings
				p.Thalamus.On, p.Thalamus.Start, p.Thalamus.Duration = on, c.start, c.duration
				p.DCTransient.On, p.DCTransient.Start, p.DCTransient.Duration = !on, c.start, c.duration
			})
			want := c.want
			if !on {
				want = strings.Replace(want, "thalamic", "transient DC", 1)
			}
			got := ""
			for _, w := range d.Warnings {
				got += w.Error()
			}
			if got != want {
				t.Errorf("from %g ms for %g: %q, want %q", c.start, c.duration, got, want)
			}
		}
	}
}
