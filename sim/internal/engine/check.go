package engine

import (
	"fmt"
	"math"
	"strings"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/neuron"
)

// maxDegree bounds how many synapses a neuron may have: they are counted in 32
// bits, and drawn numbers spread around their mean.
const maxDegree = math.MaxInt32

// CheckModel reports a model that the engine does not know, for one the pointer
// to a parameter struct.
func CheckModel(m neuron.Model) error {
	switch m.(type) {
	case neuron.IafPscExp, neuron.IafPscAlpha, neuron.IafPscDelta, neuron.Parrot:
		return nil
	}
	return fmt.Errorf("model of type %T, must be a struct of package neuron (not a pointer to one)", m)
}

// CheckRule reports a rule that the engine does not know or that does not fit
// the collections pre and post.
func CheckRule(r connect.Rule, preParts, postParts []Range) error {
	from, onto := newPool(preParts), newPool(postParts)
	pre, post := from.n, onto.n
	switch r.(type) {
	case connect.FixedTotalNumber, connect.FixedInDegree, connect.AllToAll, connect.OneToOne, connect.List:
	case nil:
		return fmt.Errorf("no connection rule")
	default:
		return fmt.Errorf("rule of type %T, must be a struct of package connect (not a pointer to one)", r)
	}
	if err := r.Validate(pre, post); err != nil {
		return err
	}
	switch r := r.(type) {
	case connect.FixedTotalNumber:
		if r.N > 0 && (pre == 0 || post == 0) {
			return fmt.Errorf("connect: FixedTotalNumber: %d synapses between %d sources and %d targets, must be 0", r.N, pre, post)
		}
		if r.N > 0 && r.N/int64(post) >= maxDegree {
			return fmt.Errorf("connect: FixedTotalNumber: N is %d for %d targets, must be below %d for each", r.N, post, maxDegree)
		}
	case connect.FixedInDegree:
		if r.N > 0 && pre == 0 && post > 0 {
			return fmt.Errorf("connect: FixedInDegree: N is %d with no sources, must be 0", r.N)
		}
		if r.N > maxDegree {
			return fmt.Errorf("connect: FixedInDegree: N is %d, must be at most %d", r.N, maxDegree)
		}
	}
	return nil
}

// CheckDistribution reports parameters that make no sense, a pointer in place
// of a value, and values that are not bounded for all that is ever drawn.
func CheckDistribution(d connect.Distribution) error {
	switch d.(type) {
	case nil:
		return fmt.Errorf("no distribution")
	case *connect.Constant, *connect.Normal, *connect.Uniform:
		return fmt.Errorf("distribution of type %T, must be a value (not a pointer to one)", d)
	}
	if err := d.Validate(); err != nil {
		return err
	}
	if lo, hi := d.Bounds(); math.IsInf(lo, 0) || math.IsInf(hi, 0) || math.IsInf(hi-lo, 0) || !(lo <= hi) {
		return fmt.Errorf("distribution reaches from %g to %g, must be finite", lo, hi)
	}
	return nil
}

// CheckDrawn is CheckDistribution for what is drawn as a number: it reports
// distributions that have no way to.
func CheckDrawn(d connect.Distribution) error {
	if err := CheckDistribution(d); err != nil {
		return err
	}
	switch d.(type) {
	case connect.Constant, connect.Normal, connect.Uniform:
		return nil
	}
	return fmt.Errorf("distribution of type %T, must be one of package connect", d)
}

// CheckDelay reports delays of a projection that do not fit the resolution.
func CheckDelay(pr *Projection, resolution float64) error {
	clock, err := NewClock(resolution)
	if err != nil {
		return err
	}
	if list, ok := pr.Rule.(connect.List); ok && list.Delay != nil {
		for k, d := range list.Delay {
			if _, err := constantDelay(d, clock); err != nil {
				return fmt.Errorf("row %d of the list: %w", k, err)
			}
		}
		return nil
	}
	_, err = delaySteps(pr.Delay, clock)
	return err
}

// CheckDevice reports times of a device, or delays of its connections, that do
// not fit the resolution, rates that are too high, and currents into neurons of
// a model that have no potential.
func CheckDevice(at *Attachment, onto neuron.Model, resolution float64) error {
	clock, err := NewClock(resolution)
	if err != nil {
		return err
	}
	if _, err = delaySteps(at.Delay, clock); err != nil {
		return err
	}
	switch d := at.Device.(type) {
	case device.SpikeGenerator:
		_, _, err = generatorSpikes(d, clock)
	case device.Poisson:
		if err = checkRate("rate", d.Rate, clock); err == nil {
			_, _, _, err = activeSteps(d, clock)
		}
	case device.InhomogeneousPoisson:
		if _, err = newRates(d, clock); err == nil {
			_, _, _, err = activeSteps(d, clock)
		}
	case device.DC, device.StepCurrent, device.Noise:
		if _, parrot := onto.(neuron.Parrot); parrot {
			return cannotDrive(d)
		}
		_, err = currentPieces(d, clock)
		if noise, ok := d.(device.Noise); ok && err == nil {
			_, err = noiseInterval(noise, clock)
		}
	default:
		return unknownDevice(d)
	}
	return err
}

func checkRate(name string, rate float64, clock Clock) error {
	if !(rate*clock.H/1000 <= kernel.MaxPoissonMean) {
		return fmt.Errorf("%s is %g spikes/s, must be at most %g", name, rate, kernel.MaxPoissonMean*1000/clock.H)
	}
	return nil
}

func cannotDrive(d device.Device) error {
	return fmt.Errorf("%s cannot drive %s, which has no potential", d.ModelName(), neuron.Parrot{}.ModelName())
}

// CheckDeviceType reports a device that the engine does not know, for one the
// pointer to a struct.
func CheckDeviceType(d device.Device) error {
	switch d.(type) {
	case device.DC, device.StepCurrent, device.Noise, device.Poisson, device.InhomogeneousPoisson, device.SpikeGenerator:
		return nil
	}
	return unknownDevice(d)
}

func unknownDevice(d device.Device) error {
	return fmt.Errorf("device of type %T, must be a struct of package device (not a pointer to one)", d)
}

// CheckMeter reports a multimeter whose times do not fit the resolution or that
// reads quantities that neurons of a range do not have.
func CheckMeter(m device.Multimeter, of []Range, desc *Description) error {
	clock, err := NewClock(desc.Resolution)
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
		return fmt.Errorf("population %q: %s has no %s to record, nor anything else", p.Name, p.Model.ModelName(), quantity)
	}
	return fmt.Errorf("population %q: %s has no %s to record, only %s", p.Name, p.Model.ModelName(), quantity, strings.Join(names, ", "))
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
