package neuron_test

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"cortigo/sim/neuron"
)

// A quadratic is a model as another package would write it: its tags are all there
// is to say of its parameters.
type quadratic struct {
	A      float64 `json:"a" unit:"nS" default:"0.5" allowed:"> 0" help:"slope"`
	Vpeak  float64 `json:"V_peak" unit:"mV" default:"35" allowed:"finite; above V_r" help:"peak"`
	Vr     float64 `json:"V_r" unit:"mV" default:"-60" allowed:"finite" help:"rest"`
	Low    float64 `json:"V_min" unit:"mV" default:"-inf" allowed:"a number or -Inf" help:"lower bound"`
	Order  int     `json:"order,omitempty" unit:"dimensionless" default:"2" allowed:"in [1, 4]" help:"of the solver"`
	Clamp  bool    `json:"clamp" default:"true" allowed:"true or false" help:"whether it stays below the peak"`
	Solver string  `json:"solver" default:"rk4" allowed:"one of rk4, euler" help:"the solver"`
}

func (quadratic) ModelName() string { return "quadratic" }

func (q quadratic) Validate() error {
	err := neuron.CheckTable(q)
	if q.Vpeak <= q.Vr {
		err = errors.Join(err, errors.New("quadratic: V_peak must be above V_r"))
	}
	return err
}

func TestTableOfOthers(t *testing.T) {
	m := neuron.Defaults[quadratic]()
	if want := (quadratic{0.5, 35, -60, math.Inf(-1), 2, true, "rk4"}); !reflect.DeepEqual(m, want) {
		t.Fatalf("%+v, want %+v", m, want)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	m.A, m.Order, m.Solver, m.Vr, m.Low = 0, 5, "gsl", 40, math.NaN()
	want := `quadratic: a is 0, must be > 0 and finite
quadratic: V_min is NaN, must be a number or -Inf
quadratic: order is 5, must be in [1, 4]
quadratic: solver is "gsl" (string), must be one of rk4, euler
quadratic: V_peak must be above V_r`
	if err := m.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want\n%s", err, want)
	}
}

func BenchmarkValidate(b *testing.B) {
	m := neuron.DefaultIafPscAlpha()
	for b.Loop() {
		if err := m.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}
