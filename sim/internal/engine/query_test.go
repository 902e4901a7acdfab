package engine

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

// every returns a network with every rule and kind of distribution between three
// populations, of both forms of weights, some of them joined.
func every() *network.Description {
	delta := neuron.DefaultIafPscDelta()
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	d := &network.Description{Seed: 77, Resolution: 0.1, Populations: []network.Population{
		{Name: "a", N: 40, Model: neuron.DefaultIafPscExp(), Vm: connect.Uniform{Min: -65, Max: -56}},
		{Name: "b", N: 30, Model: split}, {Name: "c", N: 20, Model: delta}, {Name: "p", N: 6, Model: neuron.Parrot{}}}}
	a, b, c, p := network.Range{Population: 0, From: 0, N: 40}, network.Range{Population: 1, From: 0, N: 30}, network.Range{Population: 2, From: 0, N: 20}, network.Range{Population: 3, From: 0, N: 6}
	normal := connect.Normal{Mean: 20, SD: 4}
	delay := connect.Distribution(connect.Uniform{Min: 0.3, Max: 9})
	add := func(pre, post []network.Range, rule connect.Rule, w, delay connect.Distribution) {
		pr := network.Projection{Pre: pre, Post: post, Rule: rule, Weight: w, Delay: delay}
		for _, o := range d.Projections {
			if len(o.Pre) == 1 && len(o.Post) == 1 && len(pre) == 1 && len(post) == 1 && o.Pre[0].Population == pre[0].Population && o.Post[0].Population == post[0].Population {
				pr.Ordinal++
			}
		}
		d.Projections = append(d.Projections, pr)
	}
	one := func(r network.Range) []network.Range { return []network.Range{r} }
	both := connect.Forbid{Autapses: true, Multapses: true}
	add(one(a), one(a), connect.FixedInDegree{N: 12, Forbid: both}, normal, delay)
	add(one(a), one(a), connect.FixedTotalNumber{N: 900, Forbid: both}, normal, delay)
	add(one(a), one(b), connect.FixedOutDegree{N: 7, Forbid: both}, normal, delay)
	add(one(b), one(a), connect.PairwiseBernoulli{P: 0.2}, normal, connect.Add(connect.Constant(0.5), connect.Exponential{Beta: 1}))
	add([]network.Range{a, b, {Population: 2, From: 3, N: 9}}, []network.Range{{Population: 2, From: 1, N: 12}, {Population: 0, From: 5, N: 20}}, connect.FixedInDegree{N: 9}, normal, delay)
	add([]network.Range{{Population: 0, From: 0, N: 11}, {Population: 1, From: 0, N: 10}}, []network.Range{{Population: 1, From: 20, N: 10}, {Population: 2, From: 0, N: 11}}, connect.OneToOne{Symmetric: true}, connect.LogNormal{Mean: 1, SD: 0.5}, delay)
	add([]network.Range{{Population: 0, From: 30, N: 10}, b}, []network.Range{{Population: 1, From: 0, N: 8}, {Population: 0, From: 32, N: 8}}, connect.SymmetricPairwiseBernoulli{P: 0.3}, normal, delay)
	add([]network.Range{b, a}, []network.Range{c, p}, connect.FixedTotalNumber{N: 500, Forbid: connect.Forbid{Multapses: true}}, connect.Redraw{Of: connect.LogNormal{SD: 1}, Min: 0.5, Max: 3}, delay)
	add([]network.Range{c, a}, []network.Range{p, b}, connect.AllToAll{Forbid: both}, connect.Constant(20), delay)
	return d
}

// What a shard holds: its synapses from source to target with their weight and
// delay, counted.
type held map[[4]int64]int

func (h held) add(source, target, weight, delay int64) { h[[4]int64{source, target, weight, delay}]++ }

// heldBy walks the rows of an engine.
func heldBy(e *Engine) held {
	h := held{}
	for s, sh := range e.shards {
		rows := e.Rows(s)
		target := map[int]int64{}
		for _, b := range sh.blocks {
			for k := range b.N {
				target[b.Base+k] = int64(e.layout.First[b.Population] + b.Index(k))
			}
		}
		walk := func(source int, c kernel.Cursor, word func(i int) (uint64, int64)) {
			delay := int64(c >> 48)
			for c != 0 {
				n, at := int(c>>32&kernel.MaxSegment), int(uint32(c))
				for i := at; i < at+n; i++ {
					w, weight := word(i)
					h.add(int64(source), target[int(w&0xffff)], weight, delay)
				}
				link, _ := word(at + n)
				if uint32(link) == 0 {
					return
				}
				delay += int64(uint32(link) >> 16)
				c = kernel.Advance(c, uint32(link))
			}
		}
		for s, c := range rows.Entry {
			walk(s, c, func(i int) (uint64, int64) { w := rows.Syn[i]; return uint64(w), int64(int32(w) >> 16) })
		}
		for s, c := range rows.EntryWide {
			walk(s, c, func(i int) (uint64, int64) { w := rows.SynWide[i]; return w, int64(w) >> 16 })
		}
		for s, c := range rows.EntryRing {
			for _, w := range rows.SynRing[uint32(c) : uint64(uint32(c))+c>>32] {
				h.add(int64(s), target[int(w%kernel.RingSlots)], int64(int32(w)>>18), int64(w>>12%kernel.RingSteps))
			}
		}
	}
	return h
}

// queried is what Connections says that the shards hold.
func queried(t *testing.T, e *Engine, of wiring.Selection) held {
	t.Helper()
	h := held{}
	last := wiring.Connection{Projection: -1}
	err := e.Connections(of, func(c wiring.Connection) bool {
		if c.Projection < last.Projection || c.Projection == last.Projection && (c.Target < last.Target || c.Target == last.Target && c.Index <= last.Index) {
			t.Fatalf("%+v follows %+v", c, last)
		}
		last = c
		pr := &e.desc.Projections[c.Projection]
		pre, post := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
		p, i := pre.At(int(c.Source))
		q, j := post.At(int(c.Target))
		h.add(int64(e.layout.First[p]+i), int64(e.layout.First[q]+j), int64(math.Round(c.Weight/e.grids[q].Quantum)), c.Delay)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The rows of any number of shards and threads hold the synapses that a query
// names, and those are the same for all, also where rows were loaded.
func TestConnectionsAreWhatIsHeld(t *testing.T) {
	var want held
	ring := false
	for _, o := range []Options{{Threads: 1, Shards: 1}, {Threads: 2, Shards: 3}, {Threads: 3, Shards: 31}} {
		d := every()
		e, err := Build(t.Context(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		ring = ring || e.bounds.Ring
		got := queried(t, e, wiring.Selection{})
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: a query names other synapses", o)
		}
		if rows := heldBy(e); !reflect.DeepEqual(rows, want) {
			t.Errorf("%+v: rows hold %d different synapses, a query names %d", o, len(rows), len(want))
		}
		total := 0
		for _, n := range want {
			total += n
		}
		if e.Synapses() != int64(total) || total < 3000 {
			t.Errorf("%d synapses, %d named", e.Synapses(), total)
		}
		f, err := Load(d, o, e.Bounds(), func(s int) (delivery.Rows, error) { return e.Rows(s), nil })
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(queried(t, f, wiring.Selection{}), want) {
			t.Errorf("%+v: a loaded engine names other synapses", o)
		}
	}
	if !ring {
		t.Error("no rings: nothing was said of them")
	}
}

// Joined pools, reverse connections and numbers give the same states for any
// shards and threads.
func TestEveryRuns(t *testing.T) {
	var want *network.State
	for _, o := range []Options{{Threads: 1, Shards: 1}, {Threads: 2, Shards: 3}, {Threads: 1, Shards: 31}} {
		d := every()
		for p := range 3 {
			d.Attachments = append(d.Attachments, network.Attachment{Device: device.Poisson{Rate: 9000}, Generator: p, Post: network.Range{Population: p, From: 0, N: d.Populations[p].N},
				Weight: connect.Constant([]float64{60, 60, 0.6}[p]), Delay: connect.Constant(1)})
		}
		e, err := Build(t.Context(), d, o)
		if err != nil {
			t.Fatal(err)
		}
		advance(t, e, 400)
		got := e.State()
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) || got.Spikes < 100 {
			t.Errorf("%+v: another state, %d spikes", o, got.Spikes)
		}
	}
}

// What a seed means must not change: a digest of every synapse of every rule and
// distribution, of these numbers' first version.
func TestGoldenConnections(t *testing.T) {
	e, err := Build(t.Context(), every(), Options{Threads: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	digest := make([]string, len(e.desc.Projections))
	for i := range digest {
		h := fnv.New64a()
		if err := e.Connections(wiring.Selection{Projections: []int{i}}, func(c wiring.Connection) bool {
			binary.Write(h, binary.LittleEndian, []uint64{uint64(c.Target), uint64(c.Index), uint64(c.Source), math.Float64bits(c.Weight), uint64(c.Delay)})
			return true
		}); err != nil {
			t.Fatal(err)
		}
		digest[i] = fmt.Sprintf("%016x", h.Sum64())
	}
	want := []string{"63db4815cdee9483", "d3c39062b0de3808", "dbc4a2f7365ff63f", "a179797f6bd764bf", "3a86c50f62094279",
		"06225a37ab68d1a1", "64861a10867d3571", "55cae54261d9af6f", "d51bf2c0feed87f6"}
	if !slices.Equal(digest, want) {
		t.Errorf("%q, want %q", digest, want)
	}
}

// A selection gives exactly the synapses of all that are between what it names,
// and ends when told to.
func TestSelection(t *testing.T) {
	e, err := Build(t.Context(), every(), Options{Threads: 1, Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	in := func(rs []network.Range, parts []network.Range, position uint32) bool {
		pool := network.NewPool(parts)
		p, i := pool.At(int(position))
		for _, r := range rs {
			if r.Population == p && i >= r.From && i < r.From+r.N {
				return true
			}
		}
		return rs == nil
	}
	for _, of := range []wiring.Selection{
		{Sources: []network.Range{{Population: 0, From: 3, N: 1}}}, {Targets: []network.Range{{Population: 2, From: 5, N: 3}, {Population: 1, From: 0, N: 2}}}, {Sources: []network.Range{{Population: 1, From: 0, N: 5}, {Population: 0, From: 39, N: 1}}, Targets: []network.Range{{Population: 0, From: 10, N: 20}}},
		{Projections: []int{4, 6}}, {Projections: []int{5}, Targets: []network.Range{{Population: 0, From: 0, N: 4}}}, {Sources: []network.Range{}},
	} {
		var want, got []wiring.Connection
		if err := e.Connections(wiring.Selection{Projections: of.Projections}, func(c wiring.Connection) bool {
			pr := &e.desc.Projections[c.Projection]
			if in(of.Sources, pr.Sources(), c.Source) && in(of.Targets, pr.Targets(), c.Target) {
				want = append(want, c)
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if err := e.Connections(of, func(c wiring.Connection) bool { got = append(got, c); return true }); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) || len(want) == 0 && of.Sources == nil {
			t.Errorf("%+v: %d synapses, want %d", of, len(got), len(want))
		}
		n := 0
		if err := e.Connections(of, func(wiring.Connection) bool { n++; return n < 3 }); err != nil || n != min(3, len(want)) {
			t.Errorf("%+v: %d visited, %v", of, n, err)
		}
	}
	if err := e.Connections(wiring.Selection{Projections: []int{9}}, nil); err == nil || err.Error() != "projection 9, must be in [0, 9)" {
		t.Errorf("%v", err)
	}
}

// Connections visits the synapses of an engine.
func (e *Engine) Connections(of wiring.Selection, visit func(c wiring.Connection) bool) error {
	q, err := Describe(e.desc, e)
	if err != nil {
		return err
	}
	return q.Connections(of, visit)
}
