package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// eachPairs are the loops beside their forms with constants of each neuron,
// which here are the same for all.
var eachPairs = []struct {
	name       string
	refractory int // most steps that neurons may have left
	one, each  func(s *neurons, ext bool, drive []float64)
}{
	{"ExpMerged", 1 << 16, func(s *neurons, ext bool, drive []float64) {
		s.spikes = ExpMerged(testExp, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}, func(s *neurons, ext bool, drive []float64) {
		s.spikes = ExpMergedEach(eachExp(len(s.v.x), false), s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"ExpSplit", 1 << 16, func(s *neurons, ext bool, drive []float64) {
		s.spikes = ExpSplit(testExp, s.v.x, s.iEx.x, s.iIn.x, s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}, func(s *neurons, ext bool, drive []float64) {
		s.spikes = ExpSplitEach(eachExp(len(s.v.x), false), s.v.x, s.iEx.x, s.iIn.x, s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}},
	{"Alpha", 1 << 16, func(s *neurons, ext bool, drive []float64) {
		s.spikes = AlphaSplit(testAlpha, s.v.x, s.iEx.x, s.dEx(), s.iIn.x, s.dIn(), s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}, func(s *neurons, ext bool, drive []float64) {
		p := slices.Repeat([]Alpha{*testAlpha}, len(s.v.x))
		s.spikes = AlphaSplitEach(p, s.v.x, s.iEx.x, s.dEx(), s.iIn.x, s.dIn(), s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}},
	{"DeltaStep", 1 << 16, func(s *neurons, ext bool, drive []float64) {
		s.spikes = DeltaStep(testDelta, s.v.x, nil, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}, func(s *neurons, ext bool, drive []float64) {
		s.spikes = DeltaStepEach(eachDelta(len(s.v.x), false, false), s.v.x, nil, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"DeltaStepDiscount", 21, func(s *neurons, ext bool, drive []float64) {
		p := *testDelta
		for r := range 21 {
			p.Discount = append(p.Discount, Discount(r, testH, testTauM))
		}
		s.spikes = DeltaStep(&p, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}, func(s *neurons, ext bool, drive []float64) {
		s.spikes = DeltaStepEach(eachDelta(len(s.v.x), false, true), s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
}

var testAlpha = &Alpha{P33: testExp.P33, P31Ex: 0.0002, P31In: 0.0003, P32Ex: testExp.P32Ex, P32In: testExp.P32In, P21Ex: 0.08, P21In: 0.09,
	P11Ex: testExp.P11Ex, P11In: testExp.P11In, RiseEx: 1.36, RiseIn: 2.7, Quantum: testExp.Quantum, Theta: testTheta, Reset: -2.5, Min: -5, Refractory: 20}

// dEx and dIn are further state of alpha neurons, in room that no other loop of
// theirs uses.
func (s *neurons) dEx() []float64 { return s.drive.x }
func (s *neurons) dIn() []float64 { return s.spare.x }

// Equal constants of each neuron give the bits of one for all.
func TestEachEqualsOne(t *testing.T) {
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			defer restore(t)()
			if err := Use(name); err != nil {
				t.Fatal(err)
			}
			for _, loop := range eachPairs {
				r := rand.New(rand.NewPCG(1, 2))
				for _, n := range lengths() {
					for variant := range 4 {
						want := newNeurons(r, n, 1, 3)
						for k := range want.ref.x {
							want.ref.x[k] %= uint16(min(loop.refractory, 1<<16-1))
						}
						got := want.clone()
						drive := []float64{0.3}
						if variant&2 != 0 && n > 1 {
							drive = newNeurons(r, n, 0, 3).drive.x
						}
						for range 3 {
							loop.one(want, variant&1 != 0, drive)
							loop.each(got, variant&1 != 0, drive)
							got.same(t, want)
						}
					}
				}
			}
		})
	}
}

// BenchmarkEach is BenchmarkNeuron for constants of each neuron.
func BenchmarkEach(b *testing.B) {
	for _, n := range []int{1024, 38_592} {
		exp, delta, keeping, alpha := eachExp(n, false), eachDelta(n, false, false), eachDelta(n, false, true), slices.Repeat([]Alpha{*testAlpha}, n)
		for _, loop := range []struct {
			name string
			run  func(s *neurons, drive []float64)
		}{
			{"ExpMergedEach", func(s *neurons, drive []float64) {
				s.spikes = ExpMergedEach(exp, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, nil, drive, s.spikes)
			}},
			{"ExpSplitEach", func(s *neurons, drive []float64) {
				s.spikes = ExpSplitEach(exp, s.v.x, s.iEx.x, s.iIn.x, s.ref.x, s.sumEx.x, s.sumIn.x, nil, nil, drive, s.spikes)
			}},
			{"AlphaSplit", func(s *neurons, drive []float64) {
				s.spikes = AlphaSplit(testAlpha, s.v.x, s.iEx.x, s.dEx(), s.iIn.x, s.dIn(), s.ref.x, s.sumEx.x, s.sumIn.x, nil, nil, drive, s.spikes)
			}},
			{"AlphaSplitEach", func(s *neurons, drive []float64) {
				s.spikes = AlphaSplitEach(alpha, s.v.x, s.iEx.x, s.dEx(), s.iIn.x, s.dIn(), s.ref.x, s.sumEx.x, s.sumIn.x, nil, nil, drive, s.spikes)
			}},
			{"DeltaStepEach", func(s *neurons, drive []float64) {
				s.spikes = DeltaStepEach(delta, s.v.x, nil, s.ref.x, s.sumEx.x, nil, drive, s.spikes)
			}},
			{"DeltaStepEachDiscount", func(s *neurons, drive []float64) {
				s.spikes = DeltaStepEach(keeping, s.v.x, s.iIn.x, s.ref.x, s.sumEx.x, nil, drive, s.spikes)
			}},
		} {
			for _, l := range available {
				if l.name == "amd64" {
					continue
				}
				b.Run(fmt.Sprintf("%s/n=%d/%s", loop.name, n, l.name), func(b *testing.B) {
					before := Using()
					defer func() {
						if err := Use(before); err != nil {
							b.Error(err)
						}
					}()
					if err := Use(l.name); err != nil {
						b.Fatal(err)
					}
					r := rand.New(rand.NewPCG(1, 2))
					s := newNeurons(r, n, 0, 200)
					draw := func() {
						for k := range n {
							s.v.x[k], s.iEx.x[k], s.iIn.x[k] = 10*r.Float64(), 300*r.NormFloat64(), 300*r.NormFloat64()
							s.ref.x[k] = uint16(max(0, r.IntN(4000)-3980))
						}
					}
					draw()
					b.ResetTimer()
					for k := range b.N {
						if k%1000 == 999 { // before what decays is subnormal
							b.StopTimer()
							draw()
							b.StartTimer()
						}
						s.spikes = s.spikes[:0]
						loop.run(s, []float64{0.05})
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/neuron")
				})
			}
		}
	}
}
