package synapse

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cortigo/sim/internal/param"
)

// A Model is the parameters of a kind of synapses: a struct with the tags that
// package neuron documents, as
//
//	Tau float64 `json:"tau" unit:"ms" default:"20" allowed:"> 0" help:"time constant"`
type Model interface {
	// ModelName returns the name of the kind, as tsodyks2_synapse.
	ModelName() string
	// Validate reports every parameter that makes no sense, with its value and
	// what is allowed.
	Validate() error
}

// CheckTable reports every parameter that the tag `allowed` of its field does not
// allow, with its value and what is allowed. A kind's Validate calls it.
func CheckTable(m Model) error { return param.Check(m, true) }

// Defaults returns the parameters of kind T that the tags `default` of its fields
// give, 0 where there is none.
func Defaults[T Model]() T { return param.Defaults[T]() }

// A Spec is all that the simulator needs to know of a kind.
type Spec struct {
	Defaults Model    // with its default parameters
	Columns  []Column // what each synapse keeps beside its weight

	// Bound returns the largest magnitude that a single spike can ever deliver
	// through a synapse whose initial weight, or weight set later, is at most
	// weight in magnitude. It determines the grid on which input is added up.
	// Larger values are delivered as the bound.
	Bound func(m Model, weight float64) float64

	// New makes what sends for the synapses of one projection in one shard.
	New func(c *Config) (Sender, error)
}

// A Column is a number that each synapse keeps.
type Column struct {
	Name  string  // letters, digits and _; by which it is saved and asked for
	Start float64 // its value in a new synapse
}

// A Config is what a Sender is made for.
type Config struct {
	Model      Model
	Resolution float64 // ms
}

// A Sender does what synapses do with spikes. It is used by one goroutine at a
// time and keeps nothing except what it writes to the synapses. Then a network
// continues from a saved state, also in other shards, as if it had not been
// interrupted.
type Sender interface {
	// Send is called once for each step in which a source spikes, in order of time,
	// with those synapses of the source that live in the shard. It reads and
	// changes their weights and columns, and stores in Out what each of them
	// delivers after its delay. The slices are valid until it returns.
	Send(s Spike, on *Synapses)
}

// A Spike is one or several spikes of a source in the same step.
type Spike struct {
	Time         float64 // ms, the end of the step
	Since        float64 // ms since the last spike of the source that the synapses were there for; +Inf if there was none
	Multiplicity int     // how many at once, 1 but for parrots
}

// Synapses are those of one source in one shard: element k of each slice
// belongs to synapse k.
type Synapses struct {
	Weight []float64   // pA, or mV onto iaf_psc_delta: as Connections tells it
	Column [][]float64 // in the order of Spec.Columns
	Delay  []uint16    // steps of the resolution

	// Out is what each synapse delivers of all the spikes of this step together,
	// in the unit of weights; it comes in as 0. Positive input arrives at the
	// excitatory port, other at the inhibitory. Onto a parrot, which counts spikes,
	// each delivers the multiplicity whatever it is. NaN is an error of Simulate.
	Out []float64
}

var registry struct {
	sync.RWMutex
	specs map[string]*Spec
}

var columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// taken are names that a column cannot have, because connections have them already.
var taken = []string{"weight", "delay", "synapse_model", "source", "target", "last"}

// Register makes a kind known, so that CopyModel, Connect, Save and Open accept
// it. Its name must be new, and not static_synapse; Defaults must be a struct, and
// valid. A program must register a kind before it opens a network that has such
// synapses.
func Register(s Spec) error {
	if s.Defaults == nil || reflect.TypeOf(s.Defaults).Kind() != reflect.Struct {
		return fmt.Errorf("synapse: Register: Defaults is of type %T, must be a struct (not a pointer to one)", s.Defaults)
	}
	name := s.Defaults.ModelName()
	if err := param.CheckName(name); err != nil {
		return fmt.Errorf("synapse: Register: %T: %w", s.Defaults, err)
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("synapse: Register: %s: %w", name, err)
	}
	registry.Lock()
	defer registry.Unlock()
	if _, there := registry.specs[name]; there || name == "static_synapse" {
		return fmt.Errorf("synapse: Register: the name is %q, must be a new one", name)
	}
	if registry.specs == nil {
		registry.specs = map[string]*Spec{}
	}
	s.Columns = slices.Clone(s.Columns)
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
		return fmt.Errorf("its New is nil, must make a Sender")
	case s.Bound == nil:
		return fmt.Errorf("its Bound is nil, must return the largest weight that a synapse can deliver")
	}
	for i, c := range s.Columns {
		if !columnName.MatchString(c.Name) || slices.Contains(taken, c.Name) {
			return fmt.Errorf("a column is named %q, must be of letters, digits and _, and none of %s", c.Name, strings.Join(taken, ", "))
		}
		if slices.ContainsFunc(s.Columns[:i], func(d Column) bool { return d.Name == c.Name }) {
			return fmt.Errorf("two columns are named %s", c.Name)
		}
		if math.IsNaN(c.Start) || math.IsInf(c.Start, 0) {
			return fmt.Errorf("column %s starts with %g, must be finite", c.Name, c.Start)
		}
	}
	return nil
}

// Find returns the Spec of a kind by its name; nil if there is none.
func Find(name string) *Spec {
	registry.RLock()
	defer registry.RUnlock()
	return registry.specs[name]
}

// SpecOf returns the Spec of m's kind. It reports a kind that is not registered,
// or parameters that are not of the type that was, as a pointer to it.
func SpecOf(m Model) (*Spec, error) {
	if t := reflect.TypeOf(m); t != nil && t.Kind() == reflect.Struct {
		if s := Find(m.ModelName()); s != nil && reflect.TypeOf(s.Defaults) == t {
			return s, nil
		}
	}
	return nil, fmt.Errorf("synapses of type %T, must be of a struct that was registered with package synapse (not a pointer to one)", m)
}

// Names returns the names of all kinds that are registered, sorted.
func Names() []string {
	registry.RLock()
	defer registry.RUnlock()
	var names []string
	for name := range registry.specs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Encode writes parameters as JSON, by the names of their tags.
func Encode(m Model) ([]byte, error) { return param.Marshal(m) }

// Decode reads the parameters of a kind of a name from their JSON.
func Decode(name string, parameters []byte) (Model, error) {
	s := Find(name)
	if s == nil {
		return nil, param.Unregistered("kind of synapses", name, "synapse.Register")
	}
	m, err := param.Of(s.Defaults).Unmarshal(parameters, s.Defaults)
	if err != nil {
		return nil, err
	}
	return m.(Model), m.(Model).Validate()
}
