// Package spikes holds recorded spike trains: two columns, the step in which a
// spike was emitted and the id of the neuron that emitted it, with the
// populations and the window they were recorded in.
package spikes

import (
	"fmt"
	"slices"
	"sort"

	"cortigo/sim/internal/brief"
)

// Data are the spikes recorded in the window (Begin, End], in steps of
// Resolution. A spike's time stamp is the end of the step in which the
// threshold was crossed, so step s is the time s*Resolution.
// Spikes are sorted by step, then by neuron.
type Data struct {
	Resolution  float64 // ms per step
	Populations []Population
	Begin, End  int64   // steps, the window (Begin, End]
	Step        []int64 // time stamp of each spike, in steps
	Neuron      []int32 // id of the neuron of each spike
}

// Len returns the number of spikes.
func (d *Data) Len() int { return len(d.Step) }

// TimeMS returns the time stamp of spike i in ms.
func (d *Data) TimeMS(i int) float64 { return float64(d.Step[i]) * d.Resolution }

// DurationMS returns the length of the window in ms.
func (d *Data) DurationMS() float64 { return float64(d.End-d.Begin) * d.Resolution }

// Population returns the population called name.
func (d *Data) Population(name string) (Population, error) {
	for _, p := range d.Populations {
		if p.Name == name {
			return p, nil
		}
	}
	return Population{}, fmt.Errorf("spikes: no population %s among %s", brief.Quote(name), names(d.Populations))
}

// Recorded returns the populations that were recorded, in their order.
func (d *Data) Recorded() []Population {
	return slices.DeleteFunc(slices.Clone(d.Populations), func(p Population) bool { return p.NotRecorded })
}

// Circuit returns what "all neurons" are: the populations that were recorded and
// are not input. If all that was recorded is input, it is that.
func (d *Data) Circuit() []Population {
	recorded := d.Recorded()
	if own := slices.DeleteFunc(slices.Clone(recorded), func(p Population) bool { return p.Input }); len(own) > 0 {
		return own
	}
	return recorded
}

// Inputs returns the populations that were recorded and are not of the Circuit.
func (d *Data) Inputs() []Population {
	recorded := d.Recorded()
	if slices.ContainsFunc(recorded, func(p Population) bool { return !p.Input }) {
		return slices.DeleteFunc(recorded, func(p Population) bool { return !p.Input })
	}
	return nil
}

// Window returns the spikes with begin < step <= end. The columns are shared
// with d. The window is clipped to d's own.
func (d *Data) Window(begin, end int64) *Data {
	begin, end = min(max(begin, d.Begin), d.End), min(end, d.End)
	if end < begin {
		end = begin
	}
	i := sort.Search(len(d.Step), func(i int) bool { return d.Step[i] > begin })
	j := sort.Search(len(d.Step), func(j int) bool { return d.Step[j] > end })
	w := *d
	w.Begin, w.End = begin, end
	w.Step, w.Neuron = d.Step[i:j], d.Neuron[i:j]
	return &w
}

// Sort orders the spikes by step, then by neuron.
func (d *Data) Sort() { sort.Stable(byStepNeuron{d}) }

// Sorted reports whether the spikes are in order of step, then neuron.
func (d *Data) Sorted() bool { return sort.IsSorted(byStepNeuron{d}) }

type byStepNeuron struct{ *Data }

func (d byStepNeuron) Less(i, j int) bool {
	if d.Step[i] != d.Step[j] {
		return d.Step[i] < d.Step[j]
	}
	return d.Neuron[i] < d.Neuron[j]
}

func (d byStepNeuron) Swap(i, j int) {
	d.Step[i], d.Step[j] = d.Step[j], d.Step[i]
	d.Neuron[i], d.Neuron[j] = d.Neuron[j], d.Neuron[i]
}

// Trains returns the spike steps of every neuron of p, silent ones included (and
// those of a population that was not recorded, of which nothing is known):
// element k belongs to the neuron with id p.First+k.
func (d *Data) Trains(p Population) [][]int64 {
	count := make([]int, p.N)
	for _, id := range d.Neuron {
		if p.Contains(id) {
			count[id-p.First]++
		}
	}
	trains := make([][]int64, p.N)
	for k, c := range count {
		if c > 0 {
			trains[k] = make([]int64, 0, c)
		}
	}
	for i, id := range d.Neuron {
		if p.Contains(id) {
			trains[id-p.First] = append(trains[id-p.First], d.Step[i])
		}
	}
	return trains
}
