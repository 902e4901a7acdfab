package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
)

// Places of the round constants in the array that the loops get; each is there
// eight times over. The first rounds are short, since most of their inputs are
// the same for all counters; the array has what these come to.
const (
	kFirst    = 0  // to c2 of the first round
	kSecond0  = 1  // to c0 of the second round
	kSecond2  = 2  // to c2 of the second round
	kThird0   = 3  // to c0 of the third round
	kThird2   = 4  // to c2 of the third round
	kFull     = 5  // pairs of keys of the other rounds
	kAdvance  = 19 // what the counters advance by
	kZeroth   = 20 // to c0 of a round before the first
	allRounds = 10
)

// A philoxLoop generates Philox for a vector of counters that differ in word 0
// alone. The 32-bit words of the even and of the odd counters are kept in 64-bit
// lanes of their own, in the low halves; what the high halves hold does not
// matter. That is how the multiplication takes and gives them.
type philoxLoop struct {
	wide    bool
	factors Mem
	keys    reg.Register
	m       [2]reg.VecVirtual
	even    reg.OpmaskVirtual // 32-bit lanes 0, 2, ..., in AVX-512
	odd     reg.OpmaskVirtual
}

// factorsData are the factors of the multiplications.
func factorsData() Mem {
	factors := GLOBL("philoxFactors", RODATA|NOPTR)
	DATA(0, U32(philoxM0))
	DATA(4, U32(philoxM1))
	return factors
}

func philox() {
	factors := factorsData()
	for _, wide := range []bool{false, true} {
		philoxFill(&philoxLoop{wide: wide, factors: factors})
	}
}

func (l *philoxLoop) vec() reg.VecVirtual {
	if l.wide {
		return ZMM()
	}
	return YMM()
}

// begin loads what does not change.
func (l *philoxLoop) begin() {
	l.keys = Load(Param("keys"), GP64())
	for i := range l.m {
		l.m[i] = l.vec()
		VPBROADCASTD(l.factors.Offset(4*i), l.m[i])
	}
	if l.wide {
		l.even, l.odd = K(), K()
		x := GP64()
		MOVL(U32(0x5555), x.As32())
		KMOVW(x.As32(), l.even)
		KNOTW(l.even, l.odd)
	}
}

func (l *philoxLoop) key(j int) Mem { return Mem{Base: l.keys, Disp: 32 * j} }

// xor returns a ^ b ^ round constant j; b may be nil.
func (l *philoxLoop) xor(a, b reg.VecVirtual, j int) reg.VecVirtual {
	if l.wide {
		if b == nil {
			VPXORD_BCST(l.key(j), a, a)
		} else {
			VPTERNLOGD_BCST(Imm(0x96), l.key(j), b, a)
		}
		return a
	}
	if b != nil {
		VPXOR(b, a, a)
	}
	VPXOR(l.key(j), a, a)
	return a
}

// multiply returns M[i] * x and its high word.
func (l *philoxLoop) multiply(i int, x reg.VecVirtual) (p, high reg.VecVirtual) {
	p, high = l.vec(), l.vec()
	VPMULUDQ(l.m[i], x, p)
	VPSRLQ(Imm(32), p, high)
	return p, high
}

// words returns the four words of the blocks of each of the vectors of counters
// cs, in 32-bit lanes, by the given number of rounds. It destroys cs.
func (l *philoxLoop) words(cs []reg.VecVirtual, rounds int) [][4]reg.VecVirtual {
	// Round by round for all, which are independent: a multiplication takes long.
	half := make([][4]reg.VecVirtual, 2*len(cs))
	for i, c := range cs {
		half[2*i][0], half[2*i+1][0] = c, l.vec()
		VPSRLQ(Imm(32), c, half[2*i+1][0])
	}
	for r := range rounds - 1 {
		for h := range half {
			c := &half[h]
			switch r {
			case 0:
				p0, hi := l.multiply(0, c[0])
				c[2], c[3] = l.xor(hi, nil, kFirst), p0
			case 1:
				p1, hi := l.multiply(1, c[2])
				c[0], c[1] = l.xor(hi, nil, kSecond0), p1
				c[2] = l.xor(c[3], nil, kSecond2)
			case 2:
				p0, hi0 := l.multiply(0, c[0])
				p1, hi1 := l.multiply(1, c[2])
				c[0], c[1] = l.xor(hi1, c[1], kThird0), p1
				c[2], c[3] = l.xor(hi0, nil, kThird2), p0
			default:
				p0, hi0 := l.multiply(0, c[0])
				p1, hi1 := l.multiply(1, c[2])
				c[0], c[1] = l.xor(hi1, c[1], kFull+2*(r-3)), p1
				c[2], c[3] = l.xor(hi0, c[3], kFull+2*(r-3)+1), p0
			}
		}
	}
	for h := range half {
		c := &half[h]
		p0, p1 := l.vec(), l.vec()
		VPMULUDQ(l.m[0], c[0], p0)
		VPMULUDQ(l.m[1], c[2], p1)
		c[0], c[2] = p0, p1
	}
	final := kFull + 2*(rounds-4)
	out := make([][4]reg.VecVirtual, len(cs))
	for i := range out {
		e, o := &half[2*i], &half[2*i+1]
		out[i] = [4]reg.VecVirtual{
			l.xor(l.high(e[2], o[2]), l.low(e[1], o[1]), final), l.low(e[2], o[2]),
			l.xor(l.high(e[0], o[0]), l.low(e[3], o[3]), final+1), l.low(e[0], o[0]),
		}
	}
	return out
}

// low brings the low words of the lanes of even and of odd together.
func (l *philoxLoop) low(even, odd reg.VecVirtual) reg.VecVirtual {
	x := l.vec()
	if l.wide {
		VMOVDQA64(even, x)
		VMOVSLDUP(odd, l.odd, x)
	} else {
		VPSLLQ(Imm(32), odd, x)
		VPBLENDD(Imm(0xaa), x, even, x)
	}
	return x
}

// high brings the high words of the lanes of even and of odd together.
func (l *philoxLoop) high(even, odd reg.VecVirtual) reg.VecVirtual {
	x := l.vec()
	if l.wide {
		VMOVDQA64(odd, x)
		VMOVSHDUP(even, l.even, x)
	} else {
		VPSRLQ(Imm(32), even, x)
		VPBLENDD(Imm(0xaa), odd, x, x)
	}
	return x
}

func philoxFill(l *philoxLoop) {
	name := "philoxFillAVX2"
	if l.wide {
		name = "philoxFillAVX512"
	}
	lanes := l.lanes()
	TEXT(name, NOSPLIT, "func(keys, counters, dst *uint32, n int)")
	Doc(name+" stores the n blocks, a positive multiple of the lanes, of the",
		"counters whose word 0 is counters[i], then counters[i]+keys[kAdvance], ... In the 128-bit",
		"lane j, place p, of a vector of counters is the (lanes/4*p+j)th of these blocks.")
	Pragma("noescape")
	l.begin()
	dst := Load(Param("dst"), GP64())
	n := Load(Param("n"), GP64())
	counter := l.counters()
	Label("loop")
	for g, w := range l.words(l.next(counter, nil), allRounds) {
		Comment("Transpose four by four.")
		ab, cd := [2]reg.VecVirtual{l.vec(), l.vec()}, [2]reg.VecVirtual{l.vec(), l.vec()}
		VPUNPCKLDQ(w[1], w[0], ab[0])
		VPUNPCKHDQ(w[1], w[0], ab[1])
		VPUNPCKLDQ(w[3], w[2], cd[0])
		VPUNPCKHDQ(w[3], w[2], cd[1])
		for place := range 4 {
			out := l.vec()
			if place%2 == 0 {
				VPUNPCKLQDQ(cd[place/2], ab[place/2], out)
			} else {
				VPUNPCKHQDQ(cd[place/2], ab[place/2], out)
			}
			l.store(out, Mem{Base: dst, Disp: 4*lanes*place + 16*lanes*g})
		}
	}
	ADDQ(U32(16*lanes*l.groups()), dst)
	SUBQ(Imm(uint64(lanes*l.groups())), n)
	JG(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// lanes is how many counters a vector holds.
func (l *philoxLoop) lanes() int {
	if l.wide {
		return 16
	}
	return 8
}

// groups is how many vectors of counters are in work at the same time: as many
// as there are registers for.
func (l *philoxLoop) groups() int {
	if l.wide {
		return 2
	}
	return 1
}

// counters loads the first counters.
func (l *philoxLoop) counters() []reg.VecVirtual {
	p := Load(Param("counters"), GP64())
	c := make([]reg.VecVirtual, l.groups())
	for g := range c {
		c[g] = l.vec()
		m := Mem{Base: p, Disp: 4 * l.lanes() * g}
		if l.wide {
			VMOVDQU32(m, c[g])
		} else {
			VMOVDQU(m, c[g])
		}
	}
	return c
}

// next returns the counters, with key added to by exclusive or if there is one,
// and advances them.
func (l *philoxLoop) next(counter []reg.VecVirtual, key Op) []reg.VecVirtual {
	out := make([]reg.VecVirtual, len(counter))
	for g, c := range counter {
		out[g] = l.vec()
		switch {
		case key != nil && l.wide:
			VPXORD_BCST(key, c, out[g])
		case key != nil:
			VPXOR(key, c, out[g])
		case l.wide:
			VMOVDQA64(c, out[g])
		default:
			VMOVDQA(c, out[g])
		}
		l.add(kAdvance, c)
	}
	return out
}

func (l *philoxLoop) store(x reg.VecVirtual, m Mem) {
	if l.wide {
		VMOVDQU32(x, m)
	} else {
		VMOVDQU(x, m)
	}
}

// add adds constant j to the lanes of x.
func (l *philoxLoop) add(j int, x reg.VecVirtual) {
	if l.wide {
		VPADDD_BCST(l.key(j), x, x)
	} else {
		VPADDD(l.key(j), x, x)
	}
}
