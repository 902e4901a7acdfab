package network

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/synapse"
)

// Check reports what no run of the network desc can have left behind: numbers
// that are not finite, columns of the wrong length, entries out of order; and a
// state of a part of it.
func (s *State) Check(desc *Description) error {
	if s.Part != nil {
		return fmt.Errorf("it is of a part of the network: %v", s.Part)
	}
	if s.Step < 0 || s.Step > clock.MaxSteps {
		return fmt.Errorf("state is of step %d, must be in [0, %d]", s.Step, clock.MaxSteps)
	}
	if s.Spikes < 0 {
		return fmt.Errorf("state has %d spikes, must be >= 0", s.Spikes)
	}
	if len(s.Populations) != len(desc.Populations) {
		return fmt.Errorf("state has %d populations, the network %d", len(s.Populations), len(desc.Populations))
	}
	c, err := clock.New(desc.Resolution)
	if err != nil {
		return err
	}
	for p := range s.Populations {
		if err := s.Populations[p].check(&desc.Populations[p], c); err != nil {
			return fmt.Errorf("state of population %q: %w", desc.Populations[p].Name, err)
		}
	}
	neurons := int64(desc.Neurons())
	for i, x := range s.Recent {
		switch {
		case int64(x.Neuron) >= neurons || x.Multiplicity < 1 || x.Step < 1 || x.Step > s.Step:
			return fmt.Errorf("state has %d spikes of neuron %d at step %d, which cannot be in a network of %d neurons at step %d",
				x.Multiplicity, int64(x.Neuron)+1, x.Step, neurons, s.Step)
		case i > 0 && !follows(s.Recent[i-1], x):
			return fmt.Errorf("state has a spike of neuron %d at step %d out of order", x.Neuron+1, x.Step)
		}
	}
	for i, a := range s.Arrivals {
		switch {
		case int64(a.Neuron) >= neurons || a.Step <= s.Step || a.Step > s.Step+MaxDelay:
			return fmt.Errorf("state has %g arriving at neuron %d at step %d, which cannot be in a network of %d neurons at step %d",
				a.Value, int64(a.Neuron)+1, a.Step, neurons, s.Step)
		case math.IsNaN(a.Value) || math.IsInf(a.Value, 0):
			return fmt.Errorf("state has %g arriving at neuron %d at step %d, must be finite", a.Value, a.Neuron+1, a.Step)
		case i > 0 && byStep(a.Step, a.Neuron, s.Arrivals[i-1].Step, s.Arrivals[i-1].Neuron) < 0:
			return fmt.Errorf("state has what arrives at neuron %d at step %d out of order", a.Neuron+1, a.Step)
		}
	}
	return s.checkSynapses(desc)
}

// follows reports whether y may stand after x: at a later step, or of a later
// neuron, or as the rest of more spikes at once than one entry holds.
func follows(x, y StampedSpike) bool {
	c := byStep(y.Step, y.Neuron, x.Step, x.Neuron)
	return c > 0 || c == 0 && x.Multiplicity == math.MaxUint16
}

// byStep compares by step, then neuron.
func byStep(step int64, neuron uint32, otherStep int64, other uint32) int {
	return cmp.Or(cmp.Compare(step, otherStep), cmp.Compare(neuron, other))
}

func (s PopulationState) check(p *Population, c clock.Clock) error {
	known, needed, err := p.stateColumns(c)
	if err != nil {
		return err
	}
	for _, name := range needed {
		if s[name] == nil {
			return fmt.Errorf("the state lacks %s, which its model has", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		x := s[name]
		if !slices.Contains(known, name) {
			return fmt.Errorf("the state has a column %s, which a %s of these parameters does not have", brief.Quote(name), p.Model.ModelName())
		}
		if followed := len(needed) < len(known) && !slices.Contains(needed, name); followed {
			needed = known // what is followed is all there
		}
		if len(x) != p.N {
			return fmt.Errorf("%s of %d neurons, must be %d", brief.String(name), len(x), p.N)
		}
		for k := range x {
			if math.IsNaN(x[k]) || math.IsInf(x[k], 0) {
				return fmt.Errorf("%s of neuron %d of %d, counted from 0, is %g, must be finite", brief.String(name), k, p.N, x[k])
			}
		}
	}
	for _, name := range needed {
		if s[name] == nil {
			return fmt.Errorf("the state lacks %s, which goes with others that it has", name)
		}
	}
	return nil
}

// A State is what a network needs to go on, by neuron and independent of
// shards. Of an engine with a part of the shards it is that of the neurons there,
// of what is under way to them, and of the synapses onto them; elsewhere are zeros.
type State struct {
	Part *Part `json:"-"` // which shards it is of; nil: of the whole network

	Step        int64             `json:"step"`
	Spikes      int64             `json:"spikes"` // emitted so far
	Populations []PopulationState `json:"-"`
	Recent      []StampedSpike    `json:"-"` // whose synapses may still deliver
	Arrivals    []Arrival         `json:"-"` // what synapses that are no more still deliver, by step, then neuron
	Synapses    []SynapseState    `json:"-"` // of projections whose synapses have state
	Sent        []Sending         `json:"-"` // through them, and under way
}

// Each neuron has up to MaxTiers sums of what arrives in a step, each of up to
// MaxSum quanta.
const (
	MaxTiers = 16
	MaxSum   = math.MaxInt64 / 2
)

// A PopulationState is the state of a population's neurons: columns by name, with
// a value for each neuron. Those of which a group says so are relative to a rest
// value, as V_m to E_L.
type PopulationState map[string][]float64

// A StampedSpike is one of a neuron, counted from 0 over the network.
type StampedSpike struct {
	Neuron       uint32
	Multiplicity uint16
	Step         int64
}

// An Arrival is input under way to a neuron, counted from 0 over the network,
// that no longer depends on a synapse.
type Arrival struct {
	Neuron uint32
	Step   int64   // at which it arrives
	Value  float64 // pA or mV; onto parrots a number of spikes
}

// A SynapseState is the state of a projection's synapses, in order of target, then
// index, and so independent of shards.
type SynapseState struct {
	Projection int
	Weight     []float64
	Columns    map[string][]float64 // by name
	Last       []int64              // of each of its Sources, the step of the last spike; 0: none
}

// A Sending is what synapses with state have sent and is under way to a neuron,
// counted from 0 over the network, in quanta of a tier of its population's grid.
type Sending struct {
	Neuron uint32
	Step   int64 // at which it arrives
	Tier   uint8
	Quanta int64
}

// Check reports what no synapses of a kind can have; n is their number, -1 if it is
// not known.
func (s *SynapseState) Check(spec *synapse.Spec, n int64, sources int) error {
	if n < 0 {
		n = int64(len(s.Weight))
	}
	if len(s.Columns) != len(spec.Columns) {
		return fmt.Errorf("%d columns, the kind has %d", len(s.Columns), len(spec.Columns))
	}
	number := func(name string, x []float64) error {
		if int64(len(x)) != n {
			return fmt.Errorf("%s of %d synapses, must be %d", name, len(x), n)
		}
		for i := range x {
			if math.IsNaN(x[i]) || math.IsInf(x[i], 0) {
				return fmt.Errorf("%s of synapse %d is %g, must be finite", name, i, x[i])
			}
		}
		return nil
	}
	if err := number("weight", s.Weight); err != nil {
		return err
	}
	for _, c := range spec.Columns {
		x, ok := s.Columns[c.Name]
		if !ok {
			return fmt.Errorf("there is no column %s, which the kind has", c.Name)
		}
		if err := number(c.Name, x); err != nil {
			return err
		}
	}
	if len(s.Last) != sources {
		return fmt.Errorf("last spikes of %d sources, must be %d", len(s.Last), sources)
	}
	return nil
}

// checkSynapses reports what no run can have left behind of synapses with state,
// or sent through them.
func (s *State) checkSynapses(desc *Description) error {
	next := 0
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		_, spec, err := desc.KindOf(pr)
		if err != nil {
			return err
		}
		if spec == nil {
			continue
		}
		if next == len(s.Synapses) || s.Synapses[next].Projection != i {
			return fmt.Errorf("state has nothing of the synapses of projection %d, which have state", i)
		}
		x := &s.Synapses[next]
		next++
		if err := x.Check(spec, -1, NewPool(pr.Sources()).N); err != nil {
			return fmt.Errorf("state of the synapses %s -> %s of model %s: %w", desc.Names(pr.Pre), desc.Names(pr.Post), brief.Quote(pr.Synapse), err)
		}
		for _, step := range x.Last {
			if step < 0 || step > s.Step {
				return fmt.Errorf("state of the synapses of projection %d: a last spike at step %d, must be in [0, %d]", i, step, s.Step)
			}
		}
	}
	if next < len(s.Synapses) {
		return fmt.Errorf("state has synapses of projection %d, which have none", s.Synapses[next].Projection)
	}
	neurons := int64(desc.Neurons())
	for i, x := range s.Sent {
		if len(s.Synapses) == 0 || int64(x.Neuron) >= neurons || x.Step <= s.Step || x.Step > s.Step+MaxDelay || x.Tier >= MaxTiers || x.Quanta == 0 || x.Quanta > MaxSum || x.Quanta < -MaxSum {
			return fmt.Errorf("state has %d quanta under way to neuron %d at step %d, which cannot be at step %d", x.Quanta, int64(x.Neuron)+1, x.Step, s.Step)
		}
		if i > 0 && CompareSendings(s.Sent[i-1], x) >= 0 {
			return fmt.Errorf("state has what is under way to neuron %d out of order", x.Neuron+1)
		}
	}
	return nil
}

// CompareSendings orders by step, neuron, tier and sign.
func CompareSendings(a, b Sending) int {
	return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron), cmp.Compare(a.Tier, b.Tier), cmp.Compare(b.Quanta, a.Quanta))
}

// SortArrivals orders by step, then neuron; what one neuron gets at a time from
// several keeps its order.
func SortArrivals(a []Arrival) {
	slices.SortStableFunc(a, func(a, b Arrival) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
}
