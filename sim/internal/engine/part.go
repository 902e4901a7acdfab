package engine

import (
	"fmt"
	"slices"
	"strings"

	"cortigo/sim/internal/brief"
)

// A part is which of the shards of a network are here: all, as a rule. What the
// others have is in other programs, or nowhere. Bounds and plans are of the whole network; neurons,
// synapses onto them, recordings, states and figures are of those here.
type part struct {
	here []int // in ascending order
	at   []int // by shard, its position among those here; -1: it is not
	rank []int // by shard, how many before it are here
}

func newPart(here []int, shards int) (*part, error) {
	p := &part{here: slices.Clone(here), at: make([]int, shards), rank: make([]int, shards)}
	for s := range p.at {
		p.at[s] = -1
	}
	for i, s := range here {
		if s < 0 || s >= shards || i > 0 && s <= here[i-1] {
			return nil, fmt.Errorf("shards %v are here, must be in [0, %d) and in ascending order", brief.String(fmt.Sprint(here)), shards)
		}
		p.at[s] = i
	}
	if len(here) == 0 {
		return nil, fmt.Errorf("none of %d shards is here", shards)
	}
	for s, n := 0, 0; s < shards; s++ {
		p.rank[s] = n
		if p.at[s] >= 0 {
			n++
		}
	}
	return p, nil
}

// whole reports whether all shards are here.
func (p *part) whole() bool { return len(p.here) == len(p.at) }

// has reports whether neuron g, counted over the network, is here.
func (p *part) has(g int) bool { return p.at[g%len(p.at)] >= 0 }

// before returns how many of the neurons before g are here.
func (p *part) before(g int) int {
	return g/len(p.at)*len(p.here) + p.rank[g%len(p.at)]
}

// String says which shards are here.
func (p *part) String() string {
	var list []string
	for i := 0; i < len(p.here); {
		k := i
		for k+1 < len(p.here) && p.here[k+1] == p.here[k]+1 {
			k++
		}
		if k > i {
			list = append(list, fmt.Sprintf("%d-%d", p.here[i], p.here[k]))
		} else {
			list = append(list, fmt.Sprint(p.here[i]))
		}
		i = k + 1
	}
	return brief.String(fmt.Sprintf("shards %s of 0-%d", strings.Join(list, ", "), len(p.at)-1))
}

// same reports whether two engines have the same neurons.
func (p *part) same(q *part) bool {
	return len(p.at) == len(q.at) && slices.Equal(p.here, q.here)
}
