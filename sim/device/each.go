package device

// An Emission is the Input, and a recorder's Train, of a device whose spikes
// are asked for one connection and step at a time.
type Emission struct {
	c          *Connections
	begin, end int64
	spikes     func(k int, step int64) int
}

// EmitEach returns what a device emits. The function spikes returns how many
// spikes the device sends through connection k in a step >= 1 in which it is
// active. Its result must depend only on k and the step, as the random numbers of
// Connections.Stream do.
func EmitEach(c *Connections, a Active, spikes func(k int, step int64) int) (*Emission, error) {
	begin, end, err := c.Emits(a)
	if err != nil {
		return nil, err
	}
	return &Emission{c, begin, end, spikes}, nil
}

// Add adds what arrives in a step.
func (e *Emission) Add(to *Inbox, step int64) {
	for k := range e.c.N {
		s := step - e.c.DelayOf(k)
		if s <= e.begin || s > e.end {
			continue
		}
		if n := e.spikes(k, s); n > 0 {
			to.Add(e.c.From+k, float64(e.c.WeightOf(k)*float64(n)))
		}
	}
}

// Spikes calls emit for the steps of (begin, end] that have spikes.
func (e *Emission) Spikes(begin, end int64, emit func(step int64, n int)) {
	for s := max(begin, e.begin) + 1; s <= min(end, e.end); s++ {
		if n := e.spikes(0, s); n > 0 {
			emit(s, n)
		}
	}
}

// CurrentEach returns the currents of a device whose current may change in every
// step. The function current returns the current of connection k, in pA, in a
// step in which it drives the potential, before the delay. Its result must depend
// only on k and the step, as for EmitEach.
func CurrentEach(c *Connections, a Active, current func(k int, step int64) float64) (Current, error) {
	begin, end, err := c.Drives(a)
	if err != nil {
		return nil, err
	}
	return &currentEach{c, begin, end, current}, nil
}

type currentEach struct {
	c          *Connections
	begin, end int64
	current    func(k int, step int64) float64
}

func (e *currentEach) Add(sum []float64, step int64) int64 {
	next := never
	for k := range e.c.N {
		s := step - e.c.DelayOf(k)
		switch {
		case s > e.end:
		case s > e.begin:
			sum[e.c.From+k] += float64(e.c.WeightOf(k) * e.current(k, s))
			next = step + 1
		default:
			next = min(next, step+e.begin+1-s)
		}
	}
	return next
}
