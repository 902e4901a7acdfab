package delivery

import "cortigo/sim/internal/kernel"

const (
	nearSteps = 64      // that have a list each
	farSlots  = 1 << 10 // of nearSteps each: as many as a cursor's due steps tell apart
)

// A wheel keeps what is due in later steps by the step, so that a step looks at
// nothing but what it delivers, however long the delays are. What is due within
// nearSteps is in the list of its step; the rest is in a list for every
// nearSteps, which is dealt out when the first of them comes. Steps are counted
// modulo 2^16, as in cursors, and nothing is due later than MaxDelay.
type wheel[C any] struct {
	near  [nearSteps][]C
	far   [][]C // nil until something is due that late
	spare [][]C // emptied lists
	held  int   // in all lists
	moved int64 // cursors that were put or dealt out: what the wheel has cost so far
}

// put adds what is due at step due; now is the step that was delivered last.
func (w *wheel[C]) put(c C, due, now uint16) {
	list := &w.near[due%nearSteps]
	if due-now > nearSteps {
		if w.far == nil {
			w.far = make([][]C, farSlots)
		}
		list = &w.far[due/nearSteps]
	}
	if cap(*list) == 0 {
		*list = w.list()
	}
	*list = append(*list, c)
	w.held++
	w.moved++
}

// list returns an empty list, one that was used before if there is any.
func (w *wheel[C]) list() []C {
	last := len(w.spare) - 1
	if last < 0 {
		return make([]C, 0, 16)
	}
	l := w.spare[last]
	w.spare = w.spare[:last]
	return l
}

// take removes and returns what is due at step, which follows the one that was
// taken last. The list goes back with giveBack.
func (w *wheel[C]) take(step uint16, due func(C) uint16) []C {
	if step%nearSteps == 0 && w.far != nil {
		if far := w.far[step/nearSteps]; far != nil {
			w.far[step/nearSteps] = nil
			w.held -= len(far)
			for _, c := range far {
				w.put(c, due(c), step-1)
			}
			w.giveBack(far)
		}
	}
	list := w.near[step%nearSteps]
	w.near[step%nearSteps] = nil
	w.held -= len(list)
	return list
}

// giveBack takes a list that is done with.
func (w *wheel[C]) giveBack(list []C) {
	if cap(list) > 0 {
		w.spare = append(w.spare, list[:0])
	}
}

// each visits what the wheel holds.
func (w *wheel[C]) each(visit func(C)) {
	for _, lists := range [][][]C{w.near[:], w.far} {
		for _, list := range lists {
			for _, c := range list {
				visit(c)
			}
		}
	}
}

// clone returns a wheel with the same contents.
func (w *wheel[C]) clone() *wheel[C] {
	c := &wheel[C]{held: w.held}
	for i, l := range w.near {
		c.near[i] = append([]C(nil), l...)
	}
	if w.far != nil {
		c.far = make([][]C, farSlots)
		for i, l := range w.far {
			c.far[i] = append([]C(nil), l...)
		}
	}
	return c
}

// clear removes everything.
func (w *wheel[C]) clear() { *w = wheel[C]{moved: w.moved} }

// goOn takes the cursors that a delivery has moved on, in the list that it was
// given. Most of them are due in the next step, whose list theirs becomes: they
// stay where they are, and the few that the next step had already come after.
func goOn(w *wheel[kernel.Cursor], cursors []kernel.Cursor, now uint16) {
	soon := now + 1
	n := 0
	for _, c := range cursors {
		if due := uint16(c >> 48); due != soon {
			w.put(c, due, now)
			continue
		}
		cursors[n] = c
		n++
	}
	w.held += n
	w.moved += int64(n)
	next := &w.near[soon%nearSteps]
	early := *next
	*next = append(cursors[:n], early...)
	w.giveBack(early)
}

// A transit is what is under way through the rows of one form: the cursors of
// neurons that spiked once in a step, as nearly all do, and those of others.
type transit struct {
	once    wheel[kernel.Cursor]
	several wheel[kernel.Multiple]
}

// start takes up the row of a neuron that spiked times times, by the cursor of
// its next segment; now is the step that was delivered last.
func (t *transit) start(c kernel.Cursor, times uint16, now int64) {
	if times == 1 {
		t.once.put(c, uint16(c>>48), uint16(now))
	} else {
		t.several.put(kernel.Multiple{Cursor: c, Times: uint32(times)}, uint16(c>>48), uint16(now))
	}
}

// deliver hands what is due at step, which follows the one delivered last, to
// single and to multiple, which return what comes later. It reports whether
// there was anything.
func (t *transit) deliver(step int64, single func([]kernel.Cursor) []kernel.Cursor, multiple func([]kernel.Multiple) []kernel.Multiple) bool {
	now, any := uint16(step), false
	if t.once.held > 0 {
		due := t.once.take(now, func(c kernel.Cursor) uint16 { return uint16(c >> 48) })
		if len(due) > 0 {
			any = true
			goOn(&t.once, single(due), now)
		} else {
			t.once.giveBack(due)
		}
	}
	if t.several.held > 0 {
		due := t.several.take(now, kernel.Multiple.Due)
		if len(due) > 0 {
			any = true
			for _, m := range multiple(due) {
				t.several.put(m, m.Due(), now)
			}
		}
		t.several.giveBack(due)
	}
	return any
}

func (t *transit) clone() *transit {
	return &transit{once: *t.once.clone(), several: *t.several.clone()}
}

func (t *transit) clear() {
	t.once.clear()
	t.several.clear()
}

// deliverNarrow adds the compact segments that are due at step to sum and, where
// it is not nil, positive; false if there are none.
func deliverNarrow(t *transit, step int64, syn []uint32, sum *[2]*[MaxShard]int32, positive *[MaxShard]int32) bool {
	return t.deliver(step, func(due []kernel.Cursor) []kernel.Cursor {
		if positive != nil {
			return kernel.DeliverSplit(due, step, syn, sum[0], sum[1], positive)
		}
		return kernel.Deliver(due, step, syn, sum[0], sum[1])
	}, func(due []kernel.Multiple) []kernel.Multiple {
		return kernel.DeliverMultiple(due, step, syn, sum[0], sum[1], positive)
	})
}

// deliverWide is deliverNarrow for exact weights.
func deliverWide(t *transit, step int64, syn []uint64, sum *[2]*[MaxShard]int64, positive *[MaxShard]int64) bool {
	return t.deliver(step, func(due []kernel.Cursor) []kernel.Cursor {
		if positive != nil {
			return kernel.DeliverWideSplit(due, step, syn, sum[0], sum[1], positive)
		}
		return kernel.DeliverWide(due, step, syn, sum[0], sum[1])
	}, func(due []kernel.Multiple) []kernel.Multiple {
		return kernel.DeliverMultiple(due, step, syn, sum[0], sum[1], positive)
	})
}
