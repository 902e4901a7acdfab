package engine

import (
	"cmp"
	"fmt"
	"math"

	"cortigo/sim/internal/clock"
)

// Check reports what no run of the network desc can have left behind: numbers
// that are not finite, columns of the wrong length, entries out of order.
func (s *State) Check(desc *Description) error {
	if s.Step < 0 || s.Step > clock.MaxSteps {
		return fmt.Errorf("state is of step %d, must be in [0, %d]", s.Step, clock.MaxSteps)
	}
	if s.Spikes < 0 {
		return fmt.Errorf("state has %d spikes, must be >= 0", s.Spikes)
	}
	if len(s.Populations) != len(desc.Populations) {
		return fmt.Errorf("state has %d populations, the network %d", len(s.Populations), len(desc.Populations))
	}
	for p := range s.Populations {
		if err := s.Populations[p].check(&desc.Populations[p]); err != nil {
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

// columnNames are what errors call the columns, in the order of Columns.
var columnNames = [...]string{"V_m", "I_syn_ex", "I_syn_in", "dI_syn_ex", "dI_syn_in", "refractory input", "I_syn_ex", "I_syn_in", "refractory steps"}

func (s *PopulationState) check(p *Population) error {
	for c, column := range s.Columns() {
		x := *column
		if x != nil && len(x) != p.N {
			return fmt.Errorf("%s of %d neurons, must be %d", columnNames[c], len(x), p.N)
		}
		for k := range x {
			if math.IsNaN(x[k]) || math.IsInf(x[k], 0) {
				return fmt.Errorf("%s of neuron %d of %d, counted from 0, is %g, must be finite", columnNames[c], k, p.N, x[k])
			}
		}
	}
	return nil
}
