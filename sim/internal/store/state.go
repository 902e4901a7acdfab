package store

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
)

type stateHeader struct {
	Format      int    `json:"format"`
	Fingerprint string `json:"fingerprint"` // of the network's description
	network.State
}

const stateKind = "state"

func statePath(dir string) string { return filepath.Join(dir, "state", "state.cortigo") }

// stateFormat is the version of a state's file. Format 1 numbered the columns
// of all models.
const stateFormat = 2

// columnName names a column's array by the number of the population, since its
// name may contain any character.
func columnName(population int, column string) string {
	return fmt.Sprintf("%d/%s", population, column)
}

// columnOf reads such a name; false for any other.
func columnOf(name string) (population int, column string, ok bool) {
	number, column, ok := strings.Cut(name, "/")
	population, err := strconv.Atoi(number)
	return population, column, ok && err == nil && column != "" && columnName(population, column) == name
}

// named1 are the names of the columns of format 1 by number, for models with two
// channels and, where it differs, with one.
var (
	named1  = []string{"V_m", "I_syn_ex", "I_syn_in", "dI_syn_ex", "dI_syn_in", "refractory input", "", "", "refractory steps"}
	merged1 = map[int]string{1: "I_syn", 6: "I_syn_ex", 7: "I_syn_in"}
)

// name1 gives the columns of a population of format 1 their names. Parrots had
// refractory steps, all 0, there.
func name1(s network.PopulationState) network.PopulationState {
	out := network.PopulationState{}
	for key, x := range s {
		k, err := strconv.Atoi(key)
		if err != nil || k < 0 || k >= len(named1) {
			out[key] = x // which its model does not know
			continue
		}
		name := named1[k]
		if one := merged1[k]; one != "" && s["2"] == nil {
			name = one
		}
		if name == "refractory steps" && s["0"] == nil {
			continue
		}
		out[name] = x
	}
	return out
}

// SaveState writes a network's state, which State.Check has passed, to dir/state.
func SaveState(dir string, desc *network.Description, s *network.State) error {
	fp, err := Fingerprint(desc)
	if err != nil {
		return err
	}
	if err := makeDir(filepath.Join(dir, "state")); err != nil {
		return err
	}
	var arrays []array
	for p := range s.Populations {
		for _, name := range slices.Sorted(maps.Keys(s.Populations[p])) {
			arrays = append(arrays, newArray(columnName(p, name), s.Populations[p][name]))
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
	_, err = writeContainer(statePath(dir), stateKind, stateHeader{stateFormat, fp, *s}, arrays)
	return err
}

// OpenState reads the state of the network desc in dir; nil if none was saved.
func OpenState(dir string, desc *network.Description) (*network.State, error) {
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
	if h.Format != stateFormat && h.Format != 1 {
		return nil, fmt.Errorf("%s: format %d, this version reads 1 and %d: go on from it with the version that wrote it, or run the network again", c.path, h.Format, stateFormat)
	}
	if h.Fingerprint != fp {
		return nil, fmt.Errorf("%s: belongs to another network", c.path)
	}
	s := h.State
	if err := c.checkState(desc); err != nil {
		return nil, err
	}
	s.Populations = make([]network.PopulationState, len(desc.Populations))
	for p := range s.Populations {
		s.Populations[p] = network.PopulationState{}
	}
	for _, a := range c.table.Arrays {
		if p, column, ok := columnOf(a.Name); ok {
			if s.Populations[p][column], err = take[float64](c, a.Name); err != nil {
				return nil, err
			}
		}
	}
	if h.Format == 1 {
		for p := range s.Populations {
			s.Populations[p] = name1(s.Populations[p])
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
		s.Recent = append(s.Recent, network.StampedSpike{Neuron: neuron[i], Multiplicity: uint16(multiplicity[i]), Step: int64(step[i])})
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
		s.Arrivals = append(s.Arrivals, network.Arrival{Neuron: target[i], Step: int64(arrival[i]), Value: value[i]})
	}
	if err := c.takeSynapses(desc, &s); err != nil {
		return nil, err
	}
	if err := s.Check(desc); err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", c.path, err)
	}
	return &s, nil
}

// lists are the other arrays of a state: those of a list have the same length.
var lists = [][]string{{"recent/neuron", "recent/multiplicity", "recent/step"}, {"arrivals/neuron", "arrivals/value", "arrivals/step"}}

// checkState reports arrays that a state of the network desc cannot have, and
// wrong lengths.
func (c *container) checkState(desc *network.Description) error {
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
	for _, a := range c.table.Arrays {
		if known[a.Name] {
			continue
		}
		p, _, ok := columnOf(a.Name)
		if !ok || p < 0 || p >= len(desc.Populations) {
			return fmt.Errorf("%s: damaged: it holds an array %q, which is not part of a state of this network", c.path, brief.String(a.Name))
		}
		if n := desc.Populations[p].N; a.Len != int64(n) {
			return fmt.Errorf("%s: damaged: array %q has %d elements, must have one for each of %d neurons", c.path, a.Name, a.Len, n)
		}
	}
	return nil
}
