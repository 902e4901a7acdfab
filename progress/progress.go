// Package progress says how much of a piece of work is done, how fast it goes and
// how much time is left: for a simulation it compares the wall clock with the
// model time, for building it gives the share that is done. Notebooks and the
// command line show it; so can any program:
//
//		meter := progress.New("simulating", progress.Line(os.Stderr))
//		defer meter.Close()
//		net := sim.New(sim.Progress(meter.Update))
//
//	  - progress.go  State: what there is to say, in words and as JSON
//	  - meter.go     Meter: takes progress, tells a display now and then
//	  - show.go      displays: a line that is redrawn, a log, JSON lines
//
// It imports nothing else of this module.
package progress

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A State says how much of the work is done.
type State struct {
	Label   string
	Share   float64       // done of all, 0 to 1
	DoneMS  float64       // model time; both 0 where the work is not a simulation
	TotalMS float64       //
	Wall    time.Duration // since the work began
	Left    time.Duration // to go at the mean pace so far; -1: not known
	Factor  float64       // wall-clock time per model time; -1: not known
	Spikes  int64         // so far; -1: nobody counts
	Stopped bool          // the work ended before all was done
}

// String returns the state in words.
func (s State) String() string {
	var b strings.Builder
	if s.Label != "" {
		b.WriteString(s.Label + ": ")
	}
	if s.TotalMS > 0 {
		fmt.Fprintf(&b, "%.0f / %.0f ms", s.DoneMS, s.TotalMS)
	} else {
		fmt.Fprintf(&b, "%.0f %%", 100*s.Share)
	}
	if s.Factor >= 0 {
		fmt.Fprintf(&b, ", real-time factor %.2f", s.Factor)
	}
	if s.Stopped {
		fmt.Fprintf(&b, ", stopped after %s", duration(s.Wall))
	} else {
		fmt.Fprintf(&b, ", %s passed", duration(s.Wall))
	}
	if s.Left > 0 {
		fmt.Fprintf(&b, ", %s left", duration(s.Left))
	}
	if s.Spikes >= 0 {
		fmt.Fprintf(&b, ", %d spikes", s.Spikes)
	}
	return b.String()
}

// duration writes a duration with two or three digits.
func duration(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 9.995:
		return fmt.Sprintf("%.2f s", s)
	case s < 99.5:
		return fmt.Sprintf("%.0f s", s)
	case s < 3600-0.5:
		m := int(math.Round(s))
		return fmt.Sprintf("%d min %d s", m/60, m%60)
	default:
		m := int(math.Round(s / 60))
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
}

// An Event is a State as JSON has it; what is not known is left out.
type Event struct {
	Event   string   `json:"event"` // "progress"
	Phase   string   `json:"phase"`
	Share   float64  `json:"share"`
	DoneMS  *float64 `json:"done_ms,omitempty"`
	TotalMS *float64 `json:"total_ms,omitempty"`
	WallS   float64  `json:"wall_s"`
	LeftS   *float64 `json:"left_s,omitempty"`
	RTF     *float64 `json:"rtf,omitempty"`
	Spikes  *int64   `json:"spikes,omitempty"`
}

// Event returns the state as JSON has it, with times to the microsecond of model
// time and the millisecond of wall clock.
func (s State) Event() Event {
	round := func(x, parts float64) *float64 {
		r := math.Round(x*parts) / parts
		return &r
	}
	e := Event{Event: "progress", Phase: s.Label, Share: *round(s.Share, 1e4), WallS: *round(s.Wall.Seconds(), 1e3)}
	if s.TotalMS > 0 {
		e.DoneMS, e.TotalMS = round(s.DoneMS, 1e3), round(s.TotalMS, 1e3)
	}
	if s.Left >= 0 {
		e.LeftS = round(s.Left.Seconds(), 1e3)
	}
	if s.Factor >= 0 {
		e.RTF = round(s.Factor, 1e4)
	}
	if s.Spikes >= 0 {
		e.Spikes = &s.Spikes
	}
	return e
}
