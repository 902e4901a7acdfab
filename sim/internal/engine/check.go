package engine

import (
	"fmt"
	"math"
	"strings"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/neuron"
)

// maxCells bounds the table of a distribution; that of weights far apart has some
// thousand cells.
const maxCells = 1 << 20

// CheckModel reports a model that the engine does not know, for one the pointer
// to a parameter struct.
func CheckModel(m neuron.Model) error {
	switch m.(type) {
	case neuron.IafPscExp, neuron.IafPscAlpha, neuron.IafPscDelta, neuron.Parrot:
		return nil
	}
	return fmt.Errorf("model of type %T, must be a struct of package neuron (not a pointer to one)", m)
}

// CheckRule reports a rule that does not fit the collections pre and post.
func CheckRule(r connect.Rule, pre, post []Range) error {
	p := newPools(pre, post)
	return connect.CheckRule(r, &p)
}

// CheckProjection reports what is wrong with a projection that stands on its
// own: its collections, rule, distributions, delays and changes.
func CheckProjection(pr *Projection, resolution float64) error {
	for _, parts := range [][]Range{pr.Pre, pr.Post} {
		if err := CheckPool(parts); err != nil {
			return err
		}
	}
	if err := CheckRule(pr.Rule, pr.Pre, pr.Post); err != nil {
		return err
	}
	if err := connect.CheckDistribution(pr.Weight); err != nil {
		return fmt.Errorf("weight: %w", err)
	}
	if err := connect.CheckDistribution(pr.Delay); err != nil {
		return fmt.Errorf("delay: %w", err)
	}
	pre, post := newPool(pr.Pre), newPool(pr.Post)
	if err := connect.CheckRuleSynapse(pr.Rule, pre.n, post.n, pr.Weight, pr.Delay); err != nil {
		return err
	}
	if err := CheckDelay(pr, resolution); err != nil {
		return err
	}
	if n := len(pr.Quantum); n != 0 && n != len(pr.Targets()) {
		return fmt.Errorf("%d quanta for %d parts of targets", n, len(pr.Targets()))
	}
	lo, hi := 0.0, 0.0
	if _, ok := connect.Table(pr.Weight); ok {
		lo, hi = pr.Weight.Bounds()
	}
	for _, q := range pr.Quantum {
		if !(q >= 0) || math.IsInf(q, 1) || q > 0 && (hi-lo)/q > maxCells {
			return fmt.Errorf("a quantum of %g for weights from %g to %g, must be >= 0 and make at most %d steps", q, lo, hi, maxCells)
		}
	}
	if err := CheckChanges(pr, resolution); err != nil {
		return err
	}
	return inbox.CheckMagnitude("weight", pr.largestWeight(false))
}

// CheckDelay reports delays of a projection that do not fit the resolution.
func CheckDelay(pr *Projection, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	if values, ok := pr.delayValues(); ok {
		_, err = valueSteps(values, clock)
		return err
	}
	_, err = delaySteps(pr.Delay, clock)
	return err
}

// CheckDevice reports times of a device, or delays of its connections, that do
// not fit the resolution, rates that are too high, and currents into neurons of
// a model that have no potential.
func CheckDevice(at *Attachment, onto neuron.Model, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	if _, err = delaySteps(at.Delay, clock); err != nil {
		return err
	}
	weight := 1.0
	if at.Weight != nil {
		lo, hi := at.Weight.Bounds()
		weight = math.Max(math.Abs(lo), math.Abs(hi))
	}
	if err := inbox.CheckMagnitude("weight", weight); err != nil {
		return err
	}
	if err := device.Check(at.Device); err != nil {
		return err
	}
	if _, emits := at.Device.(device.Emitter); !emits {
		if _, parrot := onto.(neuron.Parrot); parrot {
			return cannotDrive(at.Device)
		}
	}
	return at.Device.Fit(clock, weight)
}

func cannotDrive(d device.Device) error {
	return fmt.Errorf("%s cannot drive %s, which has no potential", d.ModelName(), neuron.Parrot{}.ModelName())
}

// CheckMeter reports a multimeter whose times do not fit the resolution or that
// reads quantities that neurons of a range do not have.
func CheckMeter(m device.Multimeter, of []Range, desc *Description) error {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return err
	}
	if _, err := newSampler(m, clock, 0); err != nil {
		return err
	}
	for _, r := range of {
		for _, q := range quantitiesOf(m) {
			if err := checkQuantity(&desc.Populations[r.Population], q); err != nil {
				return err
			}
		}
	}
	return nil
}

// quantitiesOf returns what a multimeter reads.
func quantitiesOf(m device.Multimeter) []string {
	if len(m.Quantities) == 0 {
		return []string{device.Vm}
	}
	return m.Quantities
}

func checkQuantity(p *Population, quantity string) error {
	there := neuron.Recordables(p.Model)
	names := make([]string, len(there))
	for i, r := range there {
		if r.Name == quantity {
			return nil
		}
		names[i] = r.Name
	}
	if len(names) == 0 {
		return fmt.Errorf("population %s: %s has no %s to record, nor anything else", brief.Quote(p.Name), p.Model.ModelName(), quantity)
	}
	return fmt.Errorf("population %s: %s has no %s to record, only %s", brief.Quote(p.Name), p.Model.ModelName(), quantity, strings.Join(names, ", "))
}

// CheckColumns reports a population's columns that its model has no parameter
// for or that have not one value for each neuron, and neurons whose parameters
// the model's Validate rejects.
func CheckColumns(p *Population) error {
	c := newCell(p.Model)
	columns, err := c.columns(p)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return nil
	}
	for i := range p.N {
		set(columns, i)
		if err := c.validate(); err != nil {
			return fmt.Errorf("neuron %d of %d, counted from 0: %w", i, p.N, err)
		}
	}
	return nil
}

// CheckPopulation reports columns that make no sense and refractory periods that
// cannot be counted at a resolution.
func CheckPopulation(p *Population, resolution float64) error {
	if err := CheckColumns(p); err != nil {
		return err
	}
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	tRef := 0.0
	switch m := p.Model.(type) {
	case neuron.IafPscExp:
		tRef = m.TRef
	case neuron.IafPscAlpha:
		tRef = m.TRef
	case neuron.IafPscDelta:
		tRef = m.TRef
	}
	for _, x := range append([]float64{tRef}, p.Columns["t_ref"]...) {
		if _, err := refractorySteps(x, clock); err != nil {
			return err
		}
	}
	c := newCell(p.Model)
	columns, err := c.columns(p)
	if err != nil {
		return err
	}
	m := &maker{cell: c, clock: clock, known: map[propagatorKey]propagators{}}
	if len(columns) == 0 {
		return m.checkReach()
	}
	for i := range p.N {
		set(columns, i)
		if err := m.checkReach(); err != nil {
			return fmt.Errorf("neuron %d of %d, counted from 0: %w", i, p.N, err)
		}
	}
	return nil
}

// checkReach reports parameters with which a step cannot be computed: potentials
// and currents that are too large, and a synaptic time constant so far below the
// resolution that exp(-h/tau) is nothing beside 1.
func (m *maker) checkReach() error {
	c, h := m.cell, m.clock.H
	for _, name := range []string{"E_L", "V_reset", "V_m", "I_e"} {
		if err := inbox.CheckMagnitude(name, c.parameter(name)); err != nil {
			return err
		}
	}
	for _, name := range []string{"tau_syn_ex", "tau_syn_in"} {
		if x := c.field[name]; x != nil && *x < h/maxDecay {
			return fmt.Errorf("%s is %g ms, must be at least %.3g ms at a resolution of %g ms: of a current that decays faster no step shows anything", name, *x, h/maxDecay, h)
		}
	}
	if len(c.field) == 0 {
		return nil
	}
	p := m.propagators()
	perPA := neuron.ConstantCurrentPropagator(h, c.parameter("tau_m"), c.parameter("C_m"))
	for _, x := range []float64{p.p33, p.p11Ex, p.p11In, p.p31Ex, p.p31In, p.p32Ex, p.p32In, perPA * c.parameter("I_e")} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("the parameters are too far apart for a step of %g ms, with C_m of %g pF and tau_m of %g ms", h, c.parameter("C_m"), c.parameter("tau_m"))
		}
	}
	return nil
}

// maxDecay is the largest h/tau_syn: exp(-700) is near the least a float64
// resolves, and NEST's propagator beyond is that of another time constant.
const maxDecay = 700

// CheckGenerator reports times of a generator that do not fit the resolution,
// and rates that are too high.
func CheckGenerator(d device.Device, resolution float64) error {
	return CheckDevice(&Attachment{Device: d, Delay: connect.Constant(resolution)}, neuron.IafPscExp{}, resolution)
}

// CheckEmits reports a device that emits no spikes.
func CheckEmits(d device.Device) error {
	if _, ok := d.(device.Emitter); ok {
		return nil
	}
	return fmt.Errorf("a %s emits no spikes to record", d.ModelName())
}
