//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// assembly returns what this processor can run, the fastest last.
func assembly() []loops {
	base := scalar
	base.name = "amd64"
	base.deliver, base.deliverWide = deliverAssembly, deliverWideAssembly
	base.deliverPacked, base.deliverRing = deliverPackedAssembly, deliverRingAssembly
	all := []loops{base}
	if cpu.X86.HasAVX2 {
		all = append(all, vector{wide: false}.loops("avx2", base))
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
		all = append(all, vector{wide: true}.loops("avx512", base))
	}
	return all
}

// vector are the loops with vectors: wide ones of AVX-512 or those of AVX2.
// They do as many elements as fill vectors, the scalar loop does the rest.
type vector struct{ wide bool }

func (w vector) loops(name string, base loops) loops {
	l := base
	l.name = name
	l.expMerged, l.expSplit, l.alphaSplit, l.deltaStep = w.expMerged, w.expSplit, w.alphaSplit, w.deltaStep
	l.expMergedEach, l.expSplitEach, l.alphaSplitEach, l.deltaStepEach = w.expMergedEach, w.expSplitEach, w.alphaSplitEach, w.deltaStepEach
	l.philoxFill, l.poissonCounts = w.philoxFill, w.poissonCounts
	return l
}
