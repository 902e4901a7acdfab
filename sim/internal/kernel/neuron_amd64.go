//go:build !noasm

package kernel

import (
	"slices"
	"unsafe"
)

// head returns how many of n neurons a loop with vectors does: AVX-512 has masks
// for the last ones.
func (w vector) head(n int) int {
	if w.wide {
		return n
	}
	return n &^ 7
}

// A vectorCall is what all loops with vectors get for the first n > 0 neurons.
type vectorCall struct {
	ready  *uint8
	drive  *float64 // nil: one for all
	one    float64
	spikes *uint16 // room for n
}

func newVectorCall(n int, ready []uint8, drive []float64, spikes *[]uint16) vectorCall {
	*spikes = slices.Grow(*spikes, n)
	c := vectorCall{ready: &ready[:(n+7)/8][0], spikes: unsafe.SliceData((*spikes)[len(*spikes):cap(*spikes)])}
	if len(drive) == 1 {
		c.one = drive[0]
	} else {
		c.drive = &drive[:n][0]
	}
	return c
}

// sum, ext and counts return where the input of the first n > 0 neurons is; nil
// where there is none.
func (in *Input) sum(n int) *int32    { return &in.Sum[:n][0] }
func (in *Input) ext(n int) *float64  { return pointer(in.Ext, n) }
func (in *Input) counts(n int) *uint8 { return pointer(in.Counts, n) }

func pointer[T any](x []T, n int) *T {
	if x == nil {
		return nil
	}
	return &x[:n][0]
}

func (w vector) expMerged(p *Exp, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m := newVectorCall(n, ready, drive, &spikes), 0
		if w.wide {
			m = expMergedAVX512(&p.P33, &v[0], &i[:n][0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		} else {
			m = expMergedAVX2(&p.P33, &v[0], &i[:n][0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expMergedFrom(p, n, v, i, ready, in, drive, spikes)
}

func (w vector) expMergedEach(p ExpEach, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m, of := newVectorCall(n, ready, drive, &spikes), 0, &p[:(n+7)/eight][0].p33[0]
		if w.wide {
			m = expMergedEachAVX512(of, &v[0], &i[:n][0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		} else {
			m = expMergedEachAVX2(of, &v[0], &i[:n][0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expMergedEachFrom(p, n, v, i, ready, in, drive, spikes)
}

func (w vector) expSplit(p *Exp, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m := newVectorCall(n, ready, drive, &spikes), 0
		if w.wide {
			m = expSplitAVX512(&p.P33, &v[0], &iEx[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		} else {
			m = expSplitAVX2(&p.P33, &v[0], &iEx[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expSplitFrom(p, n, v, iEx, iIn, ready, ex, in, drive, spikes)
}

func (w vector) expSplitEach(p ExpEach, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m, of := newVectorCall(n, ready, drive, &spikes), 0, &p[:(n+7)/eight][0].p33[0]
		if w.wide {
			m = expSplitEachAVX512(of, &v[0], &iEx[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		} else {
			m = expSplitEachAVX2(of, &v[0], &iEx[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return expSplitEachFrom(p, n, v, iEx, iIn, ready, ex, in, drive, spikes)
}

func (w vector) alphaSplit(p *Alpha, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m := newVectorCall(n, ready, drive, &spikes), 0
		if w.wide {
			m = alphaSplitAVX512(&p.P33, &v[0], &dEx[:n][0], &iEx[:n][0], &dIn[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		} else {
			m = alphaSplitAVX2(&p.P33, &v[0], &dEx[:n][0], &iEx[:n][0], &dIn[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return alphaSplitFrom(p, n, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

func (w vector) alphaSplitEach(p AlphaEach, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m, of := newVectorCall(n, ready, drive, &spikes), 0, &p[:(n+7)/eight][0].p33[0]
		if w.wide {
			m = alphaSplitEachAVX512(of, &v[0], &dEx[:n][0], &iEx[:n][0], &dIn[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		} else {
			m = alphaSplitEachAVX2(of, &v[0], &dEx[:n][0], &iEx[:n][0], &dIn[:n][0], &iIn[:n][0], c.ready, ex.sum(n), in.sum(n), ex.ext(n), in.ext(n), ex.counts(n), c.drive, n, ex.Quantum, ex.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return alphaSplitEachFrom(p, n, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

func (w vector) deltaStep(p *Delta, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m := newVectorCall(n, ready, drive, &spikes), 0
		if w.wide {
			m = deltaStepAVX512(&p.P33, &v[0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		} else {
			m = deltaStepAVX2(&p.P33, &v[0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return deltaStepFrom(p, n, v, ready, in, drive, spikes)
}

func (w vector) deltaStepEach(p DeltaEach, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := w.head(len(v))
	if n > 0 {
		c, m, of := newVectorCall(n, ready, drive, &spikes), 0, &p[:(n+7)/eight][0].p33[0]
		if w.wide {
			m = deltaStepEachAVX512(of, &v[0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		} else {
			m = deltaStepEachAVX2(of, &v[0], c.ready, in.sum(n), in.ext(n), in.counts(n), c.drive, n, in.Quantum, in.Weight, c.one, c.spikes)
		}
		spikes = spikes[:len(spikes)+m]
	}
	return deltaStepEachFrom(p, n, v, ready, in, drive, spikes)
}
