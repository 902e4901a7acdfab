package store_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/store"
	"cortigo/sim/neuron"
)

// must ends a test with an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// files are those of a network of one shard, by their paths in its directory.
var files = []string{"network/network.json", "network/shard-0000.rows", "state/state.cortigo"}

// savedFiles returns the files of a small network at 20 ms that has all kinds of
// rows, parrots, lists and spikes under way.
func savedFiles(t testing.TB) map[string][]byte {
	t.Helper()
	net := sim.New(sim.Seed(7), sim.Threads(1))
	create := func(name string, n int, m sim.Model) *sim.Nodes {
		nodes := net.Create(name, n, m)
		return nodes
	}
	join := func(a, b *sim.Nodes, r connect.Rule, s connect.Synapse) { t.Helper(); net.Connect(a, b, r, s) }
	a, b := create("a", 30, neuron.DefaultIafPscExp()), create("b", 20, neuron.DefaultIafPscAlpha())
	c, p := create("c", 20, neuron.DefaultIafPscDelta()), create("p", 10, neuron.Parrot{})
	join(a, a, connect.FixedInDegree{N: 8}, connect.Synapse{Weight: connect.Normal{Mean: 0, SD: 40}, Delay: connect.Uniform{Min: 0.5, Max: 3}})
	join(a, b, connect.FixedTotalNumber{N: 100}, connect.Synapse{Weight: connect.LogNormal{Mean: 2, SD: 0.5}, Delay: connect.Constant(9)})
	join(p, c, connect.PairwiseBernoulli{P: 0.5}, connect.Synapse{Weight: connect.Constant(0.5), Delay: connect.Constant(1.5)})
	join(a, c, connect.FixedInDegree{N: 3}, connect.Synapse{Model: "counting_synapse", Weight: connect.Constant(0.25), Delay: connect.Constant(3)}) // see synapses_test.go
	join(a, p, connect.List{Pre: []int32{0, 3, 5}, Post: []int32{1, 1, 2}}, connect.Synapse{Delay: connect.Constant(4)})
	c.Set(sim.Params{"tau_m": connect.Uniform{Min: 8, Max: 12}})
	noise := create("noise", 1, device.Poisson{Rate: 20000})
	join(noise, a, nil, connect.Synapse{Weight: connect.Constant(40)})
	join(create("parrots' input", 1, device.Poisson{Rate: 500}), p, nil, connect.Synapse{})
	must(t, net.Simulate(t.Context(), 20))
	dir := t.TempDir()
	must(t, net.Save(dir))
	all := map[string][]byte{}
	for _, name := range files {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		must(t, err)
		all[name] = b
	}
	return all
}

func write(t testing.TB, dir string, all map[string][]byte) {
	t.Helper()
	for name, b := range all {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, b, 0o644))
	}
}

// room is what opening may allocate for any of these files: a small network has
// sums and rings of 2 MB a shard.
const room = 64 << 20

// open opens dir, and simulates on if it can; opening must not take more than
// room, nor fail without saying where.
func open(t testing.TB, dir, what string) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	net, err := sim.Open(dir, sim.Threads(1))
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > room {
		t.Errorf("%s: %d MB allocated, %v", what, n>>20, err)
	}
	if err != nil {
		if !strings.Contains(err.Error(), dir) || len(err.Error()) > 1000 {
			t.Errorf("%s: the error does not say where, or is long: %v", what, err)
		}
		return err
	}
	_ = net.Simulate(t.Context(), 1) // may find that a sum overflows; must not panic
	return nil
}

// numbers returns where the numbers of a JSON text are.
func numbers(t testing.TB, text []byte) (spans [][2]int) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return spans
		}
		must(t, err)
		if x, ok := token.(json.Number); ok {
			end := int(d.InputOffset())
			spans = append(spans, [2]int{end - len(x), end})
		}
	}
}

// Every number of network.json is changed: that is found. And where somebody has
// made all checksums fit again, opening takes no more memory than there is need
// for, and nothing panics.
func TestNumbersOfNetwork(t *testing.T) {
	all := savedFiles(t)
	text := all[files[0]]
	dir := t.TempDir()
	tried, opened := 0, 0
	spans := numbers(t, text)
	for i, s := range spans {
		was := string(text[s[0]:s[1]])
		values := []string{"0", "-1", "3000", "2147483647", "1e-12", "1e300", "9223372036854775807"}
		for k := range 2 { // some of them each, all over the numbers
			v := values[(i+k*3)%len(values)]
			if v == was {
				continue
			}
			changed := map[string][]byte{files[0]: append(append(append([]byte(nil), text[:s[0]]...), v...), text[s[1]:]...), files[1]: all[files[1]], files[2]: all[files[2]]}
			what := fmt.Sprintf("%s of byte %d is %s", was, s[0], v)
			write(t, dir, changed)
			if open(t, dir, what) == nil {
				t.Errorf("%s: not found", what)
			}
			if sim.Verify(dir) == nil {
				t.Errorf("%s: not found by Verify", what)
			}
			tried++
			if store.Reseal(dir, nil) == nil && open(t, dir, what+" (sealed)") == nil {
				opened++
			}
		}
	}
	t.Logf("%d numbers, %d changes, %d make another network", len(spans), tried, opened)
	if tried < 150 || opened < 20 || opened > tried*2/3 {
		t.Errorf("of %d changes %d were opened: this test shows little", tried, opened)
	}
}

// The same for the headers and some words of all arrays of rows and of the state.
func TestNumbersOfFiles(t *testing.T) {
	all := savedFiles(t)
	dir := t.TempDir()
	type place struct {
		kind, header, array string
		at                  int
	}
	var places []place
	write(t, dir, all)
	must(t, store.Reseal(dir, func(kind string, header map[string]json.RawMessage, arrays map[string][]byte) {
		for name := range header {
			if name != "fingerprint" {
				places = append(places, place{kind: kind, header: name})
			}
		}
		for name, b := range arrays {
			for _, at := range []int{0, len(b) / 16 * 8, len(b) - 8} {
				if at >= 0 && at+8 <= len(b) {
					places = append(places, place{kind: kind, array: name, at: at})
				}
			}
		}
	}))
	must(t, open(t, dir, "sealed as it was"))
	words := []uint64{0, 3 << 32, math.MaxUint64, math.Float64bits(math.NaN()), math.Float64bits(math.Inf(-1)), 1 << 63}
	tried, opened := 0, 0
	for _, p := range places {
		for _, w := range words {
			write(t, dir, all)
			same := false
			must(t, store.Reseal(dir, func(kind string, header map[string]json.RawMessage, arrays map[string][]byte) {
				if kind != p.kind {
					return
				}
				if p.header != "" {
					v := fmt.Sprint(int64(w))
					same = string(header[p.header]) == v
					header[p.header] = json.RawMessage(v)
					return
				}
				same = binary.LittleEndian.Uint64(arrays[p.array][p.at:]) == w
				binary.LittleEndian.PutUint64(arrays[p.array][p.at:], w)
			}))
			what := fmt.Sprintf("%+v is %#x", p, w)
			err := open(t, dir, what)
			x := math.Float64frombits(w)
			if err == nil && !same && strings.Contains(p.array, "/") && p.array != "sent/quanta" && (math.IsNaN(x) || math.IsInf(x, 0)) {
				t.Errorf("%s: opened", what)
			}
			tried++
			if err == nil {
				opened++
			}
		}
	}
	t.Logf("%d places, %d changes, %d opened", len(places), tried, opened)
	if len(places) < 40 || opened > tried*2/3 {
		t.Errorf("of %d places, %d changes, %d were opened: this test shows little", len(places), tried, opened)
	}
}

// Bits of packed rows, of sources with one weight and with a choice, are flipped: that
// is found, and where checksums fit again nothing panics.
func TestFlippedBitsOfPackedRows(t *testing.T) {
	net := sim.New(sim.Seed(7), sim.Threads(1), sim.Shards(1))
	// So many sources, most without synapses, that segments are short on average and a choice of weights is packed.
	many, one, choose := net.Create("many", 12300, neuron.DefaultIafPscExp()), net.Create("one", 20, neuron.Parrot{}), net.Create("choose", 3000, neuron.Parrot{}).Slice(0, 20)
	net.Connect(one, many.Slice(0, 400), connect.FixedInDegree{N: 4}, connect.Synapse{Weight: connect.Constant(20), Delay: connect.Uniform{Min: 0.5, Max: 20}})
	net.Connect(choose, many.Slice(0, 400), connect.FixedInDegree{N: 4}, connect.Synapse{Weight: connect.Normal{Mean: 0, SD: 40}, Delay: connect.Uniform{Min: 0.5, Max: 3}})
	net.Connect(choose.Slice(0, 1), many, connect.AllToAll{}, connect.Synapse{Weight: connect.Normal{Mean: 0, SD: 40}, Delay: connect.Constant(3)})
	for _, p := range []*sim.Nodes{one, choose} {
		net.Connect(net.Create("", 1, device.SpikeGenerator{Times: []float64{1, 3, 3.5}}), p, nil, connect.Synapse{})
	}
	must(t, net.Simulate(t.Context(), 5))
	dir := t.TempDir()
	must(t, net.Save(dir))
	rows := filepath.Join(dir, filepath.FromSlash(files[1]))
	saved, err := os.ReadFile(rows)
	must(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	lengths := map[string]int{}
	flip := func(name string, byteAt, bit int) {
		must(t, os.WriteFile(rows, saved, 0o644))
		must(t, store.Reseal(dir, func(_ string, _ map[string]json.RawMessage, arrays map[string][]byte) {
			for name, b := range arrays {
				lengths[name] = len(b)
			}
			if b := arrays[name]; b != nil {
				b[byteAt] ^= 1 << bit
			}
		}))
	}
	flip("", 0, 0)
	must(t, open(t, dir, "sealed as it was"))
	if lengths["entry_packed"] == 0 || lengths["synapses"] > 0 {
		t.Fatalf("arrays of %v bytes: these synapses are not packed", lengths)
	}
	tried, opened := 0, 0
	for _, c := range []struct {
		array    string
		from, to int // bytes
	}{
		{"entry_packed", 8 * 12300, lengths["entry_packed"]},
		{"synapses_packed", 0, 4000}, {"synapses_packed", lengths["synapses_packed"] - 4000, lengths["synapses_packed"]},
		{"weights_packed", 0, 2048}, {"weights_packed", lengths["weights_packed"] - 4, lengths["weights_packed"]},
	} {
		for range 12 {
			at, bit := c.from+r.IntN(c.to-c.from), r.IntN(8)
			what := fmt.Sprintf("bit %d of byte %d of %s", bit, at, c.array)
			flip(c.array, at, bit)
			if tried++; open(t, dir, what+" (sealed)") == nil {
				opened++
			}
			file, err := os.ReadFile(rows)
			must(t, err)
			must(t, os.WriteFile(rows, saved, 0o644))
			must(t, store.Reseal(dir, nil))
			must(t, os.WriteFile(rows, file, 0o644))
			if open(t, dir, what) == nil || sim.Verify(dir) == nil {
				t.Errorf("%s: not found", what)
			}
		}
	}
	t.Logf("%d changes, %d opened where checksums fit", tried, opened)
	if opened < 5 || opened > tried*3/4 {
		t.Errorf("of %d changes %d were opened: this test shows little", tried, opened)
	}
}

// What a state's lists hold is in order, finite, and can be.
func TestDamagedState(t *testing.T) {
	all := savedFiles(t)
	dir := t.TempDir()
	for _, c := range []struct {
		name, want string
		change     func(header map[string]json.RawMessage, arrays map[string][]byte)
	}{
		{"step", "which cannot be in a network", func(h map[string]json.RawMessage, _ map[string][]byte) { h["step"] = json.RawMessage("7") }},
		{"spikes", "-5 spikes", func(h map[string]json.RawMessage, _ map[string][]byte) { h["spikes"] = json.RawMessage("-5") }},
		{"header", "unknown field", func(h map[string]json.RawMessage, _ map[string][]byte) { h["stop"] = json.RawMessage("1") }},
		{"order", "out of order", func(_ map[string]json.RawMessage, a map[string][]byte) {
			b := a["recent/neuron"]
			for i, j := 0, len(b)-4; i < j; i, j = i+4, j-4 {
				x, y := binary.LittleEndian.Uint32(b[i:]), binary.LittleEndian.Uint32(b[j:])
				binary.LittleEndian.PutUint32(b[i:], y)
				binary.LittleEndian.PutUint32(b[j:], x)
			}
			b = a["recent/step"]
			copy(b, b[len(b)-8:])
		}},
		{"multiplicity", "65537 spikes at once", func(_ map[string]json.RawMessage, a map[string][]byte) {
			binary.LittleEndian.PutUint32(a["recent/multiplicity"], 65537)
		}},
		{"a list cut short", "must be as many", func(_ map[string]json.RawMessage, a map[string][]byte) {
			a["recent/step"] = a["recent/step"][:8]
		}},
		{"neuron", "of neuron 81 ", func(_ map[string]json.RawMessage, a map[string][]byte) {
			binary.LittleEndian.PutUint32(a["recent/neuron"], 80)
		}},
		{"NaN", "V_m of neuron 1 of 30, counted from 0, is NaN", func(_ map[string]json.RawMessage, a map[string][]byte) {
			binary.LittleEndian.PutUint64(a["0/V_m"][8:], math.Float64bits(math.NaN()))
		}},
		{"fewer neurons", `array "0/V_m" has 29 elements, must have one for each of 30`, func(_ map[string]json.RawMessage, a map[string][]byte) {
			a["0/V_m"] = a["0/V_m"][:29*8]
		}},
	} {
		write(t, dir, all)
		must(t, store.Reseal(dir, func(kind string, header map[string]json.RawMessage, arrays map[string][]byte) {
			if kind == "state" {
				c.change(header, arrays)
			}
		}))
		if err := open(t, dir, c.name); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "state.cortigo") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Whatever the files hold, with checksums that fit or not, opening them gives an
// error or a network that can be simulated, in bounded memory.
func FuzzOpen(f *testing.F) {
	all := savedFiles(f)
	f.Add(all[files[0]], all[files[1]], all[files[2]], false)
	f.Add(all[files[0]], all[files[1]], all[files[2]], true)
	for i, s := range numbers(f, all[files[0]]) {
		v := []string{"0", "-1", "3000", "1e300"}[i%4]
		f.Add(append(append(append([]byte(nil), all[files[0]][:s[0]]...), v...), all[files[0]][s[1]:]...), all[files[1]], all[files[2]], true)
	}
	for _, name := range files {
		changed := map[string][]byte{files[0]: all[files[0]], files[1]: all[files[1]], files[2]: all[files[2]]}
		changed[name] = changed[name][:len(changed[name])/2]
		f.Add(changed[files[0]], changed[files[1]], changed[files[2]], false)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, network, rows, state []byte, sealed bool) {
		write(t, dir, map[string][]byte{files[0]: network, files[1]: rows, files[2]: state})
		if sealed {
			_ = store.Reseal(dir, nil)
		}
		err := open(t, dir, "fuzzed")
		if whole := sim.Verify(dir) == nil; whole && err != nil && !sealed {
			t.Errorf("verified, not opened: %v", err)
		}
	})
}
