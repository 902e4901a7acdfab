package sim

import (
	"fmt"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/suggest"
)

// StaticSynapse is the name of the synapse model that all others derive from.
const StaticSynapse = "static_synapse"

// A SynapseModel is static_synapse or one that CopyModel derived from it.
type SynapseModel struct {
	Name          string
	Weight, Delay connect.Distribution // defaults of a connection, pA (mV onto iaf_psc_delta) and ms
	Connections   int64                // made with it so far
}

// CopyModel derives a synapse model of that name from the one that syn names,
// static_synapse if it names none, with syn's weight and delay where they are
// given: NEST's CopyModel. connect.Synapse{Model: name} then stands for them.
func (n *Network) CopyModel(name string, syn connect.Synapse) error {
	return n.changing("CopyModel", func() error { return n.copyModel(name, syn) })
}

func (n *Network) copyModel(name string, syn connect.Synapse) error {
	if name == "" || name == StaticSynapse {
		return fmt.Errorf("sim: CopyModel: the name is %s, must be a new one", brief.Quote(name))
	}
	for _, m := range n.desc.SynapseModels {
		if m.Name == name {
			return fmt.Errorf("sim: CopyModel: there is a synapse model %s already", brief.Quote(name))
		}
	}
	syn, err := n.resolve(syn)
	if err == nil {
		err = checkSynapse(syn, n.desc.Resolution)
	}
	if err != nil {
		return fmt.Errorf("sim: CopyModel: %s: %w", brief.Quote(name), err)
	}
	n.desc.SynapseModels = append(n.desc.SynapseModels, engine.SynapseModel{Name: name, Weight: syn.Weight, Delay: syn.Delay})
	return nil
}

func checkSynapse(syn connect.Synapse, resolution float64) error {
	if err := connect.CheckDistribution(syn.Weight); err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	if err := connect.CheckDistribution(syn.Delay); err != nil {
		return fmt.Errorf("delay: %w", err)
	}
	return engine.CheckDelay(&engine.Projection{Rule: connect.AllToAll{}, Weight: syn.Weight, Delay: syn.Delay}, resolution)
}

// resolve fills in what a synapse leaves to its model: NEST's defaults are
// weight 1 and delay 1 ms.
func (n *Network) resolve(syn connect.Synapse) (connect.Synapse, error) {
	base := connect.Synapse{Weight: connect.Constant(1), Delay: connect.Constant(1)}
	if syn.Model != "" && syn.Model != StaticSynapse {
		m, err := n.synapseModel(syn.Model)
		if err != nil {
			return syn, err
		}
		base = connect.Synapse{Weight: m.Weight, Delay: m.Delay}
	}
	if syn.Model == StaticSynapse {
		syn.Model = ""
	}
	if syn.Weight == nil {
		syn.Weight = base.Weight
	}
	if syn.Delay == nil {
		syn.Delay = base.Delay
	}
	return syn, nil
}

func (n *Network) synapseModel(name string) (*engine.SynapseModel, error) {
	names := []string{StaticSynapse}
	for i, m := range n.desc.SynapseModels {
		if m.Name == name {
			return &n.desc.SynapseModels[i], nil
		}
		names = append(names, m.Name)
	}
	if i := suggest.Nearest(name, names); i >= 0 {
		return nil, fmt.Errorf("no synapse model %s, did you mean %s?", brief.Quote(name), brief.Quote(names[i]))
	}
	return nil, fmt.Errorf("no synapse model %s, there are %s", brief.Quote(name), brief.Names(names))
}

// SynapseModels returns static_synapse and the models derived from it, with the
// number of connections that each has made, those of generators among them.
func (n *Network) SynapseModels() []SynapseModel {
	models := []SynapseModel{{Name: StaticSynapse, Weight: connect.Constant(1), Delay: connect.Constant(1)}}
	if n == nil {
		return models
	}
	at := map[string]int{"": 0}
	for i, m := range n.desc.SynapseModels {
		models = append(models, SynapseModel{Name: m.Name, Weight: m.Weight, Delay: m.Delay})
		at[m.Name] = i + 1
	}
	for i := range n.desc.Projections {
		models[at[n.desc.Projections[i].Synapse]].Connections += engine.CountSynapses(&n.desc, i)
	}
	for _, a := range n.desc.Attachments {
		if a.Until != 0 {
			continue // what is under way of those that were changed
		}
		models[at[a.Synapse]].Connections += int64(a.Post.N)
	}
	return models
}
