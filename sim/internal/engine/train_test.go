package engine

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

type rowSink struct {
	step []int64
	id   []int32
	fail error
}

func (r *rowSink) WriteSpikes(step []int64, neuron []int32) error {
	if r.fail != nil {
		return r.fail
	}
	r.step, r.id = append(r.step, step...), append(r.id, neuron...)
	return nil
}

func (r *rowSink) text() string {
	s := ""
	for i := range r.step {
		s += fmt.Sprintf(" %d:%d", r.step[i], r.id[i])
	}
	return s[min(1, len(s)):]
}

// A recorder gets a spike generator's spikes at their stamps, whatever weight or
// delay, as often as their multiplicity, within start < S <= stop; between those
// of neurons by step, then id. The neurons are parrots that repeat spikes at 0.5
// and 1.3 ms over a delay of 0.2 ms, that is at 0.7 and 1.5 ms.
func TestRecordGenerator(t *testing.T) {
	g := device.SpikeGenerator{Times: []float64{0.1, 0.5, 0.7, 0.7, 1.5, 2.4}, Weights: []float64{1, 0, -1, 2, 3, 1}, Multiplicities: []int{1, 2, 1, 1, 0, 1}}
	windowed := g
	windowed.Active = device.Active{Start: 0.1, Stop: 0.7, Origin: 0.5}
	for _, c := range []struct {
		name   string
		record func(e *Engine, s SpikeSink) error
		want   string
	}{
		{"alone", func(e *Engine, s SpikeSink) error { return e.RecordGenerator(s, Train{Device: g}, 9) }, "1:9 5:9 5:9 7:9 7:9 24:9"},
		{"window", func(e *Engine, s SpikeSink) error { return e.RecordGenerator(s, Train{Device: windowed}, 9) }, "10:9 10:9 12:9 12:9"},
		{"after neurons", func(e *Engine, s SpikeSink) error {
			e.RecordSpikes(s, []network.Range{{Population: 0, From: 0, N: 2}})
			return e.RecordGenerator(s, Train{Device: g}, 9)
		}, "1:9 5:9 5:9 7:1 7:2 7:9 7:9 15:1 15:2 24:9"},
		{"between neurons, recorded first", func(e *Engine, s SpikeSink) error {
			err := e.RecordGenerator(s, Train{Device: device.SpikeGenerator{Times: []float64{0.7, 1.5}}}, 2)
			e.RecordSpikes(s, []network.Range{{Population: 0, From: 0, N: 1}, {Population: 0, From: 2, N: 1}})
			return errors.Join(err, e.RecordGenerator(s, Train{Device: device.SpikeGenerator{Times: []float64{0.7, 0.8}}}, -4))
		}, "7:-4 7:1 7:2 7:3 8:-4 15:1 15:2 15:3"},
	} {
		for _, pieces := range [][]int64{{30}, {1, 4, 1, 1, 8, 15}} {
			e := driven(t, 3, neuron.Parrot{}, 2, network.Attachment{Device: device.SpikeGenerator{Times: []float64{0.5, 1.3}}, Delay: connect.Constant(0.2)})
			var sink rowSink
			if err := c.record(e, &sink); err != nil {
				t.Fatal(err)
			}
			for _, n := range pieces {
				advance(t, e, n)
			}
			if sink.text() != c.want {
				t.Errorf("%s in %v: %s, want %s", c.name, pieces, sink.text(), c.want)
			}
		}
	}
}

// What a recorder does not take is kept, and recording begins where the run
// stands.
func TestRecordGeneratorLater(t *testing.T) {
	e := driven(t, 1, neuron.Parrot{}, 1)
	g := device.SpikeGenerator{Times: []float64{0.5, 1, 1.1, 2}}
	advance(t, e, 10)
	sink := rowSink{fail: errors.New("full")}
	if err := e.RecordGenerator(&sink, Train{Device: g}, 1); err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context(), 5, nil); !errors.Is(err, sink.fail) {
		t.Errorf("%v, want %v", err, sink.fail)
	}
	sink.fail = nil
	advance(t, e, 15)
	if sink.text() != "11:1 20:1" {
		t.Error(sink.text())
	}
}

// A Poisson generator sends a recorder a train of its own: of the rate, in its
// window, independent of what its targets and its other recorders get, and the
// same however a run is divided, on any number of shards, from a state on.
func TestRecordPoisson(t *testing.T) {
	const steps = 40000
	d := device.Poisson{Rate: 3000, Active: device.Active{Start: 1, Stop: 3901, Origin: 2}}
	at := network.Attachment{Device: d, Delay: connect.Constant(0.1), Post: network.Range{Population: 0, From: 0, N: 1}}
	run := func(shards int, d device.Device, ordinal uint32, pieces ...int64) (train, target *rowSink) {
		e := driven(t, 2, neuron.Parrot{}, shards, at)
		train, target = new(rowSink), new(rowSink)
		if err := e.RecordGenerator(train, Train{Device: d, Ordinal: ordinal}, 5); err != nil {
			t.Fatal(err)
		}
		e.RecordSpikes(target, []network.Range{{Population: 0, From: 0, N: 1}})
		for i, n := range pieces {
			advance(t, e, n)
			if i == 1 {
				if err := e.SetState(e.State()); err != nil {
					t.Fatal(err)
				}
			}
		}
		return train, target
	}
	counts := func(s *rowSink, shift int64) []float64 {
		n := make([]float64, steps+2)
		for _, x := range s.step {
			n[x-shift]++
		}
		return n
	}
	train, target := run(1, d, 0, steps)
	if first, last := train.step[0], train.step[len(train.step)-1]; first <= 30 || last > 39030 || !slices.IsSorted(train.step) {
		t.Errorf("steps from %d to %d", first, last)
	}
	const active, mean = 39000, 0.3
	if z := (float64(len(train.step)) - active*mean) / math.Sqrt(active*mean); math.Abs(z) > 4 { // a chance of 6e-5
		t.Errorf("%d spikes, want %g", len(train.step), active*mean)
	}
	second, _ := run(1, d, 1, steps)
	a, b, c := counts(train, 0), counts(second, 0), counts(target, 1)
	var withSecond, withTarget, late float64
	for s := 31; s <= 39000; s++ {
		withSecond += (a[s] - mean) * (b[s] - mean)
		withTarget += (a[s] - mean) * (c[s] - mean)
		late += (a[s] - mean) * (a[s-1] - mean)
	}
	for what, x := range map[string]float64{"another recorder": withSecond, "a target": withTarget, "itself a step later": late} {
		if z := x / mean / math.Sqrt(active); math.Abs(z) > 4 {
			t.Errorf("correlated with %s: %.1f standard errors", what, z)
		}
	}
	for _, other := range []func() (*rowSink, *rowSink){
		func() (*rowSink, *rowSink) { return run(2, d, 0, 1, 2, 3, 7, 1000, steps-1013) },
		func() (*rowSink, *rowSink) {
			return run(1, device.InhomogeneousPoisson{RateTimes: []float64{0.1}, RateValues: []float64{3000}, Active: d.Active}, 0, steps)
		},
	} {
		if got, _ := other(); !slices.Equal(got.step, train.step) {
			t.Errorf("%d spikes, or others, want %d", len(got.step), len(train.step))
		}
	}
	silent, _ := run(1, device.InhomogeneousPoisson{RateTimes: []float64{10, 20}, RateValues: []float64{1e5, 0}}, 0, steps)
	if n := len(silent.step); n == 0 || silent.step[0] != 100 || silent.step[n-1] != 199 { // 10 a step: none has a chance of 5e-5
		t.Errorf("%d spikes, want them in steps 100 to 199", n)
	}
}

func TestRecordGeneratorErrors(t *testing.T) {
	e := driven(t, 1, neuron.Parrot{}, 1)
	for _, c := range []struct {
		d    device.Device
		want string
	}{
		{device.DC{}, "dc_generator: emits no spikes to record"},
		{device.Noise{}, "noise_generator: emits no spikes to record"},
		{&device.Poisson{}, "must be a struct of package device"},
		{nil, "must be a struct of package device"},
		{device.Poisson{Active: device.Active{Start: 0.05}}, "poisson_generator: start is 0.05 ms"},
		{device.Poisson{Rate: 1e12}, "poisson_generator: rate is 1e+12"},
		{device.SpikeGenerator{Times: []float64{0.05}}, "spike_generator: spike_times[0] is 0.05 ms"},
		{device.InhomogeneousPoisson{RateTimes: []float64{0.05}, RateValues: []float64{1}}, "inhomogeneous_poisson_generator: rate_times[0] is 0.05 ms"},
	} {
		if err := e.RecordGenerator(new(rowSink), Train{Device: c.d}, 1); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
	}
	if len(e.spikeRecorders) != 0 {
		t.Error("an error leaves a recorder")
	}
}
