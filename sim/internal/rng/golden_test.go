package rng

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/streams.txt anew")

// What a seed means is part of the interface: these numbers must not change.
// Whoever runs this with -update changes the results of everyone's networks.
func TestGoldenStreams(t *testing.T) {
	var b strings.Builder
	b.WriteString("# What is drawn from seeds. DO NOT CHANGE: every result depends on it.\n")
	for _, seed := range []uint64{1, 55, 1<<63 + 12345} {
		for _, id := range []ID{
			{Purpose: SynapseCounts, Pre: 1, Post: 2},
			{Purpose: Synapses, Pre: 65535, Post: 7, Ordinal: 1<<24 - 1, Element: 1<<32 - 1},
			{Purpose: Retries, Pre: 3}, {Purpose: InitialVm, Post: 9, Element: 4}, {Purpose: PoissonInput, Pre: 1, Element: 77},
			{Purpose: DeviceInput, Post: 1}, {Purpose: ForeignSpikes, Pre: 2},
		} {
			key := NewKey(seed)
			fmt.Fprintf(&b, "seed %d %+v\n", seed, id)
			fmt.Fprintf(&b, "\tblocks %08x %08x\n", Philox(id.Counter(0), key), Philox(id.Counter(1<<31), key))
			s := NewStream(key, id)
			fmt.Fprintf(&b, "\twords %08x %08x %08x %08x %08x\n", s.Uint32(), s.Uint32(), s.Uint32(), s.Uint32(), s.Uint32())
			fmt.Fprintf(&b, "\tfloats %x %x\n", s.Float64(), s.Float64())
			fmt.Fprintf(&b, "\tbelow 7, 2^31+1: %d %d %d %d\n", s.Below(7), s.Below(7), s.Below(1<<31+1), s.Below(1<<31+1))
			fmt.Fprintf(&b, "\tbinomial %d %d %d %d\n", Binomial(&s, 20, 0.3), Binomial(&s, 1000, 0.9), Binomial(&s, 1e8, 1e-4), Binomial(&s, 1e12, 0.25))
			n := make([]uint32, 5)
			Multinomial(&s, 1000, n, nil)
			fmt.Fprintf(&b, "\tmultinomial %d\n", n)
			d := NewDiscrete([]float64{0.1, 2, 0, 0.7, 1.5})
			fmt.Fprintf(&b, "\tdiscrete %d %d %d %d\n", d.Draw(s.Uint32()), d.Draw(s.Uint32()), d.Draw(s.Uint32()), d.Draw(s.Uint32()))
		}
	}
	const path = "testdata/streams.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("line %d of %s is not what is drawn", i+1, path)
		}
	}
}

// Counters of different identities never meet.
func TestCountersAreDistinct(t *testing.T) {
	seen := map[[4]uint32]ID{}
	for _, id := range []ID{
		{}, {Purpose: 1}, {Pre: 1}, {Post: 1}, {Ordinal: 1}, {Element: 1}, {Pre: 65535}, {Post: 65535}, {Ordinal: 1<<24 - 1}, {Element: 1<<32 - 1}, {Purpose: ForeignSpikes}, {Purpose: NoiseInput}, {Purpose: GeneratorTrain}, {Purpose: OwnInput}, {Purpose: OwnTrain}, {Purpose: PoissonInput | More}, {Purpose: GeneratorTrain | More},
	} {
		for _, index := range []uint32{0, 1, 1<<32 - 1} {
			c := id.Counter(index)
			if o, ok := seen[c]; ok {
				t.Errorf("%+v and %+v share a block", id, o)
			}
			seen[c] = id
		}
	}
}

// Streams of steps, too: of even and odd ones, and of the last there can be.
func TestGoldenStepStreams(t *testing.T) {
	var got []string
	for _, step := range []int64{0, 1, 2, 12345, 1<<33 - 1} {
		s := StepStream(NewKey(55), ID{Purpose: OwnInput, Pre: 3, Post: 2, Ordinal: 1, Element: 77}, step)
		got = append(got, fmt.Sprintf("%08x %08x", s.Uint32(), s.Uint32()))
	}
	if want := "ece0b0e0 97f3fda4, 06591c55 62ae4e3e, 33e1df39 f8e11369, d805149a dcc46f1a, aa461502 43eabef6"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}
