package network

import (
	"strings"
	"testing"

	"cortigo/sim/connect"
)

// Positions of a joined collection count through its parts in order, whatever their
// order in the network.
func TestPool(t *testing.T) {
	p := NewPool([]Range{{Population: 2, From: 5, N: 3}, {Population: 0, From: 0, N: 2}, {Population: 2, From: 0, N: 4}})
	if p.N != 9 {
		t.Fatalf("%d neurons", p.N)
	}
	for i, want := range [][2]int{{2, 5}, {2, 6}, {2, 7}, {0, 0}, {0, 1}, {2, 0}, {2, 1}, {2, 2}, {2, 3}} {
		population, index := p.At(i)
		if population != want[0] || index != want[1] || p.Position(population, index) != i {
			t.Errorf("position %d: neuron %d of population %d, at %d, want %v", i, index, population, p.Position(population, index), want)
		}
	}
	for _, none := range [][2]int{{2, 4}, {2, 8}, {0, 2}, {1, 0}} {
		if at := p.Position(none[0], none[1]); at != -1 {
			t.Errorf("neuron %d of population %d stands at %d, is not there", none[1], none[0], at)
		}
	}
}

// What a rule asks of two collections that have neurons in common.
func TestPools(t *testing.T) {
	from, onto := []Range{{Population: 0, From: 0, N: 4}}, []Range{{Population: 1, From: 0, N: 2}, {Population: 0, From: 2, N: 5}}
	p := NewPools(from, onto)
	if p.Sources() != 4 || p.Targets() != 7 || p.Shared() != 2 || p.Same() {
		t.Errorf("%d sources, %d targets, %d shared, the same: %v", p.Sources(), p.Targets(), p.Shared(), p.Same())
	}
	for target, want := range []int{-1, -1, 2, 3, -1, -1, -1} {
		if s := p.SourceOf(target); s != want || s >= 0 && p.TargetOf(s) != target {
			t.Errorf("target %d is source %d, want %d", target, s, want)
		}
	}
	if same := NewPools(onto, onto); !same.Same() || same.Shared() != 7 {
		t.Error("a collection is not its own")
	}
	var _ connect.Pools = &p
}

// Rules that make reverse connections have the collections after one another on
// either side.
func TestReverseCollections(t *testing.T) {
	a, b := []Range{{Population: 0, N: 3}}, []Range{{Population: 1, N: 3}}
	pr := Projection{Pre: a, Post: b, Rule: connect.OneToOne{Symmetric: true}}
	if s, o := pr.Sources(), pr.Targets(); len(s) != 2 || s[0] != a[0] || s[1] != b[0] || len(o) != 2 || o[0] != b[0] || o[1] != a[0] {
		t.Errorf("sources %v, targets %v", s, o)
	}
	pr.Rule = connect.OneToOne{}
	if s, o := pr.Sources(), pr.Targets(); len(s) != 1 || len(o) != 1 {
		t.Errorf("sources %v, targets %v", s, o)
	}
}

func TestCheckPool(t *testing.T) {
	for _, c := range []struct {
		parts []Range
		want  string
	}{
		{[]Range{{N: 3}, {From: 3, N: 2}}, ""},
		{[]Range{{N: 3}, {From: 1, N: 0}}, ""}, // nothing twice
		{nil, "without parts"},
		{[]Range{{From: 4, N: 2}, {N: 5}}, "neurons 0..4 and 4..5 of population 0, must have each once"},
		{[]Range{{N: connect.MaxDegree}, {Population: 1, N: 1}}, "more than"},
	} {
		if err := CheckPool(c.parts); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.parts, err, c.want)
		}
	}
}
