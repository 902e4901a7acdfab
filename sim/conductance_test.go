package sim_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// condExp is NEST's iaf_cond_exp with its defaults (models/iaf_cond_exp.h of NEST 3.10),
// as a user would write it:
//
//	C_m dV/dt = -g_L (V - E_L) - g_ex (V - E_ex) - g_in (V - E_in) + I_e
//	dg/dt = -g/tau_syn, and an arriving weight w adds |w| to g_ex (w > 0) or g_in
type condExp struct {
	Vth    float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite; above V_reset" help:"threshold"`
	Vreset float64 `json:"V_reset" unit:"mV" default:"-60" allowed:"finite" help:"potential after a spike"`
	TRef   float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0" help:"refractory period"`
	GL     float64 `json:"g_L" unit:"nS" default:"16.6667" allowed:"> 0" help:"leak"`
	Cm     float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	Eex    float64 `json:"E_ex" unit:"mV" default:"0" allowed:"finite" help:"excitatory reversal potential"`
	Ein    float64 `json:"E_in" unit:"mV" default:"-85" allowed:"finite" help:"inhibitory reversal potential"`
	EL     float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"leak reversal potential"`
	TauEx  float64 `json:"tau_syn_ex" unit:"ms" default:"0.2" allowed:"> 0" help:"decay of g_ex"`
	TauIn  float64 `json:"tau_syn_in" unit:"ms" default:"2" allowed:"> 0" help:"decay of g_in"`
	Ie     float64 `json:"I_e" unit:"pA" default:"0" allowed:"finite" help:"constant current"`
	Vm     float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial potential"`
}

func (condExp) ModelName() string { return "test_iaf_cond_exp" }

func (m condExp) Validate() error {
	err := neuron.CheckTable(m)
	if m.Vreset >= m.Vth {
		err = errors.Join(err, fmt.Errorf("V_reset is %g mV, must be below V_th (%g mV)", m.Vreset, m.Vth))
	}
	return err
}

// slope returns dV/dt.
func (m *condExp) slope(v, gEx, gIn float64) float64 {
	return (float64(-m.GL*(v-m.EL)) - float64(gEx*(v-m.Eex)) - float64(gIn*(v-m.Ein)) + m.Ie) / m.Cm
}

// conductances are a group of them.
type conductances struct {
	h           float64
	m           []condExp
	v, gEx, gIn []float64
	refractory  []uint16
}

func (g *conductances) Columns() []neuron.Column {
	return []neuron.Column{{Name: "V_m", Values: g.v}, {Name: "g_ex", Values: g.gEx}, {Name: "g_in", Values: g.gIn}, {Name: "refractory", Counts: g.refractory}}
}

// Step is the classical Runge-Kutta method in a tenth of a step.
func (g *conductances) Step(in *neuron.Input, out *neuron.Spikes) {
	const parts = 10
	h := g.h / parts
	for k := range g.v {
		m, v, ex, inh := &g.m[k], g.v[k], g.gEx[k], g.gIn[k]
		for range parts {
			exMid, inMid := ex*math.Exp(-h/2/m.TauEx), inh*math.Exp(-h/2/m.TauIn)
			exEnd, inEnd := ex*math.Exp(-h/m.TauEx), inh*math.Exp(-h/m.TauIn)
			if g.refractory[k] == 0 {
				k1 := m.slope(v, ex, inh)
				k2 := m.slope(v+float64(h/2*k1), exMid, inMid)
				k3 := m.slope(v+float64(h/2*k2), exMid, inMid)
				k4 := m.slope(v+float64(h*k3), exEnd, inEnd)
				v += float64(h / 6 * (k1 + float64(2*k2) + float64(2*k3) + k4))
			}
			ex, inh = exEnd, inEnd
		}
		switch {
		case g.refractory[k] > 0:
			g.refractory[k]--
		case v >= m.Vth:
			v, g.refractory[k] = m.Vreset, uint16(math.Round(m.TRef/g.h))
			out.Add(k, 1)
		}
		g.v[k], g.gEx[k], g.gIn[k] = v, ex+in.Ports[0].Take(k), inh-in.Ports[1].Take(k)
	}
}

func init() {
	err := neuron.Register(neuron.Spec{
		Defaults: neuron.Defaults[condExp](),
		Ports: func(neuron.Model) []neuron.Port {
			return []neuron.Port{{Name: "excitation", Unit: "nS"}, {Name: "inhibition", Unit: "nS"}}
		},
		Recordables: func(neuron.Model) []neuron.Recordable {
			return []neuron.Recordable{{Name: "V_m", Unit: "mV"}, {Name: "g_ex", Unit: "nS"}, {Name: "g_in", Unit: "nS"}}
		},
		New: func(c *neuron.Config) (neuron.Group, error) {
			n := c.Parameters.Len()
			g := &conductances{h: c.Clock.H, v: make([]float64, n), gEx: make([]float64, n), gIn: make([]float64, n), refractory: make([]uint16, n)}
			return g, c.Parameters.Each(func(_ int, m neuron.Model) error { g.m = append(g.m, m.(condExp)); return nil })
		},
	})
	if err != nil {
		panic(err)
	}
}

// A neuron with conductances follows the equations, as Euler's method in steps of
// 10 ns does: after an excitatory, an inhibitory spike and both.
func TestConductanceNeuron(t *testing.T) {
	net := mustNew(t)
	cell := net.Create("cell", 1, neuron.Defaults[condExp](), sim.Params{"V_th": 1000, "tau_syn_ex": 0.5, "I_e": 30})
	for _, c := range []struct {
		times  []float64
		weight float64
	}{{[]float64{1, 9}, 20}, {[]float64{4, 9.5}, -35}} {
		net.Connect(net.Create("", 1, device.SpikeGenerator{Times: c.times}), cell, connect.Synapse{Weight: c.weight, Delay: 1})
	}
	r := net.Record(device.Multimeter{Interval: 1, Quantities: []string{"V_m", "g_ex", "g_in"}}, cell)
	simulate(t, net, 15)
	got, err := r.Samples()
	must(t, err)
	m := neuron.Defaults[condExp]()
	m.TauEx, m.Ie = 0.5, 30
	const h = 1e-5
	v, ex, in := -70.0, 0.0, 0.0
	for i := 1; i <= 1_500_000; i++ {
		v += float64(h * m.slope(v, ex, in))
		ex, in = ex*(1-h/m.TauEx), in*(1-h/m.TauIn)
		switch i {
		case 200_000, 1_000_000: // a ms after the spikes
			ex += 20
		case 500_000, 1_050_000:
			in += 35
		}
		if i%100_000 != 0 || i/100_000 > len(got.Step) {
			continue
		}
		for q, want := range []float64{v, ex, in} {
			if x := got.Values[q][i/100_000-1]; math.Abs(x-want) > 1e-4*math.Max(1, math.Abs(want)) {
				t.Errorf("%s at %d ms is %.9g, want %.9g", got.Quantities[q], i/100_000, x, want)
			}
		}
	}
	if len(got.Step) < 14 {
		t.Errorf("%d samples of 15 ms", len(got.Step))
	}
}

// Such neurons, recurrent and beside others, are the same in any shards, opened or reset.
func TestConductanceNetwork(t *testing.T) {
	build := func(threads, shards int) (*sim.Network, *sim.Nodes) {
		net := mustNew(t, sim.Seed(4), sim.Threads(threads), sim.Shards(shards))
		cells := net.Create("cells/of one", 60, neuron.Defaults[condExp](), sim.Params{"V_m": connect.Uniform{Min: -70, Max: -56}, "t_ref": connect.Uniform{Min: 1, Max: 3}})
		net.Connect(net.Create("noise", 1, device.Poisson{Rate: 8000}), cells, connect.Synapse{Weight: 4})
		net.Connect(cells, cells, connect.FixedInDegree{N: 8}, connect.Synapse{Weight: connect.Normal{Mean: -5, SD: 1}})
		return net, cells
	}
	text := func(d fmt.Stringer, steps any) string { return fmt.Sprint(d, steps) }
	want := ""
	for _, c := range []struct{ threads, shards int }{{1, 1}, {2, 7}, {3, 4}} {
		net, cells := build(c.threads, c.shards)
		r := net.Record(device.SpikeRecorder{})
		simulate(t, net, 60)
		got := spikesOf(t, r)
		if want == "" {
			want = text(got, got.Step)
			if got.Len() < 100 {
				t.Fatalf("%v: little to compare", got)
			}
		}
		equal(t, fmt.Sprint(c), text(got, got.Step), want)
		cells.Slice(3, 20).Set(sim.Params{"V_m": -65, "E_L": -71})
		cells.Slice(3, 20).Set(sim.Params{"E_L": -70})
		net.Reset()
		simulate(t, net, 60)
		again := spikesOf(t, r)
		equal(t, "after Reset", text(again, again.Step), want)
	}
}
