package kernel

// Input is what arrives at one port of some neurons in a step.
type Input struct {
	Sum     []int32 // in quanta; the loops clear it
	Quantum float64 // pA or mV

	// Ext, if not nil, is more input, in pA or mV, which the loops clear. Counts
	// may take its place: Counts[k] events of one Weight for neuron k, the same
	// bits as with Ext[k] = 0 + Weight*Counts[k]. They are left as they are.
	Ext    []float64
	Counts []uint8
	Weight float64
}

// take returns the input of neuron k, and empties it.
func (in *Input) take(k int) float64 {
	x := float64(in.Quantum * float64(in.Sum[k]))
	in.Sum[k] = 0
	if in.Counts != nil {
		return x + (0 + float64(in.Weight*float64(in.Counts[k])))
	}
	if in.Ext != nil {
		x += in.Ext[k]
		in.Ext[k] = 0
	}
	return x
}

// element returns the value of neuron k of an array that has one for all or one
// for each.
func element(x []float64, k int) float64 {
	if len(x) == 1 {
		k = 0
	}
	return x[k]
}
