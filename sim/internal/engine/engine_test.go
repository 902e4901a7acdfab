package engine

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// small is a network with every model and both forms of weights.
func small() *network.Description {
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	delta := neuron.DefaultIafPscDelta()
	delta.RefractoryInput = true
	d := &network.Description{Seed: 5, Resolution: 0.1, Populations: []network.Population{
		{Name: "merged", N: 40, Model: neuron.DefaultIafPscExp(), Vm: connect.Uniform{Min: -65, Max: -56}}, {Name: "split", N: 30, Model: split},
		{Name: "alpha", N: 20, Model: neuron.DefaultIafPscAlpha()}, {Name: "delta", N: 10, Model: delta}, {Name: "parrot", N: 5, Model: neuron.Parrot{}},
	}}
	whole := func(p int) network.Range { return network.Range{Population: p, From: 0, N: d.Populations[p].N} }
	for pre := range 5 {
		for post := range 5 {
			weight := connect.Distribution(connect.Normal{Mean: 120, SD: 12})
			switch {
			case post == 3:
				weight = connect.Normal{Mean: 1.5, SD: 0.001} // the wide form
			case pre == 1:
				weight = connect.Normal{Mean: -200, SD: 20}
			}
			if pre == 4 && post == 4 {
				continue
			}
			d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{whole(pre)}, Post: []network.Range{whole(post)}, Rule: connect.FixedInDegree{N: 5},
				Weight: weight, Delay: connect.Uniform{Min: 0.3, Max: 9}})
		}
	}
	for p := range 5 {
		w := 60.0
		if p == 3 {
			w = 0.6
		}
		d.Attachments = append(d.Attachments, network.Attachment{Device: device.Poisson{Rate: 8000}, Generator: p, Post: whole(p), Weight: connect.Constant(w), Delay: connect.Constant(1)})
	}
	return d
}

func buildSmall(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := Build(t.Context(), small(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func advance(t testing.TB, e *Engine, steps int64) {
	t.Helper()
	if err := e.Run(t.Context(), steps, nil); err != nil {
		t.Fatal(err)
	}
}

// A state that is set gives the same state back, and the same one after more
// steps, however the network is divided, also where it had been somewhere else.
func TestStateRoundTrip(t *testing.T) {
	e := buildSmall(t, Options{Threads: 1, Shards: 1})
	advance(t, e, 337)
	state := e.State()
	if len(state.Recent) == 0 || state.Spikes == 0 {
		t.Fatalf("%d spikes, %d of them under way: nothing to keep", state.Spikes, len(state.Recent))
	}
	advance(t, e, 400)
	want := e.State()
	for _, o := range []Options{{Threads: 1, Shards: 1}, {Threads: 2, Shards: 3}, {Threads: 1, Shards: 64}} {
		f := buildSmall(t, o)
		advance(t, f, 100)
		if err := f.SetState(state); err != nil {
			t.Fatal(err)
		}
		if got := f.State(); !reflect.DeepEqual(got, state) {
			t.Errorf("%+v: another state than was set", o)
		}
		advance(t, f, 400)
		if got := f.State(); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: another state 400 steps later", o)
		}
	}
}

// Spikes that have arrived everywhere are no part of the state.
func TestRecentSpikes(t *testing.T) {
	var r recentSpikes
	r.forget(10)
	for s := range int64(5000) {
		r.add(exchange.Spike{Neuron: uint32(s), Multiplicity: 1}, s)
		r.forget(s - 90)
	}
	if n := len(r.list) - r.head; n != 90 || r.list[r.head].Step != 4910 || len(r.list) > 4000 {
		t.Errorf("%d kept of %d, from step %d", n, len(r.list), r.list[r.head].Step)
	}
	e := buildSmall(t, Options{Threads: 2})
	for _, n := range []int64{1, 2, 200, 3, 77} {
		advance(t, e, n)
		for _, x := range e.State().Recent {
			if x.Step+e.bounds.MaxDelay <= e.step {
				t.Fatalf("step %d: a spike of step %d is kept", e.step, x.Step)
			}
		}
	}
}

const refractorySteps = "refractory steps"

// A state that does not fit is an error, never a panic then or later.
func TestSetStateErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(s *network.State)
		want  string
	}{
		{"populations", func(s *network.State) { s.Populations = append(s.Populations, network.PopulationState{}) }, "6 populations, the network 5"},
		{"neurons", func(s *network.State) { s.Populations[1]["V_m"] = s.Populations[1]["V_m"][:29] }, `"split" has 29 neurons, the network 30`},
		{"no potentials", func(s *network.State) { delete(s.Populations[0], "V_m") }, `"merged": the state lacks V_m`},
		{"no refractory counts", func(s *network.State) { delete(s.Populations[3], refractorySteps) }, `"delta": the state lacks refractory steps`},
		{"long refractory period", func(s *network.State) { s.Populations[3][refractorySteps][4] = 65536 }, `"delta": neuron 95 has 65536 refractory steps, must be an integer in [0, 65535]`},
		{"refractory NaN", func(s *network.State) { s.Populations[3][refractorySteps][4] = math.NaN() }, "NaN"},
		{"refractory negative", func(s *network.State) { s.Populations[0][refractorySteps][0] = -1 }, "-1"},
		{"refractory half a step", func(s *network.State) { s.Populations[0][refractorySteps][0] = 1.5 }, "1.5"},
		{"refractory parrot", func(s *network.State) { s.Populations[4][refractorySteps] = make([]float64, 5) }, `"parrot": the state has a column "refractory steps", which a parrot_neuron of these parameters does not have`},
		{"half of a followed current", func(s *network.State) { s.Populations[0]["I_syn_ex"] = make([]float64, 40) }, `"merged": the state lacks I_syn_in`},
		{"unknown column", func(s *network.State) { s.Populations[2]["g_ex"] = make([]float64, 20) }, `"alpha": the state has a column "g_ex", which a iaf_psc_alpha`},
		{"spike of nobody", func(s *network.State) { s.Recent[0].Neuron = 105 }, "neuron 106"},
		{"spike of the future", func(s *network.State) { s.Recent[0].Step = s.Step + 1 }, "cannot be at step"},
		{"spike of the past", func(s *network.State) { s.Recent[0].Step = s.Step - 91 }, "cannot be at step"},
		{"spike of far off", func(s *network.State) { s.Recent[0].Step = math.MinInt64 }, "cannot be at step"},
		{"no spikes at once", func(s *network.State) { s.Recent[0].Multiplicity = 0 }, "0 spikes at once"},
		{"more spikes at once than sums hold", func(s *network.State) { s.Recent[0].Neuron, s.Recent[0].Multiplicity = 0, math.MaxUint16 }, "65535 spikes at once of neuron 1, must be in [1, "},
		{"step", func(s *network.State) { s.Step = -1 }, "state is of step -1"},
		{"late step", func(s *network.State) { s.Step = clock.MaxSteps + 1 }, "must be in [0, 8589934592]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := buildSmall(t, Options{Threads: 1, Shards: 2})
			advance(t, e, 200)
			s := e.State()
			c.spoil(s)
			if err := e.SetState(s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// Rows that are loaded do what rows that were built do.
func TestLoadRoundTrip(t *testing.T) {
	for _, shards := range []int{1, 3, 40} {
		e := buildSmall(t, Options{Threads: 2, Shards: shards})
		f, err := Load(small(), Options{Threads: 1, Shards: shards}, e.Bounds(), func(s int) (delivery.Rows, error) { return e.Rows(s), nil })
		if err != nil {
			t.Fatal(err)
		}
		if f.Synapses() != e.Synapses() || !slices.Equal(f.degree, e.degree) || !reflect.DeepEqual(f.bounds, e.bounds) {
			t.Errorf("%d shards: %d synapses loaded, %d built", shards, f.Synapses(), e.Synapses())
		}
		advance(t, e, 300)
		advance(t, f, 300)
		if !reflect.DeepEqual(e.State(), f.State()) || e.Events() != f.Events() || e.Events() == 0 {
			t.Errorf("%d shards: other states, or %d and %d events", shards, e.Events(), f.Events())
		}
	}
}

// Every synapse counts in the out-degree of its source, which synaptic events
// are counted by.
func TestOutDegrees(t *testing.T) {
	e := buildSmall(t, Options{Threads: 2, Shards: 5})
	sum := int64(0)
	for _, n := range e.degree {
		sum += int64(n)
	}
	// In-degree 5 onto 105 neurons from 5 populations, but for parrots onto parrots.
	if want := int64(5*5*105 - 5*5); sum != want || e.Synapses() != want {
		t.Errorf("%d and %d synapses, want %d", sum, e.Synapses(), want)
	}
}

func TestDivide(t *testing.T) {
	for _, c := range []struct {
		o               Options
		n               int
		threads, shards int // 0: not checked, it depends on the machine
	}{
		{Options{Threads: 1}, 100, 1, 1},
		{Options{Threads: 3}, 100, 3, 3},
		{Options{Threads: 2, Shards: 5}, 100, 2, 5},
		{Options{Shards: 7}, 100, 1, 7},
		{Options{Threads: 1}, 65000, 1, 1},
		{Options{Threads: 1}, 65001, 1, 2},
		{Options{Threads: 2}, 150000, 2, 4}, // 3 shards hold them, 4 divide evenly
		{Options{}, 10, 1, 1},
		{Options{Shards: 1}, 1 << 20, 1, 1}, // too few: NewLayout says so
	} {
		threads, shards := c.o.Divide(c.n)
		if threads != c.threads || shards != c.shards {
			t.Errorf("%+v of %d neurons: %d threads, %d shards, want %d, %d", c.o, c.n, threads, shards, c.threads, c.shards)
		}
	}
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }

// values returns a column of a block's state, as it is stored.
func (b *block) values(name string) []float64 { return b.column(name).Values }

// currentNow returns what generators give element k at present, pA.
func currentNow(b *block, k int) float64 {
	if len(b.current.own) > 0 {
		return b.current.all[k]
	}
	return param.Element(b.current.sum, k)
}
