package delivery

import (
	"fmt"
	"math"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/synapse"
)

// A stateful is the synapses of one projection onto one shard whose kind has state:
// a row for each source, with a weight and columns for each synapse. They send when
// they are told of a spike; what they send waits in a wheel until it is due. A
// state holds both, for what was sent cannot be found out again.
type stateful struct {
	of     *StatefulProjection
	sender synapse.Sender
	base   uint32   // neuron, counted over the network, of the first row
	begin  []uint32 // by row, where its synapses begin; and where the last one's end
	at     []uint16 // of each synapse, the slot of its target
	delay  []uint16 // steps
	place  []uint32 // among the projection's synapses, in order of target, then index
	weight []float64
	column [][]float64
	last   []int64 // by row, the step of the source's last spike; 0: none

	target []target
	wheel  wheel[sending]
	on     synapse.Synapses // what the sender is given
	out    []float64
}

// A StatefulProjection is what all shards know of a projection whose synapses have
// state.
type StatefulProjection struct {
	Projection int
	model      synapse.Model
	spec       *synapse.Spec
	bound      float64 // of what one spike delivers
	First      []int64 // synapses of all targets before each, and of all
	sources    []network.Range
	drawers    []*wiring.Drawer
	base, span int // neurons from base to base+span-1 are sources, or stand between them
	desc       *network.Description
	clock      clock.Clock
}

// A target is a block of neurons that a projection has synapses onto.
type target struct {
	*Place
	counts bool // spikes, whatever their weights
}

// A sending is what is due at a slot in a later step, whichever synapse it came
// through.
type sending struct {
	quanta  int64
	at, due uint16
	form    form
}

// A form is which of a shard's sums something goes to.
type form uint8

const (
	exact       form = iota // the first channel's, and
	exactSecond             // the second's
	compact                 // those of parrots
	inTheRing               // those of parrots whose shard has a ring
)

func (b *Place) form(quanta int64) form {
	switch {
	case b.Ring:
		return inTheRing
	case !b.Grid.Wide:
		return compact
	case !b.Merged && quanta <= 0:
		return exactSecond
	}
	return exact
}

// NewStatefulProjection resolves a projection of a model with state; drawers are those onto
// the parts of its targets.
func NewStatefulProjection(desc *network.Description, l *Layout, c clock.Clock, projection int, drawers []*wiring.Drawer) (*StatefulProjection, error) {
	pr := &desc.Projections[projection]
	model, spec, err := desc.KindOf(pr)
	if err != nil {
		return nil, err
	}
	ch := &StatefulProjection{Projection: projection, model: model, spec: spec, bound: desc.Reach(pr, false), drawers: drawers, desc: desc, clock: c}
	p := drawers[0].Plan
	ch.First = make([]int64, p.Onto.N+1)
	for t := range p.Onto.N {
		ch.First[t+1] = ch.First[t] + int64(p.Degree(t))
	}
	if n := ch.First[p.Onto.N]; n > math.MaxUint32 {
		return nil, fmt.Errorf("%d synapses with state of one projection, must be at most %d: connect in several parts", n, uint32(math.MaxUint32))
	}
	ch.base, ch.sources = math.MaxInt, pr.Sources()
	end := 0
	for _, r := range ch.sources {
		from := l.First[r.Population] + r.From
		ch.base, end = min(ch.base, from), max(end, from+r.N)
	}
	ch.span = end - ch.base
	return ch, nil
}

// Drawn forgets what synapses are drawn from: plans may be large.
func (ch *StatefulProjection) Drawn() { ch.drawers = nil }

// source returns which neuron, counted over the network, drawn calls s.
func (ch *StatefulProjection) source(l *Layout, s uint32) int {
	p := ch.drawers[0].Plan
	if len(p.From.Parts) == 1 {
		return l.First[p.From.Parts[0].Population] + int(s)
	}
	population, i := p.From.At(int(s))
	return l.First[population] + i
}

// DrawStateful draws the synapses of a projection onto a shard.
func (sh *Synapses) DrawStateful(l *Layout, of *StatefulProjection, j *wiring.Job) error {
	k, err := newStateful(l, sh, of, j)
	if err != nil {
		return err
	}
	sh.kinds = append(sh.kinds, k)
	return nil
}

// newStateful draws the synapses of a projection onto a shard.
func newStateful(l *Layout, sh *Synapses, ch *StatefulProjection, j *wiring.Job) (*stateful, error) {
	k := &stateful{of: ch, base: uint32(ch.base), begin: make([]uint32, ch.span+1), last: make([]int64, ch.span)}
	var err error
	if k.sender, err = ch.spec.New(&synapse.Config{Model: ch.model, Resolution: ch.clock.H}); err != nil {
		return nil, err
	}
	if k.sender == nil {
		return nil, fmt.Errorf("%s: New made no Sender", ch.model.ModelName())
	}
	var d wiring.Drawn
	var units wiring.Toll
	each := func(visit func(row, slot, n int, w *wiring.Drawer, t int)) error {
		for _, w := range ch.drawers {
			from, to := l.Slice(sh.Index, w.Post)
			b := sh.places[w.Post.Population]
			for i := from; i < to; i++ {
				t := b.Index(i) - w.Post.From
				if w.Draw(t, &d); d.Err != nil {
					return d.Err
				}
				if err := units.Add(j, (wiring.UnitsPerTarget+len(d.Source)*wiring.UnitsPerSynapse)/2); err != nil { // twice
					return err
				}
				for n, s := range d.Source {
					visit(ch.source(l, s)-ch.base, b.Base+i, n, w, w.At+t)
				}
			}
		}
		return nil
	}
	count := 0
	err = each(func(row, _, _ int, _ *wiring.Drawer, _ int) { k.begin[row+1]++; count++ })
	if err != nil {
		return nil, err
	}
	next := make([]uint32, ch.span)
	most := uint32(0)
	for row := range next {
		most = max(most, k.begin[row+1])
		next[row] = k.begin[row]
		k.begin[row+1] += k.begin[row]
	}
	k.at, k.delay, k.place, k.weight = make([]uint16, count), make([]uint16, count), make([]uint32, count), make([]float64, count)
	k.out = make([]float64, most)
	err = each(func(row, slot, n int, w *wiring.Drawer, t int) {
		i := next[row]
		next[row]++
		k.at[i], k.delay[i], k.place[i], k.weight[i] = uint16(slot), d.Key[n]>>1, uint32(ch.First[t]+int64(n)), w.StartWeight(&d, t, n)
	})
	if err != nil {
		return nil, err
	}
	for _, c := range ch.spec.Columns {
		column := make([]float64, count)
		for i := range column {
			column[i] = c.Start
		}
		k.column = append(k.column, column)
	}
	k.on.Column = make([][]float64, len(k.column))
	for _, w := range ch.drawers {
		k.target = append(k.target, target{sh.places[w.Post.Population], ch.desc.Populations[w.Post.Population].Counts()})
	}
	return k, nil
}

func (k *stateful) receive(spikes []exchange.Spike, begin, now int64, to *Sums) {
	for i := 0; i < len(spikes); {
		s := spikes[i]
		times := int(s.Multiplicity)
		for i++; i < len(spikes) && spikes[i].Neuron == s.Neuron && spikes[i].Lag == s.Lag; i++ {
			times += int(spikes[i].Multiplicity) // more than one entry holds
		}
		if row := s.Neuron - k.base; row < uint32(len(k.last)) { // below base it wraps around
			k.send(int(row), begin+int64(s.Lag), times, now, to)
		}
	}
}

// send has the synapses of a row send what a spike stamped step brings.
func (k *stateful) send(row int, step int64, times int, now int64, to *Sums) {
	since := math.Inf(1)
	if k.last[row] > 0 {
		since = k.of.clock.MS(step - k.last[row])
	}
	k.last[row] = step
	from, end := k.begin[row], k.begin[row+1]
	if from == end {
		return
	}
	out := k.out[:end-from]
	clear(out)
	k.on.Weight, k.on.Delay, k.on.Out = k.weight[from:end:end], k.delay[from:end:end], out
	for c, all := range k.column {
		k.on.Column[c] = all[from:end:end]
	}
	k.sender.Send(synapse.Spike{Time: k.of.clock.MS(step), Since: since, Multiplicity: times}, &k.on)
	limit := k.of.bound * float64(times)
	for i, x := range out {
		i += int(from)
		b := k.block(k.at[i])
		if math.IsNaN(x) {
			k.fail(b, i, step, to)
			continue
		}
		quanta, tier := int64(times), uint8(0)
		if !b.counts {
			quanta, tier = b.Grid.Place(max(-limit, min(limit, x)))
		}
		if quanta != 0 {
			due := uint16(step) + k.delay[i]
			k.wheel.put(sending{quanta, k.at[i] + uint16(int(tier)*b.N), due, b.form(quanta)}, due, uint16(now))
		}
	}
}

// block returns the block of a slot.
func (k *stateful) block(slot uint16) target {
	for _, b := range k.target {
		if i := int(slot) - b.Base; i >= 0 && i < b.N {
			return b
		}
	}
	panic("a synapse onto no neuron")
}

// fail notes a synapse that delivers what is no number.
func (k *stateful) fail(b target, i int, step int64, to *Sums) {
	target := b.Index(int(k.at[i]) - b.Base)
	err := fmt.Errorf("population %s: a synapse of model %s onto neuron %d delivers NaN at a spike at %g ms, must be a number",
		brief.Quote(k.of.desc.Populations[b.Population].Name), brief.Quote(k.of.desc.Projections[k.of.Projection].Synapse), int(b.ID)+target, k.of.clock.MS(step))
	if failed := (&StepError{Err: err, Step: step, Neuron: b.Number + target}); failed.Before(to.failed) {
		to.failed = failed
	}
}

func (k *stateful) deliver(step int64, to *Sums) bool {
	if k.wheel.held == 0 {
		return false
	}
	due := k.wheel.take(uint16(step), func(s sending) uint16 { return s.due })
	for _, s := range due {
		up := max(s.quanta, 0)
		switch s.form {
		case inTheRing:
			i := int(step%kernel.RingSteps)*kernel.RingSlots + int(s.at)
			to.Ring[i] += int32(s.quanta)
			if to.ringPositive != nil {
				to.ringPositive[i] += int32(up)
			}
		case compact:
			to.sum[0][s.at] += int32(s.quanta)
			if to.positive != nil {
				to.positive[s.at] += int32(up)
			}
		default:
			to.SumWide[s.form-exact][s.at] += s.quanta
			if to.PositiveW != nil && s.form == exact {
				to.PositiveW[s.at] += up
			}
		}
	}
	k.wheel.giveBack(due)
	return len(due) > 0
}

func (k *stateful) resume(exchange.Spike, int64, int64, *Sums) {} // what was sent is in the state

func (k *stateful) ahead(int64, []network.StampedSpike, *Sums) kind {
	return &stateful{wheel: *k.wheel.clone()}
}

func (k *stateful) forget() { k.wheel.clear() }

func (k *stateful) count() int64 { return int64(len(k.weight)) }

func (k *stateful) degrees(of []uint32) {
	for row := range k.last {
		of[int(k.base)+row] += k.begin[row+1] - k.begin[row]
	}
}
