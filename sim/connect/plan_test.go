package connect

import (
	"fmt"
	"slices"
	"testing"

	"cortigo/sim/internal/rng"
)

// pair is two collections, of which the first Both neurons are in both, and whose
// plan is stopped after some questions.
type pair struct {
	sources, targets, both int
	stopAfter              int // questions; 0: never
	asked                  int
}

func (p *pair) Sources() int { return p.sources }
func (p *pair) Targets() int { return p.targets }
func (p *pair) SourceOf(t int) int {
	if t < p.both {
		return t
	}
	return -1
}
func (p *pair) TargetOf(s int) int { return p.SourceOf(s) }
func (p *pair) Shared() int        { return p.both }
func (p *pair) Same() bool         { return p.both == p.sources && p.both == p.targets }
func (p *pair) TargetStream(purpose rng.Purpose, t int) rng.Stream {
	return rng.NewStream(rng.NewKey(1), rng.ID{Purpose: purpose, Element: uint32(t)})
}
func (p *pair) SourceStream(purpose rng.Purpose, s int) rng.Stream { return p.TargetStream(purpose, s) }
func (p *pair) Stream(purpose rng.Purpose) rng.Stream              { return p.TargetStream(purpose, 0) }
func (p *pair) GoOn() bool                                         { p.asked++; return p.stopAfter == 0 || p.asked < p.stopAfter }
func (p *pair) Drawn(int) bool                                     { return p.GoOn() }

// What each rule fills in: choice, degrees that are not drawn, sums of those that are.
func TestWire(t *testing.T) {
	no := Forbid{Autapses: true, Multapses: true}
	for _, c := range []struct {
		rule   Rule
		of     pair
		choose Choice
		want   string // Degree and Degrees, or their sum for those that are drawn
	}{
		{FixedTotalNumber{N: 50}, pair{sources: 6, targets: 4, both: 2}, ChooseUniform, "sum 50"}, {FixedTotalNumber{N: 22, Forbid: no}, pair{sources: 6, targets: 4, both: 2}, ChooseDistinct, "0 [5 5 6 6]"}, // all pairs
		{FixedInDegree{N: 3}, pair{sources: 6, targets: 4}, ChooseUniform, "3 []"}, {FixedInDegree{N: 3, Forbid: no}, pair{sources: 6, targets: 4}, ChooseDistinct, "3 []"},
		{FixedOutDegree{N: 3}, pair{sources: 6, targets: 4}, ChooseListed, "sum 18"}, {FixedOutDegree{N: 3, Forbid: no}, pair{sources: 4, targets: 4, both: 4}, ChooseListed, "0 [3 3 3 3]"},
		{PairwiseBernoulli{P: 1}, pair{sources: 6, targets: 4}, ChooseDistinct, "0 [6 6 6 6]"}, {PairwiseBernoulli{P: 0}, pair{sources: 6, targets: 4}, ChooseDistinct, "0 [0 0 0 0]"},
		{AllToAll{}, pair{sources: 6, targets: 4, both: 2}, ChooseAll, "6 []"}, {AllToAll{Forbid: no}, pair{sources: 6, targets: 4, both: 2}, ChooseAll, "6 [5 5 6 6]"},
		{OneToOne{}, pair{sources: 4, targets: 4, both: 2}, ChooseSame, "1 []"}, {OneToOne{Forbid: no, Symmetric: true}, pair{sources: 4, targets: 4, both: 2}, ChooseSame, "1 [0 0 1 1 0 0 1 1]"},
		{List{Pre: []int32{5, 0, 5}, Post: []int32{3, 1, 3}}, pair{sources: 6, targets: 4}, ChooseListed, "0 [0 1 0 2]"},
	} {
		p, err := NewPlan(c.rule, &c.of, false)
		if err != nil {
			t.Fatalf("%+v: %v", c.rule, err)
		}
		got := fmt.Sprint(p.Degree, " ", p.Degrees)
		if c.want[0] == 's' {
			sum := uint32(0)
			for _, n := range p.Degrees {
				sum += n
			}
			got = fmt.Sprint("sum ", sum)
		}
		if p.Choose != c.choose || got != c.want {
			t.Errorf("%+v: choice %d, %s, want %d, %s", c.rule, p.Choose, got, c.choose, c.want)
		}
		// One that is stopped comes back without an error, and without what it was to make.
		for after := 1; after < 4; after++ {
			c.of.stopAfter, c.of.asked = after, 0
			if _, err := NewPlan(c.rule, &c.of, true); err != nil {
				t.Errorf("%+v, stopped: %v", c.rule, err)
			}
		}
	}
}

// Connections in any order are sorted by target, with the order in which they came,
// which their values have.
func TestCollect(t *testing.T) {
	list := List{Pre: []int32{5, 0, 5, 2}, Post: []int32{3, 1, 3, 0}}
	for _, valued := range []bool{false, true} {
		p, err := NewPlan(list, &pair{sources: 6, targets: 4}, valued)
		if err != nil {
			t.Fatal(err)
		}
		for target, want := range []struct {
			sources []uint32
			values  []int32
		}{{[]uint32{2}, []int32{3}}, {[]uint32{0}, []int32{1}}, {nil, nil}, {[]uint32{5, 5}, []int32{0, 2}}} {
			sources, values := p.Listed(target)
			if !slices.Equal(sources, want.sources) || valued && !slices.Equal(values, want.values) || !valued && values != nil {
				t.Errorf("target %d: %v, %v, want %v, %v", target, sources, values, want.sources, want.values)
			}
		}
	}
}

// Reverse connections count through both collections twice: each has its mirror image.
func TestSymmetricWire(t *testing.T) {
	of := pair{sources: 5, targets: 7, both: 3}
	p, err := NewPlan(SymmetricPairwiseBernoulli{P: 0.5}, &of, false)
	if err != nil {
		t.Fatal(err)
	}
	made := map[[2]int]bool{}
	for target := range 12 {
		sources, _ := p.Listed(target)
		for _, s := range sources {
			made[[2]int{int(s), target}] = true
		}
	}
	for c := range made {
		s, target := c[0], c[1]
		mirror := [2]int{target + 5, s + 7}
		if target >= 7 {
			mirror = [2]int{target - 7, s - 5}
		}
		if !made[mirror] || s < 5 != (target < 7) || s == target && s < 3 {
			t.Errorf("%v without %v, or between the wrong ones", c, mirror)
		}
	}
	// 32 pairs that are not a neuron with itself, P 0.5: 16 +- 2.8, in both directions.
	if n := len(made); n%2 != 0 || n < 2*5 || n > 2*27 {
		t.Errorf("%d connections", n)
	}
}

// The three streams of a rule, and those of each neuron, differ.
func TestPlanStreams(t *testing.T) {
	p := &Plan{host: &pair{}}
	seen := map[float64]string{}
	for name, s := range map[string]Stream{"all": p.Stream(), "target 0": p.TargetStream(0), "target 1": p.TargetStream(1), "source 0": p.SourceStream(0), "source 1": p.SourceStream(1)} {
		x := s.Float64()
		if o, ok := seen[x]; ok {
			t.Errorf("%s and %s have the same stream", name, o)
		}
		seen[x] = name
	}
}
