package neuron

import (
	"errors"
	"math"
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
)

// IafPscExp is a leaky integrate-and-fire neuron with exponentially decaying
// synaptic currents, NEST's iaf_psc_exp (Tsodyks, Uziel & Markram 2000, without
// short-term plasticity):
//
//	dV/dt = -(V - E_L)/tau_m + (I_ex + I_in + I_e)/C_m
//	dI_ex/dt = -I_ex/tau_syn_ex, and an arriving weight w > 0 adds w to I_ex
//	dI_in/dt = -I_in/tau_syn_in, and a weight w <= 0 adds to I_in
//
// When V reaches V_th the neuron spikes and V stays at V_reset for t_ref.
type IafPscExp struct {
	EL       float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"resting potential"`
	Vth      float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite" help:"threshold"`
	Vreset   float64 `json:"V_reset" unit:"mV" default:"-70" allowed:"finite; below V_th" help:"potential after a spike"`
	Vm       float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial membrane potential"`
	Cm       float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	TauM     float64 `json:"tau_m" unit:"ms" default:"10" allowed:"> 0" help:"membrane time constant"`
	TauSynEx float64 `json:"tau_syn_ex" unit:"ms" default:"2" allowed:"> 0" help:"decay of excitatory currents"`
	TauSynIn float64 `json:"tau_syn_in" unit:"ms" default:"2" allowed:"> 0" help:"decay of inhibitory currents"`
	TRef     float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0; rounded up to steps" help:"refractory period"`
	Ie       float64 `json:"I_e" unit:"pA" allowed:"finite" help:"constant input current"`
}

// DefaultIafPscExp returns NEST's defaults.
func DefaultIafPscExp() IafPscExp { return Defaults[IafPscExp]() }

// ModelName returns "iaf_psc_exp".
func (IafPscExp) ModelName() string { return "iaf_psc_exp" }

// Validate reports time constants and a capacitance that are not positive, a
// reset that is not below the threshold and values that are not finite.
func (p IafPscExp) Validate() error {
	return errors.Join(CheckTable(p), below(p.ModelName(), "V_reset", p.Vreset, "V_th", p.Vth))
}

func init() {
	register(Spec{
		Defaults:    DefaultIafPscExp(),
		Ports:       twoCurrents,
		Recordables: func(Model) []Recordable { return []Recordable{vm, iSynEx, iSynIn} },
		Merged: func(p *Parameters) bool {
			ex, in := p.Values("tau_syn_ex"), p.Values("tau_syn_in")
			for k := range max(len(ex), len(in)) {
				if param.Element(ex, k) != param.Element(in, k) {
					return false
				}
			}
			return true
		},
		Noticeable: func(m Model) float64 {
			p := m.(IafPscExp)
			// All the charge of a spike, as if none leaked.
			return math.Min(1, p.Vth-p.Vreset) * (p.Cm / math.Max(p.TauSynEx, p.TauSynIn))
		},
		Check: func(m Model, c Clock) error {
			p := m.(IafPscExp)
			return membrane{p.EL, p.Vth, p.Vreset, p.Vm, p.Cm, p.TauM, p.TRef, p.Ie}.check(c, p.propagatorKey().over(c.H),
				namedTau{"tau_syn_ex", p.TauSynEx}, namedTau{"tau_syn_in", p.TauSynIn})
		},
		New:   newIafPscExpGroup,
		Adopt: adoptIafPscExp,
	})
}

func (p IafPscExp) propagatorKey() propagatorKey {
	return propagatorKey{tauM: p.TauM, cm: p.Cm, tauSynEx: p.TauSynEx, tauSynIn: p.TauSynIn}
}

// iafPscExpGroup has a current for each sign, or one for both where they decay
// equally, which halves the memory traffic of update and delivery. If a recorder
// asks for the two parts of that one, they are kept in addition.
type iafPscExpGroup struct {
	body
	merged   bool
	iEx, iIn []float64      // iEx is the whole where merged
	same     *kernel.Exp    // constants of all, or
	each     kernel.ExpEach // of each

	ex, in           []float64 // the parts of a merged current that are followed; nil: they are not
	decayEx, decayIn []float64 // of them in a step, of all or of each
}

func newIafPscExpGroup(c *Config) (Group, error) {
	p, n := c.Parameters, c.Parameters.Len()
	b, err := newBody(c)
	if err != nil {
		return nil, err
	}
	g := &iafPscExpGroup{body: b, merged: c.Merged, iEx: make([]float64, n)}
	if !g.merged {
		g.iIn = make([]float64, n)
	}
	g.takesCounts = true
	known := knownPropagators{}
	one := func(m IafPscExp) *kernel.Exp {
		x := known.over(c.Clock.H, m.propagatorKey())
		return &kernel.Exp{P33: x.p33, P11Ex: x.p11Ex, P11In: x.p11In, P32Ex: x.p32Ex, P32In: x.p32In, Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL}
	}
	// V_m is the initial potential, currents are in the drive, and t_ref in the body.
	if p.Differ("E_L", "V_th", "V_reset", "tau_m", "tau_syn_ex", "tau_syn_in", "C_m") {
		g.each = kernel.NewExpEach(n)
		return g, p.Each(func(k int, m Model) error {
			g.each.Set(k, one(m.(IafPscExp)))
			return nil
		})
	}
	g.same = one(p.Shared().(IafPscExp))
	return g, nil
}

// Columns implements Group.
func (g *iafPscExpGroup) Columns() []Column {
	if !g.merged {
		return []Column{g.potential(), {Name: "I_syn_ex", Values: g.iEx}, {Name: "I_syn_in", Values: g.iIn}, g.refractorySteps()}
	}
	c := []Column{g.potential(), {Name: "I_syn", Values: g.iEx}, g.refractorySteps()}
	if g.ex != nil {
		c = append(c, Column{Name: "I_syn_ex", Values: g.ex}, Column{Name: "I_syn_in", Values: g.in})
	}
	return c
}

// Step implements Group.
func (g *iafPscExpGroup) Step(in *Input, out *Spikes) {
	a, b := g.begin(in)
	spikes := out.Neuron
	switch ready := g.refractory.Ready; {
	case g.merged && g.each == nil:
		spikes = kernel.ExpMerged(g.same, g.v, g.iEx, ready, a, g.drive, spikes)
	case g.merged:
		spikes = kernel.ExpMergedEach(g.each, g.v, g.iEx, ready, a, g.drive, spikes)
	case g.each == nil:
		spikes = kernel.ExpSplit(g.same, g.v, g.iEx, g.iIn, ready, a, b, g.drive, spikes)
	default:
		spikes = kernel.ExpSplitEach(g.each, g.v, g.iEx, g.iIn, ready, a, b, g.drive, spikes)
	}
	g.spiked(out, spikes)
	if g.ex != nil {
		for k := range g.ex {
			g.ex[k] = float64(param.Element(g.decayEx, k)*g.ex[k]) + in.Positive[k]
			g.in[k] = float64(param.Element(g.decayIn, k)*g.in[k]) + in.Negative[k]
		}
		clear(in.Positive)
		clear(in.Negative)
	}
}

// Follows implements Follower.
func (g *iafPscExpGroup) Follows(recordable string) bool {
	return !g.merged || g.ex != nil || recordable == vm.Name
}

// Follow implements Follower.
func (g *iafPscExpGroup) Follow(recordable string) {
	if g.Follows(recordable) {
		return
	}
	g.ex, g.in = make([]float64, len(g.v)), make([]float64, len(g.v))
	if g.same != nil {
		g.decayEx, g.decayIn = []float64{g.same.P11Ex}, []float64{g.same.P11In}
		return
	}
	g.decayEx = make([]float64, len(g.v)) // equal for both, as the current is one
	for k := range g.decayEx {
		g.decayEx[k] = g.each.P11Ex(k)
	}
	g.decayIn = g.decayEx
}

// adoptIafPscExp makes one current of two, or two of one, whose parts must be
// known.
func adoptIafPscExp(state map[string][]float64, _ *Parameters, merged bool) error {
	whole, ex, in := state["I_syn"], state["I_syn_ex"], state["I_syn_in"]
	switch {
	case merged && whole == nil:
		whole = slices.Clone(ex)
		for k, x := range in {
			whole[k] += x
		}
		state["I_syn"] = whole // the parts stay, for those who record them
	case !merged && whole != nil:
		if ex == nil {
			if slices.ContainsFunc(whole, func(x float64) bool { return x != 0 }) {
				return errors.New("tau_syn_ex and tau_syn_in, which were equal, cannot become different while synaptic currents flow, unless a multimeter records I_syn_ex from the first step on")
			}
			state["I_syn_ex"], state["I_syn_in"] = whole, make([]float64, len(whole))
		}
		delete(state, "I_syn")
	}
	return nil
}
