package engine

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
)

// A SynapseChange gives one synapse another weight or delay than was drawn.
type SynapseChange struct {
	Target uint32  // position among Targets
	Index  uint32  // which of the target's synapses of the projection
	Weight float64 // pA, or mV for iaf_psc_delta; NaN: as drawn
	Delay  float64 // ms; NaN: as drawn

	// Since is the step at which the weight was set: where synapses have state, it is
	// theirs then, and may change later.
	Since int64
}

// Rewound returns projections of which every change has been there from the
// beginning.
func Rewound(projections []Projection) []Projection {
	projections = slices.Clone(projections)
	for i := range projections {
		pr := &projections[i]
		if slices.ContainsFunc(pr.Changed, func(c SynapseChange) bool { return c.Since != 0 }) {
			pr.Changed = slices.Clone(pr.Changed)
			for k := range pr.Changed {
				pr.Changed[k].Since = 0
			}
		}
	}
	return projections
}

// CheckChanges reports changes that are not in order of target and index, each
// once, and weights and delays that cannot be. Whether a target has a synapse of
// that index is known when the network is built.
func CheckChanges(pr *Projection, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	targets := newPool(pr.Targets()).n
	for i, c := range pr.Changed {
		switch {
		case i > 0 && !before(pr.Changed[i-1], c):
			return fmt.Errorf("changed synapses are not in order of target and index, each once: %d of target %d follows %d of target %d",
				c.Index, c.Target, pr.Changed[i-1].Index, pr.Changed[i-1].Target)
		case int(c.Target) >= targets:
			return fmt.Errorf("changed synapse of target %d, must be in [0, %d)", c.Target, targets)
		case math.IsInf(c.Weight, 0):
			return fmt.Errorf("changed weight of synapse %d of target %d is %g, must be finite", c.Index, c.Target, c.Weight)
		case math.Abs(c.Weight) > inbox.MaxMagnitude:
			return fmt.Errorf("changed weight of synapse %d of target %d is %g, must be within %g", c.Index, c.Target, c.Weight, inbox.MaxMagnitude)
		}
		if !math.IsNaN(c.Delay) {
			if _, err := constantDelay(c.Delay, clock); err != nil {
				return fmt.Errorf("synapse %d of target %d: %w", c.Index, c.Target, err)
			}
		}
	}
	return nil
}

// changedWeights returns how many changes give a weight.
func changedWeights(list []SynapseChange) int64 {
	n := int64(0)
	for _, c := range list {
		if !math.IsNaN(c.Weight) {
			n++
		}
	}
	return n
}

func before(a, b SynapseChange) bool {
	return a.Target < b.Target || a.Target == b.Target && a.Index < b.Index
}

// takeChanges finds what is changed onto a part of the targets and what follows
// for the range of weights and delays.
func (w *drawer) takeChanges(clock clock.Clock) error {
	from, to := w.changesOf(w.Changed, w.at), w.changesOf(w.Changed, w.at+w.Post.N)
	if from == to {
		return nil
	}
	w.changed = w.Changed[from:to]
	synapses := int64(0)
	for t := range w.Post.N {
		synapses += int64(w.plan.degree(w.at + t))
	}
	if changedWeights(w.changed) == synapses {
		w.weight.max = 0 // none is as it was drawn
	}
	for _, c := range w.changed {
		if n := w.plan.degree(int(c.Target)); c.Index >= n {
			return fmt.Errorf("change of synapse %d of target %d, which has %d", c.Index, c.Target, n)
		}
		if !math.IsNaN(c.Weight) {
			quanta, _ := w.quanta(c.Weight)
			w.weight.max = max(w.weight.max, abs(quanta))
		}
		if !math.IsNaN(c.Delay) {
			d, err := constantDelay(c.Delay, clock)
			if err != nil {
				return err
			}
			w.delay.max, w.delay.least = max(w.delay.max, d), min(w.delay.least, d)
		}
	}
	return nil
}

// changesOf returns where in a list the changes of the target at position t
// begin.
func (w *drawer) changesOf(list []SynapseChange, t int) int {
	i, _ := slices.BinarySearchFunc(list, t, func(c SynapseChange, t int) int { return int(c.Target) - t })
	return i
}

func (w *drawer) quanta(weight float64) (int64, uint8) {
	if w.parrot {
		return 1, 0
	}
	return w.grid.place(weight)
}

// change applies the changes of the target at position t.
func (w *drawer) change(t int, d *drawn) {
	for _, c := range w.changed[w.changesOf(w.changed, t):] {
		if int(c.Target) != t {
			return
		}
		if !math.IsNaN(c.Weight) {
			quanta, tier := w.quanta(c.Weight)
			if d.weight[c.Index] = quanta; len(d.tier) > 0 {
				d.tier[c.Index] = tier
			}
		}
		if !math.IsNaN(c.Delay) {
			d.key[c.Index] = uint16(w.clock.RoundSteps(c.Delay)) << 1
		}
	}
}
