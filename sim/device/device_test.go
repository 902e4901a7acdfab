package device

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

var inf, nan = math.Inf(1), math.NaN()

func TestValidate(t *testing.T) {
	win := func(start, stop, origin float64) Active { return Active{start, stop, origin} }
	for _, c := range []struct {
		d    interface{ Validate() error }
		want []string // of the error; nil: there is none
	}{
		{DC{Amplitude: -4, Active: win(1, 2, 3)}, nil},
		{DC{Active: win(1, 0, 0)}, nil}, // no stop
		{DC{Active: win(5, 5, 0)}, nil},
		{DC{Amplitude: nan}, []string{"dc_generator", "amplitude is NaN", "finite"}},
		{DC{Amplitude: inf, Active: win(nan, 1, 0)}, []string{"amplitude is +Inf", "start is NaN ms"}}, // all of them
		{DC{Active: win(0, inf, 0)}, nil},                                                              // NEST's default
		{DC{Active: win(0, math.Inf(-1), 0)}, []string{"stop is -Inf ms"}},
		{DC{Active: win(inf, inf, 0)}, []string{"start is +Inf ms"}},
		{DC{Active: win(0, 0, nan)}, []string{"origin is NaN ms"}},
		{DC{Active: win(5, 4, 0)}, []string{"stop 4 ms is before start 5 ms"}},
		{StepCurrent{}, nil},
		{StepCurrent{Times: []float64{1, 2}, Values: []float64{0, -3}}, nil},
		{StepCurrent{Times: []float64{1, 2}, Values: []float64{0}}, []string{"step_current_generator", "2 amplitude_times and 1 amplitude_values"}},
		{StepCurrent{Times: []float64{2, 2}, Values: []float64{0, 1}}, []string{"amplitude_times[1] is 2 ms, must be after the one before (2)"}},
		{StepCurrent{Times: []float64{0}, Values: []float64{0}}, []string{"amplitude_times[0] is 0 ms, must be > 0"}},
		{StepCurrent{Times: []float64{nan}, Values: []float64{0}}, []string{"amplitude_times[0] is NaN"}},
		{StepCurrent{Times: []float64{1}, Values: []float64{inf}}, []string{"amplitude_values[0] is +Inf"}},
		{StepCurrent{Active: win(2, 1, 0)}, []string{"stop 1"}},
		{Poisson{}, nil}, {Poisson{Rate: 1e6}, nil},
		{Poisson{Rate: -1}, []string{"poisson_generator", "rate is -1 spikes/s, must be >= 0"}},
		{Poisson{Rate: nan}, []string{"rate is NaN"}}, {Poisson{Rate: inf}, []string{"rate is +Inf"}},
		{Poisson{Rate: math.Inf(-1)}, []string{"rate is -Inf"}},
		{Poisson{Rate: 1, Active: win(2, 1, 0)}, []string{"stop 1"}},
		{SpikeGenerator{}, nil},
		{SpikeGenerator{Times: []float64{1, 1, 2}, Weights: []float64{1, 0, -1}, Multiplicities: []int{0, 1, 2}}, nil},
		{SpikeGenerator{Times: []float64{0}}, []string{"spike_generator", "spike_times[0] is 0 ms, must be > 0"}},
		{SpikeGenerator{Times: []float64{-1}}, []string{"spike_times[0] is -1"}},
		{SpikeGenerator{Times: []float64{2, 1}}, []string{"spike_times[1] is 1 ms", "before (2)"}},
		{SpikeGenerator{Times: []float64{1, inf}}, []string{"spike_times[1] is +Inf"}},
		{SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{1}}, []string{"2 spike_times and 1 spike_weights"}},
		{SpikeGenerator{Times: []float64{1}, Weights: []float64{}, Multiplicities: []int{}}, nil}, // NEST: an empty list clears them
		{SpikeGenerator{Times: []float64{1}, Multiplicities: []int{1, 2}}, []string{"1 spike_times and 2 spike_multiplicities"}},
		{SpikeGenerator{Times: []float64{1}, Weights: []float64{nan}}, []string{"spike_weights[0] is NaN"}},
		{SpikeGenerator{Times: []float64{1}, Multiplicities: []int{-1}}, []string{"spike_multiplicities[0] is -1, must be >= 0"}},
		{SpikeGenerator{Active: win(2, 1, 0)}, []string{"stop 1"}},
		{SpikeGenerator{Times: []float64{0, 1}, ShiftNowSpikes: true, AllowOffgridTimes: true}, nil},
		{SpikeGenerator{Times: []float64{-1}, ShiftNowSpikes: true}, []string{"spike_times[0] is -1"}},
		{SpikeGenerator{Times: []float64{0}, AllowOffgridTimes: true}, []string{"spike_times[0] is 0 ms"}},
		{SpikeGenerator{Times: []float64{0}, PreciseTimes: true}, []string{"spike_times[0] is 0 ms"}},
		{SpikeGenerator{PreciseTimes: true, ShiftNowSpikes: true}, []string{"precise_times cannot be set together"}}, // NEST: the two exclude each other
		{SpikeGenerator{PreciseTimes: true, AllowOffgridTimes: true}, []string{"precise_times cannot be set together"}},
		{Noise{}, nil}, {Noise{Mean: -3, Std: 2, StdMod: 2, Dt: 0.1, Frequency: -7, Phase: 400}, nil},
		{Noise{Std: -1}, []string{"noise_generator", "std is -1 pA, must be >= 0"}},
		{Noise{Std: 1, StdMod: 1.5}, []string{"std_mod is 1.5 pA, must be in [0, std (1)]"}}, // NEST: at most std
		{Noise{Std: 1, StdMod: -1}, []string{"std_mod is -1 pA"}},
		{Noise{Dt: -1}, []string{"dt is -1 ms, must be > 0"}},
		{Noise{Mean: nan}, []string{"mean is NaN"}}, {Noise{Std: inf}, []string{"std is +Inf"}}, {Noise{Dt: inf}, []string{"dt is +Inf"}},
		{Noise{Std: 1, StdMod: nan}, []string{"std_mod is NaN"}}, {Noise{Frequency: inf}, []string{"frequency is +Inf"}}, {Noise{Phase: nan}, []string{"phase is NaN"}},
		{Noise{Active: win(2, 1, 0)}, []string{"stop 1"}},
		{InhomogeneousPoisson{}, nil}, {InhomogeneousPoisson{RateTimes: []float64{0.1, 2}, RateValues: []float64{5, 0}}, nil},
		{InhomogeneousPoisson{RateTimes: []float64{1}}, []string{"inhomogeneous_poisson_generator", "1 rate_times and 0 rate_values"}},
		{InhomogeneousPoisson{RateTimes: []float64{0}, RateValues: []float64{1}}, []string{"rate_times[0] is 0 ms, must be > 0"}},
		{InhomogeneousPoisson{RateTimes: []float64{1, 1}, RateValues: []float64{1, 1}}, []string{"rate_times[1] is 1 ms, must be after the one before (1)"}},
		{InhomogeneousPoisson{RateTimes: []float64{1, inf}, RateValues: []float64{1, 1}}, []string{"rate_times[1] is +Inf"}},
		{InhomogeneousPoisson{RateTimes: []float64{1}, RateValues: []float64{nan}}, []string{"rate_values[0] is NaN"}},
		{InhomogeneousPoisson{RateTimes: []float64{1}, RateValues: []float64{-1}}, []string{"rate_values[0] is -1 spikes/s, must be >= 0"}},
		{InhomogeneousPoisson{Active: win(2, 1, 0)}, []string{"stop 1"}},
		{Multimeter{}, nil}, {Multimeter{Interval: 0.1, Offset: 3, Quantities: []string{Vm, ISynEx, ISynIn}}, nil},
		{Multimeter{Interval: -1}, []string{"multimeter", "interval is -1 ms, must be > 0"}},
		{Multimeter{Interval: nan}, []string{"interval is NaN"}}, {Multimeter{Interval: inf}, []string{"interval is +Inf"}},
		{Multimeter{Offset: -1}, []string{"offset is -1 ms, must be >= 0"}}, {Multimeter{Offset: nan}, []string{"offset is NaN"}},
		{Multimeter{Active: win(2, 1, 0)}, []string{"stop 1"}},
	} {
		err := c.d.Validate()
		if c.want == nil && err != nil {
			t.Errorf("%+v: %v", c.d, err)
		}
		for _, w := range c.want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%+v: %v, want %q", c.d, err, w)
			}
		}
	}
}

// Names of parameters are NEST 3.10's.
func TestJSON(t *testing.T) {
	a := Active{Start: 1, Stop: 2, Origin: 3}
	for _, c := range []struct {
		d    Device
		text string
	}{
		{DC{Amplitude: 5, Active: a}, `{"amplitude":5,"start":1,"stop":2,"origin":3}`},
		{Poisson{Rate: 8}, `{"rate":8}`},
		{StepCurrent{Times: []float64{1}, Values: []float64{2}}, `{"amplitude_times":[1],"amplitude_values":[2]}`},
		{SpikeGenerator{Times: []float64{1}, Weights: []float64{2}, Multiplicities: []int{3}}, `{"spike_times":[1],"spike_weights":[2],"spike_multiplicities":[3]}`},
		{SpikeGenerator{Times: []float64{1}, Active: Active{Origin: 4}}, `{"spike_times":[1],"origin":4}`},
		{SpikeGenerator{Times: []float64{1}, AllowOffgridTimes: true, ShiftNowSpikes: true}, `{"spike_times":[1],"allow_offgrid_times":true,"shift_now_spikes":true}`},
		{SpikeGenerator{Times: []float64{1}, PreciseTimes: true}, `{"spike_times":[1],"precise_times":true}`},
		{StepCurrent{Times: []float64{1}, Values: []float64{2}, AllowOffgridTimes: true}, `{"amplitude_times":[1],"amplitude_values":[2],"allow_offgrid_times":true}`},
		{Noise{Mean: 1, Std: 2}, `{"mean":1,"std":2}`},
		{Noise{Mean: 1, Std: 2, Dt: 3, StdMod: 1.5, Frequency: 4, Phase: 90, Active: a}, `{"mean":1,"std":2,"dt":3,"std_mod":1.5,"frequency":4,"phase":90,"start":1,"stop":2,"origin":3}`},
		{InhomogeneousPoisson{RateTimes: []float64{1}, RateValues: []float64{2}, AllowOffgridTimes: true, Active: a},
			`{"rate_times":[1],"rate_values":[2],"allow_offgrid_times":true,"start":1,"stop":2,"origin":3}`},
	} {
		b, err := json.Marshal(c.d)
		if err != nil || string(b) != c.text {
			t.Errorf("%+v: %s, %v, want %s", c.d, b, err, c.text)
		}
		got := reflect.New(reflect.TypeOf(c.d))
		if err := json.Unmarshal(b, got.Interface()); err != nil || !reflect.DeepEqual(got.Elem().Interface(), any(c.d)) {
			t.Errorf("%s: %+v, %v", b, got.Elem(), err)
		}
	}
}

// JSON has no infinity: a Stop of +Inf is written as what it means.
func TestJSONForever(t *testing.T) {
	a := Active{Start: 1, Stop: inf}
	for _, d := range []any{DC{Active: a}, StepCurrent{Active: a}, Noise{Active: a}, Poisson{Active: a}, InhomogeneousPoisson{Active: a}, SpikeGenerator{Active: a}, Multimeter{Active: a}} {
		b, err := json.Marshal(d)
		if err != nil || strings.Contains(string(b), "stop") || !strings.Contains(string(b), `"start":1`) {
			t.Errorf("%T: %s, %v", d, b, err)
		}
	}
}

func TestNames(t *testing.T) {
	for d, want := range map[interface{ ModelName() string }]string{
		&DC{}: "dc_generator", &StepCurrent{}: "step_current_generator", &Poisson{}: "poisson_generator",
		&SpikeGenerator{}: "spike_generator", &Multimeter{}: "multimeter", &Noise{}: "noise_generator",
		&InhomogeneousPoisson{}: "inhomogeneous_poisson_generator",
	} {
		if d.ModelName() != want {
			t.Errorf("%T: %s, want %s", d, d.ModelName(), want)
		}
	}
}
