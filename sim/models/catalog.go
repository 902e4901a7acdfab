package models

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/suggest"
	"cortigo/sim/neuron"
)

// A Model is a model of nodes, a struct of package neuron or device.
type Model interface {
	// ModelName returns NEST's name of the model.
	ModelName() string
	// Validate reports parameters that make no sense.
	Validate() error
}

// catalog is read once, when first asked for.
var catalog = sync.OnceValue(func() List {
	s := readSource()
	list := make(List, len(table))
	for i, e := range table {
		list[i] = e.info(s)
	}
	return list
})

// All returns the models: neurons, generators, recorders, synapses, each in
// alphabetical order.
func All() List { return Find(Any, "") }

// Find returns the models of a kind, or of Any, with part in their name or in
// one that older versions of NEST gave them; upper and lower case are the same.
func Find(kind Kind, part string) List {
	part = strings.ToLower(part)
	var found List
	for _, m := range catalog() {
		named := slices.ContainsFunc(m.names(), func(n string) bool { return strings.Contains(strings.ToLower(n), part) })
		if named && (kind == Any || kind == m.Kind) {
			found = append(found, m.clone())
		}
	}
	return found
}

// Get returns what is known of the model of NEST's name, or of the one that an
// older version of NEST gave it. For an unknown name the error says which was
// probably meant, else what there is.
func Get(name string) (Info, error) {
	var names []string
	for _, m := range catalog() {
		if slices.Contains(m.names(), name) {
			return m.clone(), nil
		}
		names = append(names, m.names()...)
	}
	if i := suggest.Nearest(name, names); i >= 0 {
		return Info{}, fmt.Errorf("models: no model %s, did you mean %s? All lists what there is", brief.Quote(name), names[i])
	}
	return Info{}, fmt.Errorf("models: no model %s, must be one of %s", brief.Quote(name), strings.Join(names, ", "))
}

// Default returns the neuron, generator or recorder of NEST's name with its
// defaults, to give to Create: neuron.IafPscAlpha for "iaf_psc_alpha". Unknown
// names are an error as they are of Get, and so is a synapse's.
func Default(name string) (Model, error) {
	info, err := Get(name)
	if err != nil {
		return nil, err
	}
	own, err := param.Of(info.model).Clone(info.model)
	if err != nil {
		return nil, err
	}
	m, ok := own.(Model)
	if !ok {
		return nil, fmt.Errorf("models: %s is a %s, must be a model of nodes", name, info.Kind)
	}
	return m, nil
}

// DefaultSynapse returns the synapse of NEST's name with its defaults, to give
// to Connect. Unknown names are an error as they are of Get, and so is that of a
// model of nodes.
func DefaultSynapse(name string) (connect.Synapse, error) {
	info, err := Get(name)
	if err != nil {
		return connect.Synapse{}, err
	}
	s, ok := info.model.(connect.Synapse)
	if !ok {
		return connect.Synapse{}, fmt.Errorf("models: %s is a %s, must be a synapse", name, info.Kind)
	}
	return s, nil
}

// Defaults returns the parameters of a model by NEST's names, with their
// defaults, as nest.GetDefaults does. Unknown models are an error as they are of
// Get.
func Defaults(name string) (map[string]any, error) {
	info, err := Get(name)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(info.Parameters))
	for _, p := range info.Parameters {
		values[p.Name] = p.Default
	}
	return values, nil
}

// Parameter returns what is known of a parameter by NEST's name. For an unknown
// name the error says which was probably meant, else what there is.
func (m Info) Parameter(name string) (Parameter, error) {
	for _, p := range m.Parameters {
		if p.Name == name {
			return p, nil
		}
	}
	return Parameter{}, param.Of(m.model).Unknown(name)
}

func (m Info) names() []string { return append([]string{m.Name}, m.Aliases...) }

// clone shares nothing that a caller could change with m.
func (m Info) clone() Info {
	m.Aliases = slices.Clone(m.Aliases)
	m.Parameters = m.parameters()
	m.Recordables = slices.Clone(m.Recordables)
	return m
}

// parameters returns a copy of Parameters, whose defaults are the model's own.
func (m Info) parameters() []Parameter {
	set, out := param.Of(m.model), slices.Clone(m.Parameters)
	for i := range out {
		if v, err := set.Get(m.model, out[i].Name); err == nil { // it is there: info listed it
			if x, ok := v.(connect.Constant); ok {
				v = float64(x)
			}
			out[i].Default = v
		}
	}
	return out
}

// info reads what the source says of a model.
func (e entry) info(s source) Info {
	typ := typeName(e.defaults)
	set := param.Of(e.defaults)
	m := Info{Name: e.name, Aliases: e.aliases, Kind: e.kind, Go: typ.String() + "{}", model: e.defaults}
	if m.Name == "" {
		m.Name = set.Model()
	}
	docs := s.docs(typ)
	if e.function != "" {
		m.Go = typ.Package + "." + e.function + "()"
	}
	if e.name != "" && e.function != "" {
		docs = append([]string{s.functions[goName{typ.Package, e.function}]}, docs...)
	}
	m.Summary = summary(docs[0], m.Name)
	if len(m.Aliases) > 0 {
		docs = append(docs, "Tutorials for older versions of NEST call it "+strings.Join(m.Aliases, ", ")+".")
	}
	m.Help, m.markdown = format(docs)
	for _, n := range set.Names() {
		f := set.Field(n)
		p := Parameter{Name: n, Field: f}
		p.Help, p.Unit, p.Allowed = s.field(typ, f).parts()
		m.Parameters = append(m.Parameters, p)
	}
	m.Parameters = m.parameters()
	if n, ok := e.defaults.(neuron.Model); ok && e.kind == Neuron {
		for _, r := range neuron.Recordables(n) {
			m.Recordables = append(m.Recordables, Recordable(r))
		}
	}
	return m
}
