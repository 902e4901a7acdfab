package neuron

import (
	"fmt"
	"slices"

	"cortigo/sim/internal/param"
)

// CheckTable reports every parameter of a model that the tag `allowed` of its
// field does not allow, with its value and what is allowed. A model's Validate
// calls it before it looks at rules between parameters. See the package's
// documentation for the tags.
func CheckTable(m Model) error { return param.Check(m, false) }

// Defaults returns the parameters of model T that the tags `default` of its
// fields give, 0 where there is none.
func Defaults[T Model]() T { return param.Defaults[T]() }

// below reports a parameter that is not below another.
func below(model, name string, x float64, limitName string, limit float64) error {
	if x < limit {
		return nil
	}
	return fmt.Errorf("%s: %s is %g, must be below %s (%g)", model, name, x, limitName, limit)
}

// Parameters are those of some neurons of one model: what all share, and a column
// for each parameter that differs.
type Parameters struct {
	n      int
	shared Model
	set    *param.Set
	column []parameterColumn
}

type parameterColumn struct {
	name   string
	values []float64
}

// NewParameters returns the parameters of neurons index(0) to index(n-1) of a
// population. They are the model's, except for the columns, which have a value
// for each neuron of the population. Truth values are 0 and 1. An unknown column
// is an error, and so is one that does not have population values.
func NewParameters(m Model, columns map[string][]float64, population, n int, index func(k int) int) (*Parameters, error) {
	p := &Parameters{n: n, shared: m, set: param.Of(m)}
	if len(columns) == 0 {
		return p, nil
	}
	names := make([]string, 0, len(columns))
	for name := range columns {
		names = append(names, name)
	}
	slices.Sort(names)
	edit, err := p.set.Edit(m)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		all := columns[name]
		if p.set.Kind(name) == 0 {
			return nil, p.set.Unknown(name)
		}
		if len(all) != population {
			return nil, fmt.Errorf("%s has %d values, must have one for each of the %d neurons", name, len(all), population)
		}
		if n == 0 {
			continue
		}
		values, same := make([]float64, n), true
		for k := range values {
			values[k] = all[index(k)]
			same = same && values[k] == values[0]
		}
		if same {
			slot, err := edit.Slot(name)
			if err == nil {
				err = slot.Set(values[0])
			}
			if err != nil {
				return nil, err
			}
			continue
		}
		p.column = append(p.column, parameterColumn{name, values})
	}
	p.shared = edit.Model().(Model)
	return p, nil
}

// Len returns the number of neurons.
func (p *Parameters) Len() int { return p.n }

// Shared returns the parameters that all neurons share. The values in it of
// parameters that differ mean nothing.
func (p *Parameters) Shared() Model { return p.shared }

// Differ reports whether one of some parameters differs between the neurons;
// without names, whether any does.
func (p *Parameters) Differ(names ...string) bool {
	if len(names) == 0 {
		return len(p.column) > 0
	}
	return slices.ContainsFunc(p.column, func(c parameterColumn) bool { return slices.Contains(names, c.name) })
}

// Values returns a parameter that is a number: one value if all neurons share it,
// else one for each. For an unknown name it returns nil.
func (p *Parameters) Values(name string) []float64 {
	for _, c := range p.column {
		if c.name == name {
			return c.values
		}
	}
	x, err := p.set.Float(p.shared, name)
	if err != nil {
		return nil
	}
	return []float64{x}
}

// Each calls visit for every neuron with its own parameters, until it returns an
// error, which is returned.
func (p *Parameters) Each(visit func(k int, m Model) error) error {
	if len(p.column) == 0 {
		for k := range p.n {
			if err := visit(k, p.shared); err != nil {
				return err
			}
		}
		return nil
	}
	edit, err := p.set.Edit(p.shared)
	if err != nil {
		return err
	}
	slots := make([]param.Slot, len(p.column))
	for i, c := range p.column {
		if slots[i], err = edit.Slot(c.name); err != nil {
			return err
		}
	}
	for k := range p.n {
		for i, c := range p.column {
			if err := slots[i].Set(c.values[k]); err != nil {
				return fmt.Errorf("neuron %d of %d, counted from 0: %w", k, p.n, err)
			}
		}
		if err := visit(k, edit.Model().(Model)); err != nil {
			return err
		}
	}
	return nil
}
