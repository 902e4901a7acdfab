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
	v, dEx, dIn, iEx, iIn, extEx, extIn, drive field[float64]
	ready                                      field[uint8]
	sumEx, sumIn                               field[int32]
	counts                                     field[uint8]
	weight                                     float64
	spikes                                     []uint16
}

const testTheta = 15.0

func newNeurons(r *rand.Rand, n, offset, often int) *neurons {
	guard := math.NaN()
	draw := func(scale, at float64) field[float64] { return newField(n, offset, guard, edgy(r, scale, at)) }
	return &neurons{v: draw(10, testTheta), dEx: draw(100, 0), dIn: draw(100, 0), iEx: draw(300, 0), iIn: draw(300, 0),
		extEx: draw(100, 0), extIn: draw(100, 0), drive: draw(1, 0),
		ready: newField((n+7)/8, offset, 0xaa, drawReady(r, often)), sumEx: newField(n, offset, 0x12345678, drawSum(r)), sumIn: newField(n, offset, 0x12345678, drawSum(r)),
		counts: newField(n, offset, 0xee, func() uint8 { return uint8(r.IntN(4) * r.IntN(86)) }),
		weight: []float64{87.8, -351.2, 0}[r.IntN(3)], spikes: []uint16{7, 9}}
}

// floats are all fields of float64.
func (s *neurons) floats() []*field[float64] {
	return []*field[float64]{&s.v, &s.dEx, &s.dIn, &s.iEx, &s.iIn, &s.extEx, &s.extIn, &s.drive}
}

func (s *neurons) clone() *neurons {
	c := *s
	for _, f := range c.floats() {
		*f = f.clone()
	}
	c.ready, c.sumEx, c.sumIn, c.counts, c.spikes = s.ready.clone(), s.sumEx.clone(), s.sumIn.clone(), s.counts.clone(), slices.Clone(s.spikes)
	return &c
}

func (s *neurons) same(t *testing.T, want *neurons) {
	t.Helper()
	for k, f := range s.floats() {
		same(t, fmt.Sprint("array of floats ", k), *f, *want.floats()[k])
	}
	same(t, "ready", s.ready, want.ready)
	same(t, "sumEx", s.sumEx, want.sumEx)
	same(t, "sumIn", s.sumIn, want.sumIn)
	same(t, "counts", s.counts, want.counts)
	if !slices.Equal(s.spikes, want.spikes) {
		t.Fatalf("spikes of %d neurons are %v, the scalar loop gives %v", len(s.v.x), s.spikes, want.spikes)
	}
}

// Extra input, beside the sums.
const (
	noExtra = iota
	ext
	counts
	extras
)

// ports returns the input of both ports.
func (s *neurons) ports(extra int, quantum float64) (ex, in *Input) {
	ex, in = &Input{Sum: s.sumEx.x, Quantum: quantum}, &Input{Sum: s.sumIn.x, Quantum: quantum}
	switch extra {
	case ext:
		ex.Ext, in.Ext = s.extEx.x, s.extIn.x
	case counts:
		ex.Counts, ex.Weight = s.counts.x, s.weight
	}
	return ex, in
}

var testExp = &Exp{P33: 0.990049833749168, P32Ex: 0.000361, P32In: 0.00029, P11Ex: 0.8187307530779818, P11In: 0.9048374180359595,
	Theta: testTheta, Reset: -2.5}

var testAlpha = &Alpha{P33: testExp.P33, P31Ex: 0.0002, P31In: 0.0003, P32Ex: testExp.P32Ex, P32In: testExp.P32In, P21Ex: 0.08, P21In: 0.09,
	P11Ex: testExp.P11Ex, P11In: testExp.P11In, RiseEx: 1.36, RiseIn: 2.7, Theta: testTheta, Reset: -2.5, Min: -5}

var testDelta = &Delta{P33: testExp.P33, Theta: testTheta, Reset: 0, Min: -5}

const testQuantum = 0.0107

// The loops, as one of the arguments above. The constants are made before, as
// making those of each neuron takes longer than a step.
var neuronLoops = []struct {
	name string
	make func(n int, differ bool) func(l *loops, s *neurons, extra int, drive []float64)
}{
	{"ExpMerged", func(int, bool) func(*loops, *neurons, int, []float64) {
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, _ := s.ports(extra, testQuantum)
			s.spikes = l.expMerged(testExp, s.v.x, s.iEx.x, s.ready.x, ex, drive, s.spikes)
		}
	}},
	{"ExpSplit", func(int, bool) func(*loops, *neurons, int, []float64) {
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, in := s.ports(extra, testQuantum)
			s.spikes = l.expSplit(testExp, s.v.x, s.iEx.x, s.iIn.x, s.ready.x, ex, in, drive, s.spikes)
		}
	}},
	{"AlphaSplit", func(int, bool) func(*loops, *neurons, int, []float64) {
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, in := s.ports(extra, testQuantum)
			s.spikes = l.alphaSplit(testAlpha, s.v.x, s.dEx.x, s.iEx.x, s.dIn.x, s.iIn.x, s.ready.x, ex, in, drive, s.spikes)
		}
	}},
	{"DeltaStep", func(int, bool) func(*loops, *neurons, int, []float64) {
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, _ := s.ports(extra, 0.0003)
			s.spikes = l.deltaStep(testDelta, s.v.x, s.ready.x, ex, drive, s.spikes)
		}
	}},
	{"ExpMergedEach", func(n int, differ bool) func(*loops, *neurons, int, []float64) {
		p := eachExp(n, differ)
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, _ := s.ports(extra, testQuantum)
			s.spikes = l.expMergedEach(p, s.v.x, s.iEx.x, s.ready.x, ex, drive, s.spikes)
		}
	}},
	{"ExpSplitEach", func(n int, differ bool) func(*loops, *neurons, int, []float64) {
		p := eachExp(n, differ)
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, in := s.ports(extra, testQuantum)
			s.spikes = l.expSplitEach(p, s.v.x, s.iEx.x, s.iIn.x, s.ready.x, ex, in, drive, s.spikes)
		}
	}},
	{"AlphaSplitEach", func(n int, differ bool) func(*loops, *neurons, int, []float64) {
		p := eachAlpha(n, differ)
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, in := s.ports(extra, testQuantum)
			s.spikes = l.alphaSplitEach(p, s.v.x, s.dEx.x, s.iEx.x, s.dIn.x, s.iIn.x, s.ready.x, ex, in, drive, s.spikes)
		}
	}},
	{"DeltaStepEach", func(n int, differ bool) func(*loops, *neurons, int, []float64) {
		p := eachDelta(n, differ)
		return func(l *loops, s *neurons, extra int, drive []float64) {
			ex, _ := s.ports(extra, 0.0003)
			s.spikes = l.deltaStepEach(p, s.v.x, s.ready.x, ex, drive, s.spikes)
		}
	}},
}

// eachExp are constants that differ from neuron to neuron, or are testExp for
// all; eachAlpha and eachDelta the same of testAlpha and testDelta.
func eachExp(n int, differ bool) ExpEach {
	p := NewExpEach(n)
	for k := range n {
		c := *testExp
		if differ {
			r := fraction(k)
			c.P33, c.P32Ex, c.P32In, c.P11Ex, c.P11In = r(math.Pi), r(math.E)/1000, r(math.Phi)/1000, r(math.Sqrt2), r(math.Ln2)
			c.Theta, c.Reset = testTheta*(0.5+r(math.SqrtE)), -5*r(math.SqrtPi)
		}
		p.Set(k, &c)
	}
	return p
}

func eachAlpha(n int, differ bool) AlphaEach {
	p := NewAlphaEach(n)
	for k := range n {
		c := *testAlpha
		if differ {
			r := fraction(k)
			c.P33, c.Theta, c.Reset, c.Min = r(math.Pi), testTheta*(0.5+r(math.SqrtE)), -5*r(math.SqrtPi), -10*r(math.Sqrt2)
			c.P31Ex, c.P32Ex, c.P21Ex, c.P11Ex, c.RiseEx = r(math.E)/1000, r(math.Phi)/1000, r(math.Ln2), r(math.Ln10), r(math.SqrtPhi)
			c.P31In, c.P32In, c.P21In, c.P11In, c.RiseIn = r(math.Log2E)/1000, r(math.Log10E)/1000, r(2.345), r(3.456), r(4.567)
		}
		p.Set(k, &c)
	}
	return p
}

func eachDelta(n int, differ bool) DeltaEach {
	p := NewDeltaEach(n)
	for k := range n {
		c := *testDelta
		if differ {
			r := fraction(k)
			c.P33, c.Theta, c.Reset, c.Min = r(math.Pi), testTheta*(0.5+r(math.E)), -5*r(math.Phi), -10*r(math.Sqrt2)
		}
		p.Set(k, &c)
	}
	return p
}

// fraction returns numbers in [0, 1) for neuron k that differ with a factor.
func fraction(k int) func(factor float64) float64 {
	return func(factor float64) float64 { return math.Mod(float64(k+1)*factor, 1) }
}

func TestNeuronLoopsEqualScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		for _, loop := range neuronLoops {
			t.Run(loop.name, func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				for _, n := range lengths() {
					run := loop.make(n, true)
					for _, offset := range []int{0, 3} {
						for variant := range 4 * extras {
							extra, each, often := variant/4, variant&1 != 0, 2+20*(variant>>1&1)
							got := newNeurons(r, n, offset, often)
							want := got.clone()
							for range 3 {
								for _, side := range []struct {
									l *loops
									s *neurons
								}{{&l, got}, {&scalar, want}} {
									drive := side.s.drive.x
									if !each || n == 0 {
										drive = []float64{0.3}
									}
									run(side.l, side.s, extra, drive)
								}
								got.same(t, want)
								redraw := newNeurons(r, n, offset, often)
								for _, s := range []*neurons{got, want} {
									copy(s.sumEx.x, redraw.sumEx.x)
									copy(s.sumIn.x, redraw.sumIn.x)
									copy(s.ready.x, redraw.ready.x)
								}
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
		"ExpMerged": 0xf7e783dd2c330e70, "ExpSplit": 0xec56e582638caf44, "AlphaSplit": 0xa3cb4bb29678305d, "DeltaStep": 0xfbef10b92a51e712,
		"ExpMergedEach": 0x273b54a23aabea63, "ExpSplitEach": 0xc2074ceb296a4a7c, "AlphaSplitEach": 0x8f1c5b7b24a23356, "DeltaStepEach": 0x4f113828e7015f1,
	}
	for _, loop := range neuronLoops {
		s := newNeurons(rand.New(rand.NewPCG(1, 2)), 1000, 0, 22)
		run := loop.make(1000, true)
		for step := range 20 {
			run(&scalar, s, step%extras, s.drive.x)
		}
		h := fnv.New64a()
		for _, f := range s.floats() {
			for _, x := range f.x {
				binary.Write(h, binary.LittleEndian, math.Float64bits(x))
			}
		}
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
		for _, f := range s.floats() {
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
					run := loop.make(n, true)
					for variant := range 2 * extras {
						got := newNeurons(r, n, variant, 4)
						for k := range n {
							for _, f := range got.floats() {
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
								run(side.l, side.s, variant/2, drive)
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
	refractory := 0
	for k := range 1000 {
		if !moves(s.ready.x, k) {
			refractory++
		}
	}
	neuronLoops[0].make(1000, true)(&scalar, s, ext, s.drive.x)
	if n := len(s.spikes) - 2; n < 50 || n > 950 || refractory < 50 || refractory > 500 {
		t.Errorf("%d spikes and %d refractory of 1000 neurons, want some", n, refractory)
	}
}

// Counts are what a Poisson input would put into Ext of the first port.
func TestCountsEqualExt(t *testing.T) {
	for _, l := range available {
		for _, loop := range neuronLoops {
			r := rand.New(rand.NewPCG(3, 4))
			for _, n := range lengths() {
				got := newNeurons(r, n, 1, 3)
				want := got.clone()
				for k, c := range want.counts.x {
					want.extEx.x[k], want.extIn.x[k] = 0, 0
					want.extEx.x[k] += float64(want.weight * float64(c))
				}
				run := loop.make(n, true)
				run(&l, want, ext, []float64{0.2})
				run(&l, got, counts, []float64{0.2})
				got.extEx, got.extIn = want.extEx, want.extIn
				got.same(t, want)
			}
		}
	}
}

// Equal constants of each neuron give the bits of one for all.
func TestEachEqualsOne(t *testing.T) {
	for _, l := range available {
		for i, loop := range neuronLoops[:4] {
			each := neuronLoops[4+i]
			if each.name != loop.name+"Each" {
				t.Fatalf("%s is compared with %s", loop.name, each.name)
			}
			r := rand.New(rand.NewPCG(1, 2))
			for _, n := range lengths() {
				one, each := loop.make(n, false), each.make(n, false)
				for variant := range 2 * extras {
					want := newNeurons(r, n, 1, 3)
					got := want.clone()
					drive := []float64{0.3}
					if variant&1 != 0 && n > 1 {
						drive = want.clone().drive.x
					}
					for range 3 {
						one(&l, want, variant/2, drive)
						each(&l, got, variant/2, drive)
						got.same(t, want)
					}
				}
			}
		}
	}
}

// BenchmarkNeuron is a shard of the full-scale microcircuit on two threads, whose
// state is beyond the first-level cache, and one of a 1,024 neurons: some 0.5 % of
// the neurons refractory, a few spikes a step.
func BenchmarkNeuron(b *testing.B) {
	for _, n := range []int{1024, 38_592} {
		for _, loop := range neuronLoops {
			run := loop.make(n, false)
			for extra, name := range [...]string{"sums", "ext", "counts"} {
				if extra > 0 && strings.HasSuffix(loop.name, "Each") {
					continue
				}
				for _, l := range available {
					if l.name == "amd64" {
						continue
					}
					b.Run(fmt.Sprintf("%s/%s/n=%d/%s", loop.name, name, n, l.name), func(b *testing.B) {
						s, draw := quietNeurons(n)
						drive := []float64{0.05}
						b.ResetTimer()
						for k := range b.N {
							if k%1000 == 999 { // before what decays is subnormal
								b.StopTimer()
								draw()
								b.StartTimer()
							}
							s.spikes = s.spikes[:0]
							run(&l, s, extra, drive)
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/neuron")
						b.ReportMetric(float64(len(s.spikes)), "spikes")
					})
				}
			}
		}
	}
}

// quietNeurons returns neurons in a state that a network has, and what draws it
// again.
func quietNeurons(n int) (s *neurons, draw func()) {
	r := rand.New(rand.NewPCG(1, 2))
	s = newNeurons(r, n, 0, 200)
	draw = func() {
		for k := range n {
			s.v.x[k], s.iEx.x[k], s.iIn.x[k] = 10*r.Float64(), 300*r.NormFloat64(), 300*r.NormFloat64()
			s.dEx.x[k], s.dIn.x[k] = 300*r.NormFloat64(), 300*r.NormFloat64()
			s.extEx.x[k], s.extIn.x[k] = 0, 0
			s.counts.x[k] = uint8(r.IntN(4))
		}
	}
	s.weight = 0.01 // below the threshold for deltas too
	draw()
	return s, draw
}
