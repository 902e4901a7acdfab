package store

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"cortigo/sim/internal/network"
	"cortigo/sim/synapse"
)

func synapseColumn(projection int, name string) string {
	return fmt.Sprintf("synapses/%d/%s", projection, name)
}

// sentLists are the arrays of what synapses with state have sent.
var sentLists = []string{"sent/neuron", "sent/step", "sent/tier", "sent/quanta"}

// synapseArrays returns the arrays of synapses with state: none where there are
// none.
func synapseArrays(s *network.State) []array {
	var arrays []array
	for i := range s.Synapses {
		x := &s.Synapses[i]
		arrays = append(arrays, newArray(synapseColumn(x.Projection, "weight"), x.Weight))
		for _, name := range slices.Sorted(maps.Keys(x.Columns)) {
			arrays = append(arrays, newArray(synapseColumn(x.Projection, name), x.Columns[name]))
		}
		last := make([]uint64, len(x.Last))
		for k, step := range x.Last {
			last[k] = uint64(step)
		}
		arrays = append(arrays, newArray(synapseColumn(x.Projection, "last"), last))
	}
	if len(s.Synapses) == 0 {
		return nil
	}
	neuron, tier := make([]uint32, len(s.Sent)), make([]uint32, len(s.Sent))
	step, quanta := make([]uint64, len(s.Sent)), make([]uint64, len(s.Sent))
	for i, x := range s.Sent {
		neuron[i], step[i], tier[i], quanta[i] = x.Neuron, uint64(x.Step), uint32(x.Tier), uint64(x.Quanta)
	}
	return append(arrays, newArray(sentLists[0], neuron), newArray(sentLists[1], step), newArray(sentLists[2], tier), newArray(sentLists[3], quanta))
}

// takeSynapses reads what synapseArrays wrote.
func (c *container) takeSynapses(desc *network.Description, s *network.State) error {
	for i := range desc.Projections {
		columns, ok := desc.SynapseColumns(i)
		if !ok {
			continue
		}
		x := network.SynapseState{Projection: i, Columns: map[string][]float64{}}
		var err error
		if x.Weight, err = take[float64](c, synapseColumn(i, "weight")); err != nil {
			return err
		}
		for _, column := range columns {
			if x.Columns[column.Name], err = take[float64](c, synapseColumn(i, column.Name)); err != nil {
				return err
			}
		}
		last, err := take[uint64](c, synapseColumn(i, "last"))
		if err != nil {
			return err
		}
		for _, step := range last {
			x.Last = append(x.Last, int64(step))
		}
		s.Synapses = append(s.Synapses, x)
	}
	neuron, err := take[uint32](c, sentLists[0])
	if err != nil {
		return err
	}
	step, err := take[uint64](c, sentLists[1])
	if err != nil {
		return err
	}
	tier, err := take[uint32](c, sentLists[2])
	if err != nil {
		return err
	}
	quanta, err := take[uint64](c, sentLists[3])
	if err != nil {
		return err
	}
	for i := range neuron {
		if tier[i] > math.MaxUint8 {
			return fmt.Errorf("%s: damaged: tier %d", c.path, tier[i])
		}
		s.Sent = append(s.Sent, network.Sending{Neuron: neuron[i], Step: int64(step[i]), Tier: uint8(tier[i]), Quanta: int64(quanta[i])})
	}
	return nil
}

// knownSynapses adds the names of the arrays that synapses with state have, and
// reports those of different lengths.
func (c *container) knownSynapses(desc *network.Description, known map[string]bool) error {
	any := false
	for i := range desc.Projections {
		columns, ok := desc.SynapseColumns(i)
		if !ok {
			continue
		}
		any = true
		weight := synapseColumn(i, "weight")
		known[weight], known[synapseColumn(i, "last")] = true, true
		for _, column := range append([]synapse.Column{{Name: "weight"}}, columns...) {
			name := synapseColumn(i, column.Name)
			if known[name] = true; c.array(name) == nil {
				return fmt.Errorf("%s: it lacks the array %q, which the synapses of projection %d have: was their kind another when it was saved?", c.path, name, i)
			}
			if n, want := c.length(name), c.length(weight); n != want {
				return fmt.Errorf("%s: damaged: array %q has %d elements, %q %d: must be as many", c.path, name, n, weight, want)
			}
		}
	}
	if !any {
		return nil
	}
	for _, name := range sentLists {
		known[name] = true
		if n, want := c.length(name), c.length(sentLists[0]); n != want {
			return fmt.Errorf("%s: damaged: array %q has %d elements, %q %d: must be as many", c.path, name, n, sentLists[0], want)
		}
	}
	return nil
}
