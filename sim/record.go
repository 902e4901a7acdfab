package sim

// A SpikeWriter takes recorded spikes, in order of step, then neuron; each call
// goes on where the last one ended. A time stamp is the end of the step in
// which the threshold was crossed, in steps of the resolution. The slices
// belong to the caller and are reused when the call returns. A neuron may stand
// twice in one step (multiplicity). An error stops the simulation and means that
// nothing was taken: the next call begins with the same spikes, so that going on
// leaves no gap.
type SpikeWriter interface {
	WriteSpikes(step []int64, neuron []int32) error
}

// Samples are values that a multimeter read: Values[q][i] is quantity q of
// neuron Neuron[i] at Step[i], sorted by step, then neuron.
type Samples struct {
	Quantities []string    // "V_m" (mV), "I_syn_ex", "I_syn_in" (pA)
	Step       []int64     // end of the step, in steps of the resolution
	Neuron     []int32     // id
	Values     [][]float64 // by quantity, then row
}

// A SampleWriter takes a multimeter's samples, in order; the slices belong to
// the caller and are reused when the call returns. An error is treated as a
// SpikeWriter's is.
type SampleWriter interface {
	WriteSamples(Samples) error
}
