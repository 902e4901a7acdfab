package sim

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

// An edit collects changes of parameters, which are made together or not at
// all.
type edit struct {
	net         *Network
	draws       uint32
	populations map[int]*network.Population
	own         map[ownColumn]bool            // columns that are the edit's
	states      map[ownColumn]map[int]float64 // of columns of the state, by neuron, of a built network
	generators  map[int]*network.Generator
	recorders   map[int]Model
}

type ownColumn struct {
	population int
	name       string
}

func newEdit(n *Network) *edit {
	return &edit{net: n, draws: n.desc.Draws, populations: map[int]*network.Population{}, own: map[ownColumn]bool{}, states: map[ownColumn]map[int]float64{},
		generators: map[int]*network.Generator{}, recorders: map[int]Model{}}
}

// set notes a parameter of all of c.
func (e *edit) set(c *Nodes, name string, value any) error {
	n := c.Len()
	if d, ok := value.(connect.Distribution); ok {
		for _, s := range c.parts {
			m := e.net.modelOf(s.group, s.from)
			if k := param.Of(m).Kind(name); k >= param.Floats && k <= param.Strings {
				return fmt.Errorf("%s: %s is a list, which cannot be drawn", m.ModelName(), name)
			}
		}
		if s, whole := c.wholePopulation(); whole && name == device.Vm && s >= e.net.built() {
			return e.drawPotential(s, d)
		}
		x, err := wiring.DrawParameter(e.net.desc.Seed, e.draws, d, n)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e.draws++
		value = x
	}
	at := 0
	for _, s := range c.parts {
		if err := e.setSpan(s, name, value, at, n); err != nil {
			return err
		}
		at += s.n
	}
	return nil
}

// wholePopulation returns the population that c is all of.
func (c *Nodes) wholePopulation() (int, bool) {
	if len(c.parts) != 1 {
		return 0, false
	}
	s := c.parts[0]
	g := &c.net.groups[s.group]
	return g.at, g.kind == neurons && s.n == g.n
}

// setSpan notes a parameter of some nodes of a group, the first of which is at
// place at among n that values may be for.
func (e *edit) setSpan(s span, name string, value any, at, n int) error {
	g := &e.net.groups[s.group]
	if g.kind == neurons {
		return e.setNeurons(g, s, name, value, at, n)
	}
	for i := range s.n {
		m := e.device(g, s.from+i)
		v, err := valueFor(m, name, value, at+i, n)
		if err != nil {
			return err
		}
		changed, err := param.Of(m).With(m, name, v)
		if err != nil {
			return err
		}
		e.setDevice(g, s.from+i, changed.(Model))
	}
	return nil
}

// device returns a generator or recorder as the edit has it so far.
func (e *edit) device(g *group, i int) Model {
	if g.kind == generators {
		if gen := e.generators[g.at]; gen != nil {
			return gen.Model(i)
		}
		return e.net.desc.Generators[g.at].Model(i)
	}
	if m := e.recorders[g.at+i]; m != nil {
		return m
	}
	return e.net.recorders[g.at+i].model
}

func (e *edit) setDevice(g *group, i int, m Model) {
	if g.kind == recorders {
		e.recorders[g.at+i] = m
		return
	}
	gen := e.generators[g.at]
	if gen == nil {
		clone := e.net.desc.Generators[g.at]
		models := make([]device.Device, clone.N)
		for k := range models {
			models[k] = clone.Model(k)
		}
		clone.Models = models
		gen = &clone
		e.generators[g.at] = gen
	}
	gen.Models[i] = cloneDevice(m.(device.Device))
}

// valueFor returns the value of the node at place i of n: value itself, or its
// element.
func valueFor(m Model, name string, value any, i, n int) (any, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Kind() != reflect.Slice {
		return value, nil
	}
	if k := param.Of(m).Kind(name); k >= param.Floats && k <= param.Strings && v.Type().Elem().Kind() != reflect.Slice {
		return value, nil
	}
	if v.Len() != n {
		return nil, fmt.Errorf("%s: %d values for %d nodes, must be as many", name, v.Len(), n)
	}
	return v.Index(i).Interface(), nil
}

// population returns a population as the edit has it so far.
func (e *edit) population(i int) *network.Population {
	p := e.populations[i]
	if p == nil {
		clone := e.net.desc.Populations[i]
		clone.Columns = maps.Clone(clone.Columns)
		p = &clone
		e.populations[i] = p
	}
	return p
}

func (e *edit) setNeurons(g *group, s span, name string, value any, at, n int) error {
	p := e.population(g.at)
	set := param.Of(p.Model)
	first, err := valueFor(p.Model.(Model), name, value, at, n)
	if err != nil {
		return err
	}
	changed, err := set.With(p.Model, name, first) // whether there is such a parameter
	if err != nil {
		return err
	}
	kind := set.Kind(name)
	each := reflect.ValueOf(value).Kind() == reflect.Slice
	if kind == param.String || kind >= param.Floats && kind <= param.Strings {
		return e.setOfAll(p, s.n, changed.(neuron.Model), name, value, at, n)
	}
	if e.net.isState(g.at, name) {
		for i := range s.n {
			if err := e.setState(set, p, g.at, s.from+i, name, value, at+i, n); err != nil {
				return err
			}
		}
		if e.net.now() > 0 {
			return nil
		}
		// Before the first step it is a parameter, too.
	}
	if s.n == g.n && !each {
		p.Model = changed.(neuron.Model)
		delete(p.Columns, name)
		if name == device.Vm {
			p.Vm = nil
		}
		return nil
	}
	column, err := e.column(g.at, p, set, name)
	if err != nil {
		return err
	}
	for i := range s.n {
		v, err := valueFor(p.Model.(Model), name, value, at+i, n)
		if err != nil {
			return err
		}
		if column[s.from+i], err = number(set, p.Model, name, v); err != nil {
			return err
		}
	}
	if p.Columns == nil {
		p.Columns = map[string][]float64{}
	}
	p.Columns[name] = column
	return nil
}

// setOfAll notes a parameter that is no number, which all neurons of a population
// have in common: of many of them, with the value that changed has for the first.
func (e *edit) setOfAll(p *network.Population, many int, changed neuron.Model, name string, value any, at, n int) error {
	set := param.Of(p.Model)
	now, err := set.Get(p.Model, name)
	if err != nil {
		return err
	}
	first, err := set.Get(changed, name)
	if err != nil {
		return err
	}
	for i := range many {
		v, err := valueFor(p.Model, name, value, at+i, n)
		if err != nil {
			return err
		}
		of, err := set.With(p.Model, name, v)
		if err != nil {
			return err
		}
		if x, err := set.Get(of, name); err != nil || !reflect.DeepEqual(x, first) {
			return fmt.Errorf("%s: %s is %s and %s, must be the same for all of %s, since it is no number", p.Model.ModelName(), name, brief.String(fmt.Sprint(first)), brief.String(fmt.Sprint(x)), brief.Quote(p.Name))
		}
	}
	if many < p.N && !reflect.DeepEqual(now, first) {
		return fmt.Errorf("%s: %s is set to %s for %d of %d neurons, must be the same for all of %s, since it is no number", p.Model.ModelName(), name, brief.String(fmt.Sprint(first)), many, p.N, brief.Quote(p.Name))
	}
	p.Model = changed
	return nil
}

// column returns the values that a parameter has now, for the edit to change.
func (e *edit) column(population int, p *network.Population, set *param.Set, name string) ([]float64, error) {
	key := ownColumn{population, name}
	if c := p.Columns[name]; c != nil {
		if !e.own[key] {
			c = slices.Clone(c)
		}
		e.own[key] = true
		return c, nil
	}
	e.own[key] = true
	x, err := set.Float(p.Model, name)
	if err != nil {
		return nil, err
	}
	column := slices.Repeat([]float64{x}, p.N)
	if name == device.Vm && p.Vm != nil {
		for i := range column {
			if column[i], err = wiring.InitialPotential(&e.net.desc, population, i); err != nil {
				return nil, err
			}
		}
	}
	return column, nil
}

// number returns a parameter's value as a column holds it.
func number(set *param.Set, model any, name string, v any) (float64, error) {
	if x, ok := v.(float64); ok && set.Kind(name) == param.Float {
		return x, nil
	}
	m, err := set.With(model, name, v)
	if err != nil {
		return 0, err
	}
	return set.Float(m, name)
}

// setState notes what is a parameter before the first step and later a neuron's
// state, such as V_m.
func (e *edit) setState(set *param.Set, p *network.Population, population, i int, name string, value any, at, n int) error {
	v, err := valueFor(p.Model.(Model), name, value, at, n)
	if err != nil {
		return err
	}
	x, err := number(set, p.Model, name, v)
	if err != nil {
		return err
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("%s: %s is %g, must be finite", p.Model.ModelName(), name, x)
	}
	key := ownColumn{population, name}
	if e.states[key] == nil {
		e.states[key] = map[int]float64{}
	}
	e.states[key][i] = x
	return nil
}

// drawPotential makes the build draw the initial potentials of a whole
// population.
func (e *edit) drawPotential(population int, d connect.Distribution) error {
	p := e.population(population)
	if !records(p.Model, device.Vm) {
		return fmt.Errorf("%s has no V_m", p.Model.ModelName())
	}
	if err := connect.CheckDrawn(d); err != nil {
		return fmt.Errorf("%s: %w", device.Vm, err)
	}
	p.Vm = connect.CopyDistribution(d)
	delete(p.Columns, device.Vm)
	return nil
}

func (e *edit) checkPopulation(i int, p *network.Population) error {
	if err := p.Model.Validate(); err != nil && len(p.Columns) == 0 {
		return err
	}
	if err := network.CheckPopulation(p, e.net.desc.Resolution); err != nil {
		return err
	}
	return e.net.checkPopulation(i, p)
}

// commit checks the changes and makes them.
func (e *edit) commit() error {
	n := e.net
	for i, p := range e.populations {
		if err := e.checkPopulation(i, p); err != nil {
			if len(e.populations) > 1 {
				err = fmt.Errorf("%s: %w", brief.Quote(p.Name), err)
			}
			return err
		}
	}
	for i, g := range e.generators {
		for k, m := range g.Models {
			if err := m.Validate(); err != nil {
				return fmt.Errorf("node %d of %s: %w", k, brief.Quote(g.Name), err)
			}
			if err := network.CheckGenerator(m, n.desc.Resolution); err != nil {
				return fmt.Errorf("node %d of %s: %w", k, brief.Quote(n.desc.Generators[i].Name), err)
			}
		}
	}
	for i, m := range e.recorders {
		if err := m.Validate(); err != nil {
			return err
		}
		if err := n.recorders[i].check(m); err != nil {
			return err
		}
	}
	n.desc.Draws = e.draws
	if len(e.populations) > 0 {
		n.desc.Populations = slices.Clone(n.desc.Populations)
	}
	for i, p := range e.populations {
		n.replacePopulation(i, p)
	}
	for key, values := range e.states {
		for i, v := range values {
			n.engine.SetValue(key.population, i, key.name, v)
		}
	}
	for i, g := range e.generators {
		n.replaceGenerator(i, g)
	}
	for i, m := range e.recorders {
		n.recorders[i].model = m
		n.recordings = false
	}
	return nil
}
