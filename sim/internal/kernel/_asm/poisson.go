package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	poissonSteps  = 8 // that share a block
	poissonRounds = 10
	fewColumns    = 32
)

// A poissonLoop draws Poisson numbers with the words of philoxLoop, a number from
// each 16-bit lane of them, by tables of few columns or of many.
type poissonLoop struct {
	*philoxLoop
	many  bool
	data  *poissonData
	table reg.Register
	all   reg.Register      // a mask of all 32-bit lanes, for gathering
	few   [2]reg.VecVirtual // the table of few columns, in AVX-512
}

// poissonData are constants, most of them the same in all lanes.
type poissonData struct {
	lower, upper  Mem // byte of 16 bits
	half          Mem // the lower 16 bits of 32
	byte          Mem // the lowest of 4
	top           Mem // bit of 16
	column        Mem // bits of a column of few, in each byte
	past, through Mem // bytes: added to columns, one makes those from 16 on negative, the other those below
	// The order of bytes by step, of four counters and four steps, which come as
	// 0, 2, 1, 3; and the order of such doublewords, so that all of a step are
	// together: of 8 counters, or two steps of 32 counters.
	byStep, of8, of32, next32 Mem
}

func poisson() {
	data := func(name string, n int, of func(i int) uint32) Mem {
		m := GLOBL(name, RODATA|NOPTR)
		for i := range n {
			DATA(4*i, U32(of(i)))
		}
		return m
	}
	all := func(name string, x uint32) Mem { return data(name, 16, func(int) uint32 { return x }) }
	factors := factorsData()
	d := &poissonData{
		lower: all("poissonLower", 0x00ff00ff), upper: all("poissonUpper", 0xff00ff00),
		half: all("poissonHalf", 0x0000ffff), byte: all("poissonByte", 0x000000ff), top: all("poissonTop", 0x80008000),
		column: all("poissonColumn", 0x01010101*(fewColumns-1)), past: all("poissonPast", 0x70707070), through: all("poissonThrough", 0xf0f0f0f0),
		byStep: data("poissonByStep", 16, func(i int) uint32 { return 0x0c080400 + 0x01010101*[]uint32{0, 2, 1, 3}[i%4] }),
		of8:    data("poissonOf8", 8, func(i int) uint32 { return uint32(i/2 + i%2*4) }),
		of32:   data("poissonOf32", 16, func(i int) uint32 { return uint32(i/8 + i%8*4) }),
		next32: data("poissonNext32", 16, func(i int) uint32 { return uint32(i/8 + i%8*4 + 2) }),
	}
	for _, wide := range []bool{false, true} {
		for _, many := range []bool{false, true} {
			poissonCounts(&poissonLoop{philoxLoop: &philoxLoop{wide: wide, factors: factors}, many: many, data: d})
		}
	}
}

func poissonCounts(l *poissonLoop) {
	suffix, elem := "AVX2", "uint8"
	if l.wide {
		suffix, elem = "AVX512", "uint16"
	}
	name := "poissonCounts" + suffix
	doc := []string{
		name + " draws Poisson numbers with the blocks of n counters, a positive",
		fmt.Sprintf("multiple of %d; number k of step s is dst[s][k]. Word 0 of the counters of the", l.batch()),
		"blocks, one round on, is (counters[i] + a multiple of keys[kAdvance]) ^ keys[kZeroth].",
		"Each 16 bits u of a block make the number of a step: that above of the column of",
		"u's last bits if u is above the column's at, else that below. Where u is at, a bit",
		fmt.Sprintf("of unsure is set, which has those of %d counters after one another, ordered by", l.batch()),
	}
	if l.wide {
		doc = append(doc, "16 counters, word, counter, half of the word. The table has at of 32 columns, then", "below and, in the upper byte, above.")
	} else {
		doc = append(doc, "two words, counter, half, word. The table has the lower bytes of at of 32 columns,", "then the upper ones, then below, then above.")
	}
	if l.many {
		name, elem = "poissonCountsMany"+suffix, "uint32"
		doc = []string{name + " is the same for a table of 256 columns: at, below and above", "of a column are the bits of an element, from the lowest on."}
	}
	TEXT(name, NOSPLIT, fmt.Sprintf("func(keys, counters *uint32, table *%s, dst *[8]*uint8, unsure *uint64, n int)", elem))
	Doc(doc...)
	Pragma("noescape")
	l.begin()
	counter := l.counters()
	l.table = Load(Param("table"), GP64())
	unsure := Load(Param("unsure"), GP64())
	n := Load(Param("n"), GP64())
	rows := Load(Param("dst"), GP64())
	var dst [poissonSteps]reg.Register
	for s := range dst {
		dst[s] = GP64()
		MOVQ(Mem{Base: rows, Disp: 8 * s}, dst[s])
	}
	k := GP64()
	XORQ(k, k)
	place := func(step int) Mem { return Mem{Base: dst[step], Index: k, Scale: 1} }
	if l.wide {
		l.drawWide(counter, unsure, place)
	} else {
		l.drawNarrow(counter, unsure, place)
	}
	ADDQ(Imm(uint64(l.batch()*poissonSteps/8)), unsure)
	ADDQ(Imm(uint64(l.batch())), k)
	CMPQ(k, n)
	JLT(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// batch is how many counters are taken at a time.
func (l *poissonLoop) batch() int { return l.lanes() * l.groups() }

// drawWide is the inside of the loop for two groups of 16 counters.
func (l *poissonLoop) drawWide(counter []reg.VecVirtual, unsure reg.Register, place func(step int) Mem) {
	if l.many {
		mask := K()
		KXNORW(mask, mask, mask)
		l.all = mask
	} else {
		for i := range l.few {
			l.few[i] = ZMM()
			VMOVDQU16(Mem{Base: l.table, Disp: 2 * fewColumns * i}, l.few[i])
		}
	}
	byStep, of32, next32 := ZMM(), ZMM(), ZMM()
	VMOVDQU32(l.data.byStep, byStep)
	VMOVDQU32(l.data.of32, of32)
	VMOVDQU32(l.data.next32, next32)

	Label("loop")
	words := l.words(l.next(counter, l.key(kZeroth)), poissonRounds-1)
	for pair := range 2 { // of words
		var four [2]reg.VecVirtual // steps, of either group
		for g := range four {
			var number [2]reg.VecVirtual
			for i := range number {
				j := 2*pair + i
				number[i] = l.numberWide(words[g][j], Mem{Base: unsure, Disp: 4 * (4*g + j)})
			}
			VPSLLW(Imm(8), number[1], number[1])
			four[g] = l.choose(l.data.lower, number[0], number[1])
			VPSHUFB(byStep, four[g], four[g])
		}
		two := ZMM()
		VMOVDQA64(four[0], two)
		VPERMT2D(four[1], of32, two)
		VPERMT2D(four[1], next32, four[0])
		for i, x := range []reg.VecVirtual{two, four[0]} {
			step := 4*pair + 2*i
			VMOVDQU32(x.AsY(), place(step))
			VEXTRACTI64X4(Imm(1), x, place(step+1))
		}
	}
}

// choose returns, in AVX-512, the bits of a where mask has 1, else those of b. It destroys a.
func (l *poissonLoop) choose(mask Mem, a, b reg.VecVirtual) reg.VecVirtual {
	VPTERNLOGD(Imm(0xe4), mask, b, a) // a&mask | b&^mask
	return a
}

// numberWide returns the numbers of a vector of words, in the lower byte of each
// 16 bits, and stores the bits of those that are unsure.
func (l *poissonLoop) numberWide(w reg.VecVirtual, unsure Mem) reg.VecVirtual {
	at, number := ZMM(), ZMM()
	if l.many {
		// Twice, for the lower and for the upper halves of the words.
		lower, upper := ZMM(), ZMM()
		VPANDD(l.data.byte, w, lower)
		lower = l.gather(lower)
		VPSRLD(Imm(16), w, upper)
		VPANDD(l.data.byte, upper, upper)
		upper = l.gather(upper)
		VPSRLD(Imm(16), lower, number)
		VPSLLD(Imm(16), upper, at)
		at = l.choose(l.data.half, lower, at)
		number = l.choose(l.data.half, number, upper)
	} else {
		VPERMW(l.few[0], w, at)
		VPERMW(l.few[1], w, number)
	}
	const above = 6 // not less or equal, unsigned
	over, same := K(), K()
	VPCMPUW(Imm(above), at, w, over)
	VPCMPEQW(at, w, same)
	KMOVD(same, unsure)
	VPSRLW(Imm(8), number, over, number)
	return number
}

// gather returns the elements of a table of many columns at index. The processor
// waits for what was in the register before, so that is the index.
func (l *poissonLoop) gather(index reg.VecVirtual) reg.VecVirtual {
	x := l.vec()
	m := Mem{Base: l.table, Index: index, Scale: 4}
	if l.wide {
		left := K()
		KMOVW(l.all, left)
		VMOVDQA32(index, x)
		VPGATHERDD(m, left, x)
		return x
	}
	left := l.vec()
	VMOVDQA(l.all, left)
	VMOVDQA(index, x)
	VPGATHERDD(left, m, x)
	return x
}

// drawNarrow is the inside of the loop for 8 counters.
func (l *poissonLoop) drawNarrow(counter []reg.VecVirtual, unsure reg.Register, place func(step int) Mem) {
	if l.many {
		x := YMM()
		VPCMPEQD(x, x, x)
		l.all = x
	}

	Label("loop")
	words := l.words(l.next(counter, l.key(kZeroth)), poissonRounds-1)[0]
	for pair := range 2 {
		x := l.numbersNarrow([2]reg.VecVirtual{words[2*pair], words[2*pair+1]}, Mem{Base: unsure, Disp: 4 * pair})
		VPSHUFB(l.data.byStep, x, x)
		order := YMM()
		VMOVDQU(l.data.of8, order)
		VPERMD(x, order, x)
		high := XMM()
		VEXTRACTI128(Imm(1), x, high)
		for i, half := range []reg.VecVirtual{x.AsX().(reg.VecVirtual), high} {
			step := 4*pair + 2*i
			VMOVQ(half, place(step))
			VMOVHPS(half, place(step+1))
		}
	}
}

// numbersNarrow returns the numbers of two vectors of words, those of the first
// in the lower byte of each 16 bits, those of the second in the upper, and stores
// the bits of those that are unsure.
func (l *poissonLoop) numbersNarrow(w [2]reg.VecVirtual, unsure Mem) reg.VecVirtual {
	at, below, above := l.columnsNarrow(w)
	over, same := [2]reg.VecVirtual{}, [2]reg.VecVirtual{}
	for i := range w {
		over[i], same[i] = YMM(), YMM()
		VPCMPEQW(at[i], w[i], same[i])
		VPXOR(l.data.top, at[i], at[i]) // to compare as signed numbers
		VPXOR(l.data.top, w[i], w[i])
		VPCMPGTW(at[i], w[i], over[i])
	}
	bits := GP32()
	VPMOVMSKB(l.chooseUpper(same[0], same[1]), bits)
	MOVL(bits, unsure)
	number := YMM()
	VPBLENDVB(l.chooseUpper(over[0], over[1]), above, below, number)
	return number
}

// chooseUpper returns, in AVX2, the lower bytes of a's 16 bits and the upper of b's.
func (l *poissonLoop) chooseUpper(a, b reg.VecVirtual) reg.VecVirtual {
	x, mask := YMM(), YMM()
	VMOVDQU(l.data.upper, mask)
	VPBLENDVB(mask, b, a, x)
	return x
}

// columnsNarrow returns what the table has for two vectors of words: at, for each
// of them, and the numbers, together as in numbersNarrow.
func (l *poissonLoop) columnsNarrow(w [2]reg.VecVirtual) (at [2]reg.VecVirtual, below, above reg.VecVirtual) {
	shifted := func(x reg.VecVirtual, left bool) reg.VecVirtual {
		y := YMM()
		if left {
			VPSLLW(Imm(8), x, y)
		} else {
			VPSRLW(Imm(8), x, y)
		}
		return y
	}
	if l.many {
		var number [2]reg.VecVirtual
		for i := range w {
			lower, upper := YMM(), YMM()
			VPAND(l.data.byte, w[i], lower)
			lower = l.gather(lower)
			VPSRLD(Imm(16), w[i], upper)
			VPAND(l.data.byte, upper, upper)
			upper = l.gather(upper)
			at[i], number[i] = YMM(), YMM()
			VPSLLD(Imm(16), upper, at[i])
			VPBLENDW(Imm(0xaa), at[i], lower, at[i])
			VPSRLD(Imm(16), lower, number[i])
			VPBLENDW(Imm(0xaa), upper, number[i], number[i])
		}
		return at, l.chooseUpper(number[0], shifted(number[1], true)), l.chooseUpper(shifted(number[0], false), number[1])
	}
	// A shuffle looks up 16 elements, or none where the index is negative.
	first := l.chooseUpper(w[0], shifted(w[1], true))
	VPAND(l.data.column, first, first)
	second := YMM()
	VPADDB(l.data.through, first, second)
	VPADDB(l.data.past, first, first)
	lookUp := func(n int) reg.VecVirtual {
		x, y := YMM(), YMM()
		VBROADCASTI128(Mem{Base: l.table, Disp: fewColumns * n}, x)
		VBROADCASTI128(Mem{Base: l.table, Disp: fewColumns*n + 16}, y)
		VPSHUFB(first, x, x)
		VPSHUFB(second, y, y)
		VPOR(x, y, x)
		return x
	}
	lower, upper := lookUp(0), lookUp(1)
	at[0], at[1] = l.chooseUpper(lower, shifted(upper, true)), l.chooseUpper(shifted(lower, false), upper)
	return at, lookUp(2), lookUp(3)
}
