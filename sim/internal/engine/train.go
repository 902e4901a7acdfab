package engine

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"cortigo/sim/device"
)

// A Train is the connection of a spike-emitting device to a recorder.
type Train struct {
	Device    device.Device // an Emitter
	Generator int           // number of the device in the network
	Ordinal   uint32        // which of several of the device to recorders
}

// A generatorTrain is what a recorder gets of a generator.
type generatorTrain struct {
	device.Train
	id int32
}

// A stampedRow is a spike for a recorder.
type stampedRow struct {
	step int64
	id   int32
}

// RecordGenerator sends the spikes of a generator to sink from now on, as of id,
// stamped as the generator emits them: no delay counts. A Poisson generator sends
// its recorder a train of its own, as it does to every target. What the sink gets
// of neurons by an earlier or later RecordSpikes, and of other generators, comes
// in one order of step, then id. It is an error if the device emits no spikes or
// does not fit the resolution. Of several programs, that with the first shard
// records generators.
func (e *Engine) RecordGenerator(sink SpikeSink, at Train, id int32) error {
	if err := device.Check(at.Device); err != nil {
		return err
	}
	name := at.Device.ModelName()
	d, ok := at.Device.(device.Emitter)
	if !ok {
		return fmt.Errorf("%s: emits no spikes to record", name)
	}
	t, err := d.Train(&device.Connections{Clock: e.clock, N: 1, Stride: 1, Delay: []int64{0}, Weight: []float64{1}, Repeated: true, Recorder: true,
		Seed: e.desc.Seed, Generator: at.Generator, Ordinal: at.Ordinal})
	if err == nil && t == nil {
		err = fmt.Errorf("its method Train returned nil and no error")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if e.part.At[0] < 0 {
		return nil
	}
	r := e.recorderOf(sink)
	if r == nil {
		r = &spikeRecorder{sink: sink}
		e.spikeRecorders = append(e.spikeRecorders, r)
	}
	r.trains = append(r.trains, generatorTrain{t, id})
	return nil
}

// recorderOf returns the last recorder that writes to sink; nil if there is none.
func (e *Engine) recorderOf(sink SpikeSink) *spikeRecorder {
	if sink == nil || !reflect.TypeOf(sink).Comparable() {
		return nil
	}
	for _, r := range slices.Backward(e.spikeRecorders) {
		if reflect.TypeOf(r.sink) == reflect.TypeOf(sink) && r.sink == sink {
			return r
		}
	}
	return nil
}

// takeTrains puts the generators' spikes of the steps (begin, end] among the
// rows of the recorder that begin at from.
func (r *spikeRecorder) takeTrains(from int, begin, end int64) {
	r.rows = r.rows[:0]
	for _, t := range r.trains {
		t.Spikes(begin, end, func(step int64, n int) {
			for range n {
				r.rows = append(r.rows, stampedRow{step, t.id})
			}
		})
	}
	if len(r.rows) == 0 {
		return
	}
	for i := from; i < len(r.step); i++ {
		r.rows = append(r.rows, stampedRow{r.step[i], r.neuron[i]})
	}
	slices.SortFunc(r.rows, func(a, b stampedRow) int {
		return cmp.Or(cmp.Compare(a.step, b.step), cmp.Compare(a.id, b.id))
	})
	r.step, r.neuron = r.step[:from], r.neuron[:from]
	for _, x := range r.rows {
		r.step, r.neuron = append(r.step, x.step), append(r.neuron, x.id)
	}
}
