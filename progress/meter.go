package progress

import (
	"math"
	"sync"
	"time"
)

// Pause is the shortest time between two updates of a display.
const Pause = 100 * time.Millisecond

// A Show displays a state; last says that it is the last one. It is called at
// most once every Pause, apart from the last.
type Show func(s State, last bool)

// A Meter takes the progress of a piece of work, as often as it comes, and
// passes it to a display now and then. Its methods may be called from several
// goroutines.
type Meter struct {
	label  string
	show   Show
	now    func() time.Time
	spikes func() int64

	mu          sync.Mutex
	created     time.Time
	first       time.Time // of the first progress
	firstDone   float64
	drawn       time.Time
	last        time.Time // of the last progress
	done, total float64
	model       bool // done and total are ms of model time
	updated     bool
	closed      bool
}

// New returns a meter with a label such as "simulating". Nothing is shown before
// there is progress.
func New(label string, show Show) *Meter {
	return newMeter(label, show, time.Now)
}

func newMeter(label string, show Show, now func() time.Time) *Meter {
	return &Meter{label: label, show: show, now: now, created: now()}
}

// CountSpikes makes the display show the number of spikes so far; count is
// called within Update only.
func (m *Meter) CountSpikes(count func() int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spikes = count
}

// Update says that done of total are done, both in ms of model time. It has the
// form that a simulation calls for its progress.
func (m *Meter) Update(done, total float64) { m.update(done, total, true) }

// Share says that a part of the work, from 0 to 1, is done. It has the form that
// building a network calls for its progress.
func (m *Meter) Share(share float64) { m.update(share, 1, false) }

func (m *Meter) update(done, total float64, model bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	now := m.now()
	if !m.updated {
		m.first, m.firstDone, m.updated = now, done, true
	}
	m.done, m.total, m.last, m.model = done, total, now, model
	if now.Sub(m.drawn) >= Pause {
		m.drawn = now
		m.show(m.state(), false)
	}
}

// Close shows the last state, if there was progress: as stopped, if not
// everything was done. Call it when the work is done or has failed.
func (m *Meter) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || !m.updated {
		m.closed = true
		return
	}
	m.closed = true
	s := m.state()
	if s.Share < 1 {
		s.Stopped, s.Left = true, -1
	}
	m.show(s, true)
}

// State returns how much of the work is done.
func (m *Meter) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state()
}

// state computes the pace. For a simulation it counts from the first progress,
// since the time before belongs to other work; building starts with the meter.
func (m *Meter) state() State {
	s := State{Label: m.label, Left: -1, Factor: -1, Spikes: -1}
	since, from := m.first, m.firstDone
	if m.done <= from || !m.model { // a single one: all that is known is when it began
		since, from = m.created, 0
	}
	s.Wall = m.last.Sub(since)
	if m.total > 0 {
		s.Share = math.Min(m.done/m.total, 1)
	}
	if m.model {
		s.DoneMS, s.TotalMS = m.done, m.total
	}
	if worked := m.done - from; worked > 0 {
		if m.model {
			s.Factor = s.Wall.Seconds() * 1000 / worked
		}
		if left := s.Wall.Seconds() * (m.total - m.done) / worked; left < math.MaxInt64/1e10 {
			s.Left = max(0, time.Duration(left*float64(time.Second)))
		}
	}
	if m.spikes != nil {
		s.Spikes = m.spikes()
	}
	return s
}
