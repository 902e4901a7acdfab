package network

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

// CheckRule reports a rule that is not registered or does not fit the collections
// pre and post.
func CheckRule(r connect.Rule, pre, post []Range) error {
	p := NewPools(pre, post)
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
	pre, post := NewPool(pr.Pre), NewPool(pr.Post)
	if err := connect.CheckRuleSynapse(pr.Rule, pre.N, post.N, pr.Weight, pr.Delay); err != nil {
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

// CheckDevice reports times of a device, or delays of its connections, that do
// not fit the resolution, rates that are too high, and currents into neurons of
// a model that have no potential.
func CheckDevice(at *Attachment, onto neuron.Model, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	if err = checkDelay(at.Delay, clock); err != nil {
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
		if !takesCurrents(onto, clock) {
			return CannotDrive(at.Device, onto)
		}
	}
	return at.Device.Fit(clock, weight)
}

// takesCurrents reports whether neurons of a model can be driven by a current.
func takesCurrents(m neuron.Model, c clock.Clock) bool {
	group, err := (&Population{N: 1, Model: m}).Prototype(c)
	if err != nil {
		return false
	}
	_, ok := group.(neuron.CurrentTaker)
	return ok
}

// CannotDrive returns the error of a current into neurons that take none.
func CannotDrive(d device.Device, m neuron.Model) error {
	return fmt.Errorf("%s cannot drive %s, which takes no currents", d.ModelName(), m.ModelName())
}

// CheckMeter reports a multimeter whose times do not fit the resolution or that
// reads quantities that neurons of a range do not have.
func CheckMeter(m device.Multimeter, of []Range, desc *Description) error {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return err
	}
	if _, _, _, err := SampleSteps(m, clock, 0); err != nil {
		return err
	}
	for _, r := range of {
		for _, q := range QuantitiesOf(m) {
			if err := CheckQuantity(&desc.Populations[r.Population], q); err != nil {
				return err
			}
		}
	}
	return nil
}

// SampleSteps returns the steps at which a multimeter samples after a step: first,
// first+interval and so on, up to end.
func SampleSteps(m device.Multimeter, clock clock.Clock, after int64) (first, interval, end int64, err error) {
	ms := m.Interval
	if ms == 0 {
		ms = 1
	}
	if interval, err = clock.Interval("interval", ms); err != nil {
		return 0, 0, 0, err
	}
	offset, err := clock.GridSteps("offset", m.Offset)
	if err != nil {
		return 0, 0, 0, err
	}
	begin, end, _, err := m.Steps(clock)
	if err != nil {
		return 0, 0, 0, err
	}
	first = offset
	if begin = max(begin, after); begin >= offset {
		first = offset + ((begin-offset)/interval+1)*interval
	}
	return first, interval, end, nil
}

// QuantitiesOf returns what a multimeter reads.
func QuantitiesOf(m device.Multimeter) []string {
	if len(m.Quantities) == 0 {
		return []string{device.Vm}
	}
	return m.Quantities
}

// CheckQuantity reports a quantity that neurons of a population do not have to record.
func CheckQuantity(p *Population, quantity string) error {
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
	return p.each(func(m neuron.Model) error { return m.Validate() })
}

// each visits the parameters of all neurons of a population, or, where columns
// are none, those that all share.
func (p *Population) each(visit func(m neuron.Model) error) error {
	parameters, err := p.Parameters()
	if err != nil {
		return err
	}
	if len(p.Columns) == 0 {
		return visit(p.Model)
	}
	return parameters.Each(func(k int, m neuron.Model) error {
		if err := visit(m); err != nil {
			return fmt.Errorf("neuron %d of %d, counted from 0: %w", k, p.N, err)
		}
		return nil
	})
}

// CheckPopulation reports columns that make no sense and parameters that do not
// fit a resolution.
func CheckPopulation(p *Population, resolution float64) error {
	if err := CheckColumns(p); err != nil {
		return err
	}
	c, err := clock.New(resolution)
	if err != nil {
		return err
	}
	spec, err := neuron.SpecOf(p.Model)
	if err != nil || spec.Check == nil {
		return err
	}
	return p.each(func(m neuron.Model) error { return spec.Check(m, c) })
}

// CheckGenerator reports times of a generator that do not fit the resolution,
// and rates that are too high.
func CheckGenerator(d device.Device, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	if err := device.Check(d); err != nil {
		return err
	}
	return d.Fit(clock, 1)
}

// CheckEmits reports a device that emits no spikes.
func CheckEmits(d device.Device) error {
	if _, ok := d.(device.Emitter); ok {
		return nil
	}
	return fmt.Errorf("a %s emits no spikes to record", d.ModelName())
}
