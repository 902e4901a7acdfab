package exchange

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// together calls f for each of n workers on a goroutine of its own.
func together(n int, f func(w int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(w)
		}()
	}
	wg.Wait()
}

// What any worker votes at a meeting all learn there, and at no other; a broken
// interval counts before a stop. Run with -race, too.
func TestVotes(t *testing.T) {
	stop, broken := &Vote{Why: "stop"}, &Vote{Broken: true, Why: "broken"}
	for _, n := range []int{1, 2, 3, 7} {
		for _, c := range []struct {
			name  string
			votes map[int]*Vote // by worker
			talk  func(*Vote) (*Vote, error)
			want  *Vote
		}{
			{name: "nobody"},
			{name: "first", votes: map[int]*Vote{0: stop}, want: stop},
			{name: "last", votes: map[int]*Vote{n - 1: broken}, want: broken},
			{name: "both", votes: map[int]*Vote{0: stop, n - 1: broken}, want: broken},
			{name: "both the other way", votes: map[int]*Vote{0: broken, n / 2: broken, n - 1: broken}, want: broken},
			{name: "elsewhere", talk: func(*Vote) (*Vote, error) { return stop, nil }, want: stop},
			{name: "here, told elsewhere", votes: map[int]*Vote{n - 1: broken}, talk: func(v *Vote) (*Vote, error) { return v, nil }, want: broken},
			{name: "here, and elsewhere more", votes: map[int]*Vote{n - 1: stop}, talk: func(v *Vote) (*Vote, error) {
				if v != stop {
					t.Errorf("%v was voted here, want %v", v, stop)
				}
				return broken, nil
			}, want: broken},
		} {
			t.Run(fmt.Sprint(c.name, " of ", n), func(t *testing.T) {
				const round = 51
				var w Workers
				w.Start(n)
				told, calls := 0, 0 // written without locks: meetings are enough
				together(n, func(worker int) {
					for i := range round + 2 {
						var vote, want *Vote
						talk := func(v *Vote) (*Vote, error) { told, calls = i, calls+1; return v, nil }
						if i == round {
							vote, want = c.votes[worker], c.want
							if c.talk != nil {
								talk = func(v *Vote) (*Vote, error) { told, calls = i, calls+1; return c.talk(v) }
							}
						}
						against, err := w.Meet(worker, vote, talk)
						if err != nil || against != want || told != i {
							t.Errorf("worker %d at meeting %d of %d: %v, %v, want %v", worker, i, told, against, err, want)
							return
						}
					}
				})
				if calls != round+2 {
					t.Errorf("talked %d times at %d meetings", calls, round+2)
				}
			})
		}
	}
}

// Where talking fails all meetings end: worker 0 has the reason. A new run begins
// anew.
func TestTalkFails(t *testing.T) {
	gone := errors.New("gone")
	for _, n := range []int{1, 2, 5} {
		var w Workers
		for range 2 {
			w.Start(n)
			together(n, func(worker int) {
				if _, err := w.Meet(worker, nil, func(v *Vote) (*Vote, error) { return v, nil }); err != nil {
					t.Errorf("worker %d of %d: %v", worker, n, err)
				}
				want := ErrAbandoned
				if worker == 0 {
					want = gone
				}
				if _, err := w.Meet(worker, nil, func(*Vote) (*Vote, error) { return nil, gone }); !errors.Is(err, want) {
					t.Errorf("worker %d of %d: %v, want %v", worker, n, err, want)
				}
			})
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
	l.Start(2)
	together(2, func(w int) {
		got, against, err := l.Meet(w, Interval{Begin: 7, Steps: 3, Spikes: lists}, nil)
		if err != nil || against != nil || &got[0] != &lists[0] || len(got) != 3 {
			t.Errorf("worker %d: %v, %v, %v", w, got, against, err)
		}
	})
}

// The spikes that a share draws are of neurons elsewhere, at the rates of their
// populations, in order; the same whatever the intervals, the workers and how
// often the run starts; and a list stays as it is until the next meeting.
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
		s.Start(n)
		var before, copied []Spike
		for begin := int64(0); begin < drawnSteps; begin += steps {
			if begin >= 100*steps && begin < 101*steps {
				s.Start(n)
				before = nil
			}
			own := [][]Spike{{{0, 1, 1}}, nil}
			var lists [n][][]Spike
			together(n, func(w int) {
				var err error
				if lists[w], _, err = s.Meet(w, Interval{begin, steps, own}, nil); err != nil || len(lists[w]) != 3 || &lists[w][0][0] != &own[0][0] {
					t.Errorf("%v, %v", lists[w], err)
				}
			})
			drawn := lists[0][2]
			if !slices.Equal(drawn, lists[1][2]) {
				t.Fatal("two workers have other spikes")
			}
			if before != nil && !slices.Equal(before, copied) {
				t.Fatal("the spikes of the last meeting have changed")
			}
			before, copied = drawn, slices.Clone(drawn)
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
