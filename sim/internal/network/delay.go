package network

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
)

// MaxDelay is the longest delay in steps; with the channel's bit it makes the
// 16-bit key that rows are sorted by.
const MaxDelay = 1<<15 - 1

// DelaySteps returns a delay, ms, in steps.
func DelaySteps(ms float64, clock clock.Clock) (int64, error) {
	if math.IsNaN(ms) || ms < 0 || ms > float64(MaxDelay)*clock.H {
		return 0, fmt.Errorf("delay is %g ms, must be within [%g, %g] ms", ms, clock.H, clock.MS(MaxDelay))
	}
	d := clock.RoundSteps(ms)
	if d < 1 {
		return 0, fmt.Errorf("delay is %g ms, which rounds to 0 steps; must be at least half the resolution (%g ms)", ms, clock.H/2)
	}
	return d, nil
}

// SmallestDraw is a probability that one random word does not resolve.
const SmallestDraw = 1.0 / (1 << 33)

// ListedDelays returns delays, ms, that are listed one by one in steps.
func ListedDelays(values []float64, clock clock.Clock) ([]int64, error) {
	steps := make([]int64, len(values))
	for k, x := range values {
		var err error
		if steps[k], err = DelaySteps(x, clock); err != nil {
			return nil, fmt.Errorf("row %d of the list: %w", k, err)
		}
	}
	return steps, nil
}

// CheckDrawnDelay reports a distribution of delays that falls below half the
// resolution or reaches delays that are too long.
func CheckDrawnDelay(d connect.Distribution, clock clock.Clock) error {
	lo, hi := d.Bounds()
	c, ok := connect.Table(d)
	if ok {
		if below := c.CDF(clock.H / 2); below > SmallestDraw && lo < clock.H/2 {
			return fmt.Errorf("delay is drawn from a distribution that falls below half the resolution (%g ms) with probability %.2g; bound it there (connect.Above)", clock.H/2, below)
		}
	}
	if hi > float64(MaxDelay)*clock.H {
		return fmt.Errorf("delay is drawn from a distribution that reaches %g ms, must stay below %g ms; bound it there (connect.Below)", hi, clock.MS(MaxDelay))
	}
	if least := clock.RoundSteps(lo); !ok && (lo < 0 || least < 1) {
		return fmt.Errorf("delay is drawn from a distribution that reaches from %g to %g ms, must be at least half the resolution (%g ms); bound it there (connect.Above)", lo, hi, clock.H/2)
	}
	return nil
}

// checkDelay reports delays of single connections that do not fit the resolution.
func checkDelay(d connect.Distribution, clock clock.Clock) error {
	if c, ok := connect.IsConstant(d); ok {
		_, err := DelaySteps(c, clock)
		return err
	}
	return CheckDrawnDelay(d, clock)
}

// CheckDelay reports delays of a projection that do not fit the resolution.
func CheckDelay(pr *Projection, resolution float64) error {
	clock, err := clock.New(resolution)
	if err != nil {
		return err
	}
	if values, ok := pr.DelayValues(); ok {
		_, err = ListedDelays(values, clock)
		return err
	}
	return checkDelay(pr.Delay, clock)
}
