package nb

import (
	"strings"
	"testing"
	"time"

	"cortigo/progress"
)

func TestBar(t *testing.T) {
	s := progress.State{Label: "a<b", DoneMS: 120, TotalMS: 200, Share: 0.6, Wall: time.Second, Left: 2 * time.Second, Factor: 5, Spikes: 9}
	got := barHTML(s)
	for _, want := range []string{`<progress value="120" max="200" `, "a&lt;b: 120 / 200 ms, real-time factor 5.00, 1.00 s passed, 2.00 s left, 9 spikes"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	building := progress.State{Label: "building", Share: 0.257, Left: -1, Factor: -1, Spikes: -1}
	if got := barHTML(building); !strings.Contains(got, `<progress value="26" max="100" `) {
		t.Error(got)
	}
}

// Outside of a notebook and a terminal, progress is lines of a log; unused, it
// is none.
func TestProgress(t *testing.T) {
	NewProgress("x").Close()
	p := NewProgress("simulating")
	p.CountSpikes(func() int64 { return 3 })
	p.Share(0.5)
	p.Update(10, 10)
	if s := p.meter.State(); s.DoneMS != 10 || s.Spikes != 3 {
		t.Errorf("%+v", s)
	}
	p.Close()
}
