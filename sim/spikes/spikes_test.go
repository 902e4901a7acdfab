package spikes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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

// A window holds beginMS < time <= endMS, within what was recorded: steps of 0.1
// ms from 10 to 100.
func TestWindow(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		beginMS, endMS     float64
		wantBegin, wantEnd int64
		from, to           int64
	}{
		{1, 10, 10, 100, 0, 6},
		{0, 100, 10, 100, 0, 6},
		{1.1, 2, 11, 20, 1, 4}, // not the one at 1.1, those at 2
		{1, 1.1, 10, 11, 0, 1},
		{1.9, 1.9, 19, 19, 1, 1},
		{2, 1.9, 20, 20, 4, 4}, // ends before it begins
		{5, 9.9, 50, 99, 5, 5},
		{0.1 + 0.2, 0.7 + 1.3, 10, 20, 0, 4}, // 0.30000000000000004 and 2
		{1.15, 2.09, 11, 20, 1, 4},           // between steps: later than 1.15, not after 2.09
		{1.05, 1.09, 10, 10, 0, 0},           // no step lies between
		{2 - 1e-9, 5 + 1e-9, 20, 50, 4, 5},   // misses a step by rounding
		{20, 30, 100, 100, 6, 6},             // after the recording: empty, at its end
		{-2, -1, 10, 10, 0, 0},               // before it: empty, at its start
		{-inf, inf, 10, 100, 0, 6},
		{-math.MaxFloat64, math.MaxFloat64, 10, 100, 0, 6},
		{math.NaN(), 10, 100, 100, 6, 6}, // not a time: nothing is later
	} {
		d := sample()
		w := d.Window(c.beginMS, c.endMS)
		if w.Begin != c.wantBegin || w.End != c.wantEnd || !slices.Equal(w.Step, d.Step[c.from:c.to]) || !slices.Equal(w.Neuron, d.Neuron[c.from:c.to]) {
			t.Errorf("Window(%g, %g) is (%d, %d] with steps %v, want (%d, %d] with %v", c.beginMS, c.endMS, w.Begin, w.End, w.Step, c.wantBegin, c.wantEnd, d.Step[c.from:c.to])
		}
		if w.Resolution != d.Resolution || len(w.Populations) != 2 {
			t.Error("the window is of other populations")
		}
	}
	w := sample().Window(2, 10).Window(0, 6)
	if w.Begin != 20 || w.End != 60 || w.Len() != 1 || w.BeginMS() != 2 || w.EndMS() != 6 {
		t.Errorf("window of a window: (%d, %d] with %d", w.Begin, w.End, w.Len())
	}
	if d := sample().Window(1.1, 2).DurationMS(); math.Abs(d-0.9) > 1e-12 {
		t.Errorf("duration %g ms, want 0.9", d)
	}
	// A window between its own bounds is the whole one, for any resolution and
	// however late.
	for _, h := range []float64{0.001, 0.1, 1.0 / 3, 0.7, 1} {
		for _, begin := range []int64{0, 1, 12345, 1 << 40, 1 << 60} {
			d := &Data{Resolution: h, Begin: begin, End: begin + 1000}
			if w := d.Window(d.BeginMS(), d.EndMS()); w.Begin != d.Begin || w.End != d.End {
				t.Errorf("resolution %g: (%d, %d] of (%d, %d]", h, w.Begin, w.End, d.Begin, d.End)
			}
		}
	}
}

// However data are printed, it is a line.
func TestString(t *testing.T) {
	d := sample()
	const want = `6 spikes in (1, 10] ms of 5 neurons in 2 populations: "a", "b"`
	for _, format := range []string{"%v", "%+v", "%s", "%#v"} {
		for _, x := range []any{d, *d} {
			if got := fmt.Sprintf(format, x); got != want {
				t.Errorf("%s of %T: %q, want %q", format, x, got, want)
			}
		}
	}
	big := &Data{Resolution: 0.1, End: 3, Step: make([]int64, 1e6), Neuron: make([]int32, 1e6), Populations: make([]Population, 1000)}
	if got := fmt.Sprint(big); !strings.HasPrefix(got, "1000000 spikes in (0, 0.3] ms") || len(got) > 300 {
		t.Errorf("%d characters: %.400s", len(got), got)
	}
	if got, want := fmt.Sprint(&Data{}), "0 spikes in (0, 0] ms of 0 neurons in 0 populations: none"; got != want {
		t.Errorf("%q, want %q", got, want)
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
	d.Begin, d.End = 11, 99 // the first and the last are outside then
	if got, want := d.Trains(d.Populations[0]), [][]int64{{20}, nil, {20, 20}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPopulation(t *testing.T) {
	d := sample()
	if p, err := d.Population("b"); err != nil || p.First != 4 {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := d.Population("c"); err == nil || !strings.Contains(err.Error(), `"c" among "a", "b"`) {
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
