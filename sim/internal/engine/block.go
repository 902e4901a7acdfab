package engine

import (
	"fmt"
	"math"
	"unsafe"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

// A block is what the engine has around the neurons of one population in one
// shard, which are a group of their model: where they live, their input, and how
// their state is named.
type block struct {
	delivery.Place
	in inbox.Inbox

	spec      *neuron.Spec
	group     neuron.Group
	columns   []neuron.Column // its state
	following bool            // the group follows the signs of its input
	arriving  neuron.Input

	current  currentDrive
	inputs   []blockInput
	arrivals *arrivalInput  // from synapses that are no more; nil: none
	most     int32          // how often a neuron may spike in a step
	counter  device.Counter // the only one of inputs, if the group can take its numbers as they are
	weight   float64        // of these
}

func newBlock(desc *network.Description, l *delivery.Layout, clock clock.Clock, g wiring.Grid, ring bool, s, p int) (*block, error) {
	pop := &desc.Populations[p]
	spec, err := neuron.SpecOf(pop.Model)
	if err != nil {
		return nil, err
	}
	b := &block{Place: l.Place(s, p, g, pop.Merged(), ring), spec: spec}
	b.in = inbox.Inbox{First: b.First, Stride: b.Stride, N: b.N, OnePort: b.Merged}
	b.arriving.Ports = make([]neuron.PortInput, 2)
	if b.Merged {
		b.arriving.Ports = b.arriving.Ports[:1]
	}
	c := &neuron.Config{Clock: clock, Merged: b.Merged, Quantum: g.Quantum, Index: b.Index, Key: rng.NewKey(desc.Seed), Number: uint16(p)}
	if g.Wide {
		c.Quantum = 0 // the sums arrive through the inbox
	}
	for i := range b.arriving.Ports {
		b.arriving.Ports[i].Quantum = c.Quantum
	}
	if c.Population, err = pop.Parameters(); err != nil {
		return nil, err
	}
	if c.Parameters, err = neuron.NewParameters(pop.Model, pop.Columns, pop.N, b.N, b.Index); err != nil {
		return nil, err
	}
	if b.group, err = spec.Group(c); err != nil {
		return nil, err
	}
	b.most = math.MaxInt32
	if !spec.Counts {
		b.most = int32(min(pop.MostSpikes(clock), wiring.MaxMultiplicity))
	}
	b.columns = b.group.Columns()
	return b, b.checkColumns(pop.Model)
}

// checkColumns reports what a group of one's own may get wrong about its state
// and its recordables.
func (b *block) checkColumns(m neuron.Model) error {
	model := m.ModelName()
	seen := map[string]bool{}
	again := b.group.Columns()
	for i := range b.columns {
		c := &b.columns[i]
		switch {
		case c.Name == "" || seen[c.Name]:
			return fmt.Errorf("%s: a group has a column %q twice or without a name", model, c.Name)
		case c.Values != nil && c.Counts != nil, len(c.Values)+len(c.Counts) != b.N:
			return fmt.Errorf("%s: column %s of a group has %d values and %d counts, must have one or the other for each of %d neurons", model, c.Name, len(c.Values), len(c.Counts), b.N)
		case b.N > 0 && (i >= len(again) || elsewhere(c, &again[i])):
			return fmt.Errorf("%s: Columns gives column %s other slices at each call, must give those that the group has its state in", model, brief.Quote(c.Name))
		case c.Rest != nil && len(c.Rest) != 1 && len(c.Rest) != b.N:
			return fmt.Errorf("%s: column %s of a group has %d rest values, must be 1 or %d", model, c.Name, len(c.Rest), b.N)
		}
		seen[c.Name] = true
	}
	for _, r := range neuron.Recordables(m) {
		if b.follows(r.Name) && b.reader(r.Name) == nil {
			return fmt.Errorf("%s: recordable %s is neither a column of its group nor derived by it", model, r.Name)
		}
	}
	return nil
}

// elsewhere reports whether a column's values are other ones than another's.
func elsewhere(a, b *neuron.Column) bool {
	return a.Name != b.Name || unsafe.SliceData(a.Values) != unsafe.SliceData(b.Values) || unsafe.SliceData(a.Counts) != unsafe.SliceData(b.Counts)
}

// column returns a column of the state by its name; nil if there is none.
func (b *block) column(name string) *neuron.Column {
	for i := range b.columns {
		if b.columns[i].Name == name {
			return &b.columns[i]
		}
	}
	return nil
}

// initialise sets the columns that begin with a parameter: those of its name.
func (b *block) initialise(desc *network.Description) error {
	pop := &desc.Populations[b.Population]
	for i := range b.columns {
		c := &b.columns[i]
		if c.Values == nil {
			continue
		}
		start := b.start(pop, c.Name)
		if start == nil {
			continue
		}
		drawn := c.Name == device.Vm && pop.Vm != nil && pop.Columns[device.Vm] == nil
		for k := range c.Values {
			x := param.Element(start, k)
			if drawn {
				var err error
				if x, err = wiring.InitialPotential(desc, b.Population, b.Index(k)); err != nil {
					return fmt.Errorf("initial V_m: %w", err)
				}
			}
			c.Set(k, x)
		}
	}
	return nil
}

// start returns a parameter of the block's neurons, one value or one of each; nil
// if there is none of the name.
func (b *block) start(pop *network.Population, name string) []float64 {
	p, err := neuron.NewParameters(pop.Model, pop.Columns, pop.N, b.N, b.Index)
	if err != nil {
		return nil // newBlock has told
	}
	return p.Values(name)
}

// follows reports whether the group keeps a recordable.
func (b *block) follows(recordable string) bool {
	f, ok := b.group.(neuron.Follower)
	return !ok || f.Follows(recordable)
}

// follow has the group keep a recordable from now on.
func (sh *shard) follow(b *block, recordable string) {
	if b.N == 0 || b.follows(recordable) {
		return
	}
	b.group.(neuron.Follower).Follow(recordable)
	b.columns, b.following = b.group.Columns(), true
	b.in.FollowSigns()
	sh.ObservePositive(b.Grid.Wide, b.Ring)
}

// open shows the group where its input arrives; in a ring that changes with every
// step.
func (b *block) open(sh *shard) {
	a := &b.arriving
	for i := range a.Ports {
		a.Ports[i].Sums, a.Ports[i].Numbers = sh.Due(&b.Place, i), b.in.Ports[i]
	}
	a.Positive, a.Negative = b.in.Signs[0], b.in.Signs[1]
}

// advance does a step of the block: takes in what has arrived and moves on.
func (b *block) advance(sh *shard, step int64) {
	a := &b.arriving
	a.Step, a.Counts = step, nil
	switch {
	case b.counter != nil && !b.following:
		a.Counts, a.Weight = b.counter.Counts(step), b.weight
	case b.in.Ports[0] != nil || b.following:
		b.addInputs(sh, step)
	}
	if b.Ring {
		a.Ports[0].Sums = sh.Due(&b.Place, 0)
	}
	sh.fired.Neuron, sh.fired.Times = sh.fired.Neuron[:0], sh.fired.Times[:0]
	b.group.Step(a, &sh.fired)
}

// takesCounts reports whether the group can take numbers of spikes as they are.
func (b *block) takesCounts() bool {
	t, ok := b.group.(neuron.CountTaker)
	return ok && t.TakesCounts()
}

// checkFired reports what a group of one's own may get wrong about its spikes.
func (b *block) checkFired(s *neuron.Spikes) error {
	last := -1
	for _, k := range s.Neuron {
		if int(k) <= last || int(k) >= b.N {
			return fmt.Errorf("%s: neuron %d of a group of %d spikes after neuron %d, must ascend", b.spec.Defaults.ModelName(), k, b.N, last)
		}
		last = int(k)
	}
	if len(s.Times) == 0 {
		return nil
	}
	if len(s.Times) != len(s.Neuron) {
		return fmt.Errorf("%s: %d neurons spike and there are %d numbers of spikes", b.spec.Defaults.ModelName(), len(s.Neuron), len(s.Times))
	}
	for i, times := range s.Times {
		if times < 1 || times > b.most {
			return fmt.Errorf("%s: neuron %d of a group of %d spikes %d times at once, must be from 1 to %d (see MostSpikes)", b.spec.Defaults.ModelName(), s.Neuron[i], b.N, times, b.most)
		}
	}
	return nil
}
