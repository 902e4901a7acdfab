//go:build !noasm

package kernel

import (
	"slices"
	"unsafe"
)

// eachDrive returns the drive of the neurons in vectors: one for all, or where
// those of each are.
func eachDrive(drive []float64, n int) (one float64, each *float64) {
	if len(drive) == 1 {
		return drive[0], nil
	}
	return 0, &drive[:n][0]
}

func (w vector) expMergedEach(p *ExpEach, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, refractory := &p.group[:n/eight][0].p33[0], &p.Refractory[:n][0]
		one, each := eachDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = expMergedEachAVX512(c, &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Quantum, one, refractory, to)
		} else {
			m = expMergedEachAVX2(c, &v[0], &i[:n][0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Quantum, one, refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expMergedEachFrom(p, n, v, i, ref, sum, ext, drive, spikes)
}

func (w vector) expSplitEach(p *ExpEach, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, refractory := &p.group[:n/eight][0].p33[0], &p.Refractory[:n][0]
		one, each := eachDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = expSplitEachAVX512(c, &v[0], &iEx[:n][0], &iIn[:n][0], &ref[:n][0], &sumEx[:n][0], &sumIn[:n][0], pointer(extEx, n), pointer(extIn, n), each, n, p.Quantum, one, refractory, to)
		} else {
			m = expSplitEachAVX2(c, &v[0], &iEx[:n][0], &iIn[:n][0], &ref[:n][0], &sumEx[:n][0], &sumIn[:n][0], pointer(extEx, n), pointer(extIn, n), each, n, p.Quantum, one, refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expSplitEachFrom(p, n, v, iEx, iIn, ref, sumEx, sumIn, extEx, extIn, drive, spikes)
}

func (w vector) deltaStepEach(p *DeltaEach, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if p.TauM != nil {
		n = 0
	}
	if n > 0 {
		c, refractory := &p.group[:n/eight][0].p33[0], &p.Refractory[:n][0]
		one, each := eachDrive(drive, n)
		spikes = slices.Grow(spikes, n)
		to := unsafe.SliceData(spikes[len(spikes) : len(spikes)+n])
		var m int
		if w.wide {
			m = deltaStepEachAVX512(c, &v[0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Quantum, one, refractory, to)
		} else {
			m = deltaStepEachAVX2(c, &v[0], &ref[:n][0], &sum[:n][0], pointer(ext, n), each, n, p.Quantum, one, refractory, to)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return deltaStepEachFrom(p, n, v, kept, ref, sum, ext, drive, spikes)
}
