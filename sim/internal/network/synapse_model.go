package network

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/synapse"
)

// A SynapseModel is a name for a weight and a delay, and for a kind of synapses.
type SynapseModel struct {
	Name          string
	Weight, Delay connect.Distribution
	Model         synapse.Model // parameters of a kind with state; nil: synapses never change
}

// CheckSynapseModel reports a kind that is not registered, and parameters that it
// does not take.
func CheckSynapseModel(m *SynapseModel) error {
	if m.Model == nil {
		return nil
	}
	if _, err := synapse.SpecOf(m.Model); err != nil {
		return err
	}
	return m.Model.Validate()
}

// CheckKind reports what the kind of a projection's synapses cannot be or do.
func CheckKind(desc *Description, pr *Projection) error {
	m, spec, err := desc.KindOf(pr)
	if err != nil || m == nil {
		return err
	}
	largest := pr.largestWeight(false)
	bound := spec.Bound(m, largest)
	if !(bound >= 0) || bound > inbox.MaxMagnitude {
		return fmt.Errorf("synapse model %s (%s): with weights up to %g it bounds what it delivers by %g, must be in [0, %g]",
			brief.Quote(pr.Synapse), m.ModelName(), largest, bound, inbox.MaxMagnitude)
	}
	return nil
}

// KindOf returns the parameters of a projection's kind of synapses, and what is
// known of it; nil for synapses that never change.
func (d *Description) KindOf(pr *Projection) (synapse.Model, *synapse.Spec, error) {
	if pr.Synapse == "" {
		return nil, nil, nil
	}
	for i := range d.SynapseModels {
		if s := &d.SynapseModels[i]; s.Name == pr.Synapse {
			if s.Model == nil {
				return nil, nil, nil
			}
			spec, err := synapse.SpecOf(s.Model)
			return s.Model, spec, err
		}
	}
	return nil, nil, nil
}

// SynapseColumns returns the columns of the synapses of projection i; false if they
// have no state.
func (d *Description) SynapseColumns(i int) ([]synapse.Column, bool) {
	_, spec, err := d.KindOf(&d.Projections[i])
	if spec == nil || err != nil {
		return nil, false
	}
	return spec.Columns, true
}

// Stateful reports whether the synapses of a projection have state.
func (d *Description) Stateful(pr *Projection) bool {
	m, _, err := d.KindOf(pr)
	return m != nil && err == nil
}

// Reach returns the largest magnitude that a spike may bring through a synapse of
// a projection; of those that synapses were given later alone if it is replaced.
func (d *Description) Reach(pr *Projection, replaced bool) float64 {
	m, spec, err := d.KindOf(pr)
	if m == nil || err != nil {
		return pr.largestWeight(replaced)
	}
	return math.Max(0, spec.Bound(m, pr.largestWeight(false))) // CheckKind has seen to others
}
