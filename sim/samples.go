package sim

import (
	"fmt"
	"slices"
	"sort"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
)

// A SpikeWriter takes recorded spikes, in order of step, then neuron; each call
// continues where the last one ended. A time stamp is the end of the step in
// which the threshold was crossed, in steps of the resolution. The slices belong
// to the caller and are reused after the call. A neuron may occur twice in one
// step (multiplicity). An error stops the simulation and means that nothing was
// taken: the next call starts with the same spikes, so that no spike is lost if
// the simulation continues.
type SpikeWriter interface {
	WriteSpikes(step []int64, neuron []int32) error
}

// Samples are values that a multimeter read: Values[q][i] is quantity q of
// neuron Neuron[i] at Step[i], sorted by step, then neuron.
type Samples struct {
	Quantities []string    // "V_m" (mV), "I_syn_ex", "I_syn_in" (pA)
	Resolution float64     // ms per step
	Step       []int64     // end of the step, in steps of the resolution
	Neuron     []int32     // id
	Values     [][]float64 // by quantity, then row
}

// String returns in a line how many samples there are, of which quantities and times.
func (s Samples) String() string {
	text := fmt.Sprintf("%d samples of %s", len(s.Step), brief.Names(s.Quantities))
	if n := len(s.Step); n > 0 {
		text += fmt.Sprintf(" from %g to %g ms", clock.MS(s.Step[0], s.Resolution), clock.MS(s.Step[n-1], s.Resolution))
	}
	return text
}

// GoString is String, so that %#v does not print a million samples.
func (s Samples) GoString() string { return s.String() }

// A SampleWriter takes a multimeter's samples, in order; the slices belong to
// the caller and are reused when the call returns. An error is treated as a
// SpikeWriter's is.
type SampleWriter interface {
	WriteSamples(Samples) error
}

// Of returns the samples of a quantity of one neuron and their times, ms.
func (s Samples) Of(neuron int32, quantity string) (timesMS, values []float64, err error) {
	if len(s.Step) == 0 {
		return nil, nil, fmt.Errorf("sim: nothing has been sampled yet")
	}
	if !(s.Resolution > 0) {
		return nil, nil, fmt.Errorf("sim: the samples' resolution is %g ms, must be positive: without it their steps are no times", s.Resolution)
	}
	q := slices.Index(s.Quantities, quantity)
	if q < 0 {
		return nil, nil, fmt.Errorf("sim: no samples of %s, there are of %s", brief.Quote(quantity), brief.Names(s.Quantities))
	}
	for i, id := range s.Neuron {
		if id == neuron {
			timesMS = append(timesMS, clock.MS(s.Step[i], s.Resolution))
			values = append(values, s.Values[q][i])
		}
	}
	if timesMS == nil {
		return nil, nil, fmt.Errorf("sim: no samples of neuron %d", neuron)
	}
	return timesMS, values, nil
}

// Sort orders the samples by step, then by neuron; those of one neuron in one step
// stay in their order.
func (s *Samples) Sort() {
	if b := (byStepNeuron{s}); !sort.IsSorted(b) {
		sort.Stable(b)
	}
}

type byStepNeuron struct{ *Samples }

func (s byStepNeuron) Len() int { return len(s.Step) }

func (s byStepNeuron) Less(i, j int) bool {
	if s.Step[i] != s.Step[j] {
		return s.Step[i] < s.Step[j]
	}
	return s.Neuron[i] < s.Neuron[j]
}

func (s byStepNeuron) Swap(i, j int) {
	s.Step[i], s.Step[j] = s.Step[j], s.Step[i]
	s.Neuron[i], s.Neuron[j] = s.Neuron[j], s.Neuron[i]
	for _, v := range s.Values {
		v[i], v[j] = v[j], v[i]
	}
}
