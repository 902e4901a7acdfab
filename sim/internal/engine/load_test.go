package engine

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// Whatever the words of rows are, loading them ends soon and without a panic,
// and what is accepted can be simulated.
func FuzzLoad(f *testing.F) {
	e := buildSmall(f, Options{Threads: 1, Shards: 1})
	bytesOf := func(words ...any) (b []byte) {
		for _, w := range words {
			b, _ = binary.Append(b, binary.LittleEndian, w)
		}
		return b
	}
	c := func(index uint32, n, channel int, due uint16) uint64 {
		return kernel.MakeCursor(index, n, channel, due)
	}
	l := func(n, channel int, gap uint16) uint32 { return kernel.MakeLink(n, channel, gap) }
	f.Add(bytesOf(c(0, 1, 0, 5)), bytesOf(uint32(7), uint32(0)), int64(1), false)
	f.Add(bytesOf(c(0, 1, 0, 5), c(3, 2, 1, 9)), bytesOf(uint32(7), l(1, 0, 3), uint32(0), uint32(1), uint32(2), uint32(0)), int64(3), false)
	f.Add(bytesOf(c(0, 0, 0, 5)), bytesOf(l(0, 0, 0), l(0, 0, 0), uint32(0)), int64(0), false)                // empty segments
	f.Add(bytesOf(c(0, 1, 0, 90)), bytesOf(uint32(1), l(1, 0, 60000), uint32(1), uint32(0)), int64(2), false) // a late one
	f.Add(bytesOf(c(1<<31, 32767, 0, 5)), bytesOf(uint32(1)), int64(1), false)                                // out of reach
	f.Add(bytesOf(uint64(0)|3<<32), bytesOf(uint32(1)<<12, uint32(2)<<12, uint32(64<<12)), int64(3), true)    // a ring
	f.Add(bytesOf(uint64(1<<31)|1<<63), bytesOf(uint32(1)<<12), int64(1)<<62, true)                           // none
	f.Fuzz(func(t *testing.T, entries, words []byte, count int64, ring bool) {
		if len(words) > 1<<16 {
			t.Skip()
		}
		start := time.Now()
		bounds := e.Bounds()
		bounds.Ring = ring
		r := delivery.Rows{}
		entry, syn := make([]uint64, e.neurons), make([]uint32, len(words)/4)
		for i := 0; i < len(entry) && 8*i+8 <= len(entries); i++ {
			entry[i] = binary.LittleEndian.Uint64(entries[8*i:])
		}
		for i := range syn {
			syn[i] = binary.LittleEndian.Uint32(words[4*i:])
		}
		if ring {
			r.EntryRing, r.SynRing, r.CountRing = entry, syn, count
		} else {
			r.Entry, r.Syn, r.Count = entry, syn, count
			r.EntryWide, r.CountWide = entry, count
			for _, w := range syn {
				r.SynWide = append(r.SynWide, uint64(w))
			}
		}
		loaded, err := Load(small(), Options{Threads: 1, Shards: 1}, bounds, func(int) (delivery.Rows, error) { return r, nil })
		if err == nil {
			advance(t, loaded, 120)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%v", d)
		}
	})
}

func TestLoadErrors(t *testing.T) {
	e := buildSmall(t, Options{Threads: 1, Shards: 2})
	for _, c := range []struct {
		name  string
		spoil func(b *delivery.Bounds, r *delivery.Rows)
		want  string
	}{
		{"delays", func(b *delivery.Bounds, _ *delivery.Rows) { b.MinDelay = 0 }, "delays of 0 to 90"},
		{"long delays", func(b *delivery.Bounds, _ *delivery.Rows) { b.MaxDelay = network.MaxDelay + 1 }, "delays of 3 to 32768"},
		{"delays in no order", func(b *delivery.Bounds, _ *delivery.Rows) { b.MinDelay = 91 }, "delays of 91 to 90"},
		{"populations", func(b *delivery.Bounds, _ *delivery.Rows) { b.Multiplicity = nil }, "in 0 populations"},
		{"delay outside", func(b *delivery.Bounds, _ *delivery.Rows) { b.MaxDelay = 80 }, "outside [3, 80]"},
		{"too few rows", func(_ *delivery.Bounds, r *delivery.Rows) {
			r.Entry = r.Entry[:5]
			r.EntryRing = r.EntryRing[:min(5, len(r.EntryRing))]
		}, "5 rows for 105 neurons"},
		{"wide without rows", func(_ *delivery.Bounds, r *delivery.Rows) { r.EntryWide = nil }, "words of synapses without rows"},
		{"count", func(_ *delivery.Bounds, r *delivery.Rows) { r.CountWide++ }, "were announced"},
		{"count below", func(_ *delivery.Bounds, r *delivery.Rows) { r.CountWide-- }, "more synapses in the rows"},
		{"negative count", func(_ *delivery.Bounds, r *delivery.Rows) { r.CountWide = -1 }, "-1 synapses in"},
		{"more than words", func(_ *delivery.Bounds, r *delivery.Rows) { r.CountWide = 1 << 60 }, "synapses in"},
		{"cut short", func(_ *delivery.Bounds, r *delivery.Rows) { r.SynWide = r.SynWide[:len(r.SynWide)-1] }, "leaves the"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bounds := e.Bounds()
			first := e.Rows(0)
			c.spoil(&bounds, &first)
			_, err := Load(small(), Options{Threads: 1, Shards: 2}, bounds, func(s int) (delivery.Rows, error) {
				if s == 0 {
					return first, nil
				}
				return e.Rows(s), nil
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
