package store

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/engine"
)

type stateHeader struct {
	Format      int    `json:"format"`
	Fingerprint string `json:"fingerprint"` // of the network's description
	engine.State
}

const stateKind = "state"

func statePath(dir string) string { return filepath.Join(dir, "state", "state.cortigo") }

func columnName(population, column int) string { return fmt.Sprintf("%d/%d", population, column) }

// SaveState writes a network's state, which State.Check has passed, to dir/state.
func SaveState(dir string, desc *engine.Description, s *engine.State) error {
	fp, err := Fingerprint(desc)
	if err != nil {
		return err
	}
	if err := makeDir(filepath.Join(dir, "state")); err != nil {
		return err
	}
	var arrays []array
	for p := range s.Populations {
		for c, column := range s.Populations[p].Columns() {
			if *column != nil {
				arrays = append(arrays, newArray(columnName(p, c), *column))
			}
		}
	}
	neuron := make([]uint32, len(s.Recent))
	multiplicity := make([]uint32, len(s.Recent))
	step := make([]uint64, len(s.Recent))
	for i, x := range s.Recent {
		neuron[i], multiplicity[i], step[i] = x.Neuron, uint32(x.Multiplicity), uint64(x.Step)
	}
	arrays = append(arrays, newArray("recent/neuron", neuron), newArray("recent/multiplicity", multiplicity), newArray("recent/step", step))
	target, value, arrival := make([]uint32, len(s.Arrivals)), make([]float64, len(s.Arrivals)), make([]uint64, len(s.Arrivals))
	for i, a := range s.Arrivals {
		target[i], value[i], arrival[i] = a.Neuron, a.Value, uint64(a.Step)
	}
	arrays = append(arrays, newArray("arrivals/neuron", target), newArray("arrivals/value", value), newArray("arrivals/step", arrival))
	arrays = append(arrays, synapseArrays(s)...)
	_, err = writeContainer(statePath(dir), stateKind, stateHeader{formatVersion, fp, *s}, arrays)
	return err
}

// OpenState reads the state of the network desc in dir; nil if none was saved.
func OpenState(dir string, desc *engine.Description) (*engine.State, error) {
	c, err := openContainer(statePath(dir), stateKind)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var h stateHeader
	if err := c.header(&h); err != nil {
		return nil, err
	}
	fp, err := Fingerprint(desc)
	if err != nil {
		return nil, err
	}
	if h.Format != formatVersion {
		return nil, fmt.Errorf("%s: format %d, this version reads %d", c.path, h.Format, formatVersion)
	}
	if h.Fingerprint != fp {
		return nil, fmt.Errorf("%s: belongs to another network", c.path)
	}
	s := h.State
	if err := c.checkState(desc); err != nil {
		return nil, err
	}
	s.Populations = make([]engine.PopulationState, len(desc.Populations))
	for p := range s.Populations {
		for k, column := range s.Populations[p].Columns() {
			if *column, err = take[float64](c, columnName(p, k)); err != nil {
				return nil, err
			}
		}
	}
	neuron, err := take[uint32](c, "recent/neuron")
	if err != nil {
		return nil, err
	}
	multiplicity, err := take[uint32](c, "recent/multiplicity")
	if err != nil {
		return nil, err
	}
	step, err := take[uint64](c, "recent/step")
	if err != nil {
		return nil, err
	}
	for i := range neuron {
		if multiplicity[i] > math.MaxUint16 {
			return nil, fmt.Errorf("%s: damaged: %d spikes at once of neuron %d, must be at most %d", c.path, multiplicity[i], int64(neuron[i])+1, math.MaxUint16)
		}
		s.Recent = append(s.Recent, engine.StampedSpike{Neuron: neuron[i], Multiplicity: uint16(multiplicity[i]), Step: int64(step[i])})
	}
	target, err := take[uint32](c, "arrivals/neuron")
	if err != nil {
		return nil, err
	}
	value, err := take[float64](c, "arrivals/value")
	if err != nil {
		return nil, err
	}
	arrival, err := take[uint64](c, "arrivals/step")
	if err != nil {
		return nil, err
	}
	for i := range target {
		s.Arrivals = append(s.Arrivals, engine.Arrival{Neuron: target[i], Step: int64(arrival[i]), Value: value[i]})
	}
	if err := c.takeSynapses(desc, &s); err != nil {
		return nil, err
	}
	if err := s.Check(desc); err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", c.path, err)
	}
	return &s, nil
}

// lists are what a state has beside columns: arrays of one length each.
var lists = [][]string{{"recent/neuron", "recent/multiplicity", "recent/step"}, {"arrivals/neuron", "arrivals/value", "arrivals/step"}}

// checkState reports arrays that a state of the network desc does not have, or
// not of that length.
func (c *container) checkState(desc *engine.Description) error {
	known := map[string]bool{}
	for _, names := range lists {
		for _, name := range names {
			known[name] = true
			if n, want := c.length(name), c.length(names[0]); n != want {
				return fmt.Errorf("%s: damaged: array %q has %d elements, %q %d: must be as many", c.path, name, n, names[0], want)
			}
		}
	}
	if err := c.knownSynapses(desc, known); err != nil {
		return err
	}
	columns := len((&engine.PopulationState{}).Columns())
	for _, a := range c.table.Arrays {
		if known[a.Name] {
			continue
		}
		var p, k int
		if n, err := fmt.Sscanf(a.Name, "%d/%d", &p, &k); n != 2 || err != nil || a.Name != columnName(p, k) || p < 0 || p >= len(desc.Populations) || k < 0 || k >= columns {
			return fmt.Errorf("%s: damaged: it holds an array %q, which is not part of a state of this network", c.path, brief.String(a.Name))
		}
		if n := desc.Populations[p].N; a.Len != int64(n) {
			return fmt.Errorf("%s: damaged: array %q has %d elements, must have one for each of %d neurons", c.path, a.Name, a.Len, n)
		}
	}
	return nil
}
