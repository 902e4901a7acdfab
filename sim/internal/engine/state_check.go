package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/neuron"
)

// Check reports what no run of the network desc can have left behind: numbers
// that are not finite, columns of the wrong length, entries out of order; and a
// state of a part of it.
func (s *State) Check(desc *Description) error {
	if s.part != nil {
		return fmt.Errorf("it is of a part of the network: %v", s.part)
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
		case int64(a.Neuron) >= neurons || a.Step <= s.Step || a.Step > s.Step+maxDelay:
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

// follows reports whether y may stand behind x: at a later step, or of a later
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

// stateColumns returns the names of all columns that the state of a population
// may have, and of those that it has at least: the others are followed for
// recorders.
func (p *Population) stateColumns(c clock.Clock) (known, needed []string, err error) {
	group, err := p.prototype(c)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range group.Columns() {
		needed = append(needed, c.Name)
	}
	if f, ok := group.(neuron.Follower); ok {
		for _, r := range neuron.Recordables(p.Model) {
			if !f.Follows(r.Name) {
				f.Follow(r.Name)
			}
		}
	}
	for _, c := range group.Columns() {
		known = append(known, c.Name)
	}
	return known, needed, nil
}
