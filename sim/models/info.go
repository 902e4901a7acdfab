package models

// A Kind is what a model is of.
type Kind int

// The kinds of models. Any is for searching.
const (
	Any Kind = iota
	Neuron
	Generator // drives neurons
	Recorder  // watches them
	Synapse
)

// String returns "neuron", "generator" and so on.
func (k Kind) String() string {
	switch k {
	case Any:
		return "any"
	case Neuron:
		return "neuron"
	case Generator:
		return "generator"
	case Recorder:
		return "recorder"
	case Synapse:
		return "synapse"
	}
	return "unknown"
}

// Info is what is known of a model.
type Info struct {
	Name    string   // NEST's
	Aliases []string // names in tutorials for older versions of NEST
	Kind    Kind
	Go      string // how a program writes it with its defaults: "neuron.DefaultIafPscExp()"
	Summary string // one line
	// Help is the documentation: description, equations, source. Plain text of up
	// to 100 columns, equations indented.
	Help        string
	Parameters  []Parameter
	Recordables []Recordable // what a multimeter can read

	markdown string // Help
	model    any
}

// A Parameter is one that a model has.
type Parameter struct {
	Name    string // NEST's
	Field   string // of the Go struct
	Unit    string // "mV", "ms", "dimensionless", ...; "" if it is no number
	Default any    // float64, int, bool or a slice of these or of string
	Help    string // one line
	Allowed string // "" for whatever is of the type, and finite
}

// A Recordable is a quantity that a multimeter can read.
type Recordable struct {
	Name string // NEST's
	Unit string
	Help string // one line
}

// A List is models, as All and Find return them.
type List []Info
