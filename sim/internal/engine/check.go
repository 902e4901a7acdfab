package engine

import (
	"cortigo/sim/connect"
	"cortigo/sim/device"
)

// CheckDelay reports delays of a projection that do not fit the resolution.
func CheckDelay(pr *Projection, resolution float64) error {
	clock, err := NewClock(resolution)
	if err != nil {
		return err
	}
	if list, ok := pr.Rule.(connect.List); ok && list.Delay != nil {
		for _, d := range list.Delay {
			if _, err := constantDelay(d, clock); err != nil {
				return err
			}
		}
		return nil
	}
	_, err = delaySteps(pr.Delay, clock)
	return err
}

// CheckDevice reports times of a device, or delays of its connections, that do
// not fit the resolution.
func CheckDevice(at *Attachment, resolution float64) error {
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
		_, _, _, err = activeSteps(d, clock)
	default:
		_, err = currentPieces(d, clock)
	}
	return err
}
