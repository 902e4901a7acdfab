package neuron

import (
	"errors"
	"math"
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
)

// IafPscDelta is a leaky integrate-and-fire neuron whose potential jumps by the
// weight (mV) of an arriving spike, NEST's iaf_psc_delta:
//
//	dV/dt = -(V - E_L)/tau_m + I_e/C_m, and an arriving weight w adds w to V
//
// V does not fall below V_min. When V reaches V_th the neuron spikes and V stays
// at V_reset for t_ref; what arrives then is lost, or kept with
// RefractoryInput: it is added when the period ends, discounted by
// exp(-remaining/tau_m).
type IafPscDelta struct {
	EL              float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"resting potential"`
	Vth             float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite" help:"threshold"`
	Vreset          float64 `json:"V_reset" unit:"mV" default:"-70" allowed:"finite; below V_th" help:"potential after a spike"`
	Vmin            float64 `json:"V_min" unit:"mV" default:"-inf" allowed:"a number or -Inf" help:"lower bound of the potential"`
	Vm              float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial membrane potential"`
	Cm              float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	TauM            float64 `json:"tau_m" unit:"ms" default:"10" allowed:"> 0" help:"membrane time constant"`
	TRef            float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0; rounded up to steps" help:"refractory period"`
	Ie              float64 `json:"I_e" unit:"pA" allowed:"finite" help:"constant input current"`
	RefractoryInput bool    `json:"refractory_input" default:"false" allowed:"true or false" help:"keep what arrives during t_ref"`
}

// DefaultIafPscDelta returns NEST's defaults.
func DefaultIafPscDelta() IafPscDelta { return Defaults[IafPscDelta]() }

// ModelName returns "iaf_psc_delta".
func (IafPscDelta) ModelName() string { return "iaf_psc_delta" }

// Validate reports a time constant or capacitance that is not positive, a reset
// that is not below the threshold and values that are not finite.
func (p IafPscDelta) Validate() error {
	return errors.Join(CheckTable(p), below(p.ModelName(), "V_reset", p.Vreset, "V_th", p.Vth))
}

// MarshalJSON writes the parameters by NEST's names; a V_min of -Inf is left out.
func (p IafPscDelta) MarshalJSON() ([]byte, error) { return param.Marshal(p) }

// UnmarshalJSON reads parameters by NEST's names. Those left out stay as they
// are; unknown ones are an error.
func (p *IafPscDelta) UnmarshalJSON(b []byte) error { return param.Unmarshal(b, p) }

func init() {
	register(Spec{
		Defaults:    DefaultIafPscDelta(),
		Ports:       func(Model) []Port { return []Port{{"potential", "mV"}} },
		Recordables: func(Model) []Recordable { return []Recordable{vm} },
		Noticeable: func(m Model) float64 {
			p := m.(IafPscDelta)
			return math.Min(1, p.Vth-p.Vreset)
		},
		Check: func(m Model, c Clock) error {
			p := m.(IafPscDelta)
			return membrane{p.EL, p.Vth, p.Vreset, p.Vm, p.Cm, p.TauM, p.TRef, p.Ie}.check(c, p.propagatorKey().over(c.H))
		},
		New:   newIafPscDeltaGroup,
		Adopt: adoptIafPscDelta,
	})
}

func (p IafPscDelta) propagatorKey() propagatorKey { return propagatorKey{tauM: p.TauM, cm: p.Cm} }

type iafPscDeltaGroup struct {
	body
	kept []float64        // refractory input, mV; nil where none keeps it
	same *kernel.Delta    // constants of all, or
	each kernel.DeltaEach // of each

	// Of input that is kept: factors by the steps that are left, where all discount
	// alike, or who keeps it.
	discount []float64
	factor   func(steps int) float64
	keeping  kernel.Keeping
}

// refractoryInput is the name of the column of input that is kept.
const refractoryInput = "refractory input"

// keepsInput reports whether some of the neurons keep their refractory input.
func keepsInput(p *Parameters) bool {
	return slices.ContainsFunc(p.Values("refractory_input"), func(x float64) bool { return x != 0 })
}

func newIafPscDeltaGroup(c *Config) (Group, error) {
	p, n := c.Parameters, c.Parameters.Len()
	b, err := newBody(c)
	if err != nil {
		return nil, err
	}
	g := &iafPscDeltaGroup{body: b}
	if keepsInput(c.Population) {
		g.kept = make([]float64, n)
	}
	keep := keepsInput(p)
	g.takesCounts = !keep
	known := knownPropagators{}
	one := func(m IafPscDelta) *kernel.Delta {
		return &kernel.Delta{P33: known.over(c.Clock.H, m.propagatorKey()).p33, Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL, Min: m.Vmin - m.EL}
	}
	if p.Differ("E_L", "V_th", "V_reset", "V_min", "tau_m", "refractory_input") {
		g.each = kernel.NewDeltaEach(n)
		if keep {
			g.keeping = kernel.Keeping{TauM: make([]float64, n), H: c.Clock.H}
		}
		return g, p.Each(func(k int, m Model) error {
			g.each.Set(k, one(m.(IafPscDelta)))
			if m := m.(IafPscDelta); m.RefractoryInput {
				g.keeping.TauM[k] = m.TauM
			}
			return nil
		})
	}
	m := p.Shared().(IafPscDelta)
	g.same = one(m)
	if keep {
		g.factor = func(steps int) float64 { return kernel.Discount(steps, c.Clock.H, m.TauM) }
		for _, steps := range g.period {
			g.discountFrom(steps)
		}
	}
	return g, nil
}

// discountFrom makes sure that the table has a factor for input that arrives
// with that many refractory steps left.
func (g *iafPscDeltaGroup) discountFrom(steps uint16) {
	for r := len(g.discount); r <= int(steps); r++ {
		g.discount = append(g.discount, g.factor(r))
	}
}

// Restored implements Restorer: t_ref may have been longer.
func (g *iafPscDeltaGroup) Restored() error {
	if g.factor != nil && len(g.left) > 0 {
		g.discountFrom(slices.Max(g.left))
	}
	return g.body.Restored()
}

// Columns implements Group.
func (g *iafPscDeltaGroup) Columns() []Column {
	c := []Column{g.potential(), g.refractorySteps()}
	if g.kept != nil {
		c = append(c, Column{Name: refractoryInput, Values: g.kept})
	}
	return c
}

// Step implements Group.
func (g *iafPscDeltaGroup) Step(in *Input, out *Spikes) {
	a, _ := g.begin(in)
	spikes := out.Neuron
	switch ready := g.refractory.Ready; {
	case g.keeping.TauM != nil:
		spikes = kernel.DeltaKeepEach(g.each, g.v, g.kept, g.refractory, g.keeping, a, g.drive, spikes)
	case g.discount != nil:
		spikes = kernel.DeltaKeep(g.same, g.v, g.kept, g.refractory, g.discount, a, g.drive, spikes)
	case g.each != nil:
		spikes = kernel.DeltaStepEach(g.each, g.v, ready, a, g.drive, spikes)
	default:
		spikes = kernel.DeltaStep(g.same, g.v, ready, a, g.drive, spikes)
	}
	g.spiked(out, spikes)
}

// adoptIafPscDelta adds a column for refractory input if it is kept from now on,
// and removes it if it is not.
func adoptIafPscDelta(state map[string][]float64, p *Parameters, _ bool) error {
	switch {
	case !keepsInput(p):
		delete(state, refractoryInput)
	case state[refractoryInput] == nil:
		state[refractoryInput] = make([]float64, p.Len())
	}
	return nil
}
