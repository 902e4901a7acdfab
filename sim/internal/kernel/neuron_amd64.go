//go:build !noasm

package kernel

import (
	"slices"
	"unsafe"
)

// Places of the constants of the neuron loops, as in their generator. The loops
// get each four times over.
const (
	atP33 = iota
	atQuantum
	atTheta
	atReset
	atMin
	atWeight
	atDrive
	atP32Ex
	atP11Ex
	atP32In
	atP11In
	neuronConstants
)

type constants [4 * neuronConstants]float64

func (c *constants) set(place int, x float64) {
	c[4*place], c[4*place+1], c[4*place+2], c[4*place+3] = x, x, x, x
}

func (c *constants) setExp(p *Exp) {
	c.set(atP33, p.P33)
	c.set(atQuantum, p.Quantum)
	c.set(atTheta, p.Theta)
	c.set(atReset, p.Reset)
	c.set(atP32Ex, p.P32Ex)
	c.set(atP11Ex, p.P11Ex)
	c.set(atP32In, p.P32In)
	c.set(atP11In, p.P11In)
}

// setDrive prepares the drive of n neurons: a constant, or where those of each
// are.
func (c *constants) setDrive(drive []float64, n int) *float64 {
	c.set(atDrive, drive[0])
	if len(drive) == 1 {
		return nil
	}
	return &drive[:n][0]
}

// head returns how many of n neurons fill vectors.
func (w vector) head(n int) int {
	if w.wide {
		return n &^ 15
	}
	return n &^ 7
}

// from returns the elements of an optional array from n on.
func from[T any](x []T, n int) []T {
	if x == nil {
		return nil
	}
	return x[n:]
}

// driveFrom returns the drive of the neurons from n on.
func driveFrom(drive []float64, n int) []float64 {
	if len(drive) == 1 {
		return drive
	}
	return drive[n:]
}

// pointer returns where the first n > 0 elements of an optional array are.
func pointer[T any](x []T, n int) *T {
	if x == nil {
		return nil
	}
	return unsafe.SliceData(x[:n])
}

// shift adds n to the indices after the first m: those of the scalar loop,
// which counted from n.
func shift(spikes []uint16, m, n int) []uint16 {
	for j := m; j < len(spikes); j++ {
		spikes[j] += uint16(n)
	}
	return spikes
}

func (w vector) expMerged(p *Exp, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		var c constants
		c.setExp(p)
		each := c.setDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = expMergedAVX512(&c[0], &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Refractory, to)
		} else {
			m = expMergedAVX2(&c[0], &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	if n == len(v) {
		return spikes
	}
	return shift(expMergedScalar(p, v[n:], i[n:], ref[n:], sum[n:], from(ext, n), driveFrom(drive, n), spikes), len(spikes), n)
}

func (w vector) expMergedCounts(p *Exp, v, i []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		var c constants
		c.setExp(p)
		c.set(atWeight, weight)
		each := c.setDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = expMergedCountsAVX512(&c[0], &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], &counts[:n][0], each, n, p.Refractory, to)
		} else {
			m = expMergedCountsAVX2(&c[0], &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], &counts[:n][0], each, n, p.Refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	if n == len(v) {
		return spikes
	}
	return shift(expMergedCountsScalar(p, v[n:], i[n:], ref[n:], sum[n:], counts[n:], weight, driveFrom(drive, n), spikes), len(spikes), n)
}

func (w vector) expSplit(p *Exp, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		var c constants
		c.setExp(p)
		each := c.setDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = expSplitAVX512(&c[0], &v[0], &iEx[:n][0], &iIn[:n][0], &ref[:n][0], &sumEx[:n][0], &sumIn[:n][0], pointer(extEx, n), pointer(extIn, n), each, n, p.Refractory, to)
		} else {
			m = expSplitAVX2(&c[0], &v[0], &iEx[:n][0], &iIn[:n][0], &ref[:n][0], &sumEx[:n][0], &sumIn[:n][0], pointer(extEx, n), pointer(extIn, n), each, n, p.Refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	if n == len(v) {
		return spikes
	}
	return shift(expSplitScalar(p, v[n:], iEx[n:], iIn[n:], ref[n:], sumEx[n:], sumIn[n:], from(extEx, n), from(extIn, n), driveFrom(drive, n), spikes), len(spikes), n)
}

func (w vector) deltaStep(p *Delta, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	if p.Discount != nil {
		return deltaStepScalar(p, v, kept, ref, sum, ext, drive, spikes)
	}
	n := w.head(len(v))
	if n > 0 {
		var c constants
		c.set(atP33, p.P33)
		c.set(atQuantum, p.Quantum)
		c.set(atTheta, p.Theta)
		c.set(atReset, p.Reset)
		c.set(atMin, p.Min)
		each := c.setDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = deltaStepAVX512(&c[0], &v[0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Refractory, to)
		} else {
			m = deltaStepAVX2(&c[0], &v[0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	if n == len(v) {
		return spikes
	}
	return shift(deltaStepScalar(p, v[n:], nil, ref[n:], sum[n:], from(ext, n), driveFrom(drive, n), spikes), len(spikes), n)
}

func (w vector) deltaStepCounts(p *Delta, v []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		var c constants
		c.set(atP33, p.P33)
		c.set(atQuantum, p.Quantum)
		c.set(atTheta, p.Theta)
		c.set(atReset, p.Reset)
		c.set(atMin, p.Min)
		c.set(atWeight, weight)
		each := c.setDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = deltaStepCountsAVX512(&c[0], &v[0], &ref[:n][0], &sum[:n][0], &counts[:n][0], each, n, p.Refractory, to)
		} else {
			m = deltaStepCountsAVX2(&c[0], &v[0], &ref[:n][0], &sum[:n][0], &counts[:n][0], each, n, p.Refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	if n == len(v) {
		return spikes
	}
	return shift(deltaStepCountsScalar(p, v[n:], ref[n:], sum[n:], counts[n:], weight, driveFrom(drive, n), spikes), len(spikes), n)
}
