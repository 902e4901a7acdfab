package engine

import (
	"runtime"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// fading is a kind of synapses whose weight shrinks a little at every spike.
type fading struct{}

func (fading) ModelName() string { return "fading_synapse" }
func (fading) Validate() error   { return nil }

func (fading) Send(_ synapse.Spike, on *synapse.Synapses) {
	copy(on.Out, on.Weight)
	for k := range on.Weight {
		on.Weight[k] *= 1 - 0x1p-20
	}
}

func init() {
	err := synapse.Register(synapse.Spec{Defaults: fading{}, Columns: []synapse.Column{{Name: "a"}, {Name: "b"}},
		Bound: func(_ synapse.Model, w float64) float64 { return w },
		New:   func(*synapse.Config) (synapse.Sender, error) { return fading{}, nil }})
	if err != nil {
		panic(err)
	}
}

// learning is balanced with the synapses of excitatory neurons fading.
func learning(n, k int) *network.Description {
	d := balanced(n, k)
	d.SynapseModels = []network.SynapseModel{{Name: "fading", Weight: connect.Constant(1), Delay: connect.Constant(1), Model: fading{}}}
	d.Projections[0].Synapse, d.Projections[1].Synapse = "fading", "fading"
	return d
}

// An estimate tells what synapses with state take, whatever the shards.
func TestMemoryOfStateful(t *testing.T) {
	n := network.Range{N: 1000}
	d := &network.Description{Resolution: 0.1, Populations: []network.Population{{Name: "p", N: n.N, Model: neuron.DefaultIafPscExp()}},
		SynapseModels: []network.SynapseModel{{Name: "fading", Weight: connect.Constant(1), Delay: connect.Constant(1), Model: fading{}}}}
	without := *d
	d.Projections = []network.Projection{{Pre: []network.Range{n}, Post: []network.Range{n}, Rule: connect.FixedInDegree{N: 1000}, Weight: connect.Constant(1), Delay: connect.Constant(1), Synapse: "fading"}}
	for _, shards := range []int{1, 8} {
		opts := Options{Threads: 1, Shards: shards}
		with, err := Memory(d, opts)
		if err != nil {
			t.Fatal(err)
		}
		base, err := Memory(&without, opts)
		if err != nil {
			t.Fatal(err)
		}
		heap := func(d *network.Description) (uint64, *Engine) {
			var m runtime.MemStats
			e, err := Build(t.Context(), d, opts)
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc, e
		}
		before, a := heap(&without)
		after, b := heap(d)
		took, want := float64(after-before), float64(with-base)
		// A wide population has more sums, whatever the number of synapses.
		if room := float64(shards) * 3 * 8 * delivery.MaxShard; took < 0.9*want || took > 1.1*want+room+4e6 {
			t.Errorf("%d shards: %.1f MB, the estimate is %.1f MB", shards, took/1e6, want/1e6)
		}
		runtime.KeepAlive(a)
		runtime.KeepAlive(b)
	}
}

// Weights that fade are those of as many spikes, in any shards; and an engine that
// is asked while it runs on tells those of now.
func TestStatefulWeights(t *testing.T) {
	var want []float64
	for _, shards := range []int{1, 3, 20} {
		e := build(t, learning(400, 50), shards)
		advance(t, e, 1000)
		var got []float64
		if err := e.Connections(wiring.Selection{Projections: []int{0}}, func(c wiring.Connection) bool {
			got = append(got, c.Weight)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		changed := 0
		start, err := Describe(e.desc, nil)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		if err := start.Connections(wiring.Selection{Projections: []int{0}}, func(c wiring.Connection) bool {
			if got[i] != want[i] {
				t.Fatalf("%d shards: synapse %d has a weight of %g, %g in one", shards, i, got[i], want[i])
			}
			if got[i] != c.Weight {
				changed++
			}
			i++
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if changed < i/10 || i != len(got) || len(got) != int(wiring.CountSynapses(e.desc, 0)) {
			t.Errorf("%d of %d weights have changed", changed, i)
		}
	}
}

// BenchmarkStateful reports what a synaptic event costs where synapses have state:
// those of excitatory neurons, four fifths of all.
func BenchmarkStateful(b *testing.B) {
	e, err := Build(b.Context(), learning(10000, 1000), Options{Threads: 1, Shards: 1})
	if err != nil {
		b.Fatal(err)
	}
	advance(b, e, 500)
	events, steps := e.Events(), 0
	for b.Loop() {
		advance(b, e, 100)
		steps += 100
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(1, e.Events()-events)), "ns/event")
	b.ReportMetric(b.Elapsed().Seconds()/(float64(steps)*1e-4), "s/model-s")
}
