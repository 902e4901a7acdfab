package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// apart is an engine whose inputs stand as they were attached.
func apart(t *testing.T, e *Engine) *Engine {
	t.Helper()
	for _, sh := range e.shards {
		for _, b := range sh.blocks {
			b.inputs = nil
		}
		for i := range e.desc.Attachments {
			if err := sh.attach(e, &e.desc.Attachments[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return e
}

// inputSums returns the bits that stand in the inbox after each step, of every element.
func inputSums(e *Engine, s int, from, to int64) []string {
	var all []string
	for _, b := range e.shards[s].blocks {
		for step := from; step <= to; step++ {
			for _, in := range b.inputs {
				in.Add(&b.in, step)
			}
			all = append(all, fmt.Sprintf("%x", b.in.Ports))
			for _, ext := range b.in.Ports {
				clear(ext)
			}
		}
	}
	return all
}

// Putting inputs together leaves every sum as it was to the bit, whatever is
// attached to whom in which order: weights are so different that another order
// of additions gives another sum.
func TestCombinedInputsAddTheSame(t *testing.T) {
	combined := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 1 + r.IntN(40)
		var ats []network.Attachment
		for range 1 + r.IntN(60) {
			from := r.IntN(n)
			at := network.Attachment{Post: network.Range{Population: 0, From: from, N: min(n-from, 1+r.IntN(1+r.IntN(20)))}}
			at.Weight = connect.Constant([]float64{1, 1e16, -1e16, 1. / 3, -7.7e5}[r.IntN(5)])
			at.Delay = connect.Constant(float64(1+r.IntN(3)) / 10)
			if r.IntN(4) == 0 {
				at.Weight, at.Delay = connect.Normal{Mean: 0, SD: 1e9}, connect.Uniform{Min: 0.1, Max: 0.6}
			}
			var window device.Active
			if r.IntN(3) == 0 {
				window = device.Active{Start: 0.5, Stop: 4}
			}
			switch r.IntN(4) {
			case 0:
				g := device.SpikeGenerator{Active: window}
				for s := 1; s < 80; s += 1 + r.IntN(5) {
					g.Times = append(g.Times, float64(s)/10)
					g.Weights = append(g.Weights, r.NormFloat64())
				}
				at.Device = g
			case 1:
				at.Device = device.Poisson{Rate: []float64{5000, 9000, 4e6}[r.IntN(3)], Active: window}
			case 2:
				at.Device = device.InhomogeneousPoisson{RateTimes: []float64{0.3, 2.2, 5}, RateValues: []float64{9000, 0, float64(5000 * (1 + r.IntN(2)))}, Active: window}
			case 3:
				at.Device = device.DC{Amplitude: 1}
			}
			ats = append(ats, at)
		}
		model := []neuron.Model{neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta()}[r.IntN(3)]
		shards := 1 + r.IntN(3)
		e, f := driven(t, n, model, shards, ats...), apart(t, driven(t, n, model, shards, ats...))
		for s := range shards {
			if a, b := e.shards[s].blocks[0], f.shards[s].blocks[0]; len(a.inputs) < len(b.inputs) {
				combined++
			}
			if got, want := inputSums(e, s, 1, 90), inputSums(f, s, 1, 90); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d, shard %d: sums differ", seed, s)
			}
		}
		cut := int64(r.IntN(60))
		e.step, f.step = cut, cut
		e.seek()
		f.seek()
		for s := range shards {
			if got, want := inputSums(e, s, cut+1, 90), inputSums(f, s, cut+1, 90); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("seed %d, shard %d, begun after step %d: sums differ", seed, s, cut)
			}
		}
	}
	if combined < 60 {
		t.Errorf("inputs were put together in only %d shards", combined)
	}
}

// A generator for every neuron makes one input of a block, of each kind where
// kinds alternate; inputs of many elements stay alone.
func TestInputsOfSingleNeurons(t *testing.T) {
	const n = 50
	var ats []network.Attachment
	for i := range n {
		for _, d := range []device.Device{device.Poisson{Rate: float64(1000 * i)}, device.SpikeGenerator{Times: []float64{1}}, device.InhomogeneousPoisson{RateTimes: []float64{1}, RateValues: []float64{3}}} {
			ats = append(ats, network.Attachment{Device: d, Post: network.Range{Population: 0, From: i, N: 1}})
		}
	}
	e := driven(t, n, neuron.DefaultIafPscExp(), 1, ats...)
	b := e.shards[0].blocks[0]
	if len(b.inputs) != 3 || slices.ContainsFunc(b.inputs, func(in blockInput) bool { return in.from != 0 || in.to != n }) {
		t.Errorf("inputs %v, want one of each kind for all neurons", b.inputs)
	}
	whole := []network.Attachment{{Device: device.Poisson{Rate: 1}}, {Device: device.Poisson{Rate: 1}}, {Device: device.SpikeGenerator{Times: []float64{1}}}, {Device: device.SpikeGenerator{Times: []float64{2}}}}
	if b := driven(t, n, neuron.DefaultIafPscExp(), 1, whole...).shards[0].blocks[0]; len(b.inputs) != 3 {
		t.Errorf("%d inputs of whole populations, want 3: vectors for each Poisson generator, and the spike generators", len(b.inputs))
	}
	// Its one Poisson generator still goes straight to the kernel.
	if b := driven(t, 1, neuron.DefaultIafPscExp(), 1, network.Attachment{Device: device.Poisson{Rate: 1}}).shards[0].blocks[0]; b.counter == nil || b.weight != 1 {
		t.Error("a small input is not direct any more")
	}
}

// The numbers of a Poisson generator go straight to the loops of every model, if it
// is the first port that they go to, and have the effect that they have through the
// inbox, to the bit.
func TestCounterEqualsInbox(t *testing.T) {
	apart, alpha := neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha()
	apart.TauSynIn = 3
	for _, c := range []struct {
		model    neuron.Model
		weight   float64
		straight bool
	}{
		{neuron.DefaultIafPscExp(), 60, true}, {neuron.DefaultIafPscExp(), -60, true},
		{apart, 60, true}, {apart, -60, false}, {apart, 0, false},
		{alpha, 60, true}, {alpha, -60, false},
		{neuron.DefaultIafPscDelta(), 0.6, true}, {neuron.DefaultIafPscDelta(), -0.6, true},
	} {
		at := network.Attachment{Device: device.Poisson{Rate: 20000}, Weight: connect.Constant(c.weight)}
		got, want := driven(t, 37, c.model, 1, at), driven(t, 37, c.model, 1, at)
		if b := got.shards[0].blocks[0]; (b.counter != nil) != c.straight {
			t.Errorf("%+v, weight %g: numbers go straight to the loop: %v", c.model, c.weight, b.counter != nil)
		}
		want.shards[0].blocks[0].counter = nil
		advance(t, got, 300)
		advance(t, want, 300)
		if got, want := fmt.Sprint(got.State()), fmt.Sprint(want.State()); got != want {
			t.Errorf("%+v, weight %g: state is\n%s, want\n%s", c.model, c.weight, got, want)
		}
		if spikes := got.State().Spikes; c.weight > 0 && spikes == 0 {
			t.Errorf("%+v, weight %g: no spikes", c.model, c.weight)
		}
	}
}
