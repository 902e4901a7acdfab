// Package spikes holds recorded spike trains: two columns, the step in which a
// spike was emitted and the id of the neuron that emitted it, with the
// populations and the window they were recorded in.
//
// Its files:
//
//   - spikes.go      Data: the spikes, in ms by TimeMS, a part of them by Window
//   - population.go  Population: who they are of, and how figures show it
//   - digest.go      Digest: whether two runs had the same spikes
//
// Times are stored as integer steps, so that nothing is rounded; methods take and
// return ms: TimeMS, BeginMS, EndMS, Window. Statistics are computed by
// cortigo/analysis, figures drawn by cortigo/analysis/plots.
package spikes

import (
	"fmt"
	"math"
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

// BeginMS returns the time in ms at which the window starts; a spike stamped
// with it is outside.
func (d *Data) BeginMS() float64 { return float64(d.Begin) * d.Resolution }

// EndMS returns the time at which the window ends, in ms.
func (d *Data) EndMS() float64 { return float64(d.End) * d.Resolution }

// DurationMS returns the length of the window in ms.
func (d *Data) DurationMS() float64 { return float64(d.End-d.Begin) * d.Resolution }

// String returns the number of spikes, the window and the populations in a line.
func (d Data) String() string {
	neurons := 0
	for _, p := range d.Populations {
		neurons += p.N
	}
	return fmt.Sprintf("%d spikes in (%.12g, %.12g] ms of %d neurons in %d populations: %s",
		d.Len(), d.BeginMS(), d.EndMS(), neurons, len(d.Populations), brief.Names(names(d.Populations)))
}

// GoString is String, so that %#v does not print a million spikes.
func (d Data) GoString() string { return d.String() }

// Population returns the population called name.
func (d *Data) Population(name string) (Population, error) {
	for _, p := range d.Populations {
		if p.Name == name {
			return p, nil
		}
	}
	return Population{}, fmt.Errorf("spikes: no population %s among %s", brief.Quote(name), brief.Names(names(d.Populations)))
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

// Window returns the spikes with beginMS < time <= endMS, in ms. The window is
// clipped to d's own, so that -Inf and +Inf mean its start and end; one that ends
// before it starts is empty, at its start. A time may lie between two steps; one
// that misses a step by less than 1e-6 of a step counts as that step. The columns
// are shared with d.
func (d *Data) Window(beginMS, endMS float64) *Data {
	w := *d
	w.Begin = d.stepAt(beginMS)
	w.End = max(d.stepAt(endMS), w.Begin)
	i := sort.Search(len(d.Step), func(i int) bool { return d.Step[i] > w.Begin })
	j := sort.Search(len(d.Step), func(j int) bool { return d.Step[j] > w.End })
	w.Step, w.Neuron = d.Step[i:j], d.Neuron[i:j]
	return &w
}

// stepAt returns the last step at or before ms, within the window: its end if ms
// is no number.
func (d *Data) stepAt(ms float64) int64 {
	x := ms / d.Resolution
	if r := math.Round(x); math.Abs(x-r) < 1e-6 {
		x = r
	} else {
		x = math.Floor(x)
	}
	switch {
	case x <= float64(d.Begin):
		return d.Begin
	case x < float64(d.End):
		return int64(x)
	}
	return d.End
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

// Trains returns the spike steps of every neuron of p within the window, silent
// neurons included (and those of a population that was not recorded, of which
// nothing is known): element k belongs to the neuron with id p.First+k.
func (d *Data) Trains(p Population) [][]int64 {
	count := make([]int, p.N)
	in := func(i int) bool {
		return p.Contains(d.Neuron[i]) && d.Step[i] > d.Begin && d.Step[i] <= d.End
	}
	for i, id := range d.Neuron {
		if in(i) {
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
		if in(i) {
			trains[id-p.First] = append(trains[id-p.First], d.Step[i])
		}
	}
	return trains
}
