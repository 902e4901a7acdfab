package delivery

import (
	"fmt"
	"slices"

	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// MaxShard is how many slots a shard has: a target is a 16-bit number.
const MaxShard = 1 << 16

// BlockAlign is the multiple of slots at which a large block begins, so that
// vectors of neurons do not straddle blocks.
const BlockAlign = 16

// A Layout deals neurons out over shards: neuron g (counted from 0 over the
// network) lives in shard g mod shards. Every population is so spread evenly,
// and the neurons of a population in a shard, its block, stand in order.
type Layout struct {
	Shards int
	First  []int   // first neuron of each population
	IDs    []int32 // its id
	n      []int
	base   [][]int // base[s][p]: slot of the block of population p in shard s
	Slots  []int   // slots in use, by shard
}

// A Place is where the neurons of one population in one shard live, their block, and
// how their synapses' weights are kept. Element k is neuron first+k*stride of the
// population.
type Place struct {
	Population    int
	Base, N       int // slots base..base+n-1 of the shard
	First, Stride int
	ID            int32 // of the population's neuron 0
	Number        int   // the same neuron counted from 0 over the network
	Grid          wiring.Grid
	Merged        bool // input of both signs goes through the first port
	Ring          bool // input comes through the shard's ring
}

// Place returns the place of population p in shard s.
func (l *Layout) Place(s, p int, g wiring.Grid, merged, ring bool) Place {
	return Place{Population: p, Base: l.base[s][p], N: l.blockLen(s, p), First: l.firstIndex(s, p), Stride: l.Shards,
		ID: l.IDs[p], Number: l.First[p], Grid: g, Merged: merged, Ring: ring && merged && !g.Wide}
}

// Index returns which neuron of the population element k is.
func (b *Place) Index(k int) int { return b.First + k*b.Stride }

// Element returns which element neuron i of the population is; false if it lives
// elsewhere.
func (b *Place) Element(i int) (k int, ok bool) {
	return (i - b.First) / b.Stride, b.N > 0 && i >= b.First && (i-b.First)%b.Stride == 0
}

// NewLayout deals populations out over shards; each neuron takes as many slots
// as its weights have tiers, one where grids is nil: its own first, those of the
// finer tiers after the slots of all its block.
func NewLayout(pops []network.Population, grids []wiring.Grid, shards int) (*Layout, error) {
	l := &Layout{Shards: shards, First: make([]int, len(pops)), n: make([]int, len(pops)), IDs: make([]int32, len(pops)),
		base: make([][]int, shards), Slots: make([]int, shards)}
	total, room := 0, 0
	next := int32(1)
	for p, pop := range pops {
		if pop.First != 0 {
			next = pop.First
		}
		l.First[p], l.n[p], l.IDs[p] = total, pop.N, next
		next += int32(pop.N)
		total += pop.N
		room += pop.N * tiersOf(grids, p)
	}
	for s := range shards {
		l.base[s] = make([]int, len(pops))
		slot := 0
		for p := range pops {
			if l.blockLen(s, p) >= 2*BlockAlign {
				slot = (slot + BlockAlign - 1) / BlockAlign * BlockAlign
			}
			l.base[s][p] = slot
			slot += l.blockLen(s, p) * tiersOf(grids, p)
		}
		if slot > MaxShard {
			return nil, fmt.Errorf("%d neurons in %d shards: a shard holds the sums of at most %d, use at least %d shards",
				total, shards, MaxShard, max(MinShards(room), shards+1))
		}
		l.Slots[s] = slot
	}
	return l, nil
}

func tiersOf(grids []wiring.Grid, p int) int {
	if grids == nil {
		return 1
	}
	return grids[p].TierCount()
}

// MinShards returns how many shards n neurons need, with some room for
// alignment.
func MinShards(n int) int { return max(1, (n+65000-1)/65000) }

// firstIndex returns the first neuron of population p, counted within it, that
// lives in shard s. Those that follow are shards apart.
func (l *Layout) firstIndex(s, p int) int {
	return ((s-l.First[p])%l.Shards + l.Shards) % l.Shards
}

// Population returns the population of neuron g, counted over the network.
func (l *Layout) Population(g int) int {
	p, found := slices.BinarySearch(l.First, g)
	if !found {
		p--
	}
	return p
}

// ID returns the id of neuron g, counted over the network.
func (l *Layout) ID(g int) int32 {
	p := l.Population(g)
	return l.IDs[p] + int32(g-l.First[p])
}

// blockLen returns how many neurons of population p live in shard s.
func (l *Layout) blockLen(s, p int) int {
	i := l.firstIndex(s, p)
	if i >= l.n[p] {
		return 0
	}
	return (l.n[p] - i + l.Shards - 1) / l.Shards
}

// Slice returns which elements of the block of r's population in shard s
// belong to r: [from, to).
func (l *Layout) Slice(s int, r network.Range) (from, to int) {
	i := l.firstIndex(s, r.Population)
	at := func(index int) int { // first element whose neuron is >= index
		if index <= i {
			return 0
		}
		return (index - i + l.Shards - 1) / l.Shards
	}
	return at(r.From), at(r.From + r.N)
}

// mostThreads bounds how many workers, and so shards, anybody asks for.
const mostThreads = 4096

// MaxShards returns how many shards a network of n neurons is cut into at most.
func MaxShards(n int) int { return 2*mostThreads + 2*MinShards(n) }
