package engine

import (
	"fmt"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/neuron"
)

// attach connects a device to the shard's part of its targets.
func (sh *shard) attach(e *Engine, at *Attachment) error {
	from, to := e.layout.slice(sh.index, at.Post)
	if from >= to {
		return nil
	}
	b := sh.blocks[at.Post.Population]
	delay, weight, err := connections(e, at, b, from, to)
	if err != nil {
		return fmt.Errorf("%s: %w", at.Device.ModelName(), err)
	}
	switch d := at.Device.(type) {
	case device.DC, device.StepCurrent:
		if b.v == nil {
			return cannotDrive(d)
		}
		pieces, err := currentPieces(d, e.clock)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ModelName(), err)
		}
		b.current.add(currentInput{from: from, to: to, pieces: at.cut(pieces), delay: delay, weight: weight})
	case device.Noise:
		if b.v == nil {
			return cannotDrive(d)
		}
		in, err := newNoiseInput(e.desc, at, e.clock, b, from, to, delay, weight)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ModelName(), err)
		}
		b.current.noise = append(b.current.noise, in)
	case device.InhomogeneousPoisson:
		in, err := newInhomogeneousInput(e.desc, at, e.clock, from, to, delay, weight)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ModelName(), err)
		}
		b.in.Open()
		b.inputs = append(b.inputs, in)
	case device.Poisson:
		in, err := newPoissonInput(e.desc, at, e.clock, from, to, delay, weight)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ModelName(), err)
		}
		b.in.Open()
		b.inputs = append(b.inputs, in)
	case device.SpikeGenerator:
		if b.v == nil {
			d.Weights = nil // a parrot repeats spikes, whatever their weight
		}
		step, value, err := generatorSpikes(d, e.clock)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ModelName(), err)
		}
		b.in.Open()
		step, value = at.pass(step, value)
		b.inputs = append(b.inputs, newEventInput(step, value, from, to, delay, weight))
	default:
		return unknownDevice(d)
	}
	return nil
}

// cut returns the parts of pieces of current that pass.
func (a *Attachment) cut(pieces []currentPiece) []currentPiece {
	var kept []currentPiece
	for _, p := range pieces {
		if p.begin, p.end = a.currents(p.begin, p.end); p.begin < p.end {
			kept = append(kept, p)
		}
	}
	return kept
}

// pass returns the spikes that pass, of those with the given stamps.
func (a *Attachment) pass(step []int64, value []float64) ([]int64, []float64) {
	begin, end := a.spikes(0, never)
	i, _ := slices.BinarySearch(step, begin+1)
	j, _ := slices.BinarySearch(step, end+1)
	return step[i:max(i, j)], value[i:max(i, j)]
}

// connections returns the delays and weights of a device's connections to
// elements from..to-1 of a block: one for all, or one for each.
func connections(e *Engine, at *Attachment, b *block, from, to int) (delay []int64, weight []float64, err error) {
	d, sameDelay := connect.IsConstant(at.Delay)
	w, sameWeight := connect.IsConstant(at.Weight)
	if b.v == nil {
		w, sameWeight = 1, true
		plain := *at
		plain.Weight, at = connect.Constant(1), &plain
	}
	if sameWeight {
		weight = []float64{w}
	}
	if sameDelay {
		steps, err := constantDelay(d, e.clock)
		if err != nil {
			return nil, nil, err
		}
		delay = []int64{steps}
	}
	if sameDelay && sameWeight {
		return delay, weight, nil
	}
	for k := from; k < to; k++ {
		x, ms, err := drawConnection(e.desc.Seed, at, b.index(k))
		if err != nil {
			return nil, nil, err
		}
		if !sameWeight {
			weight = append(weight, x)
		}
		if !sameDelay {
			steps, err := constantDelay(ms, e.clock)
			if err != nil {
				return nil, nil, err
			}
			delay = append(delay, steps)
		}
	}
	return delay, weight, nil
}

// drawConnection draws weight and delay, in ms, of a device's connection to
// neuron i of its target population.
func drawConnection(seed uint64, at *Attachment, i int) (weight, delay float64, err error) {
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
func AttachmentSynapse(desc *Description, at *Attachment, k int) (weight, delay float64, err error) {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return 0, 0, err
	}
	if _, parrot := desc.Populations[at.Post.Population].Model.(neuron.Parrot); parrot {
		plain := *at
		plain.Weight, at = connect.Constant(1), &plain
	}
	if weight, delay, err = drawConnection(desc.Seed, at, at.Post.From+k); err != nil {
		return 0, 0, err
	}
	steps, err := constantDelay(delay, clock)
	return weight, clock.MS(steps), err
}
