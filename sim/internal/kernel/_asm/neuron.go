package main

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The constants of the neuron loops.
const (
	cP33 = iota
	cP31Ex
	cP32Ex
	cP31In
	cP32In
	cMin
	cP21Ex
	cP11Ex
	cP21In
	cP11In
	cRiseEx
	cRiseIn
	cTheta
	cReset
)

// A model says what a loop computes.
type model struct {
	name     string
	state    []string // beside v
	signs    []string // suffixes of the names of the inputs
	constant []int    // in the order of the struct's fields
	doc      []string
	// of gives x, the potential, its value after the step where ready, and stores the
	// other state.
	of func(l *neuronLoop, x reg.VecVirtual, ready reg.Register, at int, in []reg.VecVirtual)
}

// neuronsAhead is how many neurons neuronsAhead what the second-level cache has is asked for.
const neuronsAhead = 96

// eight is how many neurons share a group of constants and a byte of bits.
const eight = 8

// bitsOf4 has the bits of four neurons, one in each of four words, twice over: of the
// lower and of the upper half of a byte.
var bitsOf4 Mem

func neurons() {
	bitsOf4 = GLOBL("neuronBits", RODATA|NOPTR)
	for k := range eight {
		DATA(8*k, U64(1<<k))
	}
	exp := func(signs ...string) []string {
		x := "x := (drive + P33*v)"
		var rest []string
		for _, s := range signs {
			of := s
			if of == "" {
				of = "Ex"
			}
			x += " + P32" + of + "*i" + s
			rest = append(rest, "i"+s+" = P11"+of+"*i"+s+" + input"+s)
		}
		return append([]string{x}, rest...)
	}
	constant := []int{cP33, cP32Ex, cP11Ex, cTheta, cReset, cP32In, cP11In}
	for _, wide := range []bool{false, true} {
		for _, each := range []bool{false, true} {
			neuron(model{name: "expMerged", state: []string{"i"}, signs: []string{""}, constant: constant, doc: exp(""), of: expStep}, each, wide)
			neuron(model{name: "expSplit", state: []string{"iEx", "iIn"}, signs: []string{"Ex", "In"}, constant: constant, doc: exp("Ex", "In"), of: expStep}, each, wide)
			neuron(model{name: "alphaSplit", state: []string{"dEx", "iEx", "dIn", "iIn"}, signs: []string{"Ex", "In"},
				constant: []int{cP33, cP31Ex, cP32Ex, cP31In, cP32In, cMin, cP21Ex, cP11Ex, cP21In, cP11In, cRiseEx, cRiseIn, cTheta, cReset},
				doc: []string{"x := max(drive + P33*v + P31Ex*dEx + P32Ex*iEx + P31In*dIn + P32In*iIn, Min)",
					"iEx, dEx = P21Ex*dEx + P11Ex*iEx, P11Ex*dEx + RiseEx*inputEx", "iIn, dIn = P21In*dIn + P11In*iIn, P11In*dIn + RiseIn*inputIn"},
				of: alphaStep}, each, wide)
			neuron(model{name: "deltaStep", signs: []string{""}, constant: []int{cP33, cTheta, cReset, cMin},
				doc: []string{"x := max((drive + P33*v) + input, Min)"}, of: deltaStep}, each, wide)
		}
	}
}

// expStep is the step of iaf_psc_exp with a current for each input.
func expStep(l *neuronLoop, x reg.VecVirtual, ready reg.Register, at int, in []reg.VecVirtual) {
	t := l.driven(x, at)
	for ch := range in {
		i, u := l.load(l.state[ch], at), l.vec()
		VMULPD(l.constant([]int{cP32Ex, cP32In}[ch], at), i, u)
		if ch < len(in)-1 {
			VADDPD(u, t, t)
		} else {
			l.become(x, ready, VADDPD, u, t)
		}
		VMULPD(l.constant([]int{cP11Ex, cP11In}[ch], at), i, i)
		VADDPD(in[ch], i, i)
		l.store(i, l.state[ch], at)
	}
}

func alphaStep(l *neuronLoop, x reg.VecVirtual, ready reg.Register, at int, in []reg.VecVirtual) {
	t := l.driven(x, at)
	for ch := range in {
		d, i := l.load(l.state[2*ch], at), l.load(l.state[2*ch+1], at)
		l.addProduct(t, []int{cP31Ex, cP31In}[ch], d, at)
		l.addProduct(t, []int{cP32Ex, cP32In}[ch], i, at)
		decay := l.constant([]int{cP11Ex, cP11In}[ch], at)
		VMULPD(decay, i, i)
		l.addProduct(i, []int{cP21Ex, cP21In}[ch], d, at)
		l.store(i, l.state[2*ch+1], at)
		VMULPD(decay, d, d)
		l.addProduct(d, []int{cRiseEx, cRiseIn}[ch], in[ch], at)
		l.store(d, l.state[2*ch], at)
	}
	l.becomeBounded(x, ready, t, at)
}

func deltaStep(l *neuronLoop, x reg.VecVirtual, ready reg.Register, at int, in []reg.VecVirtual) {
	t := l.driven(x, at)
	VADDPD(in[0], t, t)
	l.becomeBounded(x, ready, t, at)
}

// A neuronLoop is the state of generating one loop: vectors of 8 lanes in Z
// registers, or of 4 lanes in Y registers.
type neuronLoop struct {
	model
	each, wide bool

	p, ready, spikes reg.Register
	at               map[string]reg.Register // arrays by name
	k                reg.GPVirtual           // first neuron of the vectors at hand
	held             map[int]reg.VecVirtual  // constants in registers
	quantum, zero    reg.VecVirtual
	drive            reg.VecVirtual    // of all
	rest             reg.OpmaskVirtual // lanes that there are, where not all are
	labels           int
	later            []func() // what is emitted after the loop, as it is rare
}

func (l *neuronLoop) lanes() int {
	if l.wide {
		return 8
	}
	return 4
}

func (l *neuronLoop) vec() reg.VecVirtual {
	if l.wide {
		return ZMM()
	}
	return YMM()
}

func (l *neuronLoop) label() string {
	l.labels++
	return fmt.Sprintf("l%d", l.labels)
}

// float returns where elements of an array of float64 are.
func (l *neuronLoop) float(array reg.Register, at int) Mem {
	return Mem{Base: array, Index: l.k, Scale: 8, Disp: 8 * at}
}

func (l *neuronLoop) loadFrom(m Mem, to reg.VecVirtual) {
	if l.rest != nil {
		VMOVUPD_Z(m, l.rest, to)
	} else {
		VMOVUPD(m, to)
	}
}

func (l *neuronLoop) load(name string, at int) reg.VecVirtual {
	x := l.vec()
	l.loadFrom(l.float(l.at[name], at), x)
	return x
}

func (l *neuronLoop) store(x reg.VecVirtual, name string, at int) {
	l.storeTo(x, l.float(l.at[name], at))
}

func (l *neuronLoop) storeTo(x reg.VecVirtual, m Mem) {
	if l.rest != nil {
		VMOVUPD(x, l.rest, m)
	} else {
		VMOVUPD(x, m)
	}
}

// constant returns constant j for the neurons from at on, counted from those that
// p points to.
func (l *neuronLoop) constant(j, at int) Op {
	if r, ok := l.held[j]; ok {
		return r
	}
	place := slices.Index(l.model.constant, j)
	if place < 0 {
		panic(fmt.Sprintf("%s has no constant %d", l.name, j))
	}
	if l.each {
		return Mem{Base: l.p, Disp: 8 * (at/eight*eight*len(l.model.constant) + eight*place + at%eight)}
	}
	c := l.vec()
	VBROADCASTSD(Mem{Base: l.p, Disp: 8 * place}, c)
	return c
}

// addProduct adds constant j times x to t.
func (l *neuronLoop) addProduct(t reg.VecVirtual, j int, x reg.VecVirtual, at int) {
	u := l.vec()
	VMULPD(l.constant(j, at), x, u)
	VADDPD(u, t, t)
}

// driven returns drive + P33*x.
func (l *neuronLoop) driven(x reg.VecVirtual, at int) reg.VecVirtual {
	t := l.vec()
	VMULPD(l.constant(cP33, at), x, t)
	own, done, p := l.label(), l.label(), GP64()
	Load(Param("drive"), p)
	TESTQ(p, p)
	JNZ(LabelRef(own))
	VADDPD(l.drive, t, t)
	Label(done)
	l.after(func() {
		Label(own)
		d := l.vec()
		l.loadFrom(l.float(p, at), d)
		VADDPD(d, t, t)
		JMP(LabelRef(done))
	})
	return t
}

// become gives x the result of an operation where ready.
func (l *neuronLoop) become(x reg.VecVirtual, ready reg.Register, operation func(ops ...Op), a, b reg.VecVirtual) {
	if l.wide {
		operation(a, b, ready, x)
		return
	}
	operation(a, b, b)
	VBLENDVPD(ready, b, x, x)
}

// becomeBounded gives x the value max(Min, t), which is t unless Min > t.
func (l *neuronLoop) becomeBounded(x reg.VecVirtual, ready reg.Register, t reg.VecVirtual, at int) {
	low := l.vec()
	VMOVUPD(l.constant(cMin, at), low)
	l.become(x, ready, VMAXPD, t, low)
}

// after emits code after the loop, with the lanes at hand.
func (l *neuronLoop) after(emit func()) {
	rest := l.rest
	l.later = append(l.later, func() {
		l.rest = rest
		emit()
	})
}

func neuron(m model, each, wide bool) {
	l := &neuronLoop{model: m, each: each, wide: wide, at: map[string]reg.Register{}, held: map[int]reg.VecVirtual{}}
	isa := "AVX2"
	if wide {
		isa = "AVX512"
	}
	if each {
		l.name += "Each"
	}
	arrays := append([]string{"v"}, m.state...)
	TEXT(l.name+isa, NOSPLIT, fmt.Sprintf("func(p, %s *float64, ready *uint8, sum%s *int32, ext%s *float64, counts *uint8, drive *float64, n int, quantum, weight, one float64, spikes *uint16) int",
		strings.Join(arrays, ", "), strings.Join(m.signs, ", sum"), strings.Join(m.signs, ", ext")))
	doc := []string{fmt.Sprintf("%s%s advances neurons k = 0..n-1, n a positive multiple of 8, and returns", l.name, isa), "how many indices it stored in spikes, which has room for n:", ""}
	if wide {
		doc[0] = fmt.Sprintf("%s%s advances neurons k = 0..n-1, n > 0, and returns how many", l.name, isa)
		doc[1] = "indices it stored in spikes, which has room for n:"
	}
	for i, s := range m.signs {
		more := " + ext" + s
		if i == 0 {
			more += ", or + (0 + weight*counts)"
		}
		doc = append(doc, fmt.Sprintf("\tinput%s := quantum*sum%s%s; sum%s, ext%s = 0, 0", s, s, more, s, s))
	}
	for _, d := range m.doc {
		doc = append(doc, "\t"+d)
	}
	doc = append(doc, "\tif !ready { x = v }", "\tif x >= Theta { x = Reset; *spikes++ = k }", "\tv = x", "")
	if each {
		doc = append(doc, "p are groups of constants of eight neurons each.")
	}
	Doc(append(doc, "ready has a bit for each neuron. counts takes the place of ext; both may be nil. So may", "drive be, which then is one.")...)
	Pragma("noescape")

	l.p = Load(Param("p"), GP64())
	for _, name := range arrays {
		l.at[name] = Load(Param(name), GP64())
	}
	l.ready = Load(Param("ready"), GP64())
	for _, s := range m.signs {
		l.at["sum"+s] = Load(Param("sum"+s), GP64())
	}
	l.spikes = Load(Param("spikes"), GP64())
	if wide && !each {
		for j, c := range m.constant {
			if c == cReset || m.name == "expMerged" && (c == cP32In || c == cP11In) {
				continue
			}
			l.held[c] = ZMM()
			VBROADCASTSD(Mem{Base: l.p, Disp: 8 * j}, l.held[c])
		}
	}
	l.zero, l.quantum, l.drive = l.vec(), l.vec(), l.vec()
	if wide {
		VPXORQ(l.zero, l.zero, l.zero)
	} else {
		VXORPD(l.zero, l.zero, l.zero)
	}
	VBROADCASTSD(address("quantum"), l.quantum)
	VBROADCASTSD(address("one"), l.drive)
	l.k = GP64()
	XORQ(l.k, l.k)

	at := 2 * l.lanes()
	if wide {
		CMPQ(l.left(), Imm(uint64(at)))
		JLT(LabelRef("rest"))
	}
	Label("loop")
	if wide {
		for _, name := range arrays {
			for h := range 2 {
				PREFETCHT0(l.float(l.at[name], neuronsAhead+h*l.lanes()))
			}
		}
		for _, s := range m.signs {
			PREFETCHT0(Mem{Base: l.at["sum"+s], Index: l.k, Scale: 4, Disp: 4 * neuronsAhead})
		}
	}
	l.vectors(2)
	l.next(at)
	CMPQ(l.left(), Imm(uint64(at)))
	JGE(LabelRef("loop"))
	if wide {
		Label("rest")
		l.tail()
	}
	VZEROUPPER()
	begin := Load(Param("spikes"), GP64())
	SUBQ(begin, l.spikes)
	SHRQ(Imm(1), l.spikes)
	Store(l.spikes, ReturnIndex(0))
	RET()
	for _, emit := range l.later {
		emit()
	}
}

// next goes on by n neurons.
func (l *neuronLoop) next(n int) {
	if l.each {
		ADDQ(U32(8*n*len(l.model.constant)), l.p)
	}
	ADDQ(Imm(uint64(n/eight)), l.ready)
	ADDQ(Imm(uint64(n)), l.k)
}

// left returns how many neurons are left.
func (l *neuronLoop) left() reg.GPVirtual {
	n := Load(Param("n"), GP64()).(reg.GPVirtual)
	SUBQ(l.k, n)
	return n
}

// tail does the last neurons, up to 15, 8 at a time.
func (l *neuronLoop) tail() {
	n, bits := l.left(), GP64()
	JZ(LabelRef("end"))
	Label("tail")
	MOVL(U32(eight), bits.As32())
	CMPQ(n, bits)
	CMOVQGT(bits, n)
	MOVQ(n, reg.RCX)
	MOVL(U32(1), bits.As32())
	SHLL(reg.CL, bits.As32())
	SUBL(Imm(1), bits.As32())
	l.rest = K()
	KMOVW(bits.As32(), l.rest)
	l.vectors(1)
	l.rest = nil
	l.next(eight)
	Load(Param("n"), n)
	SUBQ(l.k, n)
	JGT(LabelRef("tail"))
	Label("end")
}

// vectors does one or two vectors of neurons.
func (l *neuronLoop) vectors(n int) {
	x := make([]reg.VecVirtual, n)
	in := l.inputs(n)
	var fired [2]reg.OpmaskVirtual
	var firedBits [2]reg.GPVirtual
	for h := range n {
		at := h * l.lanes()
		x[h] = l.load("v", at)
		const greaterOrEqual = 0x0d
		if l.wide {
			ready := K()
			KMOVB(Mem{Base: l.ready, Disp: h}, ready)
			l.of(l, x[h], ready, at, in[h])
			fired[h] = K()
			if l.rest != nil {
				VCMPPD(Imm(greaterOrEqual), l.constant(cTheta, at), x[h], l.rest, fired[h])
			} else {
				VCMPPD(Imm(greaterOrEqual), l.constant(cTheta, at), x[h], fired[h])
			}
			l.store(x[h], "v", at)
		} else {
			ready := YMM()
			VPBROADCASTB(Mem{Base: l.ready}, ready)
			bits := bitsOf4
			bits.Disp += 32 * h
			VPAND(bits, ready, ready)
			VPCMPEQQ(bits, ready, ready)
			l.of(l, x[h], ready, at, in[h])
			mask := YMM()
			VCMPPD(Imm(greaterOrEqual), l.constant(cTheta, at), x[h], mask)
			firedBits[h] = GP64()
			VMOVMSKPD(mask, firedBits[h].As32())
			l.store(x[h], "v", at)
		}
	}
	some, done, bits := l.label(), l.label(), GP64()
	if l.wide {
		KORTESTB(fired[0], fired[n-1])
		JNZ(LabelRef(some))
		Label(done)
		l.after(func() {
			Label(some)
			for h := range n {
				at, reset := h*l.lanes(), l.vec()
				VMOVUPD(l.constant(cReset, at), reset)
				VMOVUPD(reset, fired[h], l.float(l.at["v"], at))
			}
			if n == 2 {
				KUNPCKBW(fired[0], fired[1], fired[0])
			}
			KMOVW(fired[0], bits.As32())
			l.list(bits, false)
			JMP(LabelRef(done))
		})
		return
	}
	MOVL(firedBits[1].As32(), bits.As32())
	SHLL(Imm(4), bits.As32())
	ORL(firedBits[0].As32(), bits.As32())
	JNZ(LabelRef(some))
	Label(done)
	l.after(func() {
		Label(some)
		l.list(bits, true)
		JMP(LabelRef(done))
	})
}

// inputs returns the input of each vector and channel: from the sums, which it
// clears, and from ext or counts.
func (l *neuronLoop) inputs(n int) [][]reg.VecVirtual {
	in := make([][]reg.VecVirtual, n)
	for h := range n {
		in[h] = make([]reg.VecVirtual, len(l.signs))
	}
	for ch, sign := range l.signs {
		for h := range n {
			m := Mem{Base: l.at["sum"+sign], Index: l.k, Scale: 4, Disp: 4 * h * l.lanes()}
			in[h][ch] = l.vec()
			switch {
			case l.rest != nil:
				VCVTDQ2PD_Z(m, l.rest, in[h][ch])
				VMOVDQU32(l.zero.AsY(), l.rest, m)
			case l.wide:
				VCVTDQ2PD(m, in[h][ch])
				VMOVDQU(l.zero.AsY(), m)
			default:
				VCVTDQ2PD(m, in[h][ch])
				VMOVDQU(l.zero.AsX(), m)
			}
			VMULPD(l.quantum, in[h][ch], in[h][ch])
		}
		if ch == 0 {
			l.unlessNil("counts", func(p reg.Register) { l.addCounts(p, n, in) }, func() { l.addExt(n, ch, in) })
		} else {
			l.addExt(n, ch, in)
		}
	}
	return in
}

// unlessNil emits what is done with a pointer, after the loop, and in its place
// what is done where it is nil.
func (l *neuronLoop) unlessNil(param string, there func(p reg.Register), otherwise func()) {
	some, done, p := l.label(), l.label(), GP64()
	Load(Param(param), p)
	TESTQ(p, p)
	JNZ(LabelRef(some))
	otherwise()
	Label(done)
	l.after(func() {
		Label(some)
		there(p)
		JMP(LabelRef(done))
	})
}

func (l *neuronLoop) addExt(n, ch int, in [][]reg.VecVirtual) {
	l.unlessNil("ext"+l.signs[ch], func(p reg.Register) {
		for h := range n {
			m := l.float(p, h*l.lanes())
			x := l.vec()
			l.loadFrom(m, x)
			VADDPD(x, in[h][ch], in[h][ch])
			l.storeTo(l.zero, m)
		}
	}, func() {})
}

func (l *neuronLoop) addCounts(p reg.Register, n int, in [][]reg.VecVirtual) {
	weight := l.vec()
	VBROADCASTSD(address("weight"), weight)
	for h := range n {
		m := Mem{Base: p, Index: l.k, Scale: 1, Disp: h * l.lanes()}
		x := l.vec()
		switch {
		case l.rest != nil:
			VPMOVZXBD_Z(m, l.rest, x.AsY())
			VCVTDQ2PD(x.AsY(), x)
		case l.wide:
			VPMOVZXBD(m, x.AsY())
			VCVTDQ2PD(x.AsY(), x)
		default:
			VPMOVZXBD(m, x.AsX())
			VCVTDQ2PD(x.AsX(), x)
		}
		VMULPD(weight, x, x)
		VADDPD(l.zero, x, x)
		VADDPD(x, in[h][0], in[h][0])
	}
}

// list stores the indices of the neurons in bits, and resets them if it is asked
// to.
func (l *neuronLoop) list(bits reg.GPVirtual, reset bool) {
	again := l.label()
	k, low := GP64(), GP64()
	Label(again)
	BSFL(bits.As32(), k.As32())
	if reset {
		at := Mem{Base: l.p, Disp: 8 * slices.Index(l.model.constant, cReset)}
		if l.each {
			at.Disp *= eight
			at.Index, at.Scale = k, 8
		}
		MOVQ(at, low)
		ADDQ(l.k, k)
		MOVQ(low, l.float(l.at["v"], 0).Idx(k, 8))
	} else {
		ADDQ(l.k, k)
	}
	MOVW(k.As16(), Mem{Base: l.spikes})
	ADDQ(Imm(2), l.spikes)
	LEAL(Mem{Base: bits, Disp: -1}, low.As32())
	ANDL(low.As32(), bits.As32())
	JNZ(LabelRef(again))
}

// address returns where a parameter is.
func address(param string) Mem {
	c, err := Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	return c.Addr
}
