package nest

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"cortigo/arrowio/internal/populations"
	"cortigo/sim"
	"cortigo/sim/spikes"
)

// NodeIDsFile is where the PyNEST microcircuit puts the ids of its
// populations: a line with the first and the last of each.
const NodeIDsFile = "population_nodeids.dat"

// ReadSpikes reads the files of NEST's spike recorders ("ascii" backend),
// of any number of recorders and virtual processes, at the resolution (ms) of
// the simulation. The files name columns in a header: sender, and time_ms or
// time_step with time_offset; other columns are passed over, and without a
// header there are sender and time. Each neuron must belong to one of pops;
// without pops there is one population, "neurons", of all ids from the lowest
// to the highest found. The window is (0, last spike]: the files do not say
// what was recorded, so set Begin and End. Errors about a line are a
// [*ParseError].
func ReadSpikes(resolution float64, pops []spikes.Population, paths ...string) (*spikes.Data, error) {
	d := &spikes.Data{Resolution: resolution, Populations: pops}
	var idx *populations.Index
	if len(pops) > 0 {
		var err error
		if idx, err = populations.New(pops); err != nil {
			return nil, fmt.Errorf("nest: reading NEST's spikes: %w", err)
		}
	}
	for _, path := range paths {
		err := readRows(path, resolution, func(t *table, fields []string) error {
			id, step, err := t.row(fields)
			if err != nil {
				return err
			}
			if idx != nil {
				if err := idx.Assign(make([]int32, 1), []int32{id}); err != nil {
					return err
				}
			}
			d.Step, d.Neuron = append(d.Step, step), append(d.Neuron, id)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	d.Sort()
	if d.Len() > 0 {
		d.End = d.Step[d.Len()-1]
		if idx == nil {
			lo, hi := slices.Min(d.Neuron), slices.Max(d.Neuron)
			d.Populations = []spikes.Population{{Name: "neurons", First: lo, N: int(int64(hi) - int64(lo) + 1)}}
		}
	}
	return d, nil
}

// ReadSamples reads the files of one multimeter of NEST, of any number of
// virtual processes, which must have the same columns, at the resolution (ms)
// of the simulation. The samples are sorted by step, then neuron.
func ReadSamples(resolution float64, paths ...string) (*sim.Samples, error) {
	s := &sim.Samples{Resolution: resolution}
	for _, path := range paths {
		err := readRows(path, resolution, func(t *table, fields []string) error {
			if s.Quantities == nil {
				s.Quantities = slices.Clone(t.names)
				s.Values = make([][]float64, len(t.names))
			}
			if !slices.Equal(s.Quantities, t.names) {
				return fmt.Errorf("it has the quantities %q, the files before it %q", t.names, s.Quantities)
			}
			id, step, err := t.row(fields)
			if err != nil {
				return err
			}
			s.Step, s.Neuron = append(s.Step, step), append(s.Neuron, id)
			for q, c := range t.values {
				v, err := strconv.ParseFloat(fields[c], 64)
				if err != nil {
					return fmt.Errorf("%s %q: must be a number", t.names[q], fields[c])
				}
				s.Values[q] = append(s.Values[q], v)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	s.Sort()
	return s, nil
}

// Files returns the files label-ID-VP.dat in dir, by recorder, then
// virtual process. None is an error.
func Files(dir, label string) ([]string, error) {
	es, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("nest: %w", err)
	}
	type file struct {
		recorder, vp int
		name         string
	}
	var files []file
	for _, e := range es {
		rest, ok := strings.CutPrefix(e.Name(), label+"-")
		rest, isDat := strings.CutSuffix(rest, ".dat")
		id, vp, two := strings.Cut(rest, "-")
		a, err1 := strconv.Atoi(id)
		b, err2 := strconv.Atoi(vp)
		if ok && isDat && two && err1 == nil && err2 == nil {
			files = append(files, file{a, b, e.Name()})
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("nest: no files %s-ID-VP.dat in %s", label, dir)
	}
	slices.SortFunc(files, func(a, b file) int {
		if a.recorder != b.recorder {
			return a.recorder - b.recorder
		}
		return a.vp - b.vp
	})
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, f.name)
	}
	return paths, nil
}

// ReadNodeIDs reads the ids of populations, a line with the first and the
// last of each, in the order of names. Without names they are called
// "population 0" and so on.
func ReadNodeIDs(path string, populationNames []string) ([]spikes.Population, error) {
	var pops []spikes.Population
	err := eachLine(path, func(line string) error {
		f := strings.Fields(line)
		if len(f) != 2 {
			return fmt.Errorf("%d columns, must be 2: the first and the last id", len(f))
		}
		first, err1 := strconv.ParseInt(f[0], 10, 32)
		last, err2 := strconv.ParseInt(f[1], 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if first < 0 || last < first-1 || last == math.MaxInt32 && first == 0 {
			return fmt.Errorf("ids %d to %d", first, last)
		}
		name := fmt.Sprintf("population %d", len(pops))
		if populationNames != nil {
			if len(pops) == len(populationNames) {
				return fmt.Errorf("more populations than the names %q", populationNames)
			}
			name = populationNames[len(pops)]
		}
		pops = append(pops, spikes.Population{Name: name, First: int32(first), N: int(last - first + 1)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if populationNames != nil && len(pops) < len(populationNames) {
		return nil, fmt.Errorf("nest: reading %s: %d populations for the names %q", path, len(pops), populationNames)
	}
	if _, err := populations.New(pops); err != nil {
		return nil, fmt.Errorf("nest: reading %s: %w", path, err)
	}
	return pops, nil
}

// ReadDir reads all spikes that recorders with this label left in dir,
// with the populations of NodeIDsFile if it is there; see ReadSpikes and
// ReadNodeIDs.
func ReadDir(dir, label string, resolution float64, populationNames []string) (*spikes.Data, error) {
	files, err := Files(dir, label)
	if err != nil {
		return nil, err
	}
	pops, err := ReadNodeIDs(filepath.Join(dir, NodeIDsFile), populationNames)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return ReadSpikes(resolution, pops, files...)
}
