package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

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

// SaveState writes a network's state to dir/state.
func SaveState(dir string, desc *engine.Description, s *engine.State) error {
	fp, err := Fingerprint(desc)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "state"), 0o755); err != nil {
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
	return writeContainer(statePath(dir), stateKind, stateHeader{formatVersion, fp, *s}, arrays)
}

// OpenState reads the state of the network desc in dir; nil if none was saved.
func OpenState(dir string, desc *engine.Description) (*engine.State, error) {
	c, err := readContainer(statePath(dir), stateKind, false)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
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
	if h.Step < 0 || h.Step > engine.MaxSteps {
		return nil, fmt.Errorf("%s: step %d, must be in [0, %d]", c.path, h.Step, engine.MaxSteps)
	}
	s := h.State
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
	if len(multiplicity) != len(neuron) || len(step) != len(neuron) {
		return nil, fmt.Errorf("%s: damaged: columns of recent spikes differ in length", c.path)
	}
	for i := range neuron {
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
	if len(value) != len(target) || len(arrival) != len(target) {
		return nil, fmt.Errorf("%s: damaged: columns of arrivals differ in length", c.path)
	}
	for i := range target {
		s.Arrivals = append(s.Arrivals, engine.Arrival{Neuron: target[i], Step: int64(arrival[i]), Value: value[i]})
	}
	return &s, nil
}
