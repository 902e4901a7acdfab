package network

import (
	"slices"
	"strings"
	"testing"
)

// Which neurons are here, and how many before one, as counting tells.
func TestPart(t *testing.T) {
	for _, c := range []struct {
		here   []int
		shards int
		text   string
	}{
		{[]int{0}, 1, "shards 0 of 0-0"},
		{[]int{0, 1, 2}, 3, "shards 0-2 of 0-2"},
		{[]int{0, 2, 3, 6}, 7, "shards 0, 2-3, 6 of 0-6"},
		{[]int{4}, 5, "shards 4 of 0-4"},
	} {
		p, err := NewPart(c.here, c.shards)
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for g := range 3*c.shards + 2 {
			has := slices.Contains(c.here, g%c.shards)
			if p.Has(g) != has || p.Before(g) != before {
				t.Errorf("%v: neuron %d is here: %t, after %d, want %t, %d", p, g, p.Has(g), p.Before(g), has, before)
			}
			if has {
				before++
			}
		}
		if p.String() != c.text || p.Whole() != (len(c.here) == c.shards) {
			t.Errorf("%v, want %s; whole: %t", p, c.text, p.Whole())
		}
	}
	for _, c := range []struct {
		here   []int
		shards int
		want   string
	}{
		{nil, 3, "none of 3 shards is here"},
		{[]int{0, 3}, 3, "shards [0 3] are here, must be in [0, 3)"},
		{[]int{-1}, 3, "shards [-1]"},
		{[]int{1, 0}, 3, "ascending order"},
		{[]int{1, 1}, 3, "ascending order"},
	} {
		if _, err := NewPart(c.here, c.shards); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v of %d: %v, want %q", c.here, c.shards, err, c.want)
		}
	}
}
