package engine

import (
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// driven returns an engine of one population of n neurons of a model in one
// shard, with devices attached.
func driven(t testing.TB, n int, m neuron.Model, shards int, at ...network.Attachment) *Engine {
	t.Helper()
	d := &network.Description{Seed: 6, Resolution: 0.1, Populations: []network.Population{{Name: "a", N: n, Model: m}}}
	for i, a := range at {
		a.Generator = i
		if a.Post.N == 0 {
			a.Post.N = n
		}
		if a.Weight == nil {
			a.Weight = connect.Constant(1)
		}
		if a.Delay == nil {
			a.Delay = connect.Constant(1)
		}
		d.Attachments = append(d.Attachments, a)
	}
	e, err := Build(t.Context(), d, Options{Threads: 1, Shards: shards})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// driveSteps returns the steps up to n in which a constant current drives
// element k, as it has it at each step of a run, and from every step that a run
// may begin at.
func driveSteps(t *testing.T, e *Engine, k, n int) []int {
	t.Helper()
	b := e.shards[0].blocks[0]
	var steps []int
	b.seek(0)
	for s := 1; s <= n; s++ {
		b.updateDrive(int64(s))
		if currentNow(b, k) != 0 {
			steps = append(steps, s)
		}
	}
	for begin := range n {
		b.seek(int64(begin))
		for s := begin + 1; s <= min(n, begin+3); s++ {
			b.updateDrive(int64(s))
			if on := currentNow(b, k) != 0; on != slices.Contains(steps, s) {
				t.Errorf("begun after step %d, step %d is driven: %v", begin, s, on)
			}
		}
	}
	return steps
}

func upTo(from, to int) (s []int) {
	for i := from; i <= to; i++ {
		s = append(s, i)
	}
	return s
}

// NEST 3.10: through delay d a dc_generator drives V in (start+d, stop+d], and
// start = 0 begins one step later; cases dc_generator_window, generator_windows
// and step_current_generator of the reference data.
func TestCurrentWindows(t *testing.T) {
	dc := func(start, stop, origin float64) device.DC {
		return device.DC{Amplitude: 1, Active: device.Active{Start: start, Stop: stop, Origin: origin}}
	}
	for _, c := range []struct {
		name  string
		d     device.Device
		delay float64
		want  []int
	}{
		{"window", dc(1, 3, 0), 0.5, upTo(16, 35)},
		{"start 0", dc(0, 3, 0), 1, upTo(12, 40)}, // first change at d + 2h
		{"start h", dc(0.1, 3, 0), 1, upTo(12, 40)},
		{"start 2h", dc(0.2, 3, 0), 1, upTo(13, 40)},
		{"no stop", dc(2, 0, 0), 0.1, upTo(22, 60)},
		{"origin", dc(1, 3, 0.7), 0.5, upTo(23, 42)},
		{"before the beginning", dc(-2, 1, 0), 1, upTo(12, 20)},
		{"empty window", dc(1, 1, 0), 1, nil},
		{"over before it begins", dc(0, 0.1, 0), 1, nil},
		{"steps", device.StepCurrent{Times: []float64{1, 2, 3}, Values: []float64{5, 0, -5}}, 1, append(upTo(21, 30), upTo(41, 60)...)},
		{"steps in a window", device.StepCurrent{Times: []float64{1, 2, 3}, Values: []float64{5, 0, -5}, Active: device.Active{Start: 1.5, Stop: 3.5}}, 0.1,
			append(upTo(17, 21), upTo(32, 36)...)},
		{"steps from the first step", device.StepCurrent{Times: []float64{0.1}, Values: []float64{5}}, 1, upTo(12, 60)},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := driven(t, 3, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: c.d, Delay: connect.Constant(c.delay)})
			if got := driveSteps(t, e, 0, 60); !slices.Equal(got, c.want) {
				t.Errorf("driven in %v, want %v", got, c.want)
			}
		})
	}
}

// A step current of many steps has the value of the piece that a step lies in,
// whichever steps were asked for before.
func TestStepCurrentPieces(t *testing.T) {
	d := device.StepCurrent{Active: device.Active{Start: 0.4, Stop: 9}, AllowOffgridTimes: true}
	for i := range 40 { // at 0.21, 0.42, ... ms, that is steps 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 24, ...
		d.Times, d.Values = append(d.Times, 0.21*float64(i+1)), append(d.Values, float64(i%7)+1)
	}
	clock, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := d.Pieces(clock)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float64, 120)
	for s := 5; s <= 90; s++ { // in (0.4, 9] ms
		for i, ms := range d.Times {
			if float64(s-1)/10 > ms-1e-9 {
				want[s] = d.Values[i]
			}
		}
	}
	in := &currentInput{pieces: pieces}
	for i := range 5000 {
		s := i % 120
		if i > 240 {
			s = i * 7919 % 120
		}
		if got := in.at(int64(s)); got != want[s] {
			t.Fatalf("step %d: %g, want %g", s, got, want[s])
		}
	}
}

// Currents add up with their weights, reach their targets only, and a delay of
// its own for each neuron changes that neuron's window alone.
func TestCurrentsOfParts(t *testing.T) {
	e := driven(t, 10, neuron.DefaultIafPscExp(), 1,
		network.Attachment{Device: device.DC{Amplitude: 100}, Post: network.Range{Population: 0, From: 2, N: 3}, Weight: connect.Constant(2)},
		network.Attachment{Device: device.DC{Amplitude: 7}},
		network.Attachment{Device: device.DC{Amplitude: 1000}, Post: network.Range{Population: 0, From: 9, N: 1}, Delay: connect.Uniform{Min: 1, Max: 5}, Weight: connect.Uniform{Min: -1, Max: 1}})
	b := e.shards[0].blocks[0]
	b.seek(29)
	for k := range 9 {
		want := 7.0
		if k >= 2 && k < 5 {
			want += 200
		}
		if x := currentNow(b, k); x != want {
			t.Errorf("element %d: %g pA, want %g", k, x, want)
		}
	}
	in := b.current.inputs[2]
	at := in.delay[0] + 2
	b.seek(at - 2)
	before := currentNow(b, 9)
	b.updateDrive(at)
	if change := currentNow(b, 9) - before; change == 0 || math.Abs(change-1000*in.weight[0]) > 1e-12 {
		t.Errorf("element 9 changes by %g at step %d, want %g", change, at, 1000*in.weight[0])
	}
}

// arrivals runs the float inputs of a block by hand and returns what came for
// each element in each step.
func arrivals(e *Engine, s int, from, to int64) map[[2]int64]float64 {
	got := map[[2]int64]float64{}
	for _, b := range e.shards[s].blocks {
		for step := from; step <= to; step++ {
			for _, in := range b.inputs {
				in.Add(&b.in, step)
			}
			for ch, ext := range b.in.Ports {
				for k, x := range ext {
					if x != 0 {
						got[[2]int64{step, int64(b.Index(k))}] += x * (1 + 1e6*float64(ch))
					}
					ext[k] = 0
				}
			}
		}
	}
	return got
}

// Targets of one generator may have delays and weights of their own.
func TestSpikeGeneratorDelays(t *testing.T) {
	e := driven(t, 30, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: device.SpikeGenerator{Times: []float64{1, 3}},
		Weight: connect.Normal{Mean: 5, SD: 1}, Delay: connect.Uniform{Min: 0.5, Max: 4}})
	delay, weight, err := connections(e, &e.desc.Attachments[0], e.shards[0].blocks[0], 0, 30)
	if err != nil {
		t.Fatal(err)
	}
	got := arrivals(e, 0, 1, 100)
	if len(got) != 60 {
		t.Errorf("%d arrivals, want 60", len(got))
	}
	for k := range int64(30) {
		if a, b := got[[2]int64{10 + delay[k], k}], got[[2]int64{30 + delay[k], k}]; a != weight[k] || b != weight[k] {
			t.Errorf("target %d: %g and %g, want %g", k, a, b, weight[k])
		}
	}
}

// Poisson input: a window passes start < S <= stop, S + d is when it arrives,
// every target has numbers of its own of the right distribution, and they are
// the same whichever way they are drawn and dealt out.
func TestPoissonArrivals(t *testing.T) {
	const n, rate = 200, 12000.0 // a mean of 1.2 a step
	d := device.Poisson{Rate: rate, Active: device.Active{Start: 1, Stop: 41, Origin: 1}}
	e := driven(t, n, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: d, Delay: connect.Constant(1.5)})
	got := arrivals(e, 0, 1, 500)
	count := make([]float64, 12)
	for key, x := range got {
		if key[0] <= 20+15 || key[0] > 420+15 {
			t.Fatalf("%g at step %d", x, key[0])
		}
		count[min(11, int(x))]++
	}
	count[0] = 400*n - float64(len(got))
	want := make([]float64, 12)
	p := math.Exp(-1.2)
	for k := range want {
		want[k] = 400 * n * p
		p *= 1.2 / float64(k+1)
	}
	checkChiSquared(t, "numbers", count, want)

	// Neighbours in step or neuron have nothing to do with one another.
	var byStep, byNeuron, square float64
	at := func(s, k int64) float64 { return got[[2]int64{s, k}] - 1.2 }
	for s := int64(36); s < 435; s++ {
		for k := range int64(n - 1) {
			byStep += at(s, k) * at(s+1, k)
			byNeuron += at(s, k) * at(s, k+1)
			square += at(s, k) * at(s, k)
		}
	}
	if limit := 4 / math.Sqrt(399*(n-1)); math.Abs(byStep/square) > limit || math.Abs(byNeuron/square) > limit {
		t.Errorf("correlations %g and %g, limit %g", byStep/square, byNeuron/square, limit)
	}

	// In three shards, with delays drawn one by one (which take the other way).
	e = driven(t, n, neuron.DefaultIafPscExp(), 3, network.Attachment{Device: d, Delay: connect.Constant(1.5)})
	same := map[[2]int64]float64{}
	for s := range 3 {
		for key, x := range arrivals(e, s, 1, 500) {
			same[key] = x
		}
	}
	if len(same) != len(got) {
		t.Errorf("%d arrivals in three shards, want %d", len(same), len(got))
	}
	each := driven(t, n, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: d, Delay: connect.Uniform{Min: 0.3, Max: 3}})
	delay, _, err := connections(each, &each.desc.Attachments[0], each.shards[0].blocks[0], 0, n)
	if err != nil {
		t.Fatal(err)
	}
	one := arrivals(each, 0, 1, 500)
	for key, x := range got {
		if same[key] != x {
			t.Fatalf("step %d, neuron %d: %g in three shards, want %g", key[0], key[1], same[key], x)
		}
		if y := one[[2]int64{key[0] - 15 + delay[key[1]], key[1]}]; y != x {
			t.Fatalf("stamp %d, neuron %d: %g with a delay of its own, want %g", key[0]-15, key[1], y, x)
		}
	}
	if len(one) != len(got) {
		t.Errorf("%d arrivals with delays of their own, want %d", len(one), len(got))
	}
}

// Two generators, and two connections of one, give different numbers.
func TestPoissonGeneratorsDiffer(t *testing.T) {
	d := device.Poisson{Rate: 5000}
	e := driven(t, 20, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: d, Weight: connect.Constant(1)}, network.Attachment{Device: d, Weight: connect.Constant(1000)})
	same, n := 0, 0
	for _, x := range arrivals(e, 0, 20, 300) {
		n++
		if int(x)%1000 == int(x)/1000 {
			same++
		}
	}
	if same > n/2 {
		t.Errorf("%d of %d steps have as many of both", same, n)
	}
}

// Input of the wrong sign goes to the other channel, and to one where channels
// are merged.
func TestPorts(t *testing.T) {
	for _, c := range []struct {
		model neuron.Model
		in    float64
		ch    int
	}{{neuron.DefaultIafPscExp(), -4, 0}, {neuron.DefaultIafPscExp(), 4, 0}, {neuron.DefaultIafPscAlpha(), 4, 0}, {neuron.DefaultIafPscAlpha(), -4, 1}, {neuron.DefaultIafPscDelta(), -4, 0}} {
		b := driven(t, 2, c.model, 1, network.Attachment{Device: device.Poisson{}}).shards[0].blocks[0]
		b.in.Add(1, c.in)
		b.in.Add(1, c.in)
		if b.in.Ports[c.ch][1] != 2*c.in || b.in.Ports[c.ch][0] != 0 {
			t.Errorf("%s: %g goes to %v", c.model.ModelName(), c.in, b.in.Ports)
		}
	}
}

// chiSquared returns the statistic of counts against expected numbers, and the
// number of cells that it has; cells of few expected are put together.
func chiSquared(count, want []float64) (chi2 float64, cells int) {
	c, w := 0.0, 0.0
	for i := range count {
		c, w = c+count[i], w+want[i]
		if w >= 10 || i == len(count)-1 && w > 0 {
			chi2 += (c - w) * (c - w) / w
			cells++
			c, w = 0, 0
		}
	}
	return chi2, cells
}

// checkChiSquared fails where the statistic of n cells is beyond p = 1e-4, by
// the cube-root approximation of Wilson & Hilferty (1931); 3.719 is the normal
// quantile.
func checkChiSquared(t *testing.T, what string, count, want []float64) {
	t.Helper()
	chi2, cells := chiSquared(count, want)
	k := float64(cells - 1)
	limit := k * math.Pow(1-2/(9*k)+3.719*math.Sqrt(2/(9*k)), 3)
	if cells < 2 || chi2 > limit {
		t.Errorf("%s: chi-squared %.1f of %d cells, limit %.1f", what, chi2, cells, limit)
	}
}
