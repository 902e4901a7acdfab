package delivery

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// A synapse as it went in, for the naive reference.
type naive struct {
	source int
	key    uint16
	target uint16
	weight int64
}

// layRows puts synapses, in order of target, through a partition into rows.
func layRows[W word](t testing.TB, sources, keys int, shift uint, single bool, synapses []naive) *rows[W] {
	t.Helper()
	const first = 3 // neurons before the population
	words := 2*len(synapses) + len(synapses)/kernel.MaxSegment + 1
	r := &rows[W]{entry: make([]kernel.Cursor, first+sources), degree: make([]uint32, first+sources), syn: make([]W, words)}
	if r.single = single; single {
		keys /= 2
	}
	var part partition[record[W]]
	var pl placer
	part.reset(sources, shift)
	for i := 0; i < len(synapses); {
		var d wiring.Drawn
		target := synapses[i].target
		for ; i < len(synapses) && synapses[i].target == target; i++ {
			s := synapses[i]
			d.Source, d.Weight, d.Key = append(d.Source, uint32(s.source)), append(d.Weight, s.weight), append(d.Key, s.key)
		}
		r.add(&part, target, 0, &d)
	}
	for b := range part.bucket {
		chunks := part.take(b)
		begin := b << shift
		if err := r.place(&pl, first+begin, min(1<<shift, sources-begin), keys, chunks); err != nil {
			t.Fatal(err)
		}
		part.release(chunks)
	}
	r.syn = r.syn[:r.used]
	r.entry = r.entry[first:]
	r.degree = r.degree[first:]
	return r
}

// unlay walks the row of a source back into synapses.
func unlay[W word](r *rows[W], source int) (out []naive, segments int) {
	c := r.entry[source]
	if c == 0 {
		return nil, 0
	}
	for {
		i, n := uint64(uint32(c)), c>>32&kernel.MaxSegment
		segments++
		for _, w := range r.syn[i : i+n] {
			s := naive{source, uint16(c>>48)<<1 | uint16(c>>47&1), uint16(w), 0}
			switch x := any(w).(type) {
			case uint32:
				s.weight = int64(int32(x) >> 16)
			case uint64:
				s.weight = int64(x) >> 16
			}
			out = append(out, s)
		}
		link := uint32(r.syn[i+n])
		if link == 0 {
			return out, segments
		}
		c = kernel.Advance(c, link)
	}
}

func testRows[W word](t *testing.T, sources, keys int, shift uint, single bool, synapses []naive) {
	t.Helper()
	slices.SortStableFunc(synapses, func(a, b naive) int { return int(a.target) - int(b.target) })
	r := layRows[W](t, sources, keys, shift, single, synapses)
	// The reference: by source and key, then in the order they came.
	want := slices.Clone(synapses)
	slices.SortStableFunc(want, func(a, b naive) int {
		if a.source != b.source {
			return a.source - b.source
		}
		return int(a.key) - int(b.key)
	})
	var got []naive
	words := 0
	for s := range sources {
		row, segments := unlay(r, s)
		got = append(got, row...)
		words += len(row) + segments
		if r.degree[s] != uint32(len(row)) {
			t.Errorf("degree of %d is %d, its row has %d", s, r.degree[s], len(row))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d synapses in the rows, or others, want %d", len(got), len(want))
	}
	if r.count != int64(len(want)) || words != r.used {
		t.Errorf("count %d, %d words used, want %d and %d", r.count, r.used, len(want), words)
	}
	if err := check(r, sources, Bounds{MinDelay: 1, MaxDelay: network.MaxDelay}); err != nil && len(want) > 0 {
		t.Errorf("check: %v", err)
	}
}

func randomSynapses(r *rand.Rand, n, sources, targets, keys int, wide bool) []naive {
	out := make([]naive, n)
	for i := range out {
		w := int64(r.IntN(2*wiring.MaxCompact+1) - wiring.MaxCompact)
		if wide {
			w = r.Int64N(1<<42) - 1<<41
		}
		out[i] = naive{r.IntN(sources), uint16(2 + r.IntN(keys-2)), uint16(r.IntN(targets)), w}
	}
	return out
}

// Rows hold what went in, in order of source, delay, channel, then target, for
// both forms, whatever the buckets.
func TestPlaceEqualsNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for _, c := range []struct{ n, sources, targets, keys int }{
		{0, 5, 5, 4}, {1, 1, 1, 4}, {3000, 40, 100, 4}, {3000, 40, 1, 50}, {20000, 7, 65536, 200}, {5000, 1000, 300, 2*network.MaxDelay + 2}, {2000, 1, 70, 60},
	} {
		for _, shift := range []uint{0, 2, 5, 11} {
			if c.keys<<shift > 1<<20 {
				continue
			}
			t.Run(fmt.Sprint(c, " shift ", shift), func(t *testing.T) {
				for _, single := range []bool{false, true} {
					narrow := randomSynapses(r, c.n, c.sources, c.targets, c.keys, false)
					wide := randomSynapses(r, c.n, c.sources, c.targets, c.keys, true)
					for i := range narrow {
						if single { // all in channel 0
							narrow[i].key &^= 1
							wide[i].key &^= 1
						}
					}
					testRows[uint32](t, c.sources, c.keys, shift, single, narrow)
					testRows[uint64](t, c.sources, c.keys, shift, single, wide)
				}
			})
		}
	}
}

// Segments of more synapses than a link can count are cut, at the limit exactly
// and beyond.
func TestPlaceLongSegments(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	for _, n := range []int{kernel.MaxSegment - 1, kernel.MaxSegment, kernel.MaxSegment + 1, 2 * kernel.MaxSegment, 2*kernel.MaxSegment + 1, 100000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := randomSynapses(r, 500, 3, 1000, 20, false) // others beside it
			for range n {
				s = append(s, naive{1, 11, uint16(r.IntN(65536)), int64(r.IntN(100))})
			}
			testRows[uint32](t, 3, 20, 2, false, slices.Clone(s))
			testRows[uint64](t, 3, 20, 1, false, slices.Clone(s))
			for i := range s {
				s[i].key &^= 1
			}
			testRows[uint32](t, 3, 20, 1, true, s)
		})
	}
}

// What rows deliver, step by step, are the sums of weights that a loop over all
// synapses gives.
func TestRowsDeliver(t *testing.T) {
	const sources, targets, keys, steps = 20, 50, 2*40 + 2, 200
	r := rand.New(rand.NewPCG(3, 9))
	synapses := randomSynapses(r, 4000, sources, targets, keys, false)
	for range 3 * kernel.MaxSegment {
		synapses = append(synapses, naive{4, 30, uint16(r.IntN(targets)), 1})
	}
	slices.SortStableFunc(synapses, func(a, b naive) int { return int(a.target) - int(b.target) })
	k := &Static{narrow: *layRows[uint32](t, sources, keys, 3, false, synapses), wide: *layRows[uint64](t, sources, keys, 3, false, synapses)}
	want := make([][2][targets]int64, steps+100)
	var sum [2][1 << 16]int32
	var sumWide [2][1 << 16]int64
	var history []network.StampedSpike
	for step := int64(1); step <= steps; step++ {
		var spikes []exchange.Spike
		for s := range sources {
			if r.IntN(30) == 0 {
				m := 1 + r.IntN(3)
				spikes = append(spikes, exchange.Spike{Neuron: uint32(s), Lag: 1, Multiplicity: uint16(m)})
				for _, x := range synapses {
					if x.source == s {
						want[step+int64(x.key>>1)][x.key&1][x.target] += x.weight * int64(m)
					}
				}
			}
		}
		k.deliver(step, &Sums{sum: [2]*[MaxShard]int32{&sum[0], &sum[1]}, SumWide: [2]*[MaxShard]int64{&sumWide[0], &sumWide[1]}})
		for ch := range 2 {
			for k := range targets {
				if w := want[step][ch][k]; int64(sum[ch][k]) != w || sumWide[ch][k] != w {
					t.Fatalf("step %d, channel %d, target %d: %d and %d, want %d", step, ch, k, sum[ch][k], sumWide[ch][k], w)
				}
			}
		}
		clear(sum[0][:])
		clear(sum[1][:])
		clear(sumWide[0][:])
		clear(sumWide[1][:])
		k.receive(spikes, step-1, step, nil)
		history = append(history, stamped(spikes, step)...)
		// From the spikes so far alone, resuming gives the same cursors.
		if step%50 == 0 {
			fresh := &Static{narrow: k.narrow, wide: k.wide}
			for _, x := range history {
				if step-x.Step < 41 {
					fresh.resume(exchange.Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, step, nil)
				}
			}
			for form, pair := range [][2]*transit{{&fresh.active, &k.active}, {&fresh.activeWide, &k.activeWide}} {
				if got, want := underWay(pair[0]), underWay(pair[1]); !slices.Equal(got, want) {
					t.Errorf("step %d, form %d: %d cursors resumed, or others, want %d", step, form, len(got), len(want))
				}
			}
		}
	}
}

func stamped(spikes []exchange.Spike, step int64) (out []network.StampedSpike) {
	for _, s := range spikes {
		out = append(out, network.StampedSpike{Neuron: s.Neuron, Multiplicity: s.Multiplicity, Step: step})
	}
	return out
}

// underWay lists the cursors that a transit holds, in order.
func underWay(t *transit) (list []kernel.Multiple) {
	for _, l := range slices.Concat(t.once.near[:], t.once.far) {
		for _, c := range l {
			list = append(list, kernel.Multiple{Cursor: c, Times: 1})
		}
	}
	list = append(list, slices.Concat(slices.Concat(t.several.near[:], t.several.far)...)...)
	slices.SortFunc(list, func(a, b kernel.Multiple) int {
		return cmp.Or(cmp.Compare(a.Cursor, b.Cursor), cmp.Compare(a.Times, b.Times))
	})
	return list
}

func TestLayRowFull(t *testing.T) {
	r := &rows[uint32]{entry: make([]kernel.Cursor, 1), degree: make([]uint32, 1), syn: make([]uint32, 5)}
	long := false
	err := r.layRow(0, []uint32{0, 0, 5}, make([]uint32, 3), &long)
	if err == nil || !strings.Contains(err.Error(), "more shards") {
		t.Errorf("6 words in 5: %v", err)
	}
}

// Buckets hold some 200,000 records, and what the placer counts stays bounded.
func TestBucketShift(t *testing.T) {
	for _, c := range []struct {
		records       int64
		sources, keys int
		want          uint
	}{
		{0, 0, 4, 16}, {0, 10, 4, 16}, {1 << 40, 1, 4, 0}, {20683 * 4000, 20683, 100, 5}, {1000, 1000, 2*network.MaxDelay + 2, 4},
	} {
		if got := bucketShift(c.records, c.sources, c.keys); got != c.want {
			t.Errorf("bucketShift(%d, %d, %d) = %d, want %d", c.records, c.sources, c.keys, got, c.want)
		}
	}
}

// Chains of empty segments would be walked again for every row: they are an
// error at the first.
func TestCheckIsLinear(t *testing.T) {
	const neurons, words = 1 << 16, 1 << 20
	r := &rows[uint32]{entry: make([]kernel.Cursor, neurons), syn: make([]uint32, words), count: 5}
	for i := range r.entry {
		r.entry[i] = kernel.MakeCursor(0, 0, 0, 5)
	}
	for i := range r.syn {
		r.syn[i] = kernel.MakeLink(0, 1, 0)
	}
	start := time.Now()
	err := check(r, neurons, Bounds{MinDelay: 1, MaxDelay: 10})
	if err == nil || !strings.Contains(err.Error(), "empty segment") || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
