package sim

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/engine"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// A Network is neurons, their connections and devices; see the package
// documentation. Its methods must not be called concurrently.
type Network struct {
	desc       engine.Description
	opts       options
	engine     *engine.Engine
	spikeRecs  []spikeRecording
	sampleRecs []sampleRecording
	warnings   []error
}

// New returns an empty network.
func New(opts ...Option) (*Network, error) {
	o := defaults()
	for _, f := range opts {
		if err := f(&o); err != nil {
			return nil, err
		}
	}
	return &Network{opts: o, desc: engine.Description{Seed: o.seed, Resolution: o.resolution}}, nil
}

// maxPopulations and maxNeurons are what random streams can name.
const (
	maxPopulations = math.MaxUint16
	maxNeurons     = math.MaxInt32 - 1
)

// open reports that the network is built and can no longer be changed.
func (n *Network) open(what string) error {
	if n.engine != nil {
		return fmt.Errorf("sim: %s after the network was built: create and connect everything before Build or the first Simulate", what)
	}
	return nil
}

// Create adds count >= 1 neurons of a model. The name must be new.
func (n *Network) Create(name string, count int, model neuron.Model) (*Population, error) {
	if err := n.open("Create"); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, fmt.Errorf("sim: a population needs a name")
	}
	for _, p := range n.desc.Populations {
		if p.Name == name {
			return nil, fmt.Errorf("sim: there is a population %q already", name)
		}
	}
	if count < 1 || count > maxNeurons-n.desc.Neurons() {
		return nil, fmt.Errorf("sim: population %q: %d neurons, must be in [1, %d]", name, count, maxNeurons-n.desc.Neurons())
	}
	if len(n.desc.Populations) >= maxPopulations {
		return nil, fmt.Errorf("sim: population %q: there are %d populations already, the most there can be", name, maxPopulations)
	}
	if model == nil {
		return nil, fmt.Errorf("sim: population %q: no model", name)
	}
	if err := engine.CheckModel(model); err != nil {
		return nil, fmt.Errorf("sim: population %q: %w", name, err)
	}
	if err := model.Validate(); err != nil {
		return nil, fmt.Errorf("sim: population %q: %w", name, err)
	}
	n.desc.Populations = append(n.desc.Populations, engine.Population{Name: name, N: count, Model: model})
	return n.populationAt(len(n.desc.Populations) - 1), nil
}

func (n *Network) populationAt(i int) *Population {
	return &Population{n, engine.Range{Population: i, N: n.desc.Populations[i].N}}
}

// first returns how many neurons stand before population i.
func (n *Network) first(i int) int {
	f := 0
	for _, p := range n.desc.Populations[:i] {
		f += p.N
	}
	return f
}

// Population returns the population called name.
func (n *Network) Population(name string) (*Population, error) {
	var names []string
	for i, p := range n.desc.Populations {
		if p.Name == name {
			return n.populationAt(i), nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("sim: no population %q among %q", name, names)
}

// Populations returns all populations in the order of their creation.
func (n *Network) Populations() []*Population {
	ps := make([]*Population, len(n.desc.Populations))
	for i := range ps {
		ps[i] = n.populationAt(i)
	}
	return ps
}

// SpikePopulations returns all populations as spike data names them.
func (n *Network) SpikePopulations() []spikes.Population {
	var ps []spikes.Population
	for _, p := range n.Populations() {
		ps = append(ps, p.Spikes())
	}
	return ps
}

func (n *Network) own(ps ...*Population) error {
	for _, p := range ps {
		if p == nil {
			return fmt.Errorf("sim: a population is nil")
		}
		if p.net != n {
			return fmt.Errorf("sim: population %q is of another network", p.Name())
		}
	}
	return nil
}

// withDefaults fills in NEST's defaults: weight 1, delay 1 ms.
func withDefaults(s connect.Synapse) connect.Synapse {
	if s.Weight == nil {
		s.Weight = connect.Constant(1)
	}
	if s.Delay == nil {
		s.Delay = connect.Constant(1)
	}
	return s
}

// Connect connects neurons of pre to neurons of post. Weights are in pA, or mV
// onto iaf_psc_delta; drawn weights are rounded to a grid of at least 64 points
// to the standard deviation, listed ones are exact to 2^-40 of the largest.
// Delays are rounded to steps, half up.
func (n *Network) Connect(pre, post *Population, rule connect.Rule, syn connect.Synapse) error {
	if err := n.open("Connect"); err != nil {
		return err
	}
	if err := n.own(pre, post); err != nil {
		return err
	}
	fail := func(err error) error {
		return fmt.Errorf("sim: %s -> %s: %w", pre.Name(), post.Name(), err)
	}
	if list, ok := rule.(connect.List); ok { // its columns remain the caller's
		rule = connect.List{Pre: slices.Clone(list.Pre), Post: slices.Clone(list.Post),
			Weight: slices.Clone(list.Weight), Delay: slices.Clone(list.Delay)}
	}
	syn = withDefaults(syn)
	if v, ok := syn.Weight.(connect.Values); ok {
		syn.Weight = slices.Clone(v)
	}
	if v, ok := syn.Delay.(connect.Values); ok {
		syn.Delay = slices.Clone(v)
	}
	ordinal := uint32(0)
	for i := range n.desc.Projections {
		pr := &n.desc.Projections[i]
		if len(pr.Pre) == 1 && len(pr.Post) == 1 && pr.Pre[0].Population == pre.part.Population && pr.Post[0].Population == post.part.Population {
			ordinal++
		}
	}
	pr := engine.Projection{Pre: []engine.Range{pre.part}, Post: []engine.Range{post.part}, Rule: rule, Weight: syn.Weight, Delay: syn.Delay, Ordinal: ordinal}
	if err := engine.CheckProjection(&pr, n.desc.Resolution); err != nil {
		return fail(err)
	}
	n.desc.Projections = append(n.desc.Projections, pr)
	return nil
}

// Attach connects a generator to every neuron of targets. Attaching the same
// value again is another connection of it; weights and delays are per
// connection.
func (n *Network) Attach(dev device.Device, targets *Population, syn connect.Synapse) error {
	if err := n.open("Attach"); err != nil {
		return err
	}
	if err := n.own(targets); err != nil {
		return err
	}
	if dev == nil {
		return fmt.Errorf("sim: no device to attach to %s", targets.Name())
	}
	if err := engine.CheckDeviceType(dev); err != nil {
		return fmt.Errorf("sim: onto %s: %w", targets.Name(), err)
	}
	fail := func(err error) error {
		return fmt.Errorf("sim: %s -> %s: %w", dev.ModelName(), targets.Name(), err)
	}
	if err := dev.Validate(); err != nil {
		return fail(err)
	}
	syn = withDefaults(syn)
	if err := engine.CheckDrawn(syn.Weight); err != nil {
		return fail(fmt.Errorf("weight: %w", err))
	}
	if err := engine.CheckDrawn(syn.Delay); err != nil {
		return fail(fmt.Errorf("delay: %w", err))
	}
	at := engine.Attachment{Device: cloneDevice(dev), Generator: len(n.desc.Attachments), Post: targets.part, Weight: syn.Weight, Delay: syn.Delay}
	if at.Generator > math.MaxUint16 {
		return fail(fmt.Errorf("there are %d attached devices already, the most there can be", math.MaxUint16))
	}
	if err := engine.CheckDevice(&at, targets.Model(), n.desc.Resolution); err != nil {
		return fail(err)
	}
	n.desc.Attachments = append(n.desc.Attachments, at)
	return nil
}

// cloneDevice copies a device's columns, which remain the caller's.
func cloneDevice(dev device.Device) device.Device {
	switch d := dev.(type) {
	case device.SpikeGenerator:
		d.Times, d.Weights, d.Multiplicities = slices.Clone(d.Times), slices.Clone(d.Weights), slices.Clone(d.Multiplicities)
		return d
	case device.StepCurrent:
		d.Times, d.Values = slices.Clone(d.Times), slices.Clone(d.Values)
		return d
	case device.InhomogeneousPoisson:
		d.RateTimes, d.RateValues = slices.Clone(d.RateTimes), slices.Clone(d.RateValues)
		return d
	}
	return dev
}

// Seed returns the seed.
func (n *Network) Seed() uint64 { return n.desc.Seed }

// Resolution returns the length of a step in ms.
func (n *Network) Resolution() float64 { return n.desc.Resolution }

// Neurons returns the number of neurons.
func (n *Network) Neurons() int { return n.desc.Neurons() }

// Synapses returns the number of synapses between neurons, 0 before Build.
func (n *Network) Synapses() int64 {
	if n.engine == nil {
		return 0
	}
	return n.engine.Synapses()
}

// Threads returns the number of workers that run the network.
func (n *Network) Threads() int {
	if n.engine != nil {
		return n.engine.Threads()
	}
	t, _ := n.opts.engine.Divide(n.Neurons())
	return t
}

// Shards returns the number of shards the network is cut into.
func (n *Network) Shards() int {
	if n.engine != nil {
		return n.engine.Shards()
	}
	_, s := n.opts.engine.Divide(n.Neurons())
	return s
}

// Warnings returns what was found on the way that does not stop the work.
func (n *Network) Warnings() []error { return n.warnings }
