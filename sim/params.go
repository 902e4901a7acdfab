package sim

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

// Params are parameters by NEST's names, in NEST's units. A value is
//
//   - a number or a bool, for all nodes,
//   - a slice of these, one for each node,
//   - a connect.Distribution, from which each node's value is drawn, or
//   - for a parameter that is itself a list, as spike_times: the list, for all
//     nodes, or a slice of lists, one for each node.
type Params map[string]any

// Set changes parameters of the nodes, and also the membrane potential V_m of
// neurons: all that are given or, if one is refused, none. A network that has been
// simulated continues from its state with the new values. Changing E_L alone keeps
// the absolute V_m, V_th and V_reset; if t_ref changes, a neuron that is
// refractory stays so as long as before. Before the first step V_m is the initial
// potential, to which Reset returns; later, setting it changes the present
// potential only. Equal synaptic time constants cannot be made different while
// their currents flow, unless a multimeter records these from the first step on.
func (c *Nodes) Set(p Params) { c.changing("Set", func() error { return c.set(p) }) }

func (c *Nodes) set(p Params) error {
	names := slices.Sorted(maps.Keys(p))
	if c.Len() == 0 || len(names) == 0 {
		return nil
	}
	e := newEdit(c.net)
	for _, name := range names {
		if err := e.set(c, name, p[name]); err != nil {
			return about(c.shortName(), err)
		}
	}
	if err := e.commit(); err != nil {
		return about(c.shortName(), err)
	}
	return nil
}

// SetEach changes parameters of the nodes, with one Params for each node, which
// may be nil: all or, if one is refused, none.
func (c *Nodes) SetEach(p ...Params) {
	c.changing("SetEach", func() error { return c.setEach(p) })
}

func (c *Nodes) setEach(p []Params) error {
	if len(p) != c.Len() {
		return fmt.Errorf("sim: %d sets of parameters for %s, must be as many", len(p), describeNodes(c))
	}
	e := newEdit(c.net)
	for i, node := range c.All() {
		for _, name := range slices.Sorted(maps.Keys(p[i])) {
			if err := e.set(node, name, p[i][name]); err != nil {
				return fmt.Errorf("sim: %s: node %d: %w", c.shortName(), i, err)
			}
		}
	}
	if err := e.commit(); err != nil {
		return about(c.shortName(), err)
	}
	return nil
}

// Get returns a parameter of each node; for neurons also the present value of a
// quantity that a multimeter can record, such as V_m; for recorders also n_events,
// the number of events in memory. Truth values are 0 and 1. For parameters that are
// lists see GetAll and Models. The currents of neurons whose synaptic time
// constants are equal are known only if a multimeter records them from the first
// step on.
func (c *Nodes) Get(name string) ([]float64, error) {
	var values []float64
	err := c.reading("Get", func() (err error) {
		values, err = c.get(name)
		return err
	})
	return values, err
}

func (c *Nodes) get(name string) ([]float64, error) {
	values := make([]float64, 0, c.Len())
	for _, s := range c.parts {
		for i := s.from; i < s.from+s.n; i++ {
			x, err := c.net.value(s.group, i, name)
			if err != nil {
				return nil, about(brief.String(c.net.groups[s.group].name), err)
			}
			values = append(values, x)
		}
	}
	return values, nil
}

// Models returns the model of each node with its parameters; V_m is the initial
// one.
func (c *Nodes) Models() []Model {
	models := make([]Model, 0, c.Len())
	if c == nil {
		return models
	}
	for _, s := range c.parts {
		for i := s.from; i < s.from+s.n; i++ {
			models = append(models, c.net.modelOf(s.group, i))
		}
	}
	return models
}

// Get returns the parameter struct of each node; all must be of model T.
func Get[T Model](c *Nodes) ([]T, error) {
	var structs []T
	err := c.reading("Get", func() (err error) {
		structs, err = structsOf[T](c)
		return err
	})
	return structs, err
}

func structsOf[T Model](c *Nodes) ([]T, error) {
	var structs []T
	for i, m := range c.Models() {
		t, ok := m.(T)
		if !ok {
			var want T
			return nil, fmt.Errorf("sim: %s: node %d is a %s, not a %s", c.shortName(), i, m.ModelName(), want.ModelName())
		}
		structs = append(structs, t)
	}
	return structs, nil
}

// Set gives the nodes the parameters of one struct, or of one for each of them;
// all must be of model T. V_m is set only if it differs from what Get returns:
// reading structs, changing another field and setting them leaves potentials as
// they are.
func Set[T Model](c *Nodes, structs ...T) {
	c.changing("Set", func() error { return setStructs(c, structs) })
}

func setStructs[T Model](c *Nodes, structs []T) error {
	now, err := structsOf[T](c)
	if err != nil {
		return err
	}
	if len(structs) != 1 && len(structs) != c.Len() {
		return fmt.Errorf("sim: %d parameter structs for %s, must be 1 or as many", len(structs), describeNodes(c))
	}
	var sets []Params
	for i, t := range structs {
		of := now // the nodes that t is for
		if len(structs) > 1 {
			of = now[i : i+1]
		}
		p, err := paramsOf(t, of, c.isState)
		if err != nil {
			return about(c.shortName(), err)
		}
		sets = append(sets, p)
	}
	if len(sets) == 1 {
		return c.set(sets[0])
	}
	return c.setEach(sets)
}

// paramsOf returns the parameters of a struct by name: V_m, and what else is a
// neuron's state, only if one of those that are now has another.
func paramsOf[T Model](t T, now []T, isState func(name string) bool) (Params, error) {
	p := Params{}
	set := param.Of(t)
	for _, name := range set.Names() {
		v, err := set.Get(t, name)
		if err != nil {
			return nil, err
		}
		differs := func(o T) bool { x, err := set.Get(o, name); return err != nil || !reflect.DeepEqual(x, v) }
		if (name == device.Vm || isState(name)) && !slices.ContainsFunc(now, differs) {
			continue
		}
		p[name] = v
	}
	return p, nil
}

// neuronModel returns the model of neuron i of a population with its own
// parameters.
func (n *Network) neuronModel(population, i int) Model {
	p := &n.desc.Populations[population]
	var m any = p.Model
	for name, column := range p.Columns {
		set := param.Of(m)
		var v any = column[i]
		if set.Kind(name) == param.Bool {
			v = column[i] != 0
		}
		if changed, err := set.With(m, name, v); err == nil {
			m = changed
		}
	}
	return m.(Model)
}

// value returns what Get returns for one node.
func (n *Network) value(groupIndex, i int, name string) (float64, error) {
	g := &n.groups[groupIndex]
	if g.kind == recorders && name == eventCount {
		return float64(n.recorders[g.at+i].events()), nil
	}
	if g.kind == neurons {
		p := &n.desc.Populations[g.at]
		if records(p.Model, name) {
			if g.at < n.built() {
				return n.engine.Value(g.at, i, name)
			}
			if param.Of(p.Model).Kind(name) == 0 {
				return 0, nil // nothing has arrived yet
			}
			if p.Vm != nil && p.Columns[name] == nil {
				return wiring.InitialPotential(&n.desc, g.at, i)
			}
		}
		if column := p.Columns[name]; column != nil {
			return column[i], nil
		}
		return param.Of(p.Model).Float(p.Model, name)
	}
	m := n.modelOf(groupIndex, i)
	return param.Of(m).Float(m, name)
}

// isState reports whether a parameter of a population that is built is a column
// of its neurons' state: what the neurons begin with, as V_m.
func (n *Network) isState(population int, name string) bool {
	return population < n.built() && n.engine.HasColumn(population, name)
}

// isState is Network.isState of any of the nodes.
func (c *Nodes) isState(name string) bool {
	return slices.ContainsFunc(c.parts, func(s span) bool {
		g := &c.net.groups[s.group]
		return g.kind == neurons && c.net.isState(g.at, name)
	})
}

// built returns how many populations the engine has.
func (n *Network) built() int {
	if n.engine == nil {
		return 0
	}
	return n.engine.Populations()
}

// records reports whether a multimeter can read a quantity of neurons.
func records(m neuron.Model, quantity string) bool {
	return slices.ContainsFunc(neuron.Recordables(m), func(r neuron.Recordable) bool { return r.Name == quantity })
}

// about says which nodes an error is about, unless it begins with their name:
// nodes may be called after their model.
func about(name string, err error) error {
	if strings.HasPrefix(err.Error(), name+":") {
		return fmt.Errorf("sim: %w", err)
	}
	return fmt.Errorf("sim: %s: %w", name, err)
}
