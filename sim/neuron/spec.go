package neuron

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/param"
)

// A Model is a struct of parameters. The package documentation explains the
// tags of its fields.
type Model interface {
	// ModelName returns NEST's name of the model.
	ModelName() string
	// Validate reports every parameter that makes no sense, with its value and
	// what is allowed.
	Validate() error
}

// A Clock turns ms into steps of the resolution.
type Clock = clock.Clock

// A Spec is all that the simulator needs to know of a model.
type Spec struct {
	Defaults Model    // with its default parameters
	Aliases  []string // names in tutorials for older versions of NEST

	// Ports returns the one or two ports at which input arrives. With two, the
	// first takes weights > 0, the second the others; a single one takes both
	// signs.
	Ports func(m Model) []Port

	// Recordables returns what a multimeter can read, in the order of NEST's
	// documentation: columns of a group, or what a Deriver computes. Nil:
	// nothing.
	Recordables func(m Model) []Recordable

	// Counts says that a spike counts as 1, whatever its weight, and is repeated,
	// as by a parrot: such neurons may spike in a step as often as spikes arrive.
	Counts bool

	// MostSpikes returns how often a neuron with these parameters may spike in
	// a step; nil: once.
	MostSpikes func(m Model, c Clock) float64

	// Merged reports whether neurons with these parameters take both signs
	// through the first port, because the sign makes no difference to them; nil:
	// never.
	Merged func(p *Parameters) bool

	// Noticeable returns the smallest weight that matters to such a neuron, for
	// example one that moves its potential by 1 mV; nil: 1.
	Noticeable func(m Model) float64

	// Check reports parameters that do not fit a resolution; nil: all fit.
	Check func(m Model, c Clock) error

	// New makes a group of neurons in their initial state. Columns that have
	// the name of a parameter, such as V_m, are set from that parameter
	// afterwards.
	New func(c *Config) (Group, error)

	// Adopt changes the state of neurons whose parameters, or Merged, were
	// different before so that it fits these: columns by name, a value for each
	// neuron. Nil: the state stays as it is.
	Adopt func(state map[string][]float64, p *Parameters, merged bool) error
}

// A Port is a place where input of synapses and generators arrives.
type Port struct {
	Name string
	Unit string // of weights: "pA", "mV", "nS"
}

// A Recordable is a quantity of a neuron that a multimeter can read.
type Recordable struct {
	Name string // NEST's
	Unit string
	Help string // one line
}

// Recordables returns what a multimeter can read of neurons of model m; nil if
// there is nothing, as of a parrot.
func Recordables(m Model) []Recordable {
	if s, err := SpecOf(m); err == nil && s.Recordables != nil {
		return s.Recordables(m)
	}
	return nil
}

var registry struct {
	sync.RWMutex
	specs map[string]*Spec
}

// Register makes a model known, so that Create, Save, Open and the catalog take
// it as they take this package's own. Its name must be new; Defaults must be a
// struct, and valid.
func Register(s Spec) error {
	if s.Defaults == nil || reflect.TypeOf(s.Defaults).Kind() != reflect.Struct {
		return fmt.Errorf("neuron: Register: Defaults is of type %T, must be a struct (not a pointer to one)", s.Defaults)
	}
	name := s.Defaults.ModelName()
	if err := param.CheckName(name); err != nil {
		return fmt.Errorf("neuron: Register: %T: %w", s.Defaults, err)
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("neuron: Register: %s: %w", name, err)
	}
	registry.Lock()
	defer registry.Unlock()
	if _, there := registry.specs[name]; there {
		return fmt.Errorf("neuron: Register: there is a model %s already, the name must be new", brief.Quote(name))
	}
	if registry.specs == nil {
		registry.specs = map[string]*Spec{}
	}
	registry.specs[name] = &s
	return nil
}

func (s *Spec) check() error {
	if _, err := param.Marshal(s.Defaults); err != nil {
		return err
	}
	if err := s.Defaults.Validate(); err != nil {
		return fmt.Errorf("the defaults: %w", err)
	}
	switch {
	case s.New == nil:
		return fmt.Errorf("there is no New, which makes a Group")
	case s.Ports == nil:
		return fmt.Errorf("there is no Ports, which returns what input arrives at")
	}
	n := len(s.Ports(s.Defaults))
	switch {
	case n < 1 || n > 2:
		return fmt.Errorf("%d ports, must be 1 or 2", n)
	case s.Merged != nil && n != 2:
		return fmt.Errorf("there is Merged with %d ports, must be 2", n)
	}
	seen := map[string]bool{}
	var there []Recordable
	if s.Recordables != nil {
		there = s.Recordables(s.Defaults)
	}
	for _, r := range there {
		if r.Name == "" || seen[r.Name] {
			return fmt.Errorf("recordable %q twice or without a name", r.Name)
		}
		seen[r.Name] = true
	}
	return nil
}

// register is Register for this package's own models.
func register(s Spec) {
	if err := Register(s); err != nil {
		panic(err)
	}
}

// Find returns the Spec of a model by its name; nil if there is none.
func Find(name string) *Spec {
	registry.RLock()
	defer registry.RUnlock()
	return registry.specs[name]
}

// SpecOf returns the Spec of m's model. It reports a model that is not registered,
// or is not the struct that was, as a pointer to it.
func SpecOf(m Model) (*Spec, error) {
	if t := reflect.TypeOf(m); t != nil && t.Kind() == reflect.Struct {
		if s := Find(m.ModelName()); s != nil && reflect.TypeOf(s.Defaults) == t {
			return s, nil
		}
	}
	return nil, fmt.Errorf("model of type %T, must be a struct of package neuron, or registered there (not a pointer to one)", m)
}

// Registered returns the Specs of all models, in order of their names.
func Registered() []*Spec {
	registry.RLock()
	defer registry.RUnlock()
	var all []*Spec
	for _, s := range registry.specs {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Spec) int { return strings.Compare(a.Defaults.ModelName(), b.Defaults.ModelName()) })
	return all
}

// Decode reads a model of a name from the JSON of its parameters, by their names.
// Those left out have their defaults; unknown ones are an error.
func Decode(name string, parameters []byte) (Model, error) {
	s := Find(name)
	if s == nil {
		return nil, param.Unregistered("neuron model", name, "neuron.Register")
	}
	if len(parameters) == 0 {
		return s.Defaults, nil
	}
	m, err := param.Of(s.Defaults).Unmarshal(parameters, s.Defaults)
	if err != nil {
		return nil, err
	}
	return m.(Model), nil
}

// Group makes a group as New does, and reports one that is nil.
func (s *Spec) Group(c *Config) (Group, error) {
	if n := len(s.Ports(c.Parameters.shared)); n < 1 || n > 2 {
		return nil, fmt.Errorf("%s: Ports returns %d ports, must be 1 or 2", s.Defaults.ModelName(), n)
	}
	g, err := s.New(c)
	if err == nil && g == nil {
		err = fmt.Errorf("%s: New returned no group and no error", s.Defaults.ModelName())
	}
	return g, err
}

// MergedFor reports whether neurons of some parameters take both signs through
// one port.
func (s *Spec) MergedFor(p *Parameters) bool {
	return len(s.Ports(p.shared)) < 2 || s.Merged != nil && s.Merged(p)
}
