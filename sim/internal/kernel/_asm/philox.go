package main

import (
	"fmt"

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
	kLow      = 21 // added to Poisson numbers
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

func philox() {
	factors := GLOBL("philoxFactors", RODATA|NOPTR)
	DATA(0, U32(philoxM0))
	DATA(4, U32(philoxM1))
	for _, wide := range []bool{false, true} {
		philoxFill(&philoxLoop{wide: wide, factors: factors})
		poissonFour(&philoxLoop{wide: wide, factors: factors})
		poissonFourMany(&philoxLoop{wide: wide, factors: factors})
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

// bins is how many equal parts the range of a word is divided into, and one
// more than the thresholds that a vector search can have.
const bins = 32

// guideBits is by how many of a word's bits the guide of longer tables goes.
const guideBits = 12

func poissonFour(l *philoxLoop) {
	doc := []string{" draws Poisson numbers with the words of n blocks, a positive",
		"multiple of the lanes; number k of step s is dst<s>[k]. Word 0 of the counters",
		"of the blocks, one round on, is (counters[i] + a multiple of keys[kAdvance]) ^ keys[kZeroth]."}
	if l.wide {
		TEXT("poissonFourAVX512", NOSPLIT, "func(keys, counters, bin, below *uint32, dst0, dst1, dst2, dst3 *uint8, n int)")
		doc = append(doc, "bin[u>>27] thresholds are reached by all words of a bin; a word reaches", "threshold j if it is above below[j].")
		doc[0] = "poissonFourAVX512" + doc[0]
	} else {
		TEXT("poissonFourAVX2", NOSPLIT, "func(keys, counters, below *uint32, common, thresholds int, dst0, dst1, dst2, dst3 *uint8, n int)")
		doc = append(doc, "A word reaches threshold j if it, top bit flipped, is above below[8*j] as a signed",
			"number. Words that reach any from common on are rare.")
		doc[0] = "poissonFourAVX2" + doc[0]
	}
	Doc(doc...)
	Pragma("noescape")
	l.begin()
	counter := l.counters()
	n := Load(Param("n"), GP64())
	var dst [4]reg.Register
	for s := range dst {
		dst[s] = Load(Param("dst"+string(rune('0'+s))), GP64())
	}
	k := GP64()
	XORQ(k, k)
	if l.wide {
		l.poissonWide(counter, k, n, dst)
	} else {
		l.poissonNarrow(counter, k, n, dst)
	}
	VZEROUPPER()
	RET()
}

// poissonWide finds the number with a table of 32 bins of words and then
// compares with the thresholds in the bin, twice for all words, a third time to
// see whether there are more, which is rare.
func (l *philoxLoop) poissonWide(counter []reg.VecVirtual, k reg.GPVirtual, n reg.Register, dst [4]reg.Register) {
	var bin, below [2]reg.VecVirtual
	p := Load(Param("bin"), GP64())
	q := Load(Param("below"), GP64())
	for i := range 2 {
		bin[i], below[i] = ZMM(), ZMM()
		VMOVDQU32(Mem{Base: p, Disp: 64 * i}, bin[i])
		VMOVDQU32(Mem{Base: q, Disp: 64 * i}, below[i])
	}
	one := ZMM()
	VPTERNLOGD(Imm(0xff), one, one, one)
	VPSRLD(Imm(31), one, one)

	Label("loop")
	for g, w := range l.words(l.next(counter, l.key(kZeroth)), allRounds-1) {
		l.searchWide(w, bin, below, one, fmt.Sprint("Of", g))
		for s := range w {
			l.add(kLow, w[s])
			VPMOVDB(w[s], Mem{Base: dst[s], Index: k, Scale: 1, Disp: l.lanes() * g})
		}
	}
	ADDQ(Imm(uint64(l.lanes()*l.groups())), k)
	CMPQ(k, n)
	JLT(LabelRef("loop"))
}

// searchWide replaces words by how many thresholds they reach.
func (l *philoxLoop) searchWide(w [4]reg.VecVirtual, bin, below [2]reg.VecVirtual, one reg.VecVirtual, suffix string) {
	const above = 6 // not less or equal, unsigned
	var number, threshold [4]reg.VecVirtual
	var more [4]reg.OpmaskVirtual
	compare := func(s int) {
		VMOVDQA32(number[s], threshold[s])
		VPERMI2D(below[1], below[0], threshold[s])
		VPCMPUD(Imm(above), threshold[s], w[s], more[s])
	}
	for s := range w {
		number[s], threshold[s], more[s] = ZMM(), ZMM(), K()
		VPSRLD(Imm(27), w[s], number[s])
		VPERMI2D(bin[1], bin[0], number[s])
		for range 2 {
			compare(s)
			VPADDD(one, number[s], more[s], number[s])
		}
		compare(s)
	}
	KORTESTW(more[0], more[1])
	JNZ(LabelRef("more" + suffix))
	KORTESTW(more[2], more[3])
	JZ(LabelRef("found" + suffix))
	Label("more" + suffix)
	for s := range w {
		again, enough := fmt.Sprint("again", s, suffix), fmt.Sprint("enough", s, suffix)
		Label(again)
		KORTESTW(more[s], more[s])
		JZ(LabelRef(enough))
		VPADDD(one, number[s], more[s], number[s])
		compare(s)
		JMP(LabelRef(again))
		Label(enough)
	}
	Label("found" + suffix)
	for s := range w {
		VMOVDQA64(number[s], w[s])
	}
}

// poissonNarrow compares with one threshold after the other.
func (l *philoxLoop) poissonNarrow(counter []reg.VecVirtual, k reg.GPVirtual, n reg.Register, dst [4]reg.Register) {
	flip := YMM()
	VPCMPEQD(flip, flip, flip)
	VPSLLD(Imm(31), flip, flip)
	below := Load(Param("below"), GP64())

	Label("loop")
	w := l.words(l.next(counter, l.key(kZeroth)), allRounds-1)[0]
	var number [4]reg.VecVirtual
	for s := range w {
		number[s] = YMM()
		VPXOR(flip, w[s], w[s])
		VMOVDQU(l.key(kLow), number[s])
	}
	at, end := GP64(), GP64()
	threshold, reached := YMM(), YMM()
	Load(Param("common"), end)
	SHLQ(Imm(5), end)
	MOVQ(below, at)
	ADDQ(below, end)
	CMPQ(at, end)
	JGE(LabelRef("commonDone"))
	Label("common")
	VMOVDQU(Mem{Base: at}, threshold)
	for s := range w {
		VPCMPGTD(threshold, w[s], reached)
		VPSUBD(reached, number[s], number[s])
	}
	ADDQ(Imm(32), at)
	CMPQ(at, end)
	JLT(LabelRef("common"))
	Label("commonDone")
	Load(Param("thresholds"), end)
	SHLQ(Imm(5), end)
	ADDQ(below, end)
	Label("rare")
	CMPQ(at, end)
	JGE(LabelRef("found"))
	VMOVDQU(Mem{Base: at}, threshold)
	any := YMM()
	for s := range w {
		into := reached
		if s == 0 {
			into = any
		}
		VPCMPGTD(threshold, w[s], into)
		VPSUBD(into, number[s], number[s])
		if s > 0 {
			VPOR(into, any, any)
		}
	}
	ADDQ(Imm(32), at)
	VPTEST(any, any)
	JNZ(LabelRef("rare"))
	Label("found")
	for s := range w {
		l.storeBytes(number[s], Mem{Base: dst[s], Index: k, Scale: 1})
	}
	ADDQ(Imm(8), k)
	CMPQ(k, n)
	JLT(LabelRef("loop"))
}

// poissonFourMany writes the loop for tables with more thresholds than
// poissonFour's search takes. It reads a guide, which mostly gives the number,
// and then thresholds, one after the other, until none of a vector's words
// reaches its next.
func poissonFourMany(l *philoxLoop) {
	name := "poissonFourManyAVX2"
	if l.wide {
		name = "poissonFourManyAVX512"
	}
	TEXT(name, NOSPLIT, "func(keys, counters *uint32, guide *uint8, below *uint32, dst0, dst1, dst2, dst3 *uint8, n int)")
	Doc(name+" is the same for more thresholds: guide[u>>20] of them are",
		"reached by all words that begin like u; a word reaches threshold j if it is above",
		"below[j], of which the last is above all words. Three bytes after the guide are read.")
	Pragma("noescape")
	l.begin()
	counter := l.counters()
	n := Load(Param("n"), GP64())
	guide, below := Load(Param("guide"), GP64()), Load(Param("below"), GP64())
	var dst [4]reg.Register
	for s := range dst {
		dst[s] = Load(Param("dst"+string(rune('0'+s))), GP64())
	}
	k := GP64()
	XORQ(k, k)
	// one has a 1 in each lane, in AVX2 the top bit; all is a mask of all lanes,
	// which in AVX2 are the same.
	one := l.vec()
	var all reg.Register = one
	if l.wide {
		mask := K()
		KXNORW(mask, mask, mask)
		all = mask
		VPTERNLOGD(Imm(0xff), one, one, one)
		VPSRLD(Imm(31), one, one)
	} else {
		VPCMPEQD(one, one, one)
		VPSLLD(Imm(31), one, one)
	}

	Label("loop")
	for g, w := range l.words(l.next(counter, l.key(kZeroth)), allRounds-1) {
		for s := range w {
			number := l.vec()
			suffix := fmt.Sprint(s, "Of", g)
			VPSRLD(Imm(32-guideBits), w[s], number)
			number = l.gather(guide, number, 1, all)
			VPSLLD(Imm(24), number, number)
			VPSRLD(Imm(24), number, number)
			if !l.wide {
				VPXOR(one, w[s], w[s])
			}
			Label("again" + suffix)
			threshold := l.gather(below, number, 4, all)
			if l.wide {
				const above = 6 // not less or equal, unsigned
				more := K()
				VPCMPUD(Imm(above), threshold, w[s], more)
				KORTESTW(more, more)
				JZ(LabelRef("enough" + suffix))
				VPADDD(one, number, more, number)
			} else {
				VPXOR(one, threshold, threshold)
				VPCMPGTD(threshold, w[s], threshold)
				VPTEST(threshold, threshold)
				JZ(LabelRef("enough" + suffix))
				VPSUBD(threshold, number, number)
			}
			JMP(LabelRef("again" + suffix))
			Label("enough" + suffix)
			l.add(kLow, number)
			if l.wide {
				VPMOVDB(number, Mem{Base: dst[s], Index: k, Scale: 1, Disp: l.lanes() * g})
			} else {
				l.storeBytes(number, Mem{Base: dst[s], Index: k, Scale: 1})
			}
		}
	}
	ADDQ(Imm(uint64(l.lanes()*l.groups())), k)
	CMPQ(k, n)
	JLT(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// gather returns the doublewords at index times scale bytes after base. The
// processor waits for what was in the register before, so that is the index.
func (l *philoxLoop) gather(base reg.Register, index reg.VecVirtual, scale uint8, all reg.Register) reg.VecVirtual {
	x := l.vec()
	m := Mem{Base: base, Index: index, Scale: scale}
	if l.wide {
		left := K()
		KMOVW(all, left)
		VMOVDQA32(index, x)
		VPGATHERDD(m, left, x)
		return x
	}
	left := l.vec()
	VMOVDQA(all, left)
	VMOVDQA(index, x)
	VPGATHERDD(left, m, x)
	return x
}

// storeBytes stores the low bytes of the eight lanes of x, which it destroys.
func (l *philoxLoop) storeBytes(x reg.VecVirtual, m Mem) {
	high := XMM()
	VEXTRACTI128(Imm(1), x, high)
	VPACKUSDW(high, x.AsX(), high)
	VPACKUSWB(high, high, high)
	VMOVQ(high, m)
}
