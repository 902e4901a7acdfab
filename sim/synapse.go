package sim

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/suggest"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/synapse"
)

// StaticSynapse is the name of the synapse model that all others derive from.
const StaticSynapse = "static_synapse"

// A SynapseModel is static_synapse, a kind of synapses that was registered with
// package synapse, or a model that CopyModel derived from one of them.
type SynapseModel struct {
	Name          string
	Weight, Delay connect.Distribution // defaults of a connection, pA (mV onto iaf_psc_delta) and ms
	Kind          synapse.Model        // with its parameters; nil: static_synapse, whose weights never change
	Connections   int64                // made with it so far
}

// CopyModel is NEST's CopyModel: it derives a synapse model called name from
// the one that syn names (default: static_synapse), with syn's weight and delay
// if they are given, and with parameters of its kind. It returns
// connect.Synapse{Model: name}, to be given to Connect.
func (n *Network) CopyModel(name string, syn connect.Synapse, parameters ...Params) connect.Synapse {
	n.changing("CopyModel", func() error { return n.copyModel(name, syn, parameters) })
	return connect.Synapse{Model: name}
}

func (n *Network) copyModel(name string, syn connect.Synapse, parameters []Params) error {
	if name == "" || name == StaticSynapse || synapse.Find(name) != nil || !utf8.ValidString(name) {
		return fmt.Errorf("sim: CopyModel: the name is %s, must be a new one, in UTF-8", brief.Quote(name))
	}
	for _, m := range n.desc.SynapseModels {
		if m.Name == name {
			return fmt.Errorf("sim: CopyModel: there is a synapse model %s already", brief.Quote(name))
		}
	}
	m, err := n.derived(name, syn, parameters)
	if err != nil {
		return fmt.Errorf("sim: CopyModel: %s: %w", brief.Quote(name), err)
	}
	n.desc.SynapseModels = append(n.desc.SynapseModels, m)
	return nil
}

func (n *Network) derived(name string, syn connect.Synapse, parameters []Params) (m network.SynapseModel, err error) {
	s, err := n.resolve(syn)
	if err == nil {
		err = s.check(n.desc.Resolution)
	}
	if err != nil {
		return m, err
	}
	m = network.SynapseModel{Name: name, Weight: connect.CopyDistribution(s.weight), Delay: connect.CopyDistribution(s.delay)}
	if s.model != "" {
		base, err := n.synapseModel(s.model)
		if err != nil {
			return m, err
		}
		m.Model = base.Model
	}
	for _, p := range parameters {
		for _, name := range slices.Sorted(maps.Keys(p)) {
			if m.Model == nil {
				return m, fmt.Errorf("%s has no parameter %s: weight and delay are fields of connect.Synapse", StaticSynapse, brief.Quote(name))
			}
			x, err := param.Of(m.Model).With(m.Model, name, p[name])
			if err != nil {
				return m, err
			}
			m.Model = x.(synapse.Model)
		}
	}
	return m, network.CheckSynapseModel(&m)
}

// A synapseSpec is a connect.Synapse in which nothing is left out.
type synapseSpec struct {
	model         string // "" is static_synapse
	weight, delay connect.Distribution
}

func (s *synapseSpec) check(resolution float64) error {
	if err := connect.CheckDistribution(s.weight); err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	if err := connect.CheckDistribution(s.delay); err != nil {
		return fmt.Errorf("delay: %w", err)
	}
	return network.CheckDelay(&network.Projection{Rule: connect.AllToAll{}, Weight: s.weight, Delay: s.delay}, resolution)
}

// resolve fills in what a synapse leaves to its model: NEST's defaults are
// weight 1 and delay 1 ms.
func (n *Network) resolve(syn connect.Synapse) (synapseSpec, error) {
	s := synapseSpec{weight: connect.Constant(1), delay: connect.Constant(1)}
	if syn.Model != "" && syn.Model != StaticSynapse {
		m, err := n.synapseModel(syn.Model)
		if err != nil {
			return s, err
		}
		s = synapseSpec{syn.Model, m.Weight, m.Delay}
	}
	weight, delay, err := syn.Distributions()
	if err != nil {
		return s, err
	}
	if weight != nil {
		s.weight = weight
	}
	if delay != nil {
		s.delay = delay
	}
	return s, nil
}

// synapseModel returns the model of a name other than static_synapse.
func (n *Network) synapseModel(name string) (*network.SynapseModel, error) {
	names := append([]string{StaticSynapse}, synapse.Names()...)
	for i, m := range n.desc.SynapseModels {
		if m.Name == name {
			return &n.desc.SynapseModels[i], nil
		}
		names = append(names, m.Name)
	}
	if kind := synapse.Find(name); kind != nil {
		return &network.SynapseModel{Name: name, Weight: connect.Constant(1), Delay: connect.Constant(1), Model: kind.Defaults}, nil
	}
	if i := suggest.Nearest(name, names); i >= 0 {
		return nil, fmt.Errorf("no synapse model %s, did you mean %s?", brief.Quote(name), brief.Quote(names[i]))
	}
	return nil, fmt.Errorf("no synapse model %s, there are %s", brief.Quote(name), brief.Names(names))
}

// useModel makes the model of a connection part of the description, as a kind is
// whose own name is given.
func (n *Network) useModel(name string) error {
	if name == "" || slices.ContainsFunc(n.desc.SynapseModels, func(m network.SynapseModel) bool { return m.Name == name }) {
		return nil
	}
	m, err := n.synapseModel(name)
	if err == nil {
		n.desc.SynapseModels = append(n.desc.SynapseModels, *m)
	}
	return err
}

// static reports a synapse model that a connection of a device cannot have.
func (n *Network) static(syn synapseSpec, of string) error {
	if syn.model == "" {
		return nil
	}
	m, err := n.synapseModel(syn.model)
	if err == nil && m.Model != nil {
		err = fmt.Errorf("connections of a %s cannot be of synapse model %s (%s), whose synapses have state: connect it by way of parrot_neuron", of, brief.Quote(m.Name), m.Model.ModelName())
	}
	return err
}

// SynapseModels returns static_synapse and the network's other synapse models, each with
// the number of its connections, including those of generators.
func (n *Network) SynapseModels() []SynapseModel {
	models := []SynapseModel{{Name: StaticSynapse, Weight: connect.Constant(1), Delay: connect.Constant(1)}}
	if n == nil {
		return models
	}
	at := map[string]int{"": 0}
	for i, m := range n.desc.SynapseModels {
		models = append(models, SynapseModel{Name: m.Name, Weight: m.Weight, Delay: m.Delay, Kind: m.Model})
		at[m.Name] = i + 1
	}
	for i := range n.desc.Projections {
		models[at[n.desc.Projections[i].Synapse]].Connections += wiring.CountSynapses(&n.desc, i)
	}
	for _, a := range n.desc.Attachments {
		if a.Until != 0 {
			continue // what is under way of those that were changed
		}
		models[at[a.Synapse]].Connections += int64(a.Post.N)
	}
	return models
}
