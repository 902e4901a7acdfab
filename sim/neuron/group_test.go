package neuron

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"cortigo/sim/internal/clock"
)

// group returns a group of n neurons of a model at 0.1 ms.
func group(t testing.TB, m Model, columns map[string][]float64, n int) (Group, bool) {
	t.Helper()
	spec, err := SpecOf(m)
	if err != nil {
		t.Fatal(err)
	}
	index := func(k int) int { return k }
	p, err := NewParameters(m, columns, n, n, index)
	if err != nil {
		t.Fatal(err)
	}
	c, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	g, err := spec.New(&Config{Parameters: p, Population: p, Clock: c, Merged: spec.MergedFor(p), Quantum: 1, Index: index})
	if err != nil {
		t.Fatal(err)
	}
	return g, spec.MergedFor(p)
}

// What needs no constants of each neuron goes through the loops without them,
// and both signs go through one port only where all neurons' time constants are
// equal.
func TestGroupChoosesLoops(t *testing.T) {
	exp, alpha, delta := DefaultIafPscExp(), DefaultIafPscAlpha(), DefaultIafPscDelta()
	a, b := []float64{2, 3, 2}, []float64{2, 3, 5}
	for _, c := range []struct {
		model        Model
		columns      map[string][]float64
		each, merged bool
	}{
		{exp, nil, false, true},
		{exp, map[string][]float64{"I_e": a, "V_m": b}, false, true},
		{exp, map[string][]float64{"C_m": a}, true, true},
		{exp, map[string][]float64{"C_m": {4, 4, 4}}, false, true},
		{exp, map[string][]float64{"E_L": a, "V_th": {10, 10, 10}}, true, true},
		{exp, map[string][]float64{"tau_syn_ex": a}, true, false},
		{exp, map[string][]float64{"tau_syn_in": a}, true, false},
		{exp, map[string][]float64{"tau_syn_ex": a, "tau_syn_in": b}, true, false},
		{exp, map[string][]float64{"tau_syn_ex": a, "tau_syn_in": a}, true, true},
		{exp, map[string][]float64{"tau_syn_ex": {2, 2, 2}}, false, true},
		{exp, map[string][]float64{"tau_syn_ex": {3, 3, 3}}, false, false},
		{alpha, map[string][]float64{"I_e": a, "V_m": b}, false, false},
		{alpha, map[string][]float64{"tau_m": b}, true, false},
		{exp, map[string][]float64{"t_ref": a}, false, true},
		{alpha, map[string][]float64{"t_ref": a}, false, false},
		{delta, map[string][]float64{"t_ref": a}, false, true},
		{delta, map[string][]float64{"I_e": a, "V_m": b, "C_m": a}, false, true},
		{delta, map[string][]float64{"refractory_input": {0, 0, 1}}, true, true},
		{delta, map[string][]float64{"refractory_input": {1, 1, 1}}, false, true},
		{Parrot{}, nil, false, true},
	} {
		g, merged := group(t, c.model, c.columns, 3)
		each := false
		switch g := g.(type) {
		case *iafPscExpGroup:
			each = g.each != nil
		case *iafPscAlphaGroup:
			each = g.each != nil
		case *iafPscDeltaGroup:
			each = g.each != nil
		}
		if each != c.each || merged != c.merged {
			t.Errorf("%T %v: each %v, merged %v, want %v, %v", c.model, c.columns, each, merged, c.each, c.merged)
		}
		if takes, ok := g.(CountTaker); ok && takes.TakesCounts() == (c.columns["refractory_input"] != nil) {
			t.Errorf("%T %v takes counts: %v", c.model, c.columns, takes.TakesCounts())
		}
	}
}

// t_ref of 0.25 ms is 3 steps of 0.1 ms in NEST 3.10.
func TestRefractorySteps(t *testing.T) {
	at := func(h float64) Clock {
		c, err := clock.New(h)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, c := range []struct {
		h, ms float64
		want  uint16
	}{{0.1, 0.25, 3}, {0.1, 2, 20}, {0.1, 0, 0}, {0.1, 0.01, 1}, {0.25, 2, 8}, {0.1, 6553.5, 65535}} {
		if got, err := refractorySteps(c.ms, at(c.h)); err != nil || got != c.want {
			t.Errorf("h = %g: %g ms is %d steps, %v, want %d", c.h, c.ms, got, err, c.want)
		}
	}
	if _, err := refractorySteps(6553.6, at(0.1)); err == nil || !strings.Contains(err.Error(), "t_ref is 6553.6 ms, must be at most 6553.5") {
		t.Errorf("t_ref of 65536 steps: %v", err)
	}
}

// The drive of a current is tau_m/C_m (1-exp(-h/tau_m)) mV for 1 pA, of all or of
// each.
func TestSetCurrent(t *testing.T) {
	m := DefaultIafPscExp()
	m.Ie = 3
	for _, c := range []struct {
		columns map[string][]float64
		pA      []float64
		want    []float64 // pA in all
		cm      []float64
	}{
		{nil, []float64{0}, []float64{3}, []float64{250}},
		{nil, []float64{7}, []float64{10}, []float64{250}},
		{nil, []float64{7, 8, -3}, []float64{10, 11, 0}, []float64{250, 250, 250}},
		{map[string][]float64{"I_e": {1, 2, 3}}, []float64{7}, []float64{8, 9, 10}, []float64{250, 250, 250}},
		{map[string][]float64{"C_m": {100, 200, 300}}, []float64{7}, []float64{10, 10, 10}, []float64{100, 200, 300}},
	} {
		g, _ := group(t, m, c.columns, 3)
		g.(CurrentTaker).SetCurrent(c.pA)
		drive := g.(*iafPscExpGroup).drive
		if len(drive) != len(c.want) {
			t.Fatalf("%v, %v: drive %v", c.columns, c.pA, drive)
		}
		for k, x := range drive {
			if want := 10 / c.cm[k] * (1 - math.Exp(-0.01)) * c.want[k]; math.Abs(x-want) > 1e-14 {
				t.Errorf("%v, %v: neuron %d gets %g mV, want %g", c.columns, c.pA, k, x, want)
			}
		}
	}
}

// Two currents become one and one two, where the parts are known or nothing flows.
func TestAdopt(t *testing.T) {
	p, err := NewParameters(DefaultIafPscExp(), nil, 2, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := []float64{1, 2}
	for _, c := range []struct {
		name   string
		state  map[string][]float64
		merged bool
		want   string // of I_syn, I_syn_ex, I_syn_in; or the error
	}{
		{"one of two", map[string][]float64{"V_m": v, "I_syn_ex": {1, 2}, "I_syn_in": {-3, -4}}, true, "[-2 -2] [1 2] [-3 -4]"},
		{"one stays", map[string][]float64{"V_m": v, "I_syn": {1, 2}}, true, "[1 2] [] []"},
		{"two of one, whose parts are followed", map[string][]float64{"V_m": v, "I_syn": {-2, -2}, "I_syn_ex": {1, 2}, "I_syn_in": {-3, -4}}, false, "[] [1 2] [-3 -4]"},
		{"two of one without current", map[string][]float64{"V_m": v, "I_syn": {0, 0}}, false, "[] [0 0] [0 0]"},
		{"two of one that flows", map[string][]float64{"V_m": v, "I_syn": {0, 1}}, false, "cannot become different while synaptic currents flow"},
		{"two stay", map[string][]float64{"V_m": v, "I_syn_ex": {1, 2}, "I_syn_in": {-3, -4}}, false, "[] [1 2] [-3 -4]"},
	} {
		err := adoptIafPscExp(c.state, p, c.merged)
		got := fmt.Sprint(c.state["I_syn"], c.state["I_syn_ex"], c.state["I_syn_in"])
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	keep := DefaultIafPscDelta()
	keep.RefractoryInput = true
	for _, m := range []IafPscDelta{keep, DefaultIafPscDelta()} {
		p, err := NewParameters(m, nil, 2, 2, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []map[string][]float64{{"V_m": v}, {"V_m": v, refractoryInput: {3, 4}}} {
			had := s[refractoryInput] != nil
			if err := adoptIafPscDelta(s, p, true); err != nil || (s[refractoryInput] != nil) != m.RefractoryInput {
				t.Errorf("keeps %v, had %v: %v, %v", m.RefractoryInput, had, s, err)
			}
			if x := s[refractoryInput]; had && m.RefractoryInput && x[1] != 4 {
				t.Errorf("refractory input %v, want that which was there", x)
			}
		}
	}
}

// What cannot be a model is refused when it is registered.
func TestRegisterErrors(t *testing.T) {
	make := func(*Config) (Group, error) { return nil, nil }
	one := func(Model) []Port { return []Port{{"a", "pA"}} }
	for _, c := range []struct {
		spec Spec
		want string
	}{
		{Spec{}, "Defaults is of type <nil>, must be a struct"},
		{Spec{Defaults: &Parrot{}}, "Defaults is of type *neuron.Parrot, must be a struct (not a pointer"},
		{Spec{Defaults: Parrot{}, Ports: one, New: make}, `there is a model "parrot_neuron" already`},
		{Spec{Defaults: IafPscExp{}, Ports: one, New: make}, "the defaults: iaf_psc_exp: C_m is 0, must be > 0"},
		{Spec{Defaults: nameless{}, Ports: one, New: make}, `the name is "", must be of 1 to 100 letters, digits, dots, _ and -`},
		{Spec{Defaults: Parrot{}, Ports: one}, "there is no New"},
		{Spec{Defaults: Parrot{}, New: make}, "there is no Ports"},
		{Spec{Defaults: Parrot{}, New: make, Ports: func(Model) []Port { return nil }}, "0 ports, must be 1 or 2"},
		{Spec{Defaults: Parrot{}, New: make, Ports: one, Merged: func(*Parameters) bool { return true }}, "Merged with 1 ports"},
		{Spec{Defaults: Parrot{}, New: make, Ports: one, Recordables: func(Model) []Recordable { return []Recordable{vm, vm} }}, `recordable "V_m" twice`},
	} {
		if err := Register(c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	for _, m := range []Model{nil, nameless{}, &Parrot{}, (*Parrot)(nil)} {
		if _, err := SpecOf(m); err == nil || !strings.Contains(err.Error(), "must be a struct of package neuron, or registered") {
			t.Errorf("%T: %v", m, err)
		}
	}
}

type nameless struct{}

func (nameless) ModelName() string { return "" }
func (nameless) Validate() error   { return nil }

// Parameters of each neuron are visited in order, until there is an error.
func TestParametersEach(t *testing.T) {
	p, err := NewParameters(DefaultIafPscExp(), map[string][]float64{"C_m": {1, 2, 3, 4}, "tau_m": {5, 5, 5, 5}}, 4, 2, func(k int) int { return 2*k + 1 })
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	var cm []float64
	err = p.Each(func(k int, m Model) error {
		x := m.(IafPscExp)
		if x.TauM != 5 || x.EL != -70 {
			t.Errorf("neuron %d: %+v", k, x)
		}
		if cm = append(cm, x.Cm); k == 1 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || len(cm) != 2 || cm[0] != 2 || cm[1] != 4 {
		t.Errorf("C_m %v, %v", cm, err)
	}
	if !p.Differ("C_m") || p.Differ("tau_m", "E_L") || !p.Differ() || p.Values("tau_m")[0] != 5 || len(p.Values("C_m")) != 2 || p.Values("none") != nil {
		t.Errorf("differ in C_m alone: %v %v", p.Values("tau_m"), p.Values("C_m"))
	}
}
