package populations

import (
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

// Ids are found in any order of the populations and of the neurons, next to gaps
// and populations without neurons.
func TestAssign(t *testing.T) {
	x, err := New([]spikes.Population{{Name: "late", First: 100, N: 5}, {Name: "none", First: 7, N: 0}, {Name: "early", First: 1, N: 10}, {Name: "next", First: 11, N: 1}})
	if err != nil {
		t.Fatal(err)
	}
	ids, want := []int32{1, 10, 11, 100, 104, 1, 104, 11}, []int32{2, 2, 3, 0, 0, 2, 0, 3}
	got := make([]int32, len(ids))
	if err := x.Assign(got, ids); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, id := range []int32{-1, 0, 12, 99, 105, math.MaxInt32} {
		if err := x.Assign(got, []int32{1, id}); err == nil || !strings.Contains(err.Error(), "belongs to none of the populations late (100-104), none (7-6), early (1-10), next (11-11)") {
			t.Errorf("id %d: %v", id, err)
		}
	}
	if lo, hi := x.IDs(); lo != 1 || hi != 104 {
		t.Errorf("ids %d to %d", lo, hi)
	}
	empty, err := New([]spikes.Population{{Name: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	if lo, hi := empty.IDs(); lo <= hi {
		t.Errorf("ids %d to %d of no neurons", lo, hi)
	}
}

func TestNewErrors(t *testing.T) {
	long := strings.Repeat("x", 1000)
	for want, pops := range map[string][]spikes.Population{
		"has no populations":                     nil,
		"population 1 has no name":               {{Name: "a", First: 1, N: 1}, {First: 2, N: 1}},
		`"a" is there twice`:                     {{Name: "a", First: 1, N: 1}, {Name: "a", First: 2, N: 1}},
		`populations "a" and "b" share the id 5`: {{Name: "b", First: 5, N: 2}, {Name: "a", First: 1, N: 5}},
		"-1 neurons from id 1 on do not fit":     {{Name: "a", First: 1, N: -1}},
		"from id 2147483647 on do not fit":       {{Name: "a", First: math.MaxInt32, N: 2}},
		"more than the 100000000":                {{Name: "a", First: 1, N: 6e7}, {Name: "b", First: 6e7 + 1, N: 6e7}},
		`xxx..." is there twice`:                 {{Name: long, First: 1, N: 1}, {Name: long, First: 2, N: 1}},
	} {
		if _, err := New(pops); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestPick(t *testing.T) {
	pops := []spikes.Population{{Name: "a", First: 1, N: 1}, {Name: "b", First: 2, N: 1}, {Name: "c", First: 3, N: 1}}
	got, err := Pick(pops, []string{"c", "a"})
	if err != nil || len(got) != 2 || got[0].Name != "a" || got[1].Name != "c" {
		t.Errorf("%v, %v, want a and c in the order of the run", got, err)
	}
	if _, err := Pick(pops, []string{"a", "d"}); err == nil || !strings.Contains(err.Error(), `no population "d", there is a (1-1), b (2-2), c (3-3)`) {
		t.Errorf("%v", err)
	}
	many := make([]spikes.Population, 30)
	if text := Describe(many); !strings.HasSuffix(text, "... (30 in all)") {
		t.Errorf("%q", text)
	}
}

// Labels and what was recorded do not tell populations apart; names and ids do.
func TestSameNeurons(t *testing.T) {
	p := spikes.Population{Name: "a", First: 1, N: 5}
	for _, tt := range []struct {
		q    spikes.Population
		want bool
	}{
		{p, true},
		{spikes.Population{Name: "a", First: 1, N: 5, NotRecorded: true, Input: true}, true},
		{spikes.Population{Name: "b", First: 1, N: 5}, false},
		{spikes.Population{Name: "a", First: 2, N: 5}, false},
		{spikes.Population{Name: "a", First: 1, N: 4}, false},
	} {
		if got := SameNeurons(p, tt.q); got != tt.want {
			t.Errorf("%+v and %+v: %t", p, tt.q, got)
		}
	}
}

func TestShort(t *testing.T) {
	for _, tt := range []struct {
		x    any
		want string
	}{{1.5, "1.5"}, {"a\xffb", "a?b"}, {strings.Repeat("ä", 60), strings.Repeat("ä", 50) + "..."}} {
		if got := Short(tt.x); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
