package plots

import (
	"fmt"
	"slices"

	"cortigo/sim/spikes"
)

// kindIn returns the kind by which population p of d is coloured. Input has the
// colour of neither kind, so that it stands apart from the network's own
// activity.
func kindIn(d *spikes.Data, p spikes.Population) spikes.Kind {
	if slices.Contains(d.Inputs(), p) {
		return spikes.Other
	}
	return shownKind(p.Effect())
}

// shownKind returns the kind that is drawn: an unknown kind, from a later
// version, is Other.
func shownKind(k spikes.Kind) spikes.Kind {
	if k == spikes.Excitatory || k == spikes.Inhibitory {
		return k
	}
	return spikes.Other
}

// A group is a run of populations that share a label on the axis.
type group struct {
	label string
	pops  []spikes.Population // excitatory first
}

// groups puts neighbours that have the same group together: excitatory ones
// first, then inhibitory ones, then others. A population without a group, or the
// only one of its group, is a group of its own.
func groups(pops []spikes.Population) []group {
	var out []group
	for i, p := range pops {
		if i == 0 || p.Group == "" || p.Group != pops[i-1].Group {
			out = append(out, group{label: p.DisplayName(), pops: []spikes.Population{p}})
			continue
		}
		g := &out[len(out)-1]
		g.label = p.Group
		g.pops = append(g.pops, p)
	}
	order := []spikes.Kind{spikes.Excitatory, spikes.Inhibitory, spikes.Other}
	for _, g := range out {
		slices.SortStableFunc(g.pops, func(p, q spikes.Population) int {
			return slices.Index(order, shownKind(p.Effect())) - slices.Index(order, shownKind(q.Effect()))
		})
	}
	return out
}

// checkPopulations reports what makes pops impossible to draw.
func checkPopulations(pops []spikes.Population) error {
	if len(pops) == 0 {
		return fmt.Errorf("plots: no populations to draw")
	}
	for _, p := range pops {
		if p.N <= 0 {
			return fmt.Errorf("plots: population %q has %d neurons, must be at least 1", p.Name, p.N)
		}
	}
	return nil
}
