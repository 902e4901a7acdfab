package engine

import (
	"fmt"
	"math"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
)

// Currents of a silent neuron decay for ever, and below 1e-308 every operation
// on them costs a processor a hundred times the usual. So every settleSteps
// steps what has decayed below settled, far under anything that could matter,
// becomes 0. The steps are absolute: it happens at the same time however a run
// is divided.
const (
	settleSteps = 64
	settled     = 1e-200
)

// settle reports whether all is finite: then, too, a run is looked at for numbers
// that have left what a float64 holds, as it is at its end.
func (b *block) settle() bool {
	finite := true
	for i := range b.columns {
		x := b.columns[i].Values
		for k, v := range x {
			size := math.Abs(v)
			switch {
			case size >= settled && size <= math.MaxFloat64 || v == 0:
			case size < settled:
				x[k] = 0
			default:
				finite = false
			}
		}
	}
	return finite
}

// finite reports whether all of a block's state is finite.
func (b *block) finite() bool {
	for i := range b.columns {
		for _, v := range b.columns[i].Values {
			if !(math.Abs(v) <= math.MaxFloat64) {
				return false
			}
		}
	}
	return true
}

// notFinite names the first neuron of a block whose state is not finite after a
// step.
func (e *Engine) notFinite(b *block, step int64) *delivery.StepError {
	for k := range b.N {
		for i := range b.columns {
			c := &b.columns[i]
			if c.Values == nil || math.Abs(c.Values[k]) <= math.MaxFloat64 {
				continue
			}
			err := fmt.Errorf("population %s: %s of neuron %d is %g at %g ms, after numbers that a float64 does not hold: too large a weight, current or parameter reached it",
				brief.Quote(e.desc.Populations[b.Population].Name), c.Name, int(b.ID)+b.Index(k), c.Value(k), e.clock.MS(step))
			return &delivery.StepError{Err: err, Step: step, Neuron: b.Number + b.Index(k)}
		}
	}
	return nil
}
