package sim

import (
	"fmt"
	"math"
	"unicode/utf8"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/suggest"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// A Network is nodes and their connections; see the package documentation. Call
// its methods one after another: while one changes, builds, runs or saves the
// network, others fail with ErrBusy, and those without an error (Step, Stats)
// return the values from before.
type Network struct {
	calls  *calls
	desc   network.Description
	opts   options
	engine *engine.Engine
	groups []group
	nextID int32
	change change // since engine was made

	recorders  []*recorder
	recordings bool // are as the recorders want them

	warnings []error
	saving   *saving // what StartSave began; nil: nothing
}

// New returns an empty network. If an option makes no sense, the network never
// runs: Err, Build and Simulate return what was wrong.
func New(opts ...Option) *Network {
	o := defaults()
	err := o.apply(opts)
	n := &Network{calls: new(calls), opts: o, desc: network.Description{Seed: o.seed, Resolution: o.resolution}, nextID: 1}
	if err != nil {
		n.remember("New", err)
		n.calls.never = true
	}
	return n
}

// maxPopulations, maxGenerators and maxNodes are what random streams and ids can
// name.
const (
	maxPopulations = math.MaxUint16
	maxGenerators  = math.MaxUint16
	maxNodes       = math.MaxInt32 - 1
)

// A Model is a parameter struct of package neuron or device.
type Model interface {
	// ModelName returns NEST's name of the model.
	ModelName() string
	// Validate reports every parameter that makes no sense, with its value and
	// what is allowed.
	Validate() error
}

// Create makes count >= 1 nodes of a model: neurons, generators or recorders. Ids
// count from 1 in the order of creation. The name must be new; if it is empty, the
// nodes have the name of their model. params are set as by Nodes.Set. If the call
// is refused, the collection has no nodes and its Err says why; calls with it fail
// with the same error.
func (n *Network) Create(name string, count int, model Model, params ...Params) *Nodes {
	return n.making("Create", func() (*Nodes, error) { return n.create(name, count, model, params) })
}

func (n *Network) create(name string, count int, model Model, params []Params) (*Nodes, error) {
	if model == nil {
		return nil, fmt.Errorf("sim: Create %s: no model", brief.Quote(name))
	}
	if err := checkModel(model); err != nil {
		return nil, fmt.Errorf("sim: Create %s: %w", brief.Quote(name), err)
	}
	if !utf8.ValidString(name) {
		return nil, fmt.Errorf("sim: Create %s: the name is no UTF-8, as which files have it", brief.Quote(name))
	}
	if name == "" {
		name = n.freeName(model.ModelName())
	}
	for _, g := range n.groups {
		if g.name == name && g.areNodes() {
			return nil, fmt.Errorf("sim: there are nodes called %s already", brief.Quote(name))
		}
	}
	if count < 1 || count > maxNodes-int(n.nextID)+1 {
		return nil, fmt.Errorf("sim: %s: %d nodes, must be in [1, %d]", brief.Quote(name), count, maxNodes-int(n.nextID)+1)
	}
	if err := model.Validate(); err != nil {
		return nil, fmt.Errorf("sim: %s: %w", brief.Quote(name), err)
	}
	g := group{name: name, first: n.nextID, n: count}
	undo := *n
	switch {
	case isNeuron(model):
		if len(n.desc.Populations) >= maxPopulations {
			return nil, fmt.Errorf("sim: %s: there are %d populations already, the most there can be", brief.Quote(name), maxPopulations)
		}
		g.kind, g.at = neurons, len(n.desc.Populations)
		p := network.Population{Name: name, First: g.first, N: count, Model: model}
		if err := network.CheckPopulation(&p, n.desc.Resolution); err != nil {
			return nil, fmt.Errorf("sim: %s: %w", brief.Quote(name), err)
		}
		n.desc.Populations = append(n.desc.Populations, p)
		n.touch(synapsesChanged)
	case isRecorder(model):
		g.kind, g.at = recorders, len(n.recorders)
		rs := newRecorders(n, count, model)
		if err := rs[0].check(model); err != nil {
			return nil, fmt.Errorf("sim: %s: %w", brief.Quote(name), err)
		}
		n.recorders = append(n.recorders, rs...)
	default:
		number := n.desc.GeneratorCount()
		if number+count > maxGenerators {
			return nil, fmt.Errorf("sim: %s: %d generators beside the %d there are, there can be %d", brief.Quote(name), count, number, maxGenerators)
		}
		dev := cloneDevice(model.(device.Device))
		if err := network.CheckGenerator(dev, n.desc.Resolution); err != nil {
			return nil, fmt.Errorf("sim: %s: %w", brief.Quote(name), err)
		}
		g.kind, g.at = generators, len(n.desc.Generators)
		n.desc.Generators = append(n.desc.Generators, network.Generator{Name: name, First: g.first, N: count, Number: number, Models: []device.Device{dev}})
	}
	n.groups = append(n.groups, g)
	n.nextID += int32(count)
	nodes := &Nodes{net: n, parts: []span{{len(n.groups) - 1, 0, count}}}
	for _, p := range params {
		if err := nodes.set(p); err != nil {
			*n = undo
			return nil, err
		}
	}
	return nodes, nil
}

// checkModel reports a model that is none of packages neuron and device, for one
// the pointer to a struct.
func checkModel(m Model) error {
	if isNeuron(m) || isRecorder(m) {
		return nil
	}
	if d, ok := m.(device.Device); ok {
		return device.Check(d)
	}
	return fmt.Errorf("model of type %T, must be a struct of package neuron or device, or registered there (not a pointer to one)", m)
}

func isNeuron(m Model) bool {
	_, err := neuron.SpecOf(m)
	return err == nil
}

func isRecorder(m Model) bool {
	switch m.(type) {
	case device.SpikeRecorder, device.Multimeter:
		return true
	}
	return false
}

func (n *Network) freeName(model string) string {
	taken := map[string]bool{}
	for _, g := range n.groups {
		taken[g.name] = g.areNodes() || taken[g.name]
	}
	name := model
	for k := 2; taken[name]; k++ {
		name = fmt.Sprintf("%s %d", model, k)
	}
	return name
}

// Nodes returns the nodes that were created under a name. If there is an error,
// the collection has no nodes, and calls with it fail with that error.
func (n *Network) Nodes(name string) (*Nodes, error) {
	nodes, err := n.find(name)
	if err != nil {
		return &Nodes{net: n, err: err}, err
	}
	return nodes, nil
}

func (n *Network) find(name string) (*Nodes, error) {
	if n == nil || n.calls == nil {
		return nil, errNoNetwork
	}
	var names []string
	for i, g := range n.groups {
		if !g.areNodes() {
			continue
		}
		if g.name == name {
			return n.groupNodes(i), nil
		}
		names = append(names, g.name)
	}
	if i := suggest.Nearest(name, names); i >= 0 {
		return nil, fmt.Errorf("sim: no nodes are called %s, did you mean %s?", brief.Quote(name), brief.Quote(names[i]))
	}
	return nil, fmt.Errorf("sim: no nodes are called %s, there are %s", brief.Quote(name), brief.Names(names))
}

func (n *Network) groupNodes(i int) *Nodes {
	return &Nodes{net: n, parts: []span{{i, 0, n.groups[i].n}}}
}

// Neurons returns the neurons, a collection for each call of Create, in order.
func (n *Network) Neurons() []*Nodes { return n.ofKind(neurons) }

// SpikePopulations returns all neurons as the populations of spike data.
func (n *Network) SpikePopulations() []spikes.Population {
	var ps []spikes.Population
	for _, c := range n.Neurons() {
		ps = append(ps, c.SpikePopulations()...)
	}
	return ps
}

// Generators returns the generators, a collection for each call of Create.
func (n *Network) Generators() []*Nodes { return n.ofKind(generators) }

// Recorders returns the recorders, a collection for each call of Create.
func (n *Network) Recorders() []*Nodes { return n.ofKind(recorders) }

func (n *Network) ofKind(k kind) []*Nodes {
	if n == nil {
		return nil
	}
	var all []*Nodes
	for i, g := range n.groups {
		if g.kind == k && g.areNodes() {
			all = append(all, n.groupNodes(i))
		}
	}
	return all
}

// own reports collections that are nil, of another network, or were made in a
// way that makes no sense.
func (n *Network) own(collections ...*Nodes) error {
	for _, c := range collections {
		switch {
		case c.Err() != nil:
			return c.Err()
		case c.net != n:
			return fmt.Errorf("sim: %s is of another network", describeNodes(c))
		}
	}
	return nil
}

// modelOf returns the model of node i of a group, with its parameters.
func (n *Network) modelOf(groupIndex, i int) Model {
	g := &n.groups[groupIndex]
	switch g.kind {
	case generators:
		return n.desc.Generators[g.at].Model(i)
	case recorders:
		return n.recorders[g.at+i].model
	}
	return n.neuronModel(g.at, i)
}

// cloneDevice copies a device's columns, which remain the caller's.
func cloneDevice(d device.Device) device.Device {
	if c, err := param.Of(d).Clone(d); err == nil { // it is of its own type
		return c.(device.Device)
	}
	return d
}

// Seed returns the seed.
func (n *Network) Seed() uint64 {
	if n == nil {
		return 0
	}
	return n.desc.Seed
}

// Resolution returns the length of a step in ms.
func (n *Network) Resolution() float64 {
	if n == nil {
		return 0
	}
	return n.desc.Resolution
}

// NeuronCount returns the number of neurons.
func (n *Network) NeuronCount() int {
	if n == nil {
		return 0
	}
	return n.desc.Neurons()
}

// SynapseCount returns the number of synapses between neurons when the network was
// last built, 0 before.
func (n *Network) SynapseCount() int64 { return n.figuresNow().synapses }

// Threads returns the number of workers that run the network.
func (n *Network) Threads() int { return n.figuresNow().threads }

// Shards returns the number of shards into which the network is divided.
func (n *Network) Shards() int { return n.figuresNow().shards }

// Warnings returns findings that do not stop the work.
func (n *Network) Warnings() []error {
	if n == nil {
		return nil
	}
	return n.warnings
}
