package exchange

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

// A broken interval counts before a stop, and what came first before others;
// what was taken is gone.
func TestVotes(t *testing.T) {
	stop, other, broken, again := &Vote{Why: "stop"}, &Vote{Why: "other"}, &Vote{Broken: true, Why: "broken"}, &Vote{Broken: true}
	for _, c := range []struct {
		votes []*Vote
		want  *Vote
	}{
		{nil, nil},
		{[]*Vote{stop, other}, stop},
		{[]*Vote{stop, broken, other}, broken},
		{[]*Vote{broken, stop, again}, broken},
	} {
		var v Votes
		for range 2 {
			for _, x := range c.votes {
				v.Add(x)
			}
			if got := v.Take(); got != c.want {
				t.Errorf("%v: %v, want %v", c.votes, got, c.want)
			}
		}
		together(8, func(w int) { // all counted, whoever is first
			if w < len(c.votes) {
				v.Add(c.votes[w])
			}
		})
		if got := v.Take(); (got == nil) != (c.want == nil) || got != nil && got.Broken != c.want.Broken {
			t.Errorf("%v at once: %v", c.votes, got)
		}
	}
}

// A network that is all here copies nothing: what Meet returns is what the shards
// wrote.
func TestLocal(t *testing.T) {
	l := NewLocal(3)
	if here, of := l.Shards(); !slices.Equal(here, []int{0, 1, 2}) || of != 3 {
		t.Errorf("%v of %d", here, of)
	}
	lists := [][]Spike{{{1, 1, 1}}, nil, {{2, 1, 3}}}
	vote := &Vote{Why: "stop"}
	got, against, err := l.Meet(Interval{Begin: 7, Steps: 3, Spikes: lists}, vote)
	if err != nil || against != vote || &got[0] != &lists[0] || len(got) != 3 {
		t.Errorf("%v, %v, %v", got, against, err)
	}
}

// The spikes that a share draws are of neurons elsewhere, at the rates of their
// populations, in order; the same whatever the intervals.
func TestShare(t *testing.T) {
	rest := Rest{Sizes: []int{900, 10, 300}, Rates: []float64{20, 0, 150}, Seed: 3, Step: 0.1}
	const n, of = 2, 5
	type stamped struct {
		neuron uint32
		step   int64
	}
	draw := func(steps int64) (list []stamped) {
		s := NewShare(n, of, rest)
		if here, k := s.Shards(); !slices.Equal(here, []int{0, 1}) || k != of {
			t.Errorf("%v of %d", here, k)
		}
		for begin := int64(0); begin < drawnSteps; begin += steps {
			own := [][]Spike{{{0, 1, 1}}, nil}
			lists, _, err := s.Meet(Interval{begin, steps, own}, nil)
			if err != nil || len(lists) != 3 || &lists[0][0] != &own[0][0] {
				t.Fatalf("%v, %v", lists, err)
			}
			drawn := lists[2]
			for _, x := range drawn {
				if x.Multiplicity != 1 || x.Lag < 1 || int64(x.Lag) > steps || x.Neuron%of < n || x.Neuron >= 900 && x.Neuron < 910 {
					t.Fatalf("drew %+v", x)
				}
				list = append(list, stamped{x.Neuron, begin + int64(x.Lag)})
			}
			if !slices.IsSortedFunc(drawn, func(a, b Spike) int {
				return (int(a.Lag)-int(b.Lag))<<20 + int(a.Neuron) - int(b.Neuron)
			}) {
				t.Fatal("out of order")
			}
		}
		return list
	}
	all := draw(1)
	if !reflect.DeepEqual(all, draw(16)) || !reflect.DeepEqual(all, draw(64)) {
		t.Error("other spikes in other intervals")
	}
	for i, c := range []struct {
		from, to uint32
		rate     float64
	}{{0, 900, 20}, {910, 1210, 150}} {
		count := 0
		for _, x := range all {
			if x.neuron >= c.from && x.neuron < c.to {
				count++
			}
		}
		want := float64(c.to-c.from) * 3 / 5 * c.rate * drawnSteps * 1e-4
		if math.Abs(float64(count)-want) > 5*math.Sqrt(want) { // Poisson
			t.Errorf("population %d: %d spikes, want %.0f", i, count, want)
		}
	}
}
