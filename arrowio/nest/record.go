package nest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"cortigo/sim"
	"cortigo/sim/device"
)

// Record has recorders write to NEST's ASCII files from now on, as record_to
// = "ascii" does: each to the file label-ID-0.dat in dir, ID being the
// recorder's id; an empty label stands for the model's name. The directory must
// exist; files that are there are an error unless overwrite is set. Times have
// three decimals, so the resolution must be a multiple of 0.001 ms.
//
// What is recorded is in the files when Simulate returns. Close ends the
// recording: from then on the recorders keep their data in memory again.
func Record(dir, label string, overwrite bool, recorders *sim.Nodes) (io.Closer, error) {
	fail := func(err error) (io.Closer, error) {
		return nil, fmt.Errorf("nest: recording to NEST's files in %s: %w", dir, err)
	}
	if recorders == nil {
		return fail(errors.New("no recorders"))
	}
	if err := recorders.Err(); err != nil {
		return fail(err)
	}
	if strings.ContainsAny(label, `/\`) {
		return fail(fmt.Errorf("label %q: must be no path", label))
	}
	all := &recording{}
	for _, r := range recorders.All() {
		f := &textFile{resolution: r.Network().Resolution()}
		if err := threeDecimals(f.resolution); err != nil {
			return fail(errors.Join(err, all.Close()))
		}
		model := r.Models()[0]
		name := label
		if name == "" {
			name = model.ModelName()
		}
		switch model.(type) {
		case device.SpikeRecorder:
			f.columns = []string{} // known at once: a file without spikes has its header too
		case device.Multimeter:
		default:
			return fail(errors.Join(fmt.Errorf("a %s is no recorder", model.ModelName()), all.Close()))
		}
		path := filePath(dir, name, int(r.First()))
		flags := os.O_RDWR | os.O_CREATE | os.O_TRUNC
		if !overwrite {
			flags |= os.O_EXCL
		}
		var err error
		if f.file, err = os.OpenFile(path, flags, 0o644); errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("%s is there already: overwriting it was not asked for", path)
		}
		if err == nil {
			all.files, all.nodes = append(all.files, f), append(all.nodes, r)
			if f.columns != nil {
				err = f.begin(nil)
			}
		}
		if err != nil {
			return fail(errors.Join(err, all.Close()))
		}
		if f.columns != nil {
			r.WriteSpikesTo(f)
		} else {
			r.WriteSamplesTo(f)
		}
	}
	return all, nil
}

type recording struct {
	files []*textFile
	nodes []*sim.Nodes
}

// Close ends the recordings.
func (r *recording) Close() error {
	var errs error
	for i, f := range r.files {
		r.nodes[i].WriteToMemory()
		errs = errors.Join(errs, f.file.Close())
	}
	r.files, r.nodes = nil, nil
	return errs
}

// A textFile takes spikes or samples as rows of text.
type textFile struct {
	file       *os.File
	resolution float64
	columns    []string // after sender and time; nil until they are known
	size       int64    // of what is whole
	row        []byte
}

func (f *textFile) begin(columns []string) error {
	f.columns = append([]string{}, columns...)
	f.row = append(f.row[:0], header+strings.Join(append([]string{"sender", "time_ms"}, columns...), "\t")+"\n"...)
	return f.write()
}

// write appends the rows that are ready, all of them or, after an error, none.
func (f *textFile) write() error {
	n, err := f.file.WriteAt(f.row, f.size)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, f.file.Truncate(f.size))
		}
		return fmt.Errorf("nest: %w", err)
	}
	f.size += int64(n)
	return nil
}

func (f *textFile) add(neuron int32, step int64) {
	f.row = strconv.AppendInt(f.row, int64(neuron), 10)
	f.row = append(f.row, '\t')
	f.row = strconv.AppendFloat(f.row, float64(step)*f.resolution, 'f', 3, 64)
}

// WriteSpikes is for the recorder.
func (f *textFile) WriteSpikes(step []int64, neuron []int32) error {
	f.row = f.row[:0]
	for i := range step {
		f.add(neuron[i], step[i])
		f.row = append(f.row, '\n')
	}
	return f.write()
}

// WriteSamples is for the multimeter.
func (f *textFile) WriteSamples(s sim.Samples) error {
	if f.columns == nil {
		if err := f.begin(s.Quantities); err != nil {
			f.columns = nil
			return err
		}
	}
	f.row = f.row[:0]
	for i := range s.Step {
		f.add(s.Neuron[i], s.Step[i])
		for _, v := range s.Values {
			f.row = append(f.row, '\t')
			f.row = strconv.AppendFloat(f.row, v[i], 'f', -1, 64)
		}
		f.row = append(f.row, '\n')
	}
	return f.write()
}
