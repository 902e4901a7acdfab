package nb

import (
	"bytes"
	"testing"
	"time"
)

// clock is a clock that goes on when it is told to.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newTestProgress(show func(p *Progress, last bool)) (*Progress, *clock) {
	c := &clock{time.Unix(1000, 0)}
	return &Progress{label: "simulating", now: c.now, created: c.t, show: show}, c
}

func TestProgressText(t *testing.T) {
	var texts []string
	p, c := newTestProgress(nil)
	p.show = func(p *Progress, last bool) { texts = append(texts, p.text()) }
	c.t = c.t.Add(5 * time.Second) // building the network: not part of the factor
	p.Update(0, 200)
	for range 120 {
		c.t = c.t.Add(310 * time.Microsecond) // 0.31 ms for each ms of model time
		p.Update(p.done+1, 200)
	}
	c.t = c.t.Add(time.Second)
	p.Close()
	p.Close()
	p.Update(200, 200) // after Close: nothing
	if got, want := texts[len(texts)-1], "simulating: 120 / 200 ms, real-time factor 0.31"; got != want {
		t.Errorf("last text %q, want %q", got, want)
	}
	if texts[0] != "simulating: 0 / 200 ms" {
		t.Errorf("first text %q", texts[0])
	}
	// 37.2 ms of wall clock: at most one more drawing than the first and the last.
	if len(texts) > 3 {
		t.Errorf("drawn %d times", len(texts))
	}
}

func TestProgressIsRareEnough(t *testing.T) {
	drawn := 0
	p, c := newTestProgress(nil)
	p.show = func(*Progress, bool) { drawn++ }
	for range 10000 { // 10 s
		c.t = c.t.Add(time.Millisecond)
		p.Update(1, 2)
	}
	if drawn < 90 || drawn > 100 {
		t.Errorf("drawn %d times in 10 s, want at most 10 times a second", drawn)
	}
}

func TestProgressSingleUpdate(t *testing.T) {
	p, c := newTestProgress(func(*Progress, bool) {})
	c.t = c.t.Add(100 * time.Millisecond)
	p.Update(200, 200)
	if got, want := p.text(), "simulating: 200 / 200 ms, real-time factor 0.50"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestProgressLines(t *testing.T) {
	var terminal, file bytes.Buffer
	p, c := newTestProgress(nil)
	p.show = func(p *Progress, last bool) {
		p.redrawLine(&terminal, last)
		p.closingLine(&file, last)
	}
	p.Update(0, 10)
	c.t = c.t.Add(time.Second)
	p.Update(10, 10)
	p.Close()
	const last = "simulating: 10 / 10 ms, real-time factor 100.00"
	if want := "\r\x1b[Ksimulating: 0 / 10 ms\r\x1b[K" + last + "\r\x1b[K" + last + "\n"; terminal.String() != want {
		t.Errorf("terminal %q, want %q", &terminal, want)
	}
	if want := last + "\n"; file.String() != want {
		t.Errorf("file %q, want %q", &file, want)
	}
}

func TestProgressUnused(t *testing.T) {
	p := NewProgress("x")
	p.show = func(*Progress, bool) { t.Error("shown without an Update") }
	p.Close()
}
