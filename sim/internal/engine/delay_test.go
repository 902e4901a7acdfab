package engine

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// delayed is n neurons, each with synapses from 100 others that all take
// the same time, which fire at some 10 spikes/s whatever that time is; and one
// synapse of 0.1 ms elsewhere, so that spikes are exchanged in every step.
func delayed(n int, delay float64) *network.Description {
	m := neuron.DefaultIafPscDelta()
	all, pair := network.Range{Population: 0, From: 0, N: n}, network.Range{Population: 1, From: 0, N: 2}
	return &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{
		{Name: "all", N: all.N, Model: m, Vm: connect.Uniform{Min: -70, Max: -55}}, {Name: "pair", N: pair.N, Model: m}},
		Projections: []network.Projection{
			{Pre: []network.Range{all}, Post: []network.Range{all}, Rule: connect.FixedInDegree{N: 100}, Weight: connect.Constant(0), Delay: connect.Constant(delay)},
			{Pre: []network.Range{pair}, Post: []network.Range{pair}, Rule: connect.OneToOne{}, Weight: connect.Constant(0.1), Delay: connect.Constant(0.1)}},
		Attachments: []network.Attachment{{Device: device.Poisson{Rate: 16_000}, Post: all, Weight: connect.Constant(0.1), Delay: connect.Constant(0.1)}}}
}

// BenchmarkDelay reports what delivery costs by synaptic event for delays from
// the usual ones to very long ones: it must be the same.
func BenchmarkDelay(b *testing.B) {
	for _, ms := range []float64{1.5, 5, 20, 100, 1000} {
		b.Run(fmt.Sprint(ms, "ms"), func(b *testing.B) {
			e, err := Build(b.Context(), delayed(10_000, ms), Options{Threads: 1, Shards: 1})
			if err != nil {
				b.Fatal(err)
			}
			advance(b, e, int64(10*ms)+500) // until spikes arrive that left at the usual rate
			events, times := e.Events(), e.Times()
			for b.Loop() {
				advance(b, e, 100)
			}
			t := e.Times()
			b.ReportMetric((t.Deliver+t.Exchange-times.Deliver-times.Exchange)*1e9/float64(max(1, e.Events()-events)), "ns/event")
			b.ReportMetric((t.Deliver-times.Deliver)*1e9/float64(max(1, e.Events()-events)), "deliver-ns/event")
		})
	}
}

// However long a delay is, a spike is handled once or twice until it has been
// delivered: what a step costs follows from the spikes, not from those that
// wait.
func TestCostOfDelay(t *testing.T) {
	for _, ms := range []float64{1.5, 5, 20, 100, 1000, 3000} {
		e, err := Build(t.Context(), delayed(200, ms), Options{Threads: 1, Shards: 1})
		if err != nil {
			t.Fatal(err)
		}
		advance(t, e, int64(10*ms)+2000)
		underWay, handled := e.shards[0].Static.Handled()
		arrived := e.Spikes() - int64(underWay)
		if arrived < 100 {
			t.Fatalf("%g ms: %d spikes have arrived", ms, arrived)
		}
		if handled > 2*e.Spikes() {
			t.Errorf("%g ms: cursors were handled %d times for %d spikes", ms, handled, e.Spikes())
		}
	}
}

// repeating is one parrot that emits each of the given numbers of spikes at
// once, 0.1 ms apart, onto 1,000 neurons with 50 different delays, through rows
// of either form or rings.
func repeating(multiplicities []int, weight connect.Distribution) *network.Description {
	times := make([]float64, len(multiplicities))
	for i := range times {
		times[i] = float64(i+1) / 10
	}
	parrot, cells := network.Range{Population: 0, From: 0, N: 1}, network.Range{Population: 1, From: 0, N: 1000}
	return &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "parrot", N: 1, Model: neuron.Parrot{}}, {Name: "cells", N: cells.N, Model: neuron.DefaultIafPscExp()}},
		Projections: []network.Projection{{Pre: []network.Range{parrot}, Post: []network.Range{cells}, Rule: connect.AllToAll{}, Weight: weight, Delay: connect.Uniform{Min: 0.1, Max: 5}}},
		Attachments: []network.Attachment{{Device: device.SpikeGenerator{Times: times, Multiplicities: multiplicities}, Post: parrot, Weight: connect.Constant(1), Delay: connect.Constant(0.1)}}}
}

// The same spike 30,000 times is what 30,000 spikes are, and takes no more room
// than one, on its way and in a state; a state of such spikes is taken up
// without more.
func TestCostOfMultiplicity(t *testing.T) {
	for _, c := range []struct {
		name   string
		weight connect.Distribution
		shards int
		ring   bool
	}{
		{"compact", connect.Constant(-0.25), 1, false}, {"exact", connect.Within(connect.Normal{Mean: -1e-3, SD: 1e-9}, -1, 0), 1, false},
		{"ring", connect.Constant(-0.25), 8, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			const n, many = 300, 30_000
			e := build(t, repeating(slices.Repeat([]int{many}, n), c.weight), c.shards)
			one := build(t, repeating(slices.Repeat([]int{1}, n), c.weight), c.shards)
			if e.bounds.Ring != c.ring {
				t.Fatalf("rings: %v, want %v", e.bounds.Ring, c.ring)
			}
			before := allocated()
			for range n + 2 {
				advance(t, e, 1)
				advance(t, one, 1)
				for s, sh := range e.shards {
					got, _ := sh.Static.Handled()
					if want, _ := one.shards[s].Static.Handled(); got != want {
						t.Fatalf("%d cursors are under way, %d for single spikes", got, want)
					}
				}
			}
			if got := allocated() - before; got > 4<<20 {
				t.Errorf("%d spikes of multiplicity %d took %d bytes", n, many, got)
			}
			if e.Spikes() != many*n {
				t.Fatalf("%d spikes", e.Spikes())
			}
			// What comes of them is that often as much.
			for s, sh := range e.shards {
				b, o := sh.blocks[1], one.shards[s].blocks[1]
				for k, x := range b.values("I_syn") {
					if want := many * o.values("I_syn")[k]; relative(x, want) > 1e-12 {
						t.Fatalf("neuron %d of shard %d has a current of %g pA, want %g", k, s, x, want)
					}
				}
			}
			state := e.State()
			before = allocated()
			if err := e.SetState(state); err != nil {
				t.Fatal(err)
			}
			if got := allocated() - before; got > 4<<20 {
				t.Errorf("a state with %d spikes under way took %d bytes", len(state.Recent), got)
			}
			u := e.Unwired()
			if len(u.Arrivals) == 0 {
				t.Error("nothing is under way")
			}
			before = allocated()
			e.Unwired()
			if got := allocated() - before; got > 64<<20 {
				t.Errorf("what is under way took %d bytes", got)
			}
		})
	}
}

func build(t *testing.T, d *network.Description, shards int) *Engine {
	t.Helper()
	e, err := Build(t.Context(), d, Options{Threads: 1, Shards: shards})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// allocated returns how many bytes the program has asked for so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func relative(a, b float64) float64 { return math.Abs(a-b) / max(math.Abs(a), math.Abs(b), 1e-300) }

// tally is a recorder that counts, and notes the most that it was given at once.
type tally struct{ n, most int }

func (w *tally) WriteSpikes(step []int64, _ []int32) error {
	w.n, w.most = w.n+len(step), max(w.most, len(step))
	return nil
}

// Spikes of large multiplicities are handed on as they come, not an interval's
// all at once.
func TestRecordMultiplicity(t *testing.T) {
	const many = 30_000
	parrots := network.Range{Population: 0, From: 0, N: 40}
	e := build(t, &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "parrots", N: parrots.N, Model: neuron.Parrot{}}},
		Attachments: []network.Attachment{{Device: device.SpikeGenerator{Times: []float64{1}, Multiplicities: []int{many}}, Post: parrots, Weight: connect.Constant(1), Delay: connect.Constant(0.1)}}}, 1)
	w := &tally{}
	e.RecordSpikes(w, []network.Range{parrots})
	advance(t, e, 20)
	if w.n != parrots.N*many || w.most > batch+many {
		t.Errorf("%d spikes, up to %d at once, want %d and at most %d", w.n, w.most, parrots.N*many, batch+many)
	}
}
