package arrowio

import (
	"errors"
	"fmt"
	"io"

	"cortigo/sim"
	"cortigo/sim/device"
	"cortigo/sim/spikes"
)

// RecordParquet makes recorders write to the Parquet files of a new run in dir
// from now on: a spike recorder to DIR/spikes, a multimeter to DIR/voltages, at
// most one of each. An earlier run in dir is an error unless overwrite is set.
// Close finishes the files; from then on the recorders keep their data in memory
// again.
//
// To record, save and continue a whole network, see Session.
func RecordParquet(dir string, overwrite bool, recorders ...*sim.Nodes) (io.Closer, error) {
	fail := func(err error) (io.Closer, error) {
		return nil, fmt.Errorf("arrowio: recording to %s: %w", dir, err)
	}
	all := sim.Join(recorders...)
	if err := all.Err(); err != nil {
		return fail(err)
	}
	var meters, spikes int
	for _, m := range all.Models() {
		switch m.(type) {
		case device.SpikeRecorder:
			spikes++
		case device.Multimeter:
			meters++
		default:
			return fail(fmt.Errorf("a %s is no recorder", m.ModelName()))
		}
	}
	if spikes+meters == 0 || spikes > 1 || meters > 1 {
		return fail(fmt.Errorf("%d spike recorders and %d multimeters, must be one of either or both", spikes, meters))
	}
	net := all.Network()
	run := Describe(net)
	for _, g := range net.Generators() { // whose spikes can be recorded, too
		run.Populations = append(run.Populations, g.SpikePopulations()...)
	}
	d, err := CreateRun(dir, run, overwrite)
	if err != nil {
		return nil, err
	}
	p := &parquetRecorders{run: d, net: net, begin: net.Step()}
	for i, node := range all.All() {
		if _, ok := all.Models()[i].(device.Multimeter); ok {
			w, err := d.NewSampleWriter()
			if err != nil {
				return fail(errors.Join(err, p.Close()))
			}
			node.WriteSamplesTo(w)
			p.writers, p.nodes = append(p.writers, w), append(p.nodes, node)
			continue
		}
		w, err := d.NewSpikeWriter()
		if err != nil {
			return fail(errors.Join(err, p.Close()))
		}
		node.WriteSpikesTo(w)
		p.writers, p.nodes = append(p.writers, w), append(p.nodes, node)
	}
	return p, nil
}

type parquetRecorders struct {
	run     *RunDir
	net     *sim.Network
	nodes   []*sim.Nodes
	writers []io.Closer
	begin   int64
}

// Close ends the recordings and notes which steps they cover.
func (p *parquetRecorders) Close() error {
	if len(p.writers) == 0 {
		return nil
	}
	// What the recorders are connected to can change until here.
	errs := p.noteRecorded()
	for i, w := range p.writers {
		p.nodes[i].WriteToMemory()
		errs = errors.Join(errs, w.Close())
	}
	p.writers, p.nodes = nil, nil
	if errs != nil {
		return errs
	}
	return p.run.setRecorded(p.begin, p.net.Step())
}

// noteRecorded notes which populations the spike recorder, if there is one,
// records.
func (p *parquetRecorders) noteRecorded() error {
	var recorded []spikes.Population
	for _, node := range p.nodes {
		if _, ok := node.Models()[0].(device.SpikeRecorder); ok {
			d, err := node.Spikes()
			if err != nil {
				return err
			}
			recorded = d.Populations
		}
	}
	return p.run.Update(func(r *Run) { r.recordsOnly(recorded) })
}
