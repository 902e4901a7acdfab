package progress

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

// clock is a clock that goes on when it is told to.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func testMeter(show Show) (*Meter, *clock) {
	c := &clock{time.Unix(1000, 0)}
	return newMeter("simulating", show, c.now), c
}

func TestState(t *testing.T) {
	for _, tt := range []struct {
		s    State
		want string
	}{
		{State{Label: "simulating", DoneMS: 120, TotalMS: 200, Wall: 37200 * time.Microsecond, Factor: 0.31, Left: 24800 * time.Microsecond, Spikes: 77},
			"simulating: 120 / 200 ms, real-time factor 0.31, 0.04 s passed, 0.02 s left, 77 spikes"},
		{State{Label: "building", Share: 0.257, Wall: 9994 * time.Millisecond, Factor: -1, Left: 29 * time.Second, Spikes: -1}, "building: 26 %, 9.99 s passed, 29 s left"},
		{State{Label: "simulating", DoneMS: 120, TotalMS: 200, Wall: 37200 * time.Microsecond, Factor: 0.31, Left: -1, Spikes: 77, Stopped: true},
			"simulating: 120 / 200 ms, real-time factor 0.31, stopped after 0.04 s, 77 spikes"},
		{State{Share: 1, Wall: 99600 * time.Millisecond, Factor: -1, Spikes: -1}, "100 %, 1 min 40 s passed"},
		{State{Share: 1, Wall: 3*time.Hour + 4*time.Minute + 40*time.Second, Factor: -1, Left: -1, Spikes: 0}, "100 %, 3 h 5 min passed, 0 spikes"},
	} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// The pace is that since the first progress: what came before is not part of it.
func TestMeter(t *testing.T) {
	var states []State
	ends := 0
	m, c := testMeter(func(s State, last bool) {
		states = append(states, s)
		if last {
			ends++
		}
	})
	m.CountSpikes(func() int64 { return 5 })
	c.t = c.t.Add(5 * time.Second) // building the network
	m.Update(0, 200)
	for k := range 120 {
		c.t = c.t.Add(310 * time.Microsecond) // 0.31 ms for each ms of model time
		m.Update(float64(k+1), 200)
	}
	c.t = c.t.Add(time.Second)
	before := m.State()
	m.Close()
	m.Close()
	m.Update(200, 200) // after Close: nothing
	last := states[len(states)-1]
	if before.Stopped || !last.Stopped || last.Left != -1 { // 80 ms were not done
		t.Errorf("before the end %+v, then %+v", before, last)
	}
	if ends != 1 || last.DoneMS != 120 || last.TotalMS != 200 || last.Share != 0.6 || last.Wall != 37200*time.Microsecond || last.Spikes != 5 {
		t.Errorf("%d ends, last %+v", ends, last)
	}
	if f := last.Factor; f < 0.3099 || f > 0.3101 {
		t.Errorf("factor %g, want 0.31", f)
	}
	if l := before.Left; l < 24799*time.Microsecond || l > 24801*time.Microsecond { // 80 ms at 0.31
		t.Errorf("left %v, want 24.8 ms", l)
	}
	if first := states[0]; first.Factor != -1 || first.Left != -1 {
		t.Errorf("first %+v", first)
	}
	if len(states) > 3 { // 37.2 ms of wall clock
		t.Errorf("shown %d times", len(states))
	}
}

func TestMeterIsRareEnough(t *testing.T) {
	drawn := 0
	m, c := testMeter(func(State, bool) { drawn++ })
	for range 10000 { // 10 s
		c.t = c.t.Add(time.Millisecond)
		m.Update(1, 2)
	}
	if drawn < 90 || drawn > 100 {
		t.Errorf("drawn %d times in 10 s, want at most 10 times a second", drawn)
	}
}

func TestMeterSingle(t *testing.T) {
	m, c := testMeter(func(State, bool) {})
	c.t = c.t.Add(100 * time.Millisecond)
	m.Update(200, 200)
	if s := m.State(); s.Factor != 0.5 || s.Left != 0 {
		t.Errorf("%+v, want a factor of 0.5 and nothing left", s)
	}
	unused, _ := testMeter(func(State, bool) { t.Error("shown without progress") })
	unused.Close()
}

func TestShows(t *testing.T) {
	var terminal, log, events bytes.Buffer
	shows := []Show{Line(&terminal), Log(&log), JSON(&events)}
	m, c := testMeter(func(s State, last bool) {
		for _, show := range shows {
			show(s, last)
		}
	})
	for k := range 1001 {
		m.Update(float64(k), 1000)
		c.t = c.t.Add(100 * time.Millisecond)
	}
	m.Close()
	const last = "simulating: 1000 / 1000 ms, real-time factor 100.00, 1 min 40 s passed"
	if got := terminal.String(); !strings.HasPrefix(got, "\r\x1b[Ksimulating: 0 / 1000 ms, 0.00 s passed\r\x1b[K") || !strings.HasSuffix(got, "\r\x1b[K"+last+"\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("terminal %.200q", got)
	}
	// Nine tenths on the way and the end.
	lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
	if len(lines) != 10 || !strings.HasPrefix(lines[0], "simulating: 100 / 1000 ms, ") || !strings.HasSuffix(lines[0], ", 10 s passed, 90 s left") || lines[9] != last {
		t.Errorf("log %q", lines)
	}
	lines = strings.Split(strings.TrimSuffix(events.String(), "\n"), "\n")
	if len(lines) < 100 || len(lines) > 103 {
		t.Errorf("%d events", len(lines))
	}
	for _, i := range []int{0, 50, len(lines) - 1} {
		var e Event
		if err := json.Unmarshal([]byte(lines[i]), &e); err != nil {
			t.Fatal(err)
		}
		if e.Event != "progress" || e.Phase != "simulating" || *e.TotalMS != 1000 || *e.DoneMS/1000 != e.Share || (e.RTF == nil) != (i == 0) || e.Spikes != nil {
			t.Errorf("event %d: %s", i, lines[i])
		}
	}
	// What is passed together is told together.
	log.Reset()
	m, c = testMeter(Log(&log))
	for _, share := range []float64{0, 0.05, 0.35, 0.38, 1, 1} {
		c.t = c.t.Add(time.Second)
		m.Share(share)
	}
	m.Close()
	if got := log.String(); strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "simulating: 35 %, 3.00 s passed, 5.57 s left\nsimulating: 100 %, ") {
		t.Errorf("%q", got) // 3 s * 65 / 35
	}
}

// BenchmarkUpdate measures what progress costs a simulation, which calls it ten
// times a second: in % of its time, for the displays.
func BenchmarkUpdate(b *testing.B) {
	for name, show := range map[string]Show{"line": Line(io.Discard), "log": Log(io.Discard), "json": JSON(io.Discard)} {
		b.Run(name, func(b *testing.B) {
			m, c := testMeter(show)
			m.CountSpikes(func() int64 { return 1 })
			k := 0.0
			for b.Loop() {
				c.t = c.t.Add(Pause) // each one is shown
				k++
				m.Update(k, 1e9)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)*10/1e9*100, "%")
		})
	}
}
