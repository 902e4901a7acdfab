package network

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
)

// A Projection connects two collections of neurons, each the parts of it in
// order. The rule is applied to the whole of either.
type Projection struct {
	Pre, Post     []Range
	Rule          connect.Rule
	Weight, Delay connect.Distribution
	Ordinal       uint32 // which of several between the two populations, where both sides have one part
	Synapse       string // name of the synapse model; none: static_synapse

	// Quantum is the grid on which weights are drawn, for each part of Targets,
	// so that they stay what they are when more is connected; 0 where they are
	// not drawn. Nil until the network is first built.
	Quantum []float64
	Changed []SynapseChange // in order of Target, then Index
}

// Sources returns the parts that the positions of sources count through: those
// of Pre, and after them those of Post where a rule makes reverse connections.
func (pr *Projection) Sources() []Range {
	if pr.reverse() {
		return append(pr.Pre[:len(pr.Pre):len(pr.Pre)], pr.Post...)
	}
	return pr.Pre
}

// Targets returns the parts that the positions of targets count through: those
// of Post, and after them those of Pre where a rule makes reverse connections.
func (pr *Projection) Targets() []Range {
	if pr.reverse() {
		return append(pr.Post[:len(pr.Post):len(pr.Post)], pr.Pre...)
	}
	return pr.Post
}

// reverse reports whether there are connections from Post to Pre, too.
func (pr *Projection) reverse() bool { return connect.MakesReverse(pr.Rule) }

// Size returns what the rule tells of its connections.
func (pr *Projection) Size() connect.Size {
	p := NewPools(pr.Pre, pr.Post)
	return pr.Rule.Size(p.Sources(), p.Targets())
}

// PartQuantum returns the grid on which the weights onto part k of the targets were
// drawn before; 0 if they were not.
func (pr *Projection) PartQuantum(k int) float64 {
	if k < len(pr.Quantum) {
		return pr.Quantum[k]
	}
	return 0
}

// WeightValues returns the weights of a projection that lists them one by one.
func (pr *Projection) WeightValues() ([]float64, bool) {
	if w, _ := connect.SynapseValues(pr.Rule); w != nil {
		return w, true
	}
	v, ok := pr.Weight.(connect.Values)
	return v, ok
}

// DelayValues returns the delays of a projection that lists them one by one.
func (pr *Projection) DelayValues() ([]float64, bool) {
	if _, d := connect.SynapseValues(pr.Rule); d != nil {
		return d, true
	}
	v, ok := pr.Delay.(connect.Values)
	return v, ok
}

// largestWeight returns the largest magnitude of a projection's weights, of
// those that synapses were given later alone if it is replaced.
func (pr *Projection) largestWeight(replaced bool) float64 {
	x := 0.0
	if list, ok := pr.WeightValues(); ok && !replaced {
		for _, w := range list {
			x = math.Max(x, math.Abs(w))
		}
	} else if !replaced {
		lo, hi := pr.Weight.Bounds()
		x = math.Max(math.Abs(lo), math.Abs(hi))
	}
	for _, c := range pr.Changed {
		if !math.IsNaN(c.Weight) {
			x = math.Max(x, math.Abs(c.Weight))
		}
	}
	return x
}

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
	targets := NewPool(pr.Targets()).N
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
			if _, err := DelaySteps(c.Delay, clock); err != nil {
				return fmt.Errorf("synapse %d of target %d: %w", c.Index, c.Target, err)
			}
		}
	}
	return nil
}

// ChangedWeights returns how many changes give a weight.
func ChangedWeights(list []SynapseChange) int64 {
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
