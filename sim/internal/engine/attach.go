package engine

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

// A blockInput is what a device sends to elements from..to-1 of a block.
type blockInput struct {
	device.Input
	from, to int
}

// attach connects a device to the shard's part of its targets.
func (sh *shard) attach(e *Engine, at *network.Attachment) error {
	if err := device.Check(at.Device); err != nil {
		return err
	}
	from, to := e.layout.Slice(sh.Index, at.Post)
	if from >= to {
		return nil
	}
	b := sh.blocks[at.Post.Population]
	if _, emits := at.Device.(device.Emitter); !emits {
		if _, takes := b.group.(neuron.CurrentTaker); !takes {
			return network.CannotDrive(at.Device, b.spec.Defaults)
		}
	}
	if err := b.attach(e, at, from, to); err != nil {
		return fmt.Errorf("%s: %w", at.Device.ModelName(), err)
	}
	return nil
}

func (b *block) attach(e *Engine, at *network.Attachment, from, to int) error {
	c := &device.Connections{Clock: e.clock, From: from, N: to - from, First: b.Index(from), Stride: b.in.Stride,
		Since: at.Since, Until: at.Until, Repeated: b.spec.Counts,
		Seed: e.desc.Seed, Generator: at.Generator, Population: at.Post.Population, Ordinal: at.Ordinal}
	var err error
	if c.Delay, c.Weight, err = connections(e, at, b, from, to); err != nil {
		return err
	}
	switch d := at.Device.(type) {
	case device.Emitter:
		in, err := d.Input(c)
		if err != nil {
			return err
		}
		if in == nil {
			return fmt.Errorf("its method Input returned nil and no error")
		}
		b.in.Open()
		b.inputs = append(b.inputs, blockInput{in, from, to})
	case device.CurrentSource:
		pieces, err := d.Pieces(e.clock)
		if err == nil {
			err = checkPieces(pieces)
		}
		if err != nil {
			return err
		}
		b.current.add(currentInput{from: from, to: to, pieces: c.Cut(pieces), delay: c.Delay, weight: c.Weight})
	case device.OwnCurrentSource:
		in, err := d.Current(c)
		if err != nil {
			return err
		}
		if in == nil {
			return fmt.Errorf("its method Current returned nil and no error")
		}
		b.current.own = append(b.current.own, in)
	}
	return nil
}

// checkPieces reports pieces of a current that are not in order, or no numbers.
func checkPieces(pieces []device.Piece) error {
	for i, p := range pieces {
		if p.Begin > p.End || i > 0 && p.Begin < pieces[i-1].End {
			return fmt.Errorf("piece %d of its current is in the steps (%d, %d], must be after the one before and end after it begins", i, p.Begin, p.End)
		}
		if math.IsNaN(p.Value) {
			return fmt.Errorf("piece %d of its current is NaN", i)
		}
		if err := inbox.CheckMagnitude(fmt.Sprintf("piece %d of its current", i), p.Value); err != nil {
			return err
		}
	}
	return nil
}

// connections returns the delays and weights of a device's connections to
// elements from..to-1 of a block: one for all, or one for each.
func connections(e *Engine, at *network.Attachment, b *block, from, to int) (delay []int64, weight []float64, err error) {
	d, sameDelay := connect.IsConstant(at.Delay)
	w, sameWeight := connect.IsConstant(at.Weight)
	if b.spec.Counts {
		w, sameWeight = 1, true
		plain := *at
		plain.Weight, at = connect.Constant(1), &plain
	}
	if sameWeight {
		weight = []float64{w}
	}
	if sameDelay {
		steps, err := network.DelaySteps(d, e.clock)
		if err != nil {
			return nil, nil, err
		}
		delay = []int64{steps}
	}
	if sameDelay && sameWeight {
		return delay, weight, nil
	}
	for k := from; k < to; k++ {
		x, ms, err := wiring.DrawConnection(e.desc.Seed, at, b.Index(k))
		if err != nil {
			return nil, nil, err
		}
		if !sameWeight {
			weight = append(weight, x)
		}
		if !sameDelay {
			steps, err := network.DelaySteps(ms, e.clock)
			if err != nil {
				return nil, nil, err
			}
			delay = append(delay, steps)
		}
	}
	return delay, weight, nil
}
