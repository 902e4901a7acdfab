package wiring

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// drawValue draws a number from a distribution.
func drawValue(s *rng.Stream, d connect.Distribution) (float64, error) {
	x, err := d.Sample(s)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		err = fmt.Errorf("a draw from %T is %g, must be finite", d, x)
	}
	return x, err
}

// DrawParameter draws a parameter of some neurons of a population, or of
// generators; ordinal tells draws of one network apart.
func DrawParameter(seed uint64, ordinal uint32, d connect.Distribution, n int) ([]float64, error) {
	if err := connect.CheckDrawn(d); err != nil {
		return nil, err
	}
	x := make([]float64, n)
	for i := range x {
		s := rng.NewStream(rng.NewKey(seed), rng.ID{Purpose: rng.NodeParameter, Ordinal: ordinal, Element: uint32(i)})
		var err error
		if x[i], err = drawValue(&s, d); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// InitialPotential returns the initial V_m of neuron i of a population where it is
// drawn, each from its own stream.
func InitialPotential(desc *network.Description, population, i int) (float64, error) {
	s := rng.NewStream(rng.NewKey(desc.Seed), rng.ID{Purpose: rng.InitialVm, Post: uint16(population), Element: uint32(i)})
	return drawValue(&s, desc.Populations[population].Vm)
}

// DrawConnection draws weight and delay, in ms, of a device's connection to
// neuron i of its target population.
func DrawConnection(seed uint64, at *network.Attachment, i int) (weight, delay float64, err error) {
	s := connectionStream(seed, at, i)
	draw := func(d connect.Distribution) (float64, error) {
		if x, ok := connect.IsConstant(d); ok {
			return x, nil // takes nothing from the stream
		}
		return drawValue(&s, d)
	}
	if weight, err = draw(at.Weight); err != nil {
		return 0, 0, fmt.Errorf("weight: %w", err)
	}
	if delay, err = draw(at.Delay); err != nil {
		return 0, 0, fmt.Errorf("delay: %w", err)
	}
	return weight, delay, nil
}

// AttachmentSynapse returns weight and delay, in ms on the grid, of a device's
// connection to target k of its targets.
func AttachmentSynapse(desc *network.Description, at *network.Attachment, k int) (weight, delay float64, err error) {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return 0, 0, err
	}
	if desc.Populations[at.Post.Population].Counts() {
		plain := *at
		plain.Weight, at = connect.Constant(1), &plain
	}
	if weight, delay, err = DrawConnection(desc.Seed, at, at.Post.From+k); err != nil {
		return 0, 0, err
	}
	steps, err := network.DelaySteps(delay, clock)
	return weight, clock.MS(steps), err
}

// connectionStream returns the stream of weight and delay of a device's
// connection to a neuron.
func connectionStream(seed uint64, at *network.Attachment, index int) rng.Stream {
	return rng.NewStream(rng.NewKey(seed), rng.ID{Purpose: rng.DeviceInput, Pre: uint16(at.Generator),
		Post: uint16(at.Post.Population), Ordinal: at.Ordinal, Element: uint32(index)})
}
