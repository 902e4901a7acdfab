package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/suggest"
)

// A Model is a model of nodes, a struct of package neuron or device.
type Model interface {
	// ModelName returns NEST's name of the model.
	ModelName() string
	// Validate reports parameters that make no sense.
	Validate() error
}

// catalog returns what there is now: models may be registered at any time.
func catalog() List {
	var list List
	for _, e := range entries() {
		list = append(list, e.info())
	}
	slices.SortStableFunc(list, func(a, b Info) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return list
}

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
			found = append(found, m)
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
			return m, nil
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
	if !ok || info.Kind == Synapse {
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
	if info.Kind != Synapse {
		return connect.Synapse{}, fmt.Errorf("models: %s is a %s, must be a synapse", name, info.Kind)
	}
	if s, ok := info.model.(connect.Synapse); ok {
		return s, nil
	}
	return connect.Synapse{Model: info.Name}, nil // the parameters are CopyModel's
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
