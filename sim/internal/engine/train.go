package engine

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/rng"
)

// A Train is the connection of a spike-emitting device to a recorder.
type Train struct {
	Device    device.Device // Poisson, InhomogeneousPoisson or SpikeGenerator
	Generator int           // number of the device in the network
	Ordinal   uint32        // which of several of the device to recorders
}

// A generatorTrain is what a recorder gets of a generator.
type generatorTrain struct {
	id         int32
	begin, end int64     // spikes stamped (begin, end] pass
	step       []int64   // of a spike generator: stamps
	count      []float64 // and multiplicities
	rates      *rates    // of a Poisson generator
	key        rng.Key
	stream     rng.ID
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
// does not fit the resolution.
func (e *Engine) RecordGenerator(sink SpikeSink, at Train, id int32) error {
	t := &generatorTrain{id: id, key: rng.NewKey(e.desc.Seed), stream: rng.ID{Purpose: rng.GeneratorTrain, Pre: uint16(at.Generator), Ordinal: at.Ordinal}}
	var err error
	switch d := at.Device.(type) {
	case device.SpikeGenerator:
		d.Weights = nil // a recorder counts spikes, whatever their weight
		t.step, t.count, err = generatorSpikes(d, e.clock)
	case device.Poisson, device.InhomogeneousPoisson:
		if t.begin, t.end, _, err = activeSteps(d, e.clock); err == nil {
			t.rates, err = newRates(d, e.clock)
		}
	case device.DC, device.StepCurrent, device.Noise:
		err = fmt.Errorf("emits no spikes to record")
	default:
		return unknownDevice(d)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", at.Device.ModelName(), err)
	}
	r := e.recorderOf(sink)
	if r == nil {
		r = &spikeRecorder{sink: sink}
		e.spikeRecorders = append(e.spikeRecorders, r)
	}
	r.trains = append(r.trains, t)
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

// appendRows appends what the generator emits in the steps (begin, end].
func (t *generatorTrain) appendRows(rows []stampedRow, begin, end int64) []stampedRow {
	if t.rates == nil {
		i, _ := slices.BinarySearch(t.step, begin+1)
		for ; i < len(t.step) && t.step[i] <= end; i++ {
			for range int(t.count[i]) {
				rows = append(rows, stampedRow{t.step[i], t.id})
			}
		}
		return rows
	}
	begin, end = max(begin, t.begin, 0), min(end, t.end)
	var w [4]uint32
	for s := begin + 1; s <= end; s++ {
		table := t.rates.at(s)
		if s == begin+1 || s&3 == 0 {
			w = rng.Philox(t.stream.Counter(uint32(s>>2)), t.key)
		}
		if table == nil {
			continue
		}
		for range table.Draw(w[s&3]) {
			rows = append(rows, stampedRow{s, t.id})
		}
	}
	return rows
}

// takeTrains puts the generators' spikes of the steps (begin, end] among the
// rows of the recorder that begin at from.
func (r *spikeRecorder) takeTrains(from int, begin, end int64) {
	r.rows = r.rows[:0]
	for _, t := range r.trains {
		r.rows = t.appendRows(r.rows, begin, end)
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
