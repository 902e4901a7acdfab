package engine

import (
	"context"
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/neuron"
)

// A state that is no longer finite ends a run, whatever the loops, the threads
// and the column that it is in, and names neuron and time: within 64 steps, and
// before a shorter run is called done.
func TestNotFiniteIsFound(t *testing.T) {
	was := kernel.Using()
	defer func() {
		if err := kernel.Use(was); err != nil {
			t.Error(err)
		}
	}()
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 5
	keep := neuron.DefaultIafPscDelta()
	keep.RefractoryInput = true
	models := []neuron.Model{neuron.DefaultIafPscExp(), split, neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta(), keep}
	for _, loops := range kernel.Available() {
		if err := kernel.Use(loops); err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 2} {
			for _, model := range models {
				for column := range 6 {
					for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
						d := &Description{Seed: 1, Resolution: 0.1, Populations: []Population{
							{Name: "before", N: 7, Model: neuron.Parrot{}}, {Name: "p", N: 40, Model: model}}}
						e, err := Build(context.Background(), d, Options{Threads: threads, Shards: 3})
						if err != nil {
							t.Fatal(err)
						}
						b, k := e.locate(1, 22)
						if column >= len(b.columns) {
							continue
						}
						x, refractory := b.columns[column].Values, strings.HasPrefix(b.columns[column].Name, "refractory")
						if x == nil || column == 0 && math.IsInf(value, 1) { // which spikes and is reset
							continue
						}
						x[k] = value
						err = e.Run(context.Background(), 5, nil)
						if column > 0 && !refractory || err != nil { // kept input is taken at the end of refractoriness
							if err == nil || !strings.Contains(err.Error(), `population "p"`) || !strings.Contains(err.Error(), "neuron 30 is") || !strings.Contains(err.Error(), "at 0.5 ms") {
								t.Fatalf("%s, %T, column %d is %g: %v", loops, model, column, value, err)
							}
							if e.Run(context.Background(), 1, nil) == nil || e.Broken() == nil {
								t.Fatalf("%s, %T: goes on", loops, model)
							}
						}
					}
				}
			}
		}
	}
}

// A run that goes on is stopped while it does, not at its end.
func TestNotFiniteStopsRun(t *testing.T) {
	d := &Description{Seed: 1, Resolution: 0.1, Populations: []Population{{Name: "p", N: 40, Model: neuron.DefaultIafPscExp()}}}
	e, err := Build(context.Background(), d, Options{Threads: 2, Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	b, k := e.locate(0, 3)
	b.values("I_syn")[k] = math.NaN()
	err = e.Run(context.Background(), 1e6, nil)
	if err == nil || !strings.Contains(err.Error(), "neuron 4 is NaN at 6.3 ms") || e.Step() > 64 {
		t.Errorf("at step %d: %v", e.Step(), err)
	}
}

// What cannot be reckoned with is refused before the work.
func TestCheckMagnitudes(t *testing.T) {
	const h = 0.1
	two := []Range{{0, 0, 2}}
	projection := func(rule connect.Rule, w connect.Distribution) error {
		return CheckProjection(&Projection{Pre: two, Post: two, Rule: rule, Weight: w, Delay: connect.Constant(1)}, h)
	}
	drive := func(d device.Device, w float64) error {
		return CheckDevice(&Attachment{Device: d, Weight: connect.Constant(w), Delay: connect.Constant(1)}, neuron.IafPscExp{}, h)
	}
	population := func(change func(m *neuron.IafPscExp), columns map[string][]float64) error {
		m := neuron.DefaultIafPscExp()
		change(&m)
		return CheckPopulation(&Population{Name: "p", N: 2, Model: m, Columns: columns}, h)
	}
	plain := func(*neuron.IafPscExp) {}
	for name, err := range map[string]error{
		"weight reaches 1.7e+308":                              projection(connect.AllToAll{}, connect.Constant(-1.7e308)),
		"weight reaches 1e+300":                                projection(connect.List{Pre: []int32{0, 1}, Post: []int32{0, 1}, Weight: []float64{5, 1e300}}, connect.Constant(1)),
		"weight reaches 1e+41":                                 projection(connect.OneToOne{}, connect.Values{1e41, 1}),
		"changed weight of synapse 0":                          CheckChanges(&Projection{Pre: two, Post: two, Changed: []SynapseChange{{Weight: -1e300, Delay: math.NaN()}}}, h),
		"std times weight reaches 1e+308":                      drive(device.Noise{Std: 1e308}, 1),
		"mean times weight reaches 1e+50":                      drive(device.Noise{Mean: 1e30}, 1e20),
		"amplitude times weight reaches 1e+45":                 drive(device.DC{Amplitude: 1e45}, 1),
		"amplitude_values[1] times weight":                     drive(device.StepCurrent{Times: []float64{1, 2}, Values: []float64{1, -1e41}}, 1),
		"spike_weights[1] times weight reaches +Inf":           drive(device.SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{1, 1e308}}, 1e30),
		"weight reaches 1e+300 in size, must be at most 1e+40": drive(device.Poisson{Rate: 1}, 1e300),
		"tau_syn_ex is 1e-300":                                 population(func(m *neuron.IafPscExp) { m.TauSynEx = 1e-300 }, nil),
		"tau_syn_in is 0.0001":                                 population(plain, map[string][]float64{"tau_syn_in": {2, 1e-4}}),
		"I_e reaches 1e+308":                                   population(func(m *neuron.IafPscExp) { m.Ie = 1e308 }, nil),
		"C_m of 1e-320 pF":                                     population(func(m *neuron.IafPscExp) { m.Cm = 1e-320 }, nil),
		"V_m reaches 1e+308":                                   population(func(m *neuron.IafPscExp) { m.Vm = -1e308 }, nil),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
	for name, err := range map[string]error{
		"large weight":    projection(connect.AllToAll{}, connect.Constant(1e39)),
		"noise":           drive(device.Noise{Std: 1e20, Mean: -1e10}, 1e10),
		"short tau_syn":   population(func(m *neuron.IafPscExp) { m.TauSynEx, m.TauSynIn = 0.001, 0.0002 }, nil),
		"short tau_m":     population(func(m *neuron.IafPscExp) { m.TauM = 1e-5 }, nil),
		"threshold above": population(func(m *neuron.IafPscExp) { m.Vth = 1e300 }, nil),
		"small C_m":       population(func(m *neuron.IafPscExp) { m.Cm = 1e-12 }, nil),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
