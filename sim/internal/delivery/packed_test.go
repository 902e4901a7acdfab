package delivery

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// packedOf are classes for one source population with so many weights.
func packedOf(weights int) *packedClasses {
	c := &packedClasses{weights: new(kernel.PackedWeights), of: []int{3}, codes: make([]*[2*wiring.MaxCompact + 2]uint8, 4)}
	c.codes[3] = new([2*wiring.MaxCompact + 2]uint8)
	for i := range weights {
		x := 60*i - 7000
		c.weights.Table[3][i] = int32(x)
		c.codes[3][x+wiring.MaxCompact] = uint8(i)
	}
	if weights > 1 {
		c.weights.Choose = 1 << 3
	}
	return c
}

// layPacked is layRows for packed rows.
func layPacked(t testing.TB, c *packedClasses, sources, keys int, shift uint, single bool, synapses []naive) *packedRows {
	t.Helper()
	const first = 3 // neurons before the population
	r := &packedRows{}
	f := &packedForm{packedRows: r, classes: c}
	if single {
		keys /= 2
	}
	var part partition[packedRecord]
	var pl placer
	part.reset(sources, shift)
	f.begin(first+sources, f.room(int64(len(synapses)), int64(min(len(synapses), sources*keys))), 0, single)
	for i := 0; i < len(synapses); {
		var d wiring.Drawn
		target := synapses[i].target
		for ; i < len(synapses) && synapses[i].target == target; i++ {
			s := synapses[i]
			d.Source, d.Weight, d.Key = append(d.Source, uint32(s.source)), append(d.Weight, s.weight), append(d.Key, s.key)
		}
		f.add(&part, target, 0, &d)
	}
	for b := range part.bucket {
		chunks := part.take(b)
		begin := b << shift
		if err := f.place(&pl, first+begin, min(1<<shift, sources-begin), keys, chunks); err != nil {
			t.Fatal(err)
		}
		part.release(chunks)
	}
	f.end()
	r.entry, r.degree = r.entry[first:], r.degree[first:]
	return r
}

// unpack walks the row of a source back into synapses.
func unpack(r *packedRows, source int) (out []naive) {
	c := r.entry[source]
	for ok := c != 0; ok; {
		s := r.weights.Segment(c, r.syn)
		for k, t := range s.Targets {
			out = append(out, naive{source, uint16(c>>48)<<1 | uint16(s.Channel), t, int64(r.weights.Weight(&s, k))})
		}
		c, ok = s.Next(c, r.syn)
	}
	return out
}

func packedSynapses(r *rand.Rand, n, sources, targets, keys, weights int) []naive {
	out := make([]naive, n)
	for i := range out {
		out[i] = naive{r.IntN(sources), uint16(2 + r.IntN(keys-2)), uint16(r.IntN(targets)), int64(60*r.IntN(weights) - 7000)}
	}
	return out
}

// Packed rows hold what went in, in order of source, delay, channel, then target,
// whatever the buckets, with one weight or a choice, also where segments are too
// long for one.
func TestPackedEqualsNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	for _, c := range []struct{ n, sources, targets, keys, more int }{
		{1, 1, 1, 4, 0}, {3000, 40, 100, 4, 0}, {3000, 40, 1, 50, 0}, {20000, 7, 65536, 200, 0}, {5000, 1000, 300, 256, 0},
		{500, 3, 1000, 20, kernel.MaxPackedSegment}, {500, 3, 1000, 20, kernel.MaxPackedSegment + 1}, {500, 3, 1000, 20, 3 * kernel.MaxPackedSegment}, {500, 3, 1000, 20, 3*kernel.MaxPackedSegment + 300},
	} {
		for _, shift := range []uint{0, 2, 5, 11} {
			for _, weights := range []int{1, 2, 200} {
				for _, single := range []bool{false, true} {
					if c.keys<<shift > 1<<20 {
						continue
					}
					t.Run(fmt.Sprint(c, " shift ", shift, " weights ", weights, " single ", single), func(t *testing.T) {
						synapses := packedSynapses(r, c.n, c.sources, c.targets, c.keys, weights)
						for range c.more {
							s := packedSynapses(r, 1, 1, c.targets, c.keys, weights)[0]
							s.key = 10
							synapses = append(synapses, s)
						}
						for i := range synapses {
							if single {
								synapses[i].key &^= 1
							}
						}
						slices.SortStableFunc(synapses, func(a, b naive) int { return int(a.target) - int(b.target) })
						rows := layPacked(t, packedOf(weights), c.sources, c.keys, shift, single, synapses)
						want := slices.Clone(synapses)
						slices.SortStableFunc(want, func(a, b naive) int {
							if a.source != b.source {
								return a.source - b.source
							}
							return int(a.key) - int(b.key)
						})
						var got []naive
						for s := range c.sources {
							row := unpack(rows, s)
							got = append(got, row...)
							if rows.degree[s] != uint32(len(row)) {
								t.Errorf("degree of %d is %d, its row has %d", s, rows.degree[s], len(row))
							}
						}
						if !slices.Equal(got, want) || rows.count != int64(len(want)) {
							t.Errorf("%d synapses in the rows (%d counted), or others, want %d", len(got), rows.count, len(want))
						}
						if err := rows.check(c.sources, Bounds{MinDelay: 1, MaxDelay: network.MaxDelay}); err != nil {
							t.Errorf("check: %v", err)
						}
					})
				}
			}
		}
	}
}

// What packed rows deliver, step by step, is what compact ones do; from the spikes
// so far alone, resuming gives the same cursors.
func TestPackedDeliver(t *testing.T) {
	const sources, targets, keys, steps = 20, 50, 2*127 + 2, 900
	for _, weights := range []int{1, 90} {
		r := rand.New(rand.NewPCG(3, 10))
		synapses := packedSynapses(r, 6000, sources, targets, keys, weights)
		slices.SortStableFunc(synapses, func(a, b naive) int { return int(a.target) - int(b.target) })
		packed := &Static{packed: *layPacked(t, packedOf(weights), sources, keys, 3, false, synapses)}
		narrow := &Static{narrow: *layRows[uint32](t, sources, keys, 3, false, synapses)}
		a, b := newSums(), newSums()
		a.ObservePositive(false, false)
		b.ObservePositive(false, false)
		var history []network.StampedSpike
		arrived := 0
		for step := int64(1); step <= steps; step++ {
			var spikes []exchange.Spike
			for s := range sources {
				if r.IntN(30) == 0 {
					spikes = append(spikes, exchange.Spike{Neuron: uint32(s), Lag: 1, Multiplicity: uint16(1 + r.IntN(3))})
				}
			}
			if one, other := packed.deliver(step, &a), narrow.deliver(step, &b); one != other {
				t.Fatalf("step %d: something is due: %v, of compact rows %v", step, one, other)
			}
			if *a.sum[0] != *b.sum[0] || *a.sum[1] != *b.sum[1] || *a.positive != *b.positive {
				t.Fatalf("step %d: sums are others than those of compact rows", step)
			}
			if *a.sum[0] != [MaxShard]int32{} {
				arrived++
			}
			a.Clear(targets)
			b.Clear(targets)
			packed.receive(spikes, step-1, step, nil)
			narrow.receive(spikes, step-1, step, nil)
			history = append(history, stamped(spikes, step)...)
			if step%100 == 0 {
				fresh := &Static{packed: packed.packed}
				for _, x := range history {
					if step-x.Step < keys/2 {
						fresh.resume(exchange.Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, step, nil)
					}
				}
				if got, want := underWay(&fresh.activePacked), underWay(&packed.activePacked); !slices.Equal(got, want) {
					t.Errorf("step %d: %d cursors resumed, or others, want %d", step, len(got), len(want))
				}
			}
		}
		if arrived < steps/2 {
			t.Errorf("%d weights: something arrived in %d steps only", weights, arrived)
		}
	}
}

// Weights come back as they were saved; those that sums have no room for, and
// others than there are, are an error.
func TestPackedTables(t *testing.T) {
	r := packedRows{weights: packedOf(200).weights}
	saved := r.tables()
	var again packedRows
	if err := again.setTables(saved); err != nil || *again.weights != *r.weights {
		t.Errorf("weights are others after saving: %v", err)
	}
	saved[5] = wiring.MaxCompact + 1
	for _, c := range []struct {
		tables []uint32
		want   string
	}{{saved, "8192 quanta, at most 8191"}, {saved[1:], "8192 numbers"}, {nil, "0 numbers"}} {
		if err := again.setTables(c.tables); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d numbers: error %v, want %q", len(c.tables), err, c.want)
		}
	}
}

// What is wrong in a file is found before anything is delivered.
func TestPackedCheck(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 10))
	synapses := packedSynapses(r, 400, 5, 50, 2*40+2, 9)
	slices.SortStableFunc(synapses, func(a, b naive) int { return int(a.target) - int(b.target) })
	for _, c := range []struct {
		name   string
		change func(r *packedRows)
		want   string
	}{
		{"before the margin", func(r *packedRows) { r.entry[0] = r.entry[0]&^0xffffffff | 3 }, "leaves"},
		{"beyond the end", func(r *packedRows) { r.entry[1] |= 0xffffff }, "leaves"},
		{"empty", func(r *packedRows) { r.entry[1] &^= kernel.MaxPackedSegment << 32 }, "empty segment"},
		{"delay", func(r *packedRows) { r.entry[2] |= 0x7fff << 48 }, "delay"},
		{"count", func(r *packedRows) { r.count-- }, "than the 399"},
		{"more announced", func(r *packedRows) { r.count++ }, "401 were announced"},
		{"no rows", func(r *packedRows) { r.entry = nil }, "without rows"},
		{"rows", func(r *packedRows) { r.entry = r.entry[1:] }, "4 packed rows for 5"},
		{"cut", func(r *packedRows) { r.syn = r.syn[:len(r.syn)-1] }, "leaves"},
		{"endless", func(r *packedRows) {
			for i := range r.syn {
				r.syn[i] = 255
			}
		}, ""},
	} {
		rows := layPacked(t, packedOf(9), 5, 2*40+2, 0, false, synapses)
		c.change(rows)
		if err := rows.check(5, Bounds{MinDelay: 1, MaxDelay: 40}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
