package delivery

import (
	"fmt"
	"strings"
	"testing"

	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

func populations(sizes ...int) []network.Population {
	var ps []network.Population
	for i, n := range sizes {
		ps = append(ps, network.Population{Name: fmt.Sprint("p", i), N: n, Model: neuron.DefaultIafPscExp()})
	}
	return ps
}

// Every neuron stands in exactly one slot, blocks do not overlap, and large ones
// begin at a multiple of BlockAlign.
func TestLayoutPlacesEveryNeuronOnce(t *testing.T) {
	for _, sizes := range [][]int{{1}, {5, 1, 1, 200}, {31, 32, 33, 1000}, {20683, 5834, 21915}} {
		for _, shards := range []int{1, 2, 3, 7, 64} {
			ps := populations(sizes...)
			l, err := NewLayout(ps, nil, shards)
			if err != nil {
				t.Fatal(err)
			}
			for p := range ps {
				seen := make([]int, ps[p].N)
				for s := range shards {
					n := l.blockLen(s, p)
					if n >= 2*BlockAlign && l.base[s][p]%BlockAlign != 0 {
						t.Errorf("%v, %d shards: block of population %d in shard %d begins at %d", sizes, shards, p, s, l.base[s][p])
					}
					if end := l.base[s][p] + n; p+1 < len(ps) && end > l.base[s][p+1] || end > l.Slots[s] {
						t.Errorf("%v, %d shards: block of population %d in shard %d ends at %d, in the next one", sizes, shards, p, s, end)
					}
					for k := range n {
						i := l.firstIndex(s, p) + k*shards
						seen[i]++
						if g := l.First[p] + i; g%shards != s || l.Population(g) != p {
							t.Errorf("neuron %d is in shard %d, population %d", g, s, l.Population(g))
						}
					}
				}
				for i, n := range seen {
					if n != 1 {
						t.Fatalf("%v, %d shards: neuron %d of population %d is in %d slots", sizes, shards, i, p, n)
					}
				}
			}
		}
	}
}

// A slice has those elements of a block whose neurons it names.
func TestLayoutSlice(t *testing.T) {
	ps := populations(3, 50, 7)
	for _, shards := range []int{1, 3, 8, 70} {
		l, err := NewLayout(ps, nil, shards)
		if err != nil {
			t.Fatal(err)
		}
		for p := range ps {
			for from := 0; from <= ps[p].N; from++ {
				for n := 0; n <= ps[p].N-from; n++ {
					for s := range shards {
						a, b := l.Slice(s, network.Range{Population: p, From: from, N: n})
						for k := range l.blockLen(s, p) {
							i := l.firstIndex(s, p) + k*shards
							if in := i >= from && i < from+n; in != (k >= a && k < b) {
								t.Fatalf("%d shards, population %d, [%d, %d): element %d of shard %d, neuron %d, is in [%d, %d): %v",
									shards, p, from, from+n, k, s, i, a, b, !in)
							}
						}
						if a < 0 || b > l.blockLen(s, p) {
							t.Fatalf("[%d, %d) of %d elements", a, b, l.blockLen(s, p))
						}
					}
				}
			}
		}
	}
}

func TestLayoutTooFewShards(t *testing.T) {
	for _, c := range []struct {
		sizes  []int
		shards int
		want   string
	}{
		{[]int{MaxShard + 1}, 1, "at least 2 shards"},
		{[]int{200000}, 2, "at least 4 shards"}, // 65,000 a shard, with room for alignment
		{repeat(1900, 33), 1, "at least 2 shards"},
	} {
		_, err := NewLayout(populations(c.sizes...), nil, c.shards)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d populations, %d shards: %v, want %q", len(c.sizes), c.shards, err, c.want)
		}
	}
	if l, err := NewLayout(populations(MaxShard), nil, 1); err != nil || l.Slots[0] != MaxShard {
		t.Errorf("a full shard: %v", err)
	}
}

// repeat returns n times x.
func repeat(n, x int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = x
	}
	return s
}
