package models

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"cortigo/sim/connect"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// A Kind says what a model is: a neuron, a generator, a recorder or a synapse.
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
	model    any    // nobody changes it
}

// A Parameter is one parameter of a model.
type Parameter struct {
	Name    string // NEST's
	Field   string // of the Go struct
	Unit    string // "mV", "ms", "dimensionless", ...; "" if it is no number
	Default any    // float64, int, bool, string or a slice of these
	Help    string // one line
	Allowed string // "finite", "> 0", ">= 0; rounded up to steps"; "" for whatever is of the type
}

// A Recordable is a quantity that a multimeter can read.
type Recordable struct {
	Name string // NEST's
	Unit string
	Help string // one line
}

// A List is models, as All and Find return them.
type List []Info

// A text is what there is to say of a model at length, and the function that
// returns its defaults, "" for none.
type text struct{ function, summary, plain, markdown string }

//go:generate go run ./generate

// goName returns "neuron.IafPscExp".
func goName(model any) string {
	t := reflect.TypeOf(model)
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// ours reports whether a model is of one of the packages that texts are of.
func ours(model any) bool {
	return path.Dir(reflect.TypeOf(model).PkgPath()) == path.Dir(reflect.TypeFor[connect.Synapse]().PkgPath())
}

// text returns what there is to say of a model, from this module's documentation
// or, of a model from elsewhere, from its method Help, whose first sentence is
// the summary.
func (e entry) text() text {
	key := e.function
	if key == "" {
		key = goName(e.defaults)
	}
	if t, ok := texts[key]; ok && ours(e.defaults) {
		return t
	}
	h, ok := e.defaults.(interface{ Help() string })
	if !ok {
		return text{}
	}
	help := strings.TrimRight(h.Help(), "\n") + "\n"
	first, _, _ := strings.Cut(strings.Join(strings.Fields(help), " "), ". ")
	return text{"", strings.TrimRight(first, ". "), help, help}
}

// expression returns how a program writes a model with its defaults.
func (e entry) expression(function string) string {
	name := goName(e.defaults)
	switch {
	case function != "":
		return function + "()"
	case e.kind == Synapse && !ours(e.defaults):
		return fmt.Sprintf("connect.Synapse{Model: %q}", param.Of(e.defaults).Model())
	case e.kind == Synapse || reflect.ValueOf(e.defaults).IsZero():
		return name + "{}"
	case e.kind == Neuron:
		return "neuron.Defaults[" + name + "]()"
	}
	return "device.Defaults[" + name + "]()"
}

// info returns what is known of a model.
func (e entry) info() Info {
	set, text := param.Of(e.defaults), e.text()
	m := Info{Name: e.name, Aliases: slices.Clone(e.aliases), Kind: e.kind, Go: e.expression(text.function), Summary: text.summary,
		Help: text.plain, markdown: text.markdown, model: e.defaults}
	if m.Name == "" {
		m.Name = set.Model()
	}
	if len(m.Aliases) > 0 {
		older := "\nTutorials for older versions of NEST call it " + strings.Join(m.Aliases, ", ") + ".\n"
		m.Help += older
		m.markdown += older
	}
	for _, p := range set.Parameters() {
		value, err := set.Get(e.defaults, p.Name) // a copy
		if err != nil {
			value = p.Default
		}
		if x, ok := value.(connect.Constant); ok {
			value = float64(x)
		}
		m.Parameters = append(m.Parameters, Parameter{p.Name, p.Field, p.Unit, value, p.Help, p.Allowed})
	}
	if n, ok := e.defaults.(neuron.Model); ok && e.kind == Neuron {
		for _, r := range neuron.Recordables(n) {
			m.Recordables = append(m.Recordables, Recordable(r))
		}
	}
	return m
}
