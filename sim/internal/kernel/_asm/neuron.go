package main

import (
	"fmt"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Places of the constants in the array that the loops get; each is there four
// times over.
const (
	cP33 = iota
	cQuantum
	cTheta
	cReset
	cMin
	cWeight
	cDrive
	cP32Ex
	cP11Ex
	cP32In
	cP11In
)

// A model says what a loop computes.
type model struct {
	name     string
	signs    []string // suffixes of the names of current, sum and ext
	current  bool     // input goes into a synaptic current, else into V
	counts   bool     // Poisson counts instead of ext
	doc      []string
	constant []int // which the loop uses
	group    []int // constants of each neuron: their order in a group of eight neurons
}

// The layouts of expGroup and deltaGroup.
var (
	expGroup   = []int{cP33, cP32Ex, cP11Ex, cTheta, cReset, cP32In, cP11In}
	deltaGroup = []int{cP33, cTheta, cReset, cMin}
)

func neurons() {
	exp := func(signs ...string) []string {
		doc := []string{"x := (drive + P33*v)"}
		for _, s := range signs {
			doc[0] += " + P32" + s + "*i" + s
		}
		doc = append(doc, "if ref > 0 { x = v; ref-- }")
		for _, s := range signs {
			doc = append(doc, "i"+s+" = P11"+s+"*i"+s+" + (Quantum*sum"+s+" + ext"+s+"); sum"+s+", ext"+s+" = 0, 0")
		}
		return append(doc, "if x >= Theta { x, ref = Reset, refractory; *spikes++ = k }", "v = x")
	}
	counts := exp("")
	counts[2] = "i = P11*i + (Quantum*sum + (0 + weight*counts)); sum = 0"
	merged := []int{cP33, cQuantum, cTheta, cP32Ex, cP11Ex}
	delta := []string{"x := max((drive + P33*v) + (Quantum*sum + ext), Min); sum, ext = 0, 0", "if ref > 0 { x = v; ref-- }",
		"if x >= Theta { x, ref = Reset, refractory; *spikes++ = k }", "v = x"}
	for _, wide := range []bool{false, true} {
		neuron(model{name: "expMerged", signs: []string{""}, current: true, doc: exp(""), constant: merged}, wide)
		neuron(model{name: "expMergedCounts", signs: []string{""}, current: true, counts: true, doc: counts,
			constant: append(merged, cWeight)}, wide)
		neuron(model{name: "expSplit", signs: []string{"Ex", "In"}, current: true, doc: exp("Ex", "In"),
			constant: append(merged, cP32In, cP11In)}, wide)
		neuron(model{name: "deltaStep", signs: []string{""}, constant: []int{cP33, cQuantum, cTheta, cMin},
			doc: delta}, wide)
		neuron(model{name: "deltaStepCounts", signs: []string{""}, counts: true, constant: []int{cP33, cQuantum, cTheta, cMin, cWeight},
			doc: []string{"x := max((drive + P33*v) + (Quantum*sum + (0 + weight*counts)), Min); sum = 0", "if ref > 0 { x = v; ref-- }",
				"if x >= Theta { x, ref = Reset, refractory; *spikes++ = k }", "v = x"}}, wide)
		neuron(model{name: "expMergedEach", signs: []string{""}, current: true, doc: exp(""), group: expGroup}, wide)
		neuron(model{name: "expSplitEach", signs: []string{"Ex", "In"}, current: true, doc: exp("Ex", "In"), group: expGroup}, wide)
		neuron(model{name: "deltaStepEach", signs: []string{""}, doc: delta, group: deltaGroup}, wide)
	}
}

// eight is how many neurons share a vector of refractory counters.
const eight = 8

// A neuronLoop is the state of generating one loop: vectors of 8 lanes in Z
// registers, or two halves of 4 lanes in Y registers.
type neuronLoop struct {
	model
	wide   bool
	c      reg.Register
	held   map[int]reg.VecVirtual // constants in registers
	zero   reg.VecVirtual
	k      reg.GPVirtual // first neuron of the group
	labels int
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

// constant returns constant j for the neurons from at on, counted from the start
// of the loop's groups: a register, or memory where registers are few or each
// neuron has its own.
func (l *neuronLoop) constant(j, at int) Op {
	if r, ok := l.held[j]; ok {
		return r
	}
	if l.group != nil {
		return l.own(j, at)
	}
	return Mem{Base: l.c, Disp: 32 * j}
}

// own returns where constant j of the neurons from at on is in their groups.
func (l *neuronLoop) own(j, at int) Mem {
	place := slices.Index(l.group, j)
	if place < 0 {
		panic(fmt.Sprintf("%s has no constant %d", l.name, j))
	}
	return Mem{Base: l.c, Disp: 8 * (at/eight*eight*len(l.group) + eight*place + at%eight)}
}

func neuron(m model, wide bool) {
	l := &neuronLoop{model: m, wide: wide, held: map[int]reg.VecVirtual{}}
	isa := "AVX2"
	groups := 1
	if wide {
		isa = "AVX512"
		groups = 2
	}
	params := "c, v"
	if m.current {
		for _, s := range m.signs {
			params += ", i" + s
		}
	}
	params += " *float64, ref *uint16, sum" + join(m.signs, ", sum") + " *int32, "
	if m.counts {
		params += "counts *uint8, "
	} else {
		params += "ext" + join(m.signs, ", ext") + " *float64, "
	}
	if m.group != nil {
		params += "drive *float64, n int, quantum float64, one float64, refractory *uint16, spikes *uint16"
	} else {
		params += "drive *float64, n int, refractory uint16, spikes *uint16"
	}
	TEXT(m.name+isa, NOSPLIT, "func("+params+") int")
	doc := []string{fmt.Sprintf("%s%s advances neurons k = 0..n-1, n a positive multiple of %d, and returns", m.name, isa, eight*groups),
		"how many indices it stored in spikes, which has room for n:", ""}
	for _, d := range m.doc {
		doc = append(doc, "\t"+d)
	}
	if m.group != nil {
		doc = append(doc, "", "c are groups of constants of eight neurons each. ext may be nil; so may drive,", "which then is one.")
	} else {
		doc = append(doc, "", "ext may be nil; so may drive, which then is the constant.")
	}
	Doc(doc...)
	Pragma("noescape")

	l.c = Load(Param("c"), GP64())
	v := Load(Param("v"), GP64())
	var current, sum []reg.Register
	for _, s := range m.signs {
		if m.current {
			current = append(current, Load(Param("i"+s), GP64()))
		}
		sum = append(sum, Load(Param("sum"+s), GP64()))
	}
	ref := Load(Param("ref"), GP64())
	spikes := Load(Param("spikes"), GP64())
	if wide {
		for _, j := range m.constant {
			r := ZMM()
			VBROADCASTSD(Mem{Base: l.c, Disp: 32 * j}, r)
			l.held[j] = r
		}
	}
	l.zero = l.vec()
	if wide {
		VPXORQ(l.zero, l.zero, l.zero)
	} else {
		VXORPD(l.zero, l.zero, l.zero)
	}
	unit := XMM()
	VPCMPEQW(unit, unit, unit)
	VPSRLW(Imm(15), unit, unit)
	d := l.vec()
	if l.group != nil {
		VBROADCASTSD(address("one"), d)
		l.held[cQuantum] = l.vec()
		VBROADCASTSD(address("quantum"), l.held[cQuantum])
	} else {
		VBROADCASTSD(Mem{Base: l.c, Disp: 32 * cDrive}, d)
	}
	l.k = GP64()
	XORQ(l.k, l.k)

	Label("loop")
	for g := range groups {
		base := eight * g
		r := XMM()
		VMOVDQU(Mem{Base: ref, Index: l.k, Scale: 2, Disp: 2 * base}, r)
		var ready, refractory reg.OpmaskVirtual
		readyWords := XMM()
		if wide {
			ready, refractory = K(), K()
			VPTESTNMW(r, r, ready)
			VPTESTMW(r, r, refractory)
		} else {
			VPCMPEQW(l.zero.AsX(), r, readyWords)
		}
		var fired [2]reg.GPVirtual
		var firedMask reg.OpmaskVirtual
		for h := 0; h < eight/l.lanes(); h++ {
			at := base + h*l.lanes()
			float := func(p reg.Register) Mem { return Mem{Base: p, Index: l.k, Scale: 8, Disp: 8 * at} }
			var in []reg.VecVirtual
			for ch, s := range m.signs {
				in = append(in, l.input(sum[ch], s, at))
			}
			one := l.label()
			p := GP64()
			Load(Param("drive"), p)
			TESTQ(p, p)
			JZ(LabelRef(one))
			VMOVUPD(float(p), d)
			Label(one)
			x, t := l.vec(), l.vec()
			VMOVUPD(float(v), x)
			VMULPD(l.constant(cP33, at), x, t)
			VADDPD(d, t, t)
			var i []reg.VecVirtual
			if m.current {
				for ch := range m.signs {
					u := l.vec()
					i = append(i, l.vec())
					VMOVUPD(float(current[ch]), i[ch])
					VMULPD(l.constant([]int{cP32Ex, cP32In}[ch], at), i[ch], u)
					VADDPD(u, t, t)
				}
			} else {
				VADDPD(in[0], t, t)
				// max(Min, t) is t unless Min > t.
				low := l.vec()
				VMOVUPD(l.constant(cMin, at), low)
				VMAXPD(t, low, t)
			}
			if wide {
				VMOVAPD(t, ready, x)
			} else {
				mask := YMM()
				half := readyWords
				if h == 1 {
					half = XMM()
					VPSRLDQ(Imm(8), readyWords, half)
				}
				VPMOVSXWQ(half, mask)
				VBLENDVPD(mask, t, x, x)
			}
			if m.current {
				for ch := range m.signs {
					VMULPD(l.constant([]int{cP11Ex, cP11In}[ch], at), i[ch], i[ch])
					VADDPD(in[ch], i[ch], i[ch])
					VMOVUPD(i[ch], float(current[ch]))
				}
			}
			const greaterOrEqual = 0x0d
			if wide {
				firedMask = K()
				VCMPPD(Imm(greaterOrEqual), l.constant(cTheta, at), x, firedMask)
			} else {
				mask := YMM()
				VCMPPD(Imm(greaterOrEqual), l.constant(cTheta, at), x, mask)
				fired[h] = GP64()
				VMOVMSKPD(mask, fired[h].As32())
			}
			VMOVUPD(x, float(v))
		}
		quiet := l.label()
		bits := GP64()
		store := func() {
			VPSUBUSW(unit, r, r)
			VMOVDQU(r, Mem{Base: ref, Index: l.k, Scale: 2, Disp: 2 * base})
		}
		still := l.label()
		if wide {
			KORTESTW(refractory, refractory)
			JZ(LabelRef(still))
			store()
			Label(still)
			KORTESTW(firedMask, firedMask)
			JZ(LabelRef(quiet))
			KMOVW(firedMask, bits.As32())
		} else {
			VPTEST(r, r)
			JZ(LabelRef(still))
			store()
			Label(still)
			MOVL(fired[1].As32(), bits.As32())
			SHLL(Imm(4), bits.As32())
			ORL(fired[0].As32(), bits.As32())
			JZ(LabelRef(quiet))
		}
		l.spikes(bits, base, v, ref, spikes)
		Label(quiet)
	}
	if l.group != nil {
		ADDQ(U32(8*eight*len(l.group)*groups), l.c)
	}
	ADDQ(Imm(uint64(eight*groups)), l.k)
	end := GP64()
	Load(Param("n"), end)
	CMPQ(l.k, end)
	JLT(LabelRef("loop"))
	VZEROUPPER()
	begin := Load(Param("spikes"), GP64())
	SUBQ(begin, spikes)
	SHRQ(Imm(1), spikes)
	Store(spikes, ReturnIndex(0))
	RET()
}

// input returns the input of a channel: from the sums, which it clears, and
// from ext or counts.
func (l *neuronLoop) input(sum reg.Register, sign string, at int) reg.VecVirtual {
	in := l.vec()
	m := Mem{Base: sum, Index: l.k, Scale: 4, Disp: 4 * at}
	VCVTDQ2PD(m, in)
	if l.wide {
		VMOVDQU(l.zero.AsY(), m)
	} else {
		VMOVDQU(l.zero.AsX(), m)
	}
	VMULPD(l.constant(cQuantum, at), in, in)
	p := GP64()
	if l.counts {
		Load(Param("counts"), p)
		x := l.vec()
		n := reg.Register(XMM())
		if l.wide {
			n = YMM()
		}
		VPMOVZXBD(Mem{Base: p, Index: l.k, Scale: 1, Disp: at}, n)
		VCVTDQ2PD(n, x)
		VMULPD(l.constant(cWeight, at), x, x)
		VADDPD(l.zero, x, x)
		VADDPD(x, in, in)
		return in
	}
	none := l.label()
	Load(Param("ext"+sign), p)
	TESTQ(p, p)
	JZ(LabelRef(none))
	ext := Mem{Base: p, Index: l.k, Scale: 8, Disp: 8 * at}
	VADDPD(ext, in, in)
	VMOVUPD(l.zero, ext)
	Label(none)
	return in
}

// spikes stores the indices of the neurons in bits, resets them and makes them
// refractory.
func (l *neuronLoop) spikes(bits reg.GPVirtual, base int, v, ref, spikes reg.Register) {
	again := l.label()
	k, low := GP64(), GP64()
	Label(again)
	BSFL(bits.As32(), k.As32())
	reset := Mem{Base: l.c, Disp: 32 * cReset}
	if l.group != nil {
		reset = l.own(cReset, base)
		lane := GP64()
		MOVQ(k, lane)
		reset.Index, reset.Scale = lane, 8
	}
	LEAQ(Mem{Base: k, Index: l.k, Scale: 1, Disp: base}, k)
	MOVW(k.As16(), Mem{Base: spikes})
	ADDQ(Imm(2), spikes)
	if l.group != nil {
		Load(Param("refractory"), low)
		MOVW(Mem{Base: low, Index: k, Scale: 2}, low.As16())
	} else {
		Load(Param("refractory"), low.As16())
	}
	MOVW(low.As16(), Mem{Base: ref, Index: k, Scale: 2})
	MOVQ(reset, low)
	MOVQ(low, Mem{Base: v, Index: k, Scale: 8})
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

func join(s []string, sep string) string {
	out := s[0]
	for _, x := range s[1:] {
		out += sep + x
	}
	return out
}
