package device

import "errors"

// SpikeRecorder records the spikes of the neurons that are connected to it while
// it is active, NEST's spike_recorder. The weights and delays of its connections
// do not matter; a spike of multiplicity n gives n rows.
type SpikeRecorder struct {
	Active
}

// ModelName returns "spike_recorder".
func (SpikeRecorder) ModelName() string { return "spike_recorder" }

// Validate reports times that make no sense.
func (r SpikeRecorder) Validate() error {
	return errors.Join(CheckTable(r), r.CheckTimes(r.ModelName()))
}
