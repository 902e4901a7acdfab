package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// neurons are the arguments of all neuron loops.
type neurons struct {
	v, iEx, iIn, extEx, extIn, drive, spare field[float64]
	ref                                     field[uint16]
	sumEx, sumIn                            field[int32]
	counts                                  field[uint8]
	weight                                  float64
	spikes                                  []uint16
}

const testTheta = 15.0

func newNeurons(r *rand.Rand, n, offset, often int) *neurons {
	guard := math.NaN()
	draw := func(scale, at float64) field[float64] { return newField(n, offset, guard, edgy(r, scale, at)) }
	s := &neurons{v: draw(10, testTheta), iEx: draw(300, 0), iIn: draw(300, 0), extEx: draw(100, 0), extIn: draw(100, 0), drive: draw(1, 0), spare: draw(1, 0),
		ref: newField(n, offset, 0xabcd, drawRef(r, often)), sumEx: newField(n, offset, 0x12345678, drawSum(r)), sumIn: newField(n, offset, 0x12345678, drawSum(r)),
		counts: newField(n, offset, 0xee, func() uint8 { return uint8(r.IntN(4) * r.IntN(86)) }),
		weight: []float64{87.8, -351.2, 0}[r.IntN(3)], spikes: []uint16{7, 9}}
	return s
}

func (s *neurons) clone() *neurons {
	return &neurons{s.v.clone(), s.iEx.clone(), s.iIn.clone(), s.extEx.clone(), s.extIn.clone(), s.drive.clone(), s.spare.clone(),
		s.ref.clone(), s.sumEx.clone(), s.sumIn.clone(), s.counts.clone(), s.weight, slices.Clone(s.spikes)}
}

func (s *neurons) same(t *testing.T, want *neurons) {
	t.Helper()
	same(t, "v", s.v, want.v)
	same(t, "iEx", s.iEx, want.iEx)
	same(t, "iIn", s.iIn, want.iIn)
	same(t, "extEx", s.extEx, want.extEx)
	same(t, "extIn", s.extIn, want.extIn)
	same(t, "drive", s.drive, want.drive)
	same(t, "spare", s.spare, want.spare)
	same(t, "ref", s.ref, want.ref)
	same(t, "sumEx", s.sumEx, want.sumEx)
	same(t, "sumIn", s.sumIn, want.sumIn)
	same(t, "counts", s.counts, want.counts)
	if !slices.Equal(s.spikes, want.spikes) {
		t.Fatalf("spikes of %d neurons are %v, the scalar loop gives %v", len(s.v.x), s.spikes, want.spikes)
	}
}

var testExp = &Exp{P33: 0.990049833749168, P32Ex: 0.000361, P32In: 0.00029, P11Ex: 0.8187307530779818, P11In: 0.9048374180359595,
	Quantum: 0.0107, Theta: testTheta, Reset: -2.5, Refractory: 20}

// The loops, as one of the arguments above. ext says whether there is any.
var neuronLoops = []struct {
	name string
	run  func(l *loops, s *neurons, ext bool, drive []float64)
}{
	{"ExpMerged", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.expMerged(testExp, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"ExpMergedCounts", func(l *loops, s *neurons, _ bool, drive []float64) {
		s.spikes = l.expMergedCounts(testExp, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, s.counts.x, s.weight, drive, s.spikes)
	}},
	{"ExpSplit", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.expSplit(testExp, s.v.x, s.iEx.x, s.iIn.x, s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}},
	{"DeltaStep", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.deltaStep(testDelta, s.v.x, nil, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"DeltaStepCounts", func(l *loops, s *neurons, _ bool, drive []float64) {
		s.spikes = l.deltaStepCounts(testDelta, s.v.x, s.ref.x, s.sumEx.x, s.counts.x, s.weight, drive, s.spikes)
	}},
	{"DeltaStepDiscount", func(l *loops, s *neurons, ext bool, drive []float64) {
		for k := range s.ref.x {
			s.ref.x[k] %= 21
		}
		p := &Delta{P33: testExp.P33, Quantum: 0.0003, Theta: testTheta, Min: math.Inf(-1), Refractory: 20, Discount: make([]float64, 21)}
		s.spikes = l.deltaStep(p, s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"ExpMergedEach", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.expMergedEach(eachExp(len(s.v.x), true), s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"ExpSplitEach", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.expSplitEach(eachExp(len(s.v.x), true), s.v.x, s.iEx.x, s.iIn.x, s.ref.x, s.sumEx.x, s.sumIn.x, only(ext, s.extEx.x), only(ext, s.extIn.x), drive, s.spikes)
	}},
	{"DeltaStepEach", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.deltaStepEach(eachDelta(len(s.v.x), true, false), s.v.x, nil, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
	{"DeltaStepEachDiscount", func(l *loops, s *neurons, ext bool, drive []float64) {
		s.spikes = l.deltaStepEach(eachDelta(len(s.v.x), true, true), s.v.x, s.iEx.x, s.ref.x, s.sumEx.x, only(ext, s.extEx.x), drive, s.spikes)
	}},
}

// eachExp are constants that differ from neuron to neuron, or are testExp for
// all.
func eachExp(n int, differ bool) *ExpEach {
	p := NewExpEach(n, testExp.Quantum)
	for k := range n {
		c := *testExp
		if differ {
			r := func(factor float64) float64 { return math.Mod(float64(k+1)*factor, 1) }
			c.P33, c.P32Ex, c.P32In, c.P11Ex, c.P11In = r(math.Pi), r(math.E)/1000, r(math.Phi)/1000, r(math.Sqrt2), r(math.Ln2)
			c.Theta, c.Reset, c.Refractory = testTheta*(0.5+r(math.SqrtE)), -5*r(math.SqrtPi), uint16(300*r(math.Ln10))
		}
		p.Set(k, &c)
	}
	return p
}

var testDelta = &Delta{P33: testExp.P33, Quantum: 0.0003, Theta: testTheta, Reset: 0, Min: -5, Refractory: 20}

const testH, testTauM = 0.1, 10

// eachDelta is the same of testDelta. keep has neurons keep input, some of them
// where they differ.
func eachDelta(n int, differ, keep bool) *DeltaEach {
	p := NewDeltaEach(n, testH, testDelta.Quantum)
	if keep {
		p.TauM = make([]float64, n)
	}
	for k := range n {
		c := *testDelta
		tauM := float64(testTauM)
		if differ {
			r := func(factor float64) float64 { return math.Mod(float64(k+1)*factor, 1) }
			c.P33, c.Theta, c.Reset, c.Min, c.Refractory = r(math.Pi), testTheta*(0.5+r(math.E)), -5*r(math.Phi), -10*r(math.Sqrt2), uint16(300*r(math.Ln2))
			tauM *= float64(k % 3)
		}
		if keep {
			p.TauM[k] = tauM
		}
		p.Set(k, &c)
	}
	return p
}

func only(ok bool, x []float64) []float64 {
	if ok {
		return x
	}
	return nil
}

func TestNeuronLoopsEqualScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		for _, loop := range neuronLoops {
			t.Run(loop.name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				for _, n := range lengths() {
					for offset := range 4 {
						for variant := range 8 {
							ext, each, often := variant&1 != 0, variant&2 != 0, 2+20*(variant>>2)
							got := newNeurons(r, n, offset, often)
							want := got.clone()
							// Several steps, so that neurons that spike become refractory.
							for range 3 {
								run := func(l *loops, s *neurons) {
									drive := s.drive.x
									if !each || n == 0 {
										drive = []float64{0.3}
									}
									loop.run(l, s, ext, drive)
								}
								run(&l, got)
								run(&scalar, want)
								got.same(t, want)
								redraw := newNeurons(r, n, offset, often)
								copy(got.sumEx.x, redraw.sumEx.x)
								copy(got.sumIn.x, redraw.sumIn.x)
								copy(want.sumEx.x, redraw.sumEx.x)
								copy(want.sumIn.x, redraw.sumIn.x)
							}
						}
					}
				}
			})
		}
	})
}

// The bits of the specification, which must not change on any processor: the
// test above sees that the other loops have the same.
func TestNeuronBits(t *testing.T) {
	want := map[string]uint64{
		"ExpMerged": 0x9de794e7539da2b3, "ExpMergedCounts": 0x7eb6f0b37ca4d93, "ExpSplit": 0x2056f82530a27ba4,
		"DeltaStep": 0x6fd05021a918de2a, "DeltaStepCounts": 0xec85c9bf4bbe6802, "DeltaStepDiscount": 0x87830343dcac72bb,
		"ExpMergedEach": 0xa4d4a6afd06f806d, "ExpSplitEach": 0xb909418c4739fcc0,
		"DeltaStepEach": 0x3cd8a57becc8eefc, "DeltaStepEachDiscount": 0xb14cfa6b7a841d19,
	}
	for _, loop := range neuronLoops {
		s := newNeurons(rand.New(rand.NewPCG(1, 2)), 1000, 0, 22)
		for step := range 20 {
			loop.run(&scalar, s, step%2 == 0, s.drive.x)
		}
		h := fnv.New64a()
		for _, f := range []field[float64]{s.v, s.iEx, s.iIn} {
			for _, x := range f.x {
				binary.Write(h, binary.LittleEndian, math.Float64bits(x))
			}
		}
		binary.Write(h, binary.LittleEndian, s.ref.x)
		binary.Write(h, binary.LittleEndian, s.spikes)
		if h.Sum64() != want[loop.name] {
			t.Errorf("%s: %#x, want %#x", loop.name, h.Sum64(), want[loop.name])
		}
	}
}

// NaN and infinities go the same way through all loops: what is not finite stays
// so, spikes of no neuron but those of the scalar loop, and touches none beside it.
func TestNeuronLoopsNotFinite(t *testing.T) {
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
	// One NaN is as good as another: which of two payloads comes out is up to the
	// order of operands in an instruction.
	plain := func(s *neurons) {
		for _, f := range []*field[float64]{&s.v, &s.iEx, &s.iIn, &s.extEx, &s.extIn, &s.drive, &s.spare} {
			for k, x := range f.all {
				if math.IsNaN(x) {
					f.all[k] = math.NaN()
				}
			}
		}
	}
	forEach(t, func(t *testing.T, l loops) {
		for _, loop := range neuronLoops {
			t.Run(loop.name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(3, 4))
				for _, n := range lengths() {
					for variant := range 4 {
						got := newNeurons(r, n, variant, 4)
						for k := range n {
							for _, f := range []*field[float64]{&got.v, &got.iEx, &got.iIn, &got.extEx, &got.extIn, &got.drive, &got.spare} {
								if r.IntN(6) == 0 {
									f.x[k] = odd[r.IntN(3)]
								}
							}
						}
						want := got.clone()
						for range 3 {
							for _, side := range []struct {
								l *loops
								s *neurons
							}{{&l, got}, {&scalar, want}} {
								drive := side.s.drive.x
								if n == 0 || variant&1 == 0 {
									drive = []float64{0.3}
								}
								loop.run(side.l, side.s, variant&2 != 0, drive)
								plain(side.s)
							}
							got.same(t, want)
						}
					}
				}
			})
		}
	})
}

// The tests above must see what they are about.
func TestNeuronDataSpikes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := newNeurons(r, 1000, 0, 4)
	loop := neuronLoops[0]
	refractory := 0
	for _, x := range s.ref.x {
		if x > 0 {
			refractory++
		}
	}
	loop.run(&scalar, s, true, s.drive.x)
	if n := len(s.spikes) - 2; n < 50 || n > 950 || refractory < 100 {
		t.Errorf("%d spikes and %d refractory of 1000 neurons, want some", n, refractory)
	}
}

// ExpMergedCounts is ExpMerged with what a Poisson input puts into ext.
func TestCountsEqualExt(t *testing.T) {
	for _, name := range Available() {
		t.Run(name, func(t *testing.T) {
			defer restore(t)()
			if err := Use(name); err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(3, 4))
			for _, n := range lengths() {
				got := newNeurons(r, n, 1, 3)
				want := got.clone()
				for k, c := range want.counts.x {
					want.extEx.x[k] = 0
					want.extEx.x[k] += float64(want.weight * float64(c))
				}
				want.spikes = ExpMerged(testExp, want.v.x, want.iEx.x, want.ref.x, want.sumEx.x, want.extEx.x, []float64{0.2}, want.spikes)
				got.spikes = ExpMergedCounts(testExp, got.v.x, got.iEx.x, got.ref.x, got.sumEx.x, got.counts.x, got.weight, []float64{0.2}, got.spikes)
				copy(got.extEx.x, want.extEx.x)
				got.same(t, want)
			}
		})
	}
}

// restore returns what brings back the implementation in use.
func restore(t *testing.T) func() {
	before := Using()
	return func() {
		if err := Use(before); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkNeuron(b *testing.B) {
	// One shard of the full-scale microcircuit on two threads: state beyond L1,
	// some 0.5 % of the neurons refractory, a few spikes a step.
	for _, n := range []int{1024, 38_592} {
		for _, loop := range neuronLoops[:4] {
			for _, ext := range []bool{false, true} {
				if ext && strings.HasSuffix(loop.name, "Counts") {
					continue
				}
				for _, l := range available {
					if l.name == "amd64" {
						continue
					}
					b.Run(fmt.Sprintf("%s/ext=%v/n=%d/%s", loop.name, ext, n, l.name), func(b *testing.B) {
						r := rand.New(rand.NewPCG(1, 2))
						s := newNeurons(r, n, 0, 200)
						for k := range n {
							s.v.x[k], s.iEx.x[k], s.iIn.x[k] = 10*r.Float64(), 300*r.NormFloat64(), 300*r.NormFloat64()
							s.counts.x[k] = uint8(r.IntN(4))
							s.ref.x[k] = uint16(max(0, r.IntN(4000)-3980))
						}
						s.weight = 0.5
						drive := []float64{0.05}
						fresh := s.clone()
						b.ResetTimer()
						for k := range b.N {
							if k%1000 == 999 { // before what decays is subnormal
								b.StopTimer()
								for _, x := range [][2][]float64{{s.v.x, fresh.v.x}, {s.iEx.x, fresh.iEx.x}, {s.iIn.x, fresh.iIn.x}} {
									copy(x[0], x[1])
								}
								b.StartTimer()
							}
							s.spikes = s.spikes[:0]
							loop.run(&l, s, ext, drive)
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/neuron")
						b.ReportMetric(float64(len(s.spikes)), "spikes")
					})
				}
			}
		}
	}
}
