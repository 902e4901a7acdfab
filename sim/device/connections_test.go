package device

import (
	"fmt"
	"slices"
	"testing"
)

// A spike stamped S passes iff start < S <= stop and since < S <= until; a current
// is seen one step after the device gives it, and its first step is lost (NEST
// 3.10: through a delay d a dc_generator drives V in (start+d, stop+d]).
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		active       Active
		since, until int64
		emits        string
		drives       string
		pieces       string // of a current from step 3 to 5 and from 7 to 9
	}{
		{Active{}, 0, 0, "(0 never]", "(1 never]", "[{3 5 1} {7 9 2}]"},
		{Active{Start: -1, Stop: 2}, 0, 0, "(0 20]", "(1 20]", "[{3 5 1} {7 9 2}]"},
		{Active{Start: 1, Stop: 2, Origin: 0.5}, 0, 0, "(15 25]", "(15 25]", "[{3 5 1} {7 9 2}]"},
		{Active{}, 4, 0, "(4 never]", "(5 never]", "[{7 9 2}]"},
		{Active{}, 0, 4, "(0 4]", "(1 5]", "[{3 5 1}]"},
		{Active{}, 3, 7, "(3 7]", "(4 8]", "[{4 5 1} {7 8 2}]"},
		{Active{Start: 1, Stop: 2}, 12, 15, "(12 15]", "(13 16]", "[]"},
	} {
		on := onto(t, 1)
		on.Since, on.Until = c.since, c.until
		text := func(begin, end int64, err error) string {
			if err != nil {
				t.Fatal(err)
			}
			if end == Never {
				return fmt.Sprintf("(%d never]", begin)
			}
			return fmt.Sprintf("(%d %d]", begin, end)
		}
		if got := text(on.Emits(c.active)); got != c.emits {
			t.Errorf("%+v emits in %s", c, got)
		}
		if got := text(on.Drives(c.active)); got != c.drives {
			t.Errorf("%+v drives in %s", c, got)
		}
		if got := fmt.Sprint(on.Cut([]Piece{{3, 5, 1}, {7, 9, 2}})); got != c.pieces {
			t.Errorf("%+v leaves %s", c, got)
		}
	}
	for _, f := range []func(Active) (int64, int64, error){onto(t, 1).Emits, onto(t, 1).Drives} {
		if _, _, err := f(Active{Start: 0.05}); err == nil {
			t.Error("a start off the grid is no error")
		}
	}
}

// What is asked for one connection and step at a time comes after the delay, by
// its weight, in the window, and a current says when it changes.
func TestEach(t *testing.T) {
	c := onto(t, 3)
	c.Delay, c.Weight = []int64{1, 2, 5}, []float64{1, 10, 100}
	active := Active{Start: 0.2, Stop: 0.4} // stamps 3 and 4
	in, err := EmitEach(c, active, func(k int, step int64) int { return int(step) - 3*(k%2) })
	if err != nil {
		t.Fatal(err)
	}
	// Connection 1 is sent 0 and 1, the others 3 and 4.
	if got, want := fmt.Sprint(arrivals(in, 3, 1, 12)), "map[[4 0]:3 [5 0]:4 [6 1]:10 [8 2]:300 [9 2]:400]"; got != want {
		t.Errorf("%s arrives, want %s", got, want)
	}
	var train []string
	in.Spikes(0, 10, func(step int64, n int) { train = append(train, fmt.Sprint(step, n)) })
	in.Spikes(3, 4, func(step int64, n int) { train = append(train, fmt.Sprint(step, n)) })
	if got := fmt.Sprint(train); got != "[3 3 4 4 4 4]" {
		t.Errorf("a recorder gets %s", got)
	}
	current, err := CurrentEach(c, active, func(k int, step int64) float64 { return float64(step) })
	if err != nil {
		t.Fatal(err)
	}
	var sums [][]float64
	next, asked := int64(1), []int64{}
	for next != Never {
		sum := []float64{0, 0, 0.5}
		asked = append(asked, next)
		next = current.Add(sum, next)
		sums = append(sums, sum)
	}
	if !slices.Equal(asked, []int64{1, 4, 5, 6, 7, 8, 9, 10}) || fmt.Sprint(sums) != "[[0 0 0.5] [3 0 0.5] [4 30 0.5] [0 40 0.5] [0 0 0.5] [0 0 300.5] [0 0 400.5] [0 0 0.5]]" {
		t.Errorf("asked in steps %v: %v", asked, sums)
	}
}

// Streams of connections, steps, and recorders are different, and the same again.
func TestStreams(t *testing.T) {
	seen := map[uint32]string{}
	for _, recorder := range []bool{false, true} {
		for generator := range 2 {
			c := onto(t, 3)
			c.Recorder, c.Generator, c.First, c.Stride = recorder, generator, 5, 2
			for k := range 3 {
				for _, step := range []int64{0, 1, 2, 1<<33 - 1} {
					s, again := c.Stream(k, step), c.Stream(k, step)
					for range 6 {
						x, name := s.Uint32(), fmt.Sprint(recorder, generator, k, step)
						if of, ok := seen[x]; ok {
							t.Errorf("%s has a number of %s", name, of)
						}
						if seen[x] = name; again.Uint32() != x {
							t.Errorf("%s: asked again it is another", name)
						}
					}
				}
			}
			shifted := *c // the same neurons in another shard
			shifted.First, shifted.Stride = 7, 1
			if a, b := c.Stream(1, 3), shifted.Stream(0, 3); a.Uint32() != b.Uint32() {
				t.Error("the stream depends on how neurons are divided")
			}
		}
	}
}
