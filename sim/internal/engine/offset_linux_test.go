package engine

import (
	"reflect"
	"syscall"
	"testing"
	"unsafe"

	"cortigo/sim/connect"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// moved returns rows as they would be at other words: mapped memory that
// takes room only where it is written.
func moved[W ~uint32 | ~uint64](t *testing.T, entry []kernel.Cursor, syn []W, at uint64) ([]kernel.Cursor, []W) {
	t.Helper()
	if len(syn) == 0 {
		return entry, syn
	}
	size := (int(at) + len(syn)) * int(unsafe.Sizeof(syn[0]))
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skipf("no room for %d bytes of addresses: %v", size, err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(b); err != nil {
			t.Error(err)
		}
	})
	far := unsafe.Slice((*W)(unsafe.Pointer(&b[0])), int(at)+len(syn))
	copy(far[at:], syn)
	to := make([]kernel.Cursor, len(entry))
	for i, c := range entry {
		if c != 0 {
			to[i] = c + at
		}
	}
	return to, far
}

// Rows that lie beyond 2 GB, of words whose index does not fit 31 bits, pass the
// check, deliver, are gone on with and turned into arrivals as others are.
func TestFarRows(t *testing.T) {
	exact := balanced(1000, 100)
	for i := range exact.Projections {
		exact.Projections[i].Weight = connect.Within(connect.Normal{Mean: 60, SD: 1e-6}, -1e3, 1e3)
	}
	for _, c := range []struct {
		name   string
		desc   *network.Description
		shards int
	}{{"compact", balanced(1000, 500), 1}, {"exact", exact, 1}, {"ring", balanced(1000, 100), 8}} {
		t.Run(c.name, func(t *testing.T) {
			opts := Options{Threads: 1, Shards: c.shards}
			near, err := Build(t.Context(), c.desc, opts)
			if err != nil {
				t.Fatal(err)
			}
			const at = 1<<31 - 1000 // the first rows lie across 2^31
			far, err := load(near.desc, opts, near.Bounds(), func(s int) (delivery.Rows, error) {
				r := near.Rows(s)
				r.Entry, r.Syn = moved(t, r.Entry, r.Syn, at)
				r.EntryWide, r.SynWide = moved(t, r.EntryWide, r.SynWide, at)
				r.EntryRing, r.SynRing = moved(t, r.EntryRing, r.SynRing, at)
				return r, nil
			}, func(k *delivery.Static) error {
				if c.name == "ring" {
					return nil // a check of these looks at all words
				}
				return k.Check(near.neurons, near.Bounds())
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				advance(t, near, 200)
				advance(t, far, 200)
				state := far.State()
				if near.Spikes() < 100 || !reflect.DeepEqual(state, near.State()) {
					t.Fatalf("step %d: the state is another, or none of %d spikes", far.Step(), near.Spikes())
				}
				if !reflect.DeepEqual(far.Unwired(), near.Unwired()) {
					t.Fatalf("step %d: what is under way is something else", far.Step())
				}
				if err := far.SetState(state); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
