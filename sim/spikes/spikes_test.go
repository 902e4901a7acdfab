package spikes

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func sample() *Data {
	return &Data{Resolution: 0.1, Begin: 10, End: 100, Populations: []Population{{Name: "a", First: 1, N: 3}, {Name: "b", First: 4, N: 2}},
		Step:   []int64{11, 20, 20, 20, 50, 100},
		Neuron: []int32{2, 1, 3, 3, 5, 2}}
}

// A window holds begin < step <= end, within what was recorded.
func TestWindow(t *testing.T) {
	for _, c := range []struct{ begin, end, wantBegin, wantEnd, from, to int64 }{
		{10, 100, 10, 100, 0, 6},
		{0, 1000, 10, 100, 0, 6},
		{11, 20, 11, 20, 1, 4}, // not the one at 11, those at 20
		{10, 11, 10, 11, 0, 1},
		{19, 19, 19, 19, 1, 1},
		{20, 19, 20, 20, 4, 4},
		{50, 99, 50, 99, 5, 5},
		{200, 300, 100, 100, 6, 6}, // behind the recording: empty, at its end
		{-20, -10, 10, 10, 0, 0},   // before it: empty, at its begin
		{math.MinInt64, math.MaxInt64, 10, 100, 0, 6},
	} {
		d := sample()
		w := d.Window(c.begin, c.end)
		if w.Begin != c.wantBegin || w.End != c.wantEnd || !slices.Equal(w.Step, d.Step[c.from:c.to]) || !slices.Equal(w.Neuron, d.Neuron[c.from:c.to]) {
			t.Errorf("Window(%d, %d) is (%d, %d] with steps %v, want (%d, %d] with %v", c.begin, c.end, w.Begin, w.End, w.Step, c.wantBegin, c.wantEnd, d.Step[c.from:c.to])
		}
		if w.Resolution != d.Resolution || len(w.Populations) != 2 {
			t.Error("the window is of other populations")
		}
	}
	w := sample().Window(20, 100).Window(0, 60)
	if w.Begin != 20 || w.End != 60 || w.Len() != 1 {
		t.Errorf("window of a window: (%d, %d] with %d", w.Begin, w.End, w.Len())
	}
	if d := sample().Window(11, 20).DurationMS(); math.Abs(d-0.9) > 1e-12 {
		t.Errorf("duration %g ms, want 0.9", d)
	}
}

// Every neuron has a train, silent ones an empty one; a spike that occurs twice
// in a step stands in it twice.
func TestTrains(t *testing.T) {
	d := sample()
	if got, want := d.Trains(d.Populations[0]), [][]int64{{20}, {11, 100}, {20, 20}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := d.Trains(d.Populations[1]), [][]int64{nil, {50}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := d.Trains(Population{Name: "none", First: 7}); len(got) != 0 {
		t.Errorf("%v of no neurons", got)
	}
}

func TestPopulation(t *testing.T) {
	d := sample()
	if p, err := d.Population("b"); err != nil || p.First != 4 {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := d.Population("c"); err == nil || !strings.Contains(err.Error(), `"c" among [a b]`) {
		t.Errorf("%v", err)
	}
	p := Population{Name: "last", First: math.MaxInt32, N: 1}
	if !p.Contains(math.MaxInt32) || p.Contains(math.MaxInt32-1) || p.Contains(math.MinInt32) {
		t.Error("the last id there can be")
	}
	for id, want := range map[int32]bool{3: false, 4: true, 5: true, 6: false, -1: false} {
		if d.Populations[1].Contains(id) != want {
			t.Errorf("Contains(%d) is %v", id, !want)
		}
	}
}

func TestSort(t *testing.T) {
	d := &Data{Step: []int64{5, 3, 5, 3, 1}, Neuron: []int32{1, 9, -2, 4, 7}}
	if d.Sorted() {
		t.Error("sorted already")
	}
	d.Sort()
	if !slices.Equal(d.Step, []int64{1, 3, 3, 5, 5}) || !slices.Equal(d.Neuron, []int32{7, 4, 9, -2, 1}) || !d.Sorted() {
		t.Errorf("%v %v", d.Step, d.Neuron)
	}
	if !(&Data{}).Sorted() || !sample().Sorted() {
		t.Error("in order, and said not to be")
	}
}

// The digest is the SHA-256 of little-endian int64 steps and int32 ids, in any
// portions; its value is part of the interface.
func TestDigest(t *testing.T) {
	// sha256sum of: 0b00000000000000 02000000, 0001000000000000 ffffff7f
	raw := []byte{11, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 255, 255, 255, 127}
	sum := sha256.Sum256(raw)
	g := NewDigest()
	g.Add([]int64{11}, []int32{2})
	g.Add(nil, nil)
	g.Add([]int64{256}, []int32{math.MaxInt32})
	for range 2 { // asking changes nothing
		if g.Hex() != hex.EncodeToString(sum[:]) {
			t.Errorf("%s, want %x", g.Hex(), sum)
		}
	}
	if got := DigestOf(&Data{}); got != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("%s of no spikes, want SHA-256 of nothing", got)
	}
	const golden = "df38dd4c3292d99a5daab6a0f8a59c9421760eadccf4889c5b1059da964ed809" // hashlib.sha256 of struct.pack('<qi', step, id), Python 3
	big := &Data{}
	for i := range int64(200_000) { // more than a portion
		big.Step, big.Neuron = append(big.Step, i/3), append(big.Neuron, int32(i%3*1000))
	}
	if got := DigestOf(big); got != golden {
		t.Errorf("%s, want %s", got, golden)
	}
	h := sha256.New()
	for i := range big.Step {
		s, n := uint64(big.Step[i]), uint32(big.Neuron[i])
		h.Write([]byte{byte(s), byte(s >> 8), byte(s >> 16), byte(s >> 24), byte(s >> 32), byte(s >> 40), byte(s >> 48), byte(s >> 56), byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != golden {
		t.Errorf("by hand %s, want %s", got, golden)
	}
}

// What was not recorded is not silent, and input is not among all neurons.
func TestRecordedAndCircuit(t *testing.T) {
	e, i := Population{Name: "E", First: 1, N: 3}, Population{Name: "I", First: 4, N: 2}
	tc := Population{Name: "TC", First: 6, N: 4, Input: true}
	not := func(p Population) Population { p.NotRecorded = true; return p }
	for _, c := range []struct {
		name                      string
		all                       []Population
		recorded, circuit, inputs []Population
	}{
		{"all", []Population{e, i}, []Population{e, i}, []Population{e, i}, nil},
		{"with input", []Population{e, tc, i}, []Population{e, tc, i}, []Population{e, i}, []Population{tc}},
		{"input not recorded", []Population{e, i, not(tc)}, []Population{e, i}, []Population{e, i}, nil},
		{"input alone", []Population{not(e), tc}, []Population{tc}, []Population{tc}, nil},
		{"nothing", []Population{not(e), not(tc)}, []Population{}, []Population{}, nil},
	} {
		d := &Data{Populations: slices.Clone(c.all)}
		if got := d.Recorded(); !slices.Equal(got, c.recorded) {
			t.Errorf("%s: recorded %v, want %v", c.name, got, c.recorded)
		}
		if got := d.Circuit(); !slices.Equal(got, c.circuit) {
			t.Errorf("%s: circuit %v, want %v", c.name, got, c.circuit)
		}
		if got := d.Inputs(); !slices.Equal(got, c.inputs) {
			t.Errorf("%s: inputs %v, want %v", c.name, got, c.inputs)
		}
		if !slices.Equal(d.Populations, c.all) {
			t.Errorf("%s: the populations are %v then", c.name, d.Populations)
		}
	}
}
