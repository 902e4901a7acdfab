package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// Values are parameters and quantities of nodes: a row for each node, a column for
// each name.
type Values struct {
	IDs     []int32
	Columns []Column
}

// A Column is a parameter or quantity of nodes.
type Column struct {
	Name    string
	Unit    string    // "mV"; "" without one
	Numbers []float64 // by node, truth values as 0 and 1; nil for what is no number
	Texts   []string  // by node, of what is no number: lists and names
}

// GetAll returns several parameters and quantities of the nodes at once, NEST's
// n.get([...]): those of Get, and also parameters that are lists or names. Without
// names it returns all parameters that every one of the nodes has, and n_events of
// recorders.
func (c *Nodes) GetAll(names ...string) (*Values, error) {
	v := &Values{IDs: c.IDs()}
	err := c.reading("GetAll", func() error {
		if len(names) == 0 {
			names = c.parameters()
		}
		for _, name := range names {
			column, err := c.column(name)
			if err != nil {
				return err
			}
			v.Columns = append(v.Columns, column)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// parameters returns the names of what all of the nodes have.
func (c *Nodes) parameters() []string {
	var names []string
	for i, s := range c.parts {
		of := param.Of(c.net.modelOf(s.group, s.from)).Names()
		if c.net.groups[s.group].kind == recorders {
			of = append(of, eventCount)
		}
		if i == 0 {
			names = of
		} else {
			names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(of, name) })
		}
	}
	return names
}

func (c *Nodes) column(name string) (Column, error) {
	column := Column{Name: name, Unit: c.unit(name)}
	if c.isText(name) {
		for _, m := range c.Models() {
			x, err := param.Of(m).Get(m, name)
			if err != nil {
				return column, about(c.shortName(), err)
			}
			column.Texts = append(column.Texts, fmt.Sprint(x))
		}
		return column, nil
	}
	var err error
	column.Numbers, err = c.get(name)
	return column, err
}

// isText reports whether a parameter of some of the nodes is no number.
func (c *Nodes) isText(name string) bool {
	return slices.ContainsFunc(c.parts, func(s span) bool {
		k := param.Of(c.net.modelOf(s.group, s.from)).Kind(name)
		return k >= param.Floats && k <= param.Strings || k == param.String
	})
}

// unit returns the unit of a parameter or quantity of the first node.
func (c *Nodes) unit(name string) string {
	if len(c.parts) == 0 {
		return ""
	}
	m := c.model()
	for _, p := range param.Of(m).Parameters() {
		if p.Name == name && p.Unit != "dimensionless" {
			return p.Unit
		}
	}
	if m, ok := m.(neuron.Model); ok && c.kind() == neurons {
		for _, r := range neuron.Recordables(m) {
			if r.Name == name {
				return r.Unit
			}
		}
	}
	return ""
}

// Of returns the numbers of a column, by node.
func (v *Values) Of(name string) ([]float64, error) {
	var names []string
	for _, c := range v.Columns {
		if c.Name == name {
			if c.Numbers == nil && len(v.IDs) > 0 {
				return nil, fmt.Errorf("sim: %s is no number: see Column.Texts", name)
			}
			return c.Numbers, nil
		}
		names = append(names, c.Name)
	}
	return nil, fmt.Errorf("sim: there is no %s, there are %s", brief.Quote(name), brief.Names(names))
}

// maxRows is how many rows are printed; there may be a million.
const maxRows = 10

// String returns a table: a row for each of the first ten nodes or, if there is one
// node or there are many columns, a row for each column.
func (v *Values) String() string {
	rows := [][]string{{"id"}}
	shown := min(len(v.IDs), maxRows)
	for _, id := range v.IDs[:shown] {
		rows = append(rows, []string{strconv.Itoa(int(id))})
	}
	for _, c := range v.Columns {
		head := c.Name
		if c.Unit != "" {
			head += " (" + c.Unit + ")"
		}
		rows[0] = append(rows[0], head)
		for i := range shown {
			rows[i+1] = append(rows[i+1], c.text(i))
		}
	}
	const wide = 6 // columns that fit beside each other
	if turned := len(v.IDs) == 1 || len(v.Columns) > wide; turned {
		rows = transposed(rows)
	}
	return table(rows) + more(len(v.IDs)-shown, "node")
}

func (c *Column) text(i int) string {
	if c.Numbers != nil {
		return strconv.FormatFloat(c.Numbers[i], 'g', 6, 64)
	}
	return brief.String(c.Texts[i])
}

func transposed(rows [][]string) [][]string {
	turned := make([][]string, len(rows[0]))
	for i := range turned {
		for _, row := range rows {
			turned[i] = append(turned[i], row[i])
		}
	}
	return turned
}

// table returns rows in columns that stand below each other.
func table(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush() // into a string: there is no error
	return b.String()
}

// more says how many rows of a table were left out.
func more(n int, what string) string {
	switch {
	case n <= 0:
		return ""
	case n == 1:
		return fmt.Sprintf("... and 1 %s more\n", what)
	}
	return fmt.Sprintf("... and %d %ss more\n", n, what)
}
