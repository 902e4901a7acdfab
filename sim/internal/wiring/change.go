package wiring

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
)

// takeChanges finds what is changed onto a part of the targets and what follows
// for the range of weights and delays.
func (w *Drawer) takeChanges(clock clock.Clock) error {
	from, to := w.changesOf(w.Changed, w.At), w.changesOf(w.Changed, w.At+w.Post.N)
	if from == to {
		return nil
	}
	w.changed = w.Changed[from:to]
	synapses := int64(0)
	for t := range w.Post.N {
		synapses += int64(w.Plan.Degree(w.At + t))
	}
	if network.ChangedWeights(w.changed) == synapses {
		w.weight.Max = 0 // none is as it was drawn
	}
	for _, c := range w.changed {
		if n := w.Plan.Degree(int(c.Target)); c.Index >= n {
			return fmt.Errorf("change of synapse %d of target %d, which has %d", c.Index, c.Target, n)
		}
		if !math.IsNaN(c.Weight) {
			quanta, _ := w.quanta(c.Weight)
			w.weight.Max = max(w.weight.Max, abs(quanta))
		}
		if !math.IsNaN(c.Delay) {
			d, err := network.DelaySteps(c.Delay, clock)
			if err != nil {
				return err
			}
			w.Delays.Max, w.Delays.Least = max(w.Delays.Max, d), min(w.Delays.Least, d)
		}
	}
	return nil
}

// changesOf returns where in a list the changes of the target at position t
// begin.
func (w *Drawer) changesOf(list []network.SynapseChange, t int) int {
	i, _ := slices.BinarySearchFunc(list, t, func(c network.SynapseChange, t int) int { return int(c.Target) - t })
	return i
}

func (w *Drawer) quanta(weight float64) (int64, uint8) {
	if w.parrot {
		return 1, 0
	}
	return w.grid.Place(weight)
}

// change applies the changes of the target at position t.
func (w *Drawer) change(t int, d *Drawn) {
	for _, c := range w.changed[w.changesOf(w.changed, t):] {
		if int(c.Target) != t {
			return
		}
		if !math.IsNaN(c.Weight) {
			quanta, tier := w.quanta(c.Weight)
			if d.Weight[c.Index] = quanta; len(d.Tier) > 0 {
				d.Tier[c.Index] = tier
			}
		}
		if !math.IsNaN(c.Delay) {
			d.Key[c.Index] = uint16(w.clock.RoundSteps(c.Delay)) << 1
		}
	}
}

// StartWeight returns the weight that synapse k of the target at position t, which
// d has, begins with: exactly what it was given, where it was given one.
func (w *Drawer) StartWeight(d *Drawn, t, k int) float64 {
	if c, ok := w.weightChange(t, k); ok {
		return c.Weight
	}
	if values, ok := w.WeightValues(); ok {
		return values[d.row[k]]
	}
	if c, ok := connect.IsConstant(w.Weight); ok {
		return c
	}
	return w.weightOf(d, k)
}

// weightChange returns the change of the weight of synapse k of the target at
// position t, if there is one.
func (w *Drawer) weightChange(t, k int) (network.SynapseChange, bool) {
	for _, c := range w.changed[w.changesOf(w.changed, t):] {
		if int(c.Target) != t || int(c.Index) > k {
			break
		}
		if int(c.Index) == k && !math.IsNaN(c.Weight) {
			return c, true
		}
	}
	return network.SynapseChange{}, false
}
