package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cortigo/sim/internal/brief"
	"cortigo/sim/neuron"
)

// A cell is a neuron's parameters: those of a population's model, with some of
// them changed from neuron to neuron. It is one of three, by model.
type cell struct {
	exp   *neuron.IafPscExp
	alpha *neuron.IafPscAlpha
	delta *neuron.IafPscDelta
	keep  float64 // RefractoryInput as a number

	field map[string]*float64 // where each parameter is
}

// newCell returns a cell with the parameters of m.
func newCell(m neuron.Model) *cell {
	c := &cell{}
	switch m := m.(type) {
	case neuron.IafPscExp:
		c.exp = &m
		c.field = map[string]*float64{"E_L": &m.EL, "V_th": &m.Vth, "V_reset": &m.Vreset, "V_m": &m.Vm, "C_m": &m.Cm, "tau_m": &m.TauM,
			"tau_syn_ex": &m.TauSynEx, "tau_syn_in": &m.TauSynIn, "t_ref": &m.TRef, "I_e": &m.Ie}
	case neuron.IafPscAlpha:
		c.alpha = &m
		c.field = map[string]*float64{"E_L": &m.EL, "V_th": &m.Vth, "V_reset": &m.Vreset, "V_min": &m.Vmin, "V_m": &m.Vm, "C_m": &m.Cm, "tau_m": &m.TauM,
			"tau_syn_ex": &m.TauSynEx, "tau_syn_in": &m.TauSynIn, "t_ref": &m.TRef, "I_e": &m.Ie}
	case neuron.IafPscDelta:
		c.delta = &m
		if m.RefractoryInput {
			c.keep = 1
		}
		c.field = map[string]*float64{"E_L": &m.EL, "V_th": &m.Vth, "V_reset": &m.Vreset, "V_min": &m.Vmin, "V_m": &m.Vm, "C_m": &m.Cm, "tau_m": &m.TauM,
			"t_ref": &m.TRef, "I_e": &m.Ie, "refractory_input": &c.keep}
	}
	return c
}

// parameter returns the value that the cell has under a name at present, 0 if
// its model has no such parameter.
func (c *cell) parameter(name string) float64 {
	if x := c.field[name]; x != nil {
		return *x
	}
	return 0
}

// validate is the model's Validate for the cell.
func (c *cell) validate() error {
	switch {
	case c.exp != nil:
		return c.exp.Validate()
	case c.alpha != nil:
		return c.alpha.Validate()
	case c.delta != nil:
		if c.keep != 0 && c.keep != 1 {
			return fmt.Errorf("%s: refractory_input is %g, must be 0 or 1", c.delta.ModelName(), c.keep)
		}
		return c.delta.Validate()
	}
	return nil
}

// A column is a parameter's value for each neuron, and where a cell has it.
type column struct {
	name  string
	at    *float64
	value []float64
}

// columns returns a population's Columns for a cell, in order of their names.
func (c *cell) columns(p *Population) ([]column, error) {
	var all []column
	for _, name := range slices.Sorted(maps.Keys(p.Columns)) {
		at, value := c.field[name], p.Columns[name]
		if at == nil {
			if len(c.field) == 0 {
				return nil, fmt.Errorf("%s has no parameter %s, nor any other", p.Model.ModelName(), brief.Quote(name))
			}
			names := strings.Join(slices.Sorted(maps.Keys(c.field)), ", ")
			return nil, fmt.Errorf("%s has no parameter %s among %s", p.Model.ModelName(), brief.Quote(name), names)
		}
		if len(value) != p.N {
			return nil, fmt.Errorf("%s has %d values, must have one for each of the %d neurons", name, len(value), p.N)
		}
		all = append(all, column{name, at, value})
	}
	return all, nil
}

// set gives the cell the values of neuron i.
func set(columns []column, i int) {
	for _, c := range columns {
		*c.at = c.value[i]
	}
}

// varying gives the cell the parameters that all of some neurons share, and
// returns the columns in which they differ, with a value for each of them.
func (c *cell) varying(p *Population, n int, index func(k int) int) ([]column, error) {
	all, err := c.columns(p)
	if err != nil || n == 0 {
		return nil, err
	}
	var differ []column
	for _, col := range all {
		x := make([]float64, n)
		same := true
		for k := range x {
			x[k] = col.value[index(k)]
			same = same && x[k] == x[0]
		}
		*col.at = x[0]
		if !same {
			differ = append(differ, column{col.name, col.at, x})
		}
	}
	return differ, nil
}

// hasAny reports whether one of the columns has one of the names.
func hasAny(columns []column, names ...string) bool {
	return slices.ContainsFunc(columns, func(c column) bool { return slices.Contains(names, c.name) })
}
