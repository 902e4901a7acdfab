package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

const testH, testTauM = 0.1, 10

// Neurons that keep their refractory input do the same with equal constants of
// each as with one for all, and what those do that lose it where they are told to.
func TestDeltaKeepEachEqualsOne(t *testing.T) {
	discount := make([]float64, 22)
	for left := range discount {
		discount[left] = Discount(left, testH, testTauM)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range lengths() {
		all, none := slices.Repeat([]float64{testTauM}, n), make([]float64, n)
		for extra := range extras {
			one := newNeurons(r, n, 1, 3)
			each, lost, plain := one.clone(), one.clone(), one.clone()
			refractory := NewRefractory(n)
			for k := range n {
				refractory.set(k, uint32(r.IntN(3)*r.IntN(11)))
			}
			p := eachDelta(n, false)
			for range 5 {
				refractory.Advance()
				in, _ := one.ports(extra, 0.0003)
				one.spikes = DeltaKeep(testDelta, one.v.x, one.iEx.x, refractory, discount, in, []float64{0.3}, one.spikes)
				in, _ = each.ports(extra, 0.0003)
				each.spikes = DeltaKeepEach(p, each.v.x, each.iEx.x, refractory, Keeping{all, testH}, in, []float64{0.3}, each.spikes)
				each.same(t, one)
				in, _ = lost.ports(extra, 0.0003)
				lost.spikes = DeltaKeepEach(p, lost.v.x, lost.iEx.x, refractory, Keeping{none, testH}, in, []float64{0.3}, lost.spikes)
				in, _ = plain.ports(extra, 0.0003)
				plain.spikes = DeltaStep(testDelta, plain.v.x, refractory.Ready, in, []float64{0.3}, plain.spikes)
				lost.same(t, plain)
			}
		}
	}
}

// The bits of the two, as TestNeuronBits has them of the other loops.
func TestDeltaKeepBits(t *testing.T) {
	s, refractory := newNeurons(rand.New(rand.NewPCG(1, 2)), 1000, 0, 22), NewRefractory(1000)
	discount, tauM, h := make([]float64, 21), make([]float64, 1000), fnv.New64a()
	for left := range discount {
		discount[left] = Discount(left, testH, testTauM)
	}
	for k := range tauM {
		tauM[k] = float64(k % 3 * testTauM)
	}
	p := eachDelta(1000, true)
	for step := range 20 {
		refractory.Advance()
		in, _ := s.ports(step%extras, 0.0003)
		s.spikes = s.spikes[:0]
		if step%2 == 0 {
			s.spikes = DeltaKeep(testDelta, s.v.x, s.iEx.x, refractory, discount, in, s.drive.x, s.spikes)
		} else {
			s.spikes = DeltaKeepEach(p, s.v.x, s.iEx.x, refractory, Keeping{tauM, testH}, in, s.drive.x, s.spikes)
		}
		refractory.Begin(s.spikes, []uint16{20})
		binary.Write(h, binary.LittleEndian, s.spikes)
	}
	for k := range tauM {
		binary.Write(h, binary.LittleEndian, math.Float64bits(s.v.x[k]))
		binary.Write(h, binary.LittleEndian, math.Float64bits(s.iEx.x[k]))
	}
	if got, want := h.Sum64(), uint64(0x919075df4bd89da6); got != want {
		t.Errorf("%#x, want %#x", got, want)
	}
}

// What arrives while a neuron is refractory is added when the period ends, times
// a factor for each step: 10 mV with 2 and 1 steps to go, and 3 mV then.
func TestDeltaKeep(t *testing.T) {
	p := &Delta{P33: 0.5, Theta: 100, Min: -100}
	r := NewRefractory(1)
	r.set(0, 3)
	v, kept := []float64{8}, []float64{0}
	for step, want := range [][2]float64{{8, 2.5}, {8, 7.5}, {0.25 + 4 + 3 + 7.5, 0}} {
		r.Advance()
		in := &Input{Sum: []int32{[]int32{10, 10, 3}[step]}, Quantum: 1}
		if spikes := DeltaKeep(p, v, kept, r, []float64{1, 0.5, 0.25}, in, []float64{0.25}, nil); len(spikes) > 0 || v[0] != want[0] || kept[0] != want[1] {
			t.Errorf("step %d: V is %g and %g is kept, want %v", step, v[0], kept[0], want)
		}
	}
}

// BenchmarkDeltaKeep is BenchmarkNeuron for neurons that keep their refractory
// input.
func BenchmarkDeltaKeep(b *testing.B) {
	for _, n := range []int{1024, 38_592} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			s, _ := quietNeurons(n)
			p, r, tauM := eachDelta(n, false), NewRefractory(n), slices.Repeat([]float64{testTauM}, n)
			for b.Loop() {
				s.spikes = s.spikes[:0]
				r.Advance()
				in, _ := s.ports(noExtra, 0.0003)
				s.spikes = DeltaKeepEach(p, s.v.x, s.iIn.x, r, Keeping{tauM, testH}, in, []float64{0.05}, s.spikes)
				r.Begin(s.spikes, []uint16{20})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/neuron")
		})
	}
}
