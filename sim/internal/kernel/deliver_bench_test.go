package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A microcircuit is rows of a shard of the full-scale microcircuit on two
// threads: sources with some 1900 synapses onto 38,600 neurons, delays normal
// with 1.5 +- 0.75 ms (excitatory) and 0.75 +- 0.375 ms (inhibitory sources) on
// a grid of 0.1 ms.
type microcircuit[W word] struct {
	syn   []W
	entry [2][]Cursor // excitatory, inhibitory
}

const (
	benchTargets  = 38_600
	benchSynapses = 1937
	benchBytes    = 200 << 20
)

func newMicrocircuit[W word](size int) *microcircuit[W] {
	r := rand.New(rand.NewPCG(1, 2))
	m := &microcircuit[W]{syn: make([]W, benchBytes/size)}
	used := 0
	var count [100]int
	for used+benchSynapses+len(count) < len(m.syn) {
		kind, mean, sd := 0, 15.0, 7.5
		if r.IntN(5) == 0 {
			kind, mean, sd = 1, 7.5, 3.75
		}
		clear(count[:])
		for range benchSynapses {
			count[min(99, max(1, int(math.Round(mean+sd*r.NormFloat64()))))]++
		}
		link, previous := -1, 0
		for delay, n := range count {
			if n == 0 {
				continue
			}
			if link < 0 {
				m.entry[kind] = append(m.entry[kind], MakeCursor(uint32(used), n, 0, uint16(delay)))
			} else {
				m.syn[link] = W(MakeLink(n, 0, uint16(delay-previous)))
			}
			previous = delay
			for range n {
				m.syn[used] = W(r.IntN(benchTargets)) | W(300+r.IntN(100))<<16
				used++
			}
			link = used
			used++
		}
	}
	return m
}

// benchDeliver plays 24 spikes a step, a third of them inhibitory, and
// touches as much other memory between steps as the neurons' state has; a cursor has its
// number of synapses, at most most, in the bits from 32 on.
func benchDeliver[S int32 | int64](b *testing.B, of [2][]Cursor, deliver func([]Cursor, int64, *[1 << 16]S, *[1 << 16]S) []Cursor, most uint64) {
	r := rand.New(rand.NewPCG(3, 4))
	sum0, sum1 := new([1 << 16]S), new([1 << 16]S)
	state := make([]float64, 2*benchTargets)
	var active []Cursor
	step, events, segments := int64(0), 0, 0
	advance := func(timed bool) {
		step++
		for k := range 24 {
			entry := of[0]
			if k%3 == 0 {
				entry = of[1]
			}
			active = append(active, entry[r.IntN(len(entry))]+uint64(step-1)<<48)
		}
		for k := range state {
			state[k] *= 0.999
		}
		for _, c := range active {
			if timed && uint16(c>>48) == uint16(step) {
				events += int(c >> 32 & most)
				segments++
			}
		}
		if timed {
			b.StartTimer()
		}
		active = deliver(active, step, sum0, sum1)
		b.StopTimer()
	}
	b.StopTimer()
	for range 100 { // until as many rows end as begin
		advance(false)
	}
	for range b.N {
		advance(true)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(float64(events)/float64(b.N), "events/step")
	b.ReportMetric(float64(segments)/float64(b.N), "segments/step")
}

func BenchmarkDeliver(b *testing.B) {
	m := newMicrocircuit[uint32](4)
	for _, l := range available[:min(2, len(available))] { // delivery has no vectors
		b.Run(l.name, func(b *testing.B) {
			benchDeliver(b, m.entry, func(active []Cursor, step int64, sum0, sum1 *[1 << 16]int32) []Cursor {
				return l.deliver(active, step, m.syn, sum0, sum1)
			}, MaxSegment)
		})
	}
}

func BenchmarkDeliverWide(b *testing.B) {
	m := newMicrocircuit[uint64](8)
	for _, l := range available[:min(2, len(available))] {
		b.Run(l.name, func(b *testing.B) {
			benchDeliver(b, m.entry, func(active []Cursor, step int64, sum0, sum1 *[1 << 16]int64) []Cursor {
				return l.deliverWide(active, step, m.syn, sum0, sum1)
			}, MaxSegment)
		})
	}
}
