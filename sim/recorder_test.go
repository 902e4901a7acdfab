package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// One recorder of several slices, connected one by one and in any order, has the
// spikes of all in order of step, then id.
func TestRecorderOfSlices(t *testing.T) {
	net := mustNew(t, sim.Shards(3))
	g := nodes(t, net, "g", 2, device.SpikeGenerator{Times: []float64{2, 2, 4}}, sim.Params{"spike_multiplicities": [][]int{{1, 1, 2}, {0, 1, 1}}})
	a := nodes(t, net, "a", 10, neuron.Parrot{})
	b := nodes(t, net, "b", 3, neuron.Parrot{})
	every := nodes(t, net, "every", 1, device.SpikeGenerator{Times: []float64{1, 3}})
	net.Connect(every, sim.Join(a, b)) // stamped 2.0 and 4.0
	r := nodes(t, net, "r", 1, device.SpikeRecorder{})
	for _, c := range []*sim.Nodes{b.Slice(1, 3), a.Slice(6, 8), g.At(1), a.At(0), g.At(0), a.Slice(7, 9).At(1)} {
		net.Connect(c, r)
	}
	simulate(t, net, 3, 3)
	d := spikesOf(t, r)
	equal(t, "steps", d.Step, []int64{20, 20, 20, 20, 20, 20, 20, 20, 20, 40, 40, 40, 40, 40, 40, 40, 40, 40})
	equal(t, "ids", d.Neuron, []int32{1, 1, 2, 3, 9, 10, 11, 14, 15, 1, 1, 2, 3, 9, 10, 11, 14, 15})
	equal(t, "sorted", d.Sorted(), true)
	equal(t, "populations", d.Populations, []spikes.Population{{Name: "a[0:1]", First: 3, N: 1, Input: true},
		{Name: "a[6:9]", First: 9, N: 3, Input: true}, {Name: "b[1:3]", First: 14, N: 2, Input: true}, {Name: "g", First: 1, N: 2, Input: true}})
	equal(t, "window", fmt.Sprint(d.Begin, d.End), "0 60")
	equal(t, "n_events", get(t, r, "n_events"), []float64{18})
	d.Step[0] = 7 // a copy
	equal(t, "step", spikesOf(t, r).Step[0], int64(20))
	r.Clear()
	equal(t, "cleared", spikesOf(t, r).Len(), 0)
	equal(t, "window", fmt.Sprint(spikesOf(t, r).Begin, spikesOf(t, r).End), "60 60")
	_, err := r.Samples()
	wantError(t, err, "Samples of a spike_recorder", "multimeter")
	_, err = a.Spikes()
	wantError(t, err, "Spikes of a with 10 nodes", "one spike_recorder")
	a.Clear()
	wantError(t, a.Network().Err(), "Clear of a with 10 nodes", "recorders")
}

// A recorder records what is stamped in (start, stop], from when it is connected
// on; several of one call keep apart what each records.
func TestRecorderWindow(t *testing.T) {
	net := mustNew(t)
	g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}})
	p := nodes(t, net, "p", 3, neuron.Parrot{})
	join(t, net, g, p, nil, 1, 0.1) // stamped 1.1, 2.1, ...
	r := nodes(t, net, "r", 3, device.SpikeRecorder{Active: device.Active{Start: 2.1, Stop: 8.1}}, sim.Params{"origin": []float64{0, 1, 0}})
	net.Connect(p, r, connect.OneToOne{})
	simulate(t, net, 4)
	late := recorderOf(t, net, p.At(1), g)
	r.At(2).Set(sim.Params{"stop": 5.1})
	simulate(t, net, 6)
	equal(t, "steps", spikesOf(t, r.At(0)).Step, []int64{31, 41, 51, 61, 71, 81})
	equal(t, "ids", slices.Compact(spikesOf(t, r.At(0)).Neuron), []int32{2})
	equal(t, "shifted", spikesOf(t, r.At(1)).Step, []int64{41, 51, 61, 71, 81, 91})
	equal(t, "stopped earlier", spikesOf(t, r.At(2)).Step, []int64{31, 41, 51})
	equal(t, "window", fmt.Sprint(spikesOf(t, r.At(0)).Begin, spikesOf(t, r.At(0)).End), "21 81")
	d := spikesOf(t, late)
	equal(t, "late", d.Step, []int64{41, 50, 51, 60, 61, 70, 71, 80, 81, 90, 91, 100})
	equal(t, "window", fmt.Sprint(d.Begin, d.End), "40 100")
}

// A multimeter samples at offset + k*interval while it is active, whatever the
// pieces of a run, and from when it is connected on.
func TestMultimeterTimes(t *testing.T) {
	for _, c := range []struct {
		m    device.Multimeter
		want string
	}{
		{device.DefaultVoltmeter(), "[1 2 3 4 5 6 7 8]"}, {device.Multimeter{}, "[1 2 3 4 5 6 7 8]"},
		{device.Multimeter{Interval: 2.5}, "[2.5 5 7.5]"}, {device.Multimeter{Interval: 2.5, Offset: 0.2}, "[0.2 2.7 5.2 7.7]"},
		{device.Multimeter{Interval: 2, Active: device.Active{Start: 2, Stop: 6}}, "[4 6]"},
		{device.Multimeter{Interval: 2, Offset: 7, Active: device.Active{Start: 2}}, "[7]"},
		{device.Multimeter{Interval: 1, Active: device.Active{Start: 1, Stop: 3, Origin: 4}}, "[6 7]"},
	} {
		for _, pieces := range [][]float64{{8}, {0.1, 2.4, 0, 0.2, 3.3, 2}} {
			net := mustNew(t, sim.Shards(2))
			a := nodes(t, net, "a", 3, neuron.DefaultIafPscAlpha(), sim.Params{"V_m": []float64{-60, -61, -62}})
			m := nodes(t, net, "m", 1, c.m)
			net.Connect(m, a.Slice(1, 3))
			for i, ms := range pieces {
				simulate(t, net, ms)
				nodes(t, net, "", 1+i, neuron.Parrot{}) // recordings go on through changes
			}
			s, err := m.Samples()
			must(t, err)
			times, v, err := s.Of(3, "V_m")
			must(t, err)
			for i := range times {
				times[i] = math.Round(times[i]*10) / 10
				if want := -70 + 8*math.Exp(-times[i]/10); math.Abs(v[i]-want) > 1e-11 {
					t.Errorf("V_m at %g ms is %g, want %g", times[i], v[i], want)
				}
			}
			equal(t, fmt.Sprintf("times of %+v in %v", c.m, pieces), fmt.Sprint(times), c.want)
			equal(t, "n_events", get(t, m, "n_events"), []float64{float64(2 * len(times))})
			_, _, err = s.Of(1, "V_m")
			wantError(t, err, "neuron 1")
			_, _, err = s.Of(2, "I_syn_ex")
			wantError(t, err, `"I_syn_ex"`, `"V_m"`)
		}
	}
	net := mustNew(t)
	a := nodes(t, net, "a", 1, neuron.DefaultIafPscAlpha())
	simulate(t, net, 3.5)
	m := nodes(t, net, "late", 1, device.Multimeter{Quantities: []string{"I_syn_in", "V_m"}})
	net.Connect(m, a)
	simulate(t, net, 2.5)
	s, err := m.Samples()
	must(t, err)
	equal(t, "steps", s.Step, []int64{40, 50, 60})
	// What is in memory has the quantities it was recorded with.
	m.Set(sim.Params{"record_from": []string{"V_m"}})
	wantError(t, m.Network().Err(), "record_from", "3 samples", "Clear")
	m.Set(sim.Params{"interval": 0.5})
	m.Clear()
	m.Set(sim.Params{"record_from": []string{"V_m"}})
	simulate(t, net, 1)
	s, err = m.Samples()
	must(t, err)
	equal(t, "samples", fmt.Sprint(s.Quantities, s.Step), "[V_m] [65 70]")
}

// Currents of neurons with equal synaptic time constants can be recorded from
// their first step on, also of those that come later.
func TestCurrentsOfLateNeurons(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
	g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1, 6}})
	join(t, net, g, a, nil, 10, 1)
	simulate(t, net, 5)
	b := nodes(t, net, "b", 2, neuron.DefaultIafPscExp())
	join(t, net, g, b, nil, 10, 1)
	join(t, net, g, b, nil, -4, 1)
	m := nodes(t, net, "m", 1, device.Multimeter{Quantities: []string{"I_syn_ex", "I_syn_in"}})
	net.Connect(m, a)
	wantError(t, net.Err(), `"a"`, "before the first step")
	net.Connect(m, sim.Join(a, b))
	wantError(t, net.Err(), `"a"`, "before the first step")
	net.Connect(m, b)
	v := meterOf(t, net, a)
	v.Set(sim.Params{"record_from": "I_syn_ex"})
	wantError(t, v.Network().Err(), `"a"`, "before the first step")
	simulate(t, net, 3)
	s, err := m.Samples()
	must(t, err)
	_, ex, err := s.Of(b.First(), "I_syn_ex")
	must(t, err)
	_, in, err := s.Of(b.First()+1, "I_syn_in")
	must(t, err)
	for k, want := range []float64{0, 10, 10 * math.Exp(-0.5)} { // at 6, 7 and 8 ms
		if math.Abs(ex[k]-want) > 1e-12 || math.Abs(in[k]+0.4*want) > 1e-12 {
			t.Errorf("at %d ms: %g and %g, want %g and %g", 6+k, ex[k], in[k], want, -0.4*want)
		}
	}
}

// unreliable takes nothing in some of its calls.
type unreliable struct {
	memory
	calls, failures int
	fails           func(call int) bool
}

func (u *unreliable) ok() error {
	if u.calls++; u.fails(u.calls) {
		u.failures++
		return errors.New("no room")
	}
	return nil
}

func (u *unreliable) WriteSpikes(step []int64, neuron []int32) error {
	if err := u.ok(); err != nil {
		return err
	}
	return u.memory.WriteSpikes(step, neuron)
}

func (u *unreliable) WriteSamples(s sim.Samples) error {
	if err := u.ok(); err != nil {
		return err
	}
	return u.memory.WriteSamples(s)
}

// A recorder hands its spikes to a writer; where that fails within a run, nothing
// is lost as long as the run goes on, through changes of the network too.
func TestWriteTo(t *testing.T) {
	make := func() (*sim.Network, *sim.Nodes, *sim.Nodes) {
		net := lively(t)
		r := recorderOf(t, net, named(t, net, "a"), named(t, net, "b"), named(t, net, "g"))
		return net, r, meterOf(t, net, named(t, net, "a"))
	}
	net, r, m := make()
	simulate(t, net, 60)
	want, samples := spikesOf(t, r), potentials(t, m, 40)
	if want.Len() < 1000 {
		t.Fatalf("only %d spikes", want.Len())
	}

	net, r, m = make()
	w := &unreliable{memory: *newMemory(), fails: func(call int) bool { return call%2 == 1 }}
	v := &unreliable{memory: *newMemory(), fails: func(call int) bool { return call%3 == 0 }}
	r.WriteSpikesTo(w)
	m.WriteSamplesTo(v)
	failed := 0
	for net.TimeMS() < 59.95 {
		before := net.TimeMS()
		if err := net.Simulate(context.Background(), math.Round(math.Min(7, 60-before)*10)/10); err != nil {
			wantError(t, err, "no room")
			failed++
		}
		// A change waits until what was recorded has been taken.
		named(t, net, "a").Set(sim.Params{"tau_m": 10.0})
		if failed > 100 {
			t.Fatal("no way on")
		}
	}
	for range 4 { // what the last call refused comes with the next
		if err := net.Build(context.Background()); err == nil {
			break
		}
	}
	if failed == 0 || w.failures == 0 || v.failures == 0 {
		t.Errorf("%d runs failed, %d and %d writes", failed, w.failures, v.failures)
	}
	equal(t, "spikes", fmt.Sprint(w.step, w.neuron), fmt.Sprint(want.Step, want.Neuron))
	var got []float64
	for s := int64(1); s <= 600; s++ {
		got = append(got, v.samples[[2]int64{s, 40}]...)
	}
	if !slices.Equal(got, samples) {
		t.Errorf("%d samples, or others, want %d", len(got), len(samples))
	}
	if n := spikesOf(t, r).Len(); n != 0 {
		t.Errorf("%d spikes in memory", n)
	}
	w.fails = func(int) bool { return false }
	v.fails = w.fails
	simulate(t, net, 5)
	n := len(w.step)
	r.WriteToMemory()
	simulate(t, net, 5)
	if len(w.step) != n || spikesOf(t, r).Len() == 0 {
		t.Errorf("%d spikes more were written, %d are in memory", len(w.step)-n, spikesOf(t, r).Len())
	}
	r.WriteSamplesTo(v)
	wantError(t, net.Err(), "WriteSamplesTo of a spike_recorder, must be of a multimeter")
	m.WriteSpikesTo(w)
	wantError(t, net.Err(), "WriteSpikesTo of a multimeter, must be of a spike_recorder")
	r.WriteSpikesTo(nil)
	wantError(t, net.Err(), "WriteSpikesTo", "no writer")
	m.WriteSamplesTo(nil)
	wantError(t, net.Err(), "WriteSamplesTo", "no writer")
	named(t, net, "a").WriteToMemory()
	wantError(t, net.Err(), "WriteToMemory of a with 60 nodes, must be of recorders")
	named(t, net, "a").WriteSpikesTo(w)
	wantError(t, net.Err(), "of a with 60 nodes")
}

// Noise and Poisson generators that were created and connected follow their
// formulas: noise_generator's SD of V is Std tau/C sqrt((1-x)/(1+x)), x =
// exp(-dt/tau) (NEST's documentation); Poisson counts have the rate as mean and
// variance.
func TestRandomGenerators(t *testing.T) {
	const n, ms = 400, 300
	net := mustNew(t)
	noise := nodes(t, net, "", 1, device.Noise{Mean: 100, Std: 200})
	a := nodes(t, net, "a", n, neuron.DefaultIafPscExp(), sim.Params{"V_th": 1e9, "V_m": -66.0}) // mean: 100*10/250 mV above rest
	net.Connect(noise, a, connect.Synapse{Delay: connect.Constant(1)})
	rates := nodes(t, net, "", 1, device.InhomogeneousPoisson{RateTimes: []float64{100, 200}, RateValues: []float64{1000, 3000}})
	g := nodes(t, net, "", 1, device.Poisson{Rate: 2000})
	p := nodes(t, net, "p", 2*n, neuron.Parrot{})
	net.Connect(rates, p.Slice(0, n))
	net.Connect(g, p.Slice(n, 2*n))
	r := recorderOf(t, net, p)
	simulate(t, net, 100, 200)
	x := math.Exp(-0.1)
	sd := 200 * 10 / 250.0 * math.Sqrt((1-x)/(1+x))
	sum, squares := 0.0, 0.0
	for _, v := range get(t, a, "V_m") {
		sum += v + 66
		squares += (v + 66) * (v + 66)
	}
	if math.Abs(sum/n) > 4*sd/math.Sqrt(n) {
		t.Errorf("mean V %g, want within %g", sum/n, 4*sd/math.Sqrt(n))
	}
	if got := math.Sqrt(squares / n); math.Abs(got/sd-1) > 4/math.Sqrt(2*n) {
		t.Errorf("SD of V %g, want %g", got, sd)
	}
	d := spikesOf(t, r)
	within := func(from, to int32, begin, end int64) (k float64) {
		for i, s := range d.Step {
			if s > begin && s <= end && d.Neuron[i] >= from && d.Neuron[i] < to {
				k++
			}
		}
		return k
	}
	first := p.First()
	for _, c := range []struct{ got, want float64 }{ // one delay later
		{within(first, first+n, 0, 1009), 0}, {within(first, first+n, 1009, 2009), n * 1000 * 0.1}, {within(first, first+n, 2009, 3000), n * 3000 * 0.0991},
		{within(first+n, first+2*n, 0, 3000), n * 2000 * 0.299},
	} {
		if math.Abs(c.got-c.want) > 4*math.Sqrt(c.want) {
			t.Errorf("%g spikes, want %g", c.got, c.want)
		}
	}
}

// However samples are printed, it is a line.
func TestSamplesString(t *testing.T) {
	s := sim.Samples{Quantities: []string{"V_m", "I_syn_ex"}, Resolution: 0.1, Step: []int64{3, 4}, Neuron: []int32{1, 1}, Values: [][]float64{{-70, -69}, {0, 1}}}
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if got, want := fmt.Sprintf(format, s), `2 samples of "V_m", "I_syn_ex" from 0.3 to 0.4 ms`; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got, want := fmt.Sprint(sim.Samples{}), "0 samples of none"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
