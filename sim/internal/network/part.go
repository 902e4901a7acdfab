package network

import (
	"fmt"
	"slices"
	"strings"

	"cortigo/sim/internal/brief"
)

// A Part is which of the shards of a network are here: all, as a rule. What the
// others have is in other programs, or nowhere. Bounds and plans are of the whole network; neurons,
// synapses onto them, recordings, states and figures are of those here.
type Part struct {
	Here []int // in ascending order
	At   []int // by shard, its position among those here; -1: it is not
	rank []int // by shard, how many before it are here
}

// NewPart returns the part of those shards that are here, in ascending order.
func NewPart(here []int, shards int) (*Part, error) {
	p := &Part{Here: slices.Clone(here), At: make([]int, shards), rank: make([]int, shards)}
	for s := range p.At {
		p.At[s] = -1
	}
	for i, s := range here {
		if s < 0 || s >= shards || i > 0 && s <= here[i-1] {
			return nil, fmt.Errorf("shards %v are here, must be in [0, %d) and in ascending order", brief.String(fmt.Sprint(here)), shards)
		}
		p.At[s] = i
	}
	if len(here) == 0 {
		return nil, fmt.Errorf("none of %d shards is here", shards)
	}
	for s, n := 0, 0; s < shards; s++ {
		p.rank[s] = n
		if p.At[s] >= 0 {
			n++
		}
	}
	return p, nil
}

// Whole reports whether all shards are here.
func (p *Part) Whole() bool { return len(p.Here) == len(p.At) }

// Has reports whether neuron g, counted over the network, is here.
func (p *Part) Has(g int) bool { return p.At[g%len(p.At)] >= 0 }

// Before returns how many of the neurons before g are here.
func (p *Part) Before(g int) int {
	return g/len(p.At)*len(p.Here) + p.rank[g%len(p.At)]
}

// String says which shards are here.
func (p *Part) String() string {
	var list []string
	for i := 0; i < len(p.Here); {
		k := i
		for k+1 < len(p.Here) && p.Here[k+1] == p.Here[k]+1 {
			k++
		}
		if k > i {
			list = append(list, fmt.Sprintf("%d-%d", p.Here[i], p.Here[k]))
		} else {
			list = append(list, fmt.Sprint(p.Here[i]))
		}
		i = k + 1
	}
	return brief.String(fmt.Sprintf("shards %s of 0-%d", strings.Join(list, ", "), len(p.At)-1))
}

// Same reports whether two engines have the same neurons.
func (p *Part) Same(q *Part) bool {
	return len(p.At) == len(q.At) && slices.Equal(p.Here, q.Here)
}
