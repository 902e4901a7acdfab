package engine

import (
	"fmt"
	"slices"

	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// maxShard is how many slots a shard has: a target is a 16-bit number.
const maxShard = 1 << 16

// blockAlign is the multiple of slots at which a large block begins, so that
// vectors of neurons do not straddle blocks.
const blockAlign = 16

// A layout deals neurons out over shards: neuron g (counted from 0 over the
// network) lives in shard g mod shards. Every population is so spread evenly,
// and the neurons of a population in a shard, its block, stand in order.
type layout struct {
	shards int
	first  []int   // first neuron of each population
	ids    []int32 // its id
	n      []int
	base   [][]int // base[s][p]: slot of the block of population p in shard s
	slots  []int   // slots in use, by shard
}

// A place is where the neurons of one population in one shard live, their block, and
// how their synapses' weights are kept. Element k is neuron first+k*stride of the
// population.
type place struct {
	population    int
	base, n       int // slots base..base+n-1 of the shard
	first, stride int
	id            int32 // of the population's neuron 0
	number        int   // the same neuron counted from 0 over the network
	grid          wiring.Grid
	merged        bool // input of both signs goes through the first port
	ring          bool // input comes through the shard's ring
}

// place returns the place of population p in shard s.
func (l *layout) place(s, p int, g wiring.Grid, merged, ring bool) place {
	return place{population: p, base: l.base[s][p], n: l.blockLen(s, p), first: l.firstIndex(s, p), stride: l.shards,
		id: l.ids[p], number: l.first[p], grid: g, merged: merged, ring: ring && merged && !g.Wide}
}

// index returns which neuron of the population element k is.
func (b *place) index(k int) int { return b.first + k*b.stride }

// element returns which element neuron i of the population is; false if it lives
// elsewhere.
func (b *place) element(i int) (k int, ok bool) {
	return (i - b.first) / b.stride, b.n > 0 && i >= b.first && (i-b.first)%b.stride == 0
}

// newLayout deals populations out over shards; each neuron takes as many slots
// as its weights have tiers, one where grids is nil: its own first, those of the
// finer tiers behind the slots of all its block.
func newLayout(pops []network.Population, grids []wiring.Grid, shards int) (*layout, error) {
	l := &layout{shards: shards, first: make([]int, len(pops)), n: make([]int, len(pops)), ids: make([]int32, len(pops)),
		base: make([][]int, shards), slots: make([]int, shards)}
	total, room := 0, 0
	next := int32(1)
	for p, pop := range pops {
		if pop.First != 0 {
			next = pop.First
		}
		l.first[p], l.n[p], l.ids[p] = total, pop.N, next
		next += int32(pop.N)
		total += pop.N
		room += pop.N * tiersOf(grids, p)
	}
	for s := range shards {
		l.base[s] = make([]int, len(pops))
		slot := 0
		for p := range pops {
			if l.blockLen(s, p) >= 2*blockAlign {
				slot = (slot + blockAlign - 1) / blockAlign * blockAlign
			}
			l.base[s][p] = slot
			slot += l.blockLen(s, p) * tiersOf(grids, p)
		}
		if slot > maxShard {
			return nil, fmt.Errorf("%d neurons in %d shards: a shard holds the sums of at most %d, use at least %d shards",
				total, shards, maxShard, max(minShards(room), shards+1))
		}
		l.slots[s] = slot
	}
	return l, nil
}

func tiersOf(grids []wiring.Grid, p int) int {
	if grids == nil {
		return 1
	}
	return grids[p].TierCount()
}

// minShards returns how many shards n neurons need, with some room for
// alignment.
func minShards(n int) int { return max(1, (n+65000-1)/65000) }

// firstIndex returns the first neuron of population p, counted within it, that
// lives in shard s. Those that follow are shards apart.
func (l *layout) firstIndex(s, p int) int {
	return ((s-l.first[p])%l.shards + l.shards) % l.shards
}

// population returns the population of neuron g, counted over the network.
func (l *layout) population(g int) int {
	p, found := slices.BinarySearch(l.first, g)
	if !found {
		p--
	}
	return p
}

// id returns the id of neuron g, counted over the network.
func (l *layout) id(g int) int32 {
	p := l.population(g)
	return l.ids[p] + int32(g-l.first[p])
}

// blockLen returns how many neurons of population p live in shard s.
func (l *layout) blockLen(s, p int) int {
	i := l.firstIndex(s, p)
	if i >= l.n[p] {
		return 0
	}
	return (l.n[p] - i + l.shards - 1) / l.shards
}

// slice returns which elements of the block of r's population in shard s
// belong to r: [from, to).
func (l *layout) slice(s int, r network.Range) (from, to int) {
	i := l.firstIndex(s, r.Population)
	at := func(index int) int { // first element whose neuron is >= index
		if index <= i {
			return 0
		}
		return (index - i + l.shards - 1) / l.shards
	}
	return at(r.From), at(r.From + r.N)
}

// mostThreads bounds how many workers, and so shards, anybody asks for.
const mostThreads = 4096

// MaxShards returns how many shards a network of n neurons is cut into at most.
func MaxShards(n int) int { return 2*mostThreads + 2*minShards(n) }
