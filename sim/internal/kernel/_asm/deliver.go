package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	// ahead is how many cursors ahead segments are prefetched.
	ahead = 8
	// group is how many synapses are added without a branch.
	group = 8
	// linesShort is how many cache lines a segment may have to be prefetched
	// completely. Of a longer one only the first four are: the processor
	// prefetches the rest by itself, and lines that come too early push the sums
	// out of the cache.
	linesShort = 16
	// line is the size of a cache line in bytes.
	line = 64
)

func deliver() {
	mask := groupMask("deliverMask")
	deliverLoop("deliverAMD64", "uint32", 4, mask)
	deliverLoop("deliverWideAMD64", "uint64", 8, mask)
}

// groupMask writes the masks of a group: those from 8*k on keep its last k synapses.
func groupMask(name string) Mem {
	mask := GLOBL(name, RODATA|NOPTR)
	for k := range 2 * group {
		x := uint64(0)
		if k >= group {
			x = 1<<64 - 1
		}
		DATA(8*k, U64(x))
	}
	return mask
}

// touch prefetches the lines from a, where one begins, to the one with last, or the
// first four of many. It destroys both.
func touch(a, last reg.GPVirtual, label string) {
	long, few := GP64(), GP64()
	LEAQ(Mem{Base: a, Disp: line * linesShort}, long)
	LEAQ(Mem{Base: a, Disp: line * 3}, few)
	CMPQ(long, last)
	CMOVQLE(few, last)
	Label(label)
	for k := range 4 {
		PREFETCHT0(Mem{Base: a})
		ADDQ(Imm(line), a)
		CMPQ(a, last)
		if k < 3 {
			CMOVQGT(last, a)
		}
	}
	JLE(LabelRef(label))
}

// deliverLoop writes the loop for words of size bytes. Apart from memory,
// branches that depend on the length of a segment cost most, so there are few:
// lines are prefetched four at a time (the last line of a segment again if
// there are fewer), and the rest of a segment after full groups is a group that
// ends where the segment ends, with the weights that were added already masked
// out.
func deliverLoop(name, word string, size int, mask Mem) {
	TEXT(name, NOSPLIT, "func(active *uint64, n int, due uint64, syn *"+word+", sum0, sum1 *"+map[int]string{4: "int32", 8: "int64"}[size]+") int")
	Doc(name+" is the loop of Deliver over active[0:n], n > 0, for due < 1<<16; it",
		"returns how many cursors are left. It trusts the cursors.",
		"",
		"\tfor _, c := range active {",
		"\t\tfor c>>48 == due {",
		"\t\t\tfor _, s := range segment(c) {",
		"\t\t\t\tsum[channel(c)][uint16(s)] += s >> 16",
		"\t\t\t}",
		"\t\t\tif c = the next segment's cursor; none {",
		"\t\t\t\tcontinue outer",
		"\t\t\t}",
		"\t\t}",
		"\t\trest = append(rest, c)",
		"\t}")
	Pragma("noescape")
	at := Load(Param("active"), GP64())
	end := Load(Param("n"), GP64())
	due := Load(Param("due"), GP64())
	syn := Load(Param("syn"), GP64())
	sum0 := Load(Param("sum0"), GP64())
	sum1 := Load(Param("sum1"), GP64())
	scale := uint8(size)
	rest := GP64()
	MOVQ(at, rest)
	LEAQ(Mem{Base: at, Index: end, Scale: 8}, end)

	// prefetch touches the lines of the segment at cursor c, which it destroys.
	prefetch := func(c reg.GPVirtual, label string) {
		a, last := GP64(), GP64()
		MOVL(c.As32(), a.As32())
		LEAQ(Mem{Base: syn, Index: a, Scale: scale}, a)
		SHRQ(Imm(32), c)
		ANDL(U32(0x7fff), c.As32())
		LEAQ(Mem{Base: a, Index: c, Scale: scale}, last)
		ANDQ(I32(-line), a)
		touch(a, last, label)
	}

	Comment("Prefetch the first segments.")
	first, stop, c := GP64(), GP64(), GP64()
	MOVQ(at, first)
	LEAQ(Mem{Base: at, Disp: 8 * ahead}, stop)
	CMPQ(stop, end)
	CMOVQGT(end, stop)
	Label("lead")
	MOVQ(Mem{Base: first}, c)
	prefetch(c, "leadLines")
	ADDQ(Imm(8), first)
	CMPQ(first, stop)
	JLT(LabelRef("lead"))

	Label("cursor")
	CMPQ(at, end)
	JGE(LabelRef("done"))
	next := GP64()
	LEAQ(Mem{Base: at, Disp: 8 * ahead}, next)
	CMPQ(next, end)
	JGE(LabelRef("prefetched"))
	MOVQ(Mem{Base: next}, next)
	prefetch(next, "lines")
	Label("prefetched")
	c = GP64()
	MOVQ(Mem{Base: at}, c)
	ADDQ(Imm(8), at)
	step := GP64()
	MOVQ(c, step)
	SHRQ(Imm(48), step)
	CMPQ(step, due)
	JNE(LabelRef("keep"))

	Label("segment")
	sum, left, from := GP64(), GP64(), GP64()
	// c is used again: avo takes a MOVL from a register to itself for nothing, but
	// it clears the upper half.
	MOVL(c.As32(), from.As32())
	LEAQ(Mem{Base: syn, Index: from, Scale: scale}, from)
	MOVQ(sum0, sum)
	BTQ(Imm(47), c)
	CMOVQCS(sum1, sum)
	MOVQ(c, left)
	SHRQ(Imm(32), left)
	ANDL(U32(0x7fff), left.As32())
	SUBQ(Imm(group), left)
	JLT(LabelRef("tail"))
	Label("groups")
	for k := range group {
		x, target := GP64(), GP64()
		add(size, Mem{Base: from, Disp: size * k}, x, target, nil, sum)
	}
	ADDQ(Imm(uint64(size*group)), from)
	SUBQ(Imm(group), left)
	JGE(LabelRef("groups"))

	Label("tail")
	ADDQ(Imm(group), left)
	JZ(LabelRef("link"))
	before := GP64()
	LEAQ(Mem{Base: from, Index: left, Scale: scale}, from)
	LEAQ(Mem{Base: from, Disp: -size * group}, before)
	CMPQ(before, syn)
	JLT(LabelRef("begin"))
	keep := GP64()
	LEAQ(mask, keep)
	LEAQ(Mem{Base: keep, Index: left, Scale: 8}, keep)
	for k := range group {
		x, target := GP64(), GP64()
		m := Mem{Base: keep, Disp: 8 * k}
		add(size, Mem{Base: from, Disp: size * (k - group)}, x, target, &m, sum)
	}

	Label("link")
	link, place := GP64(), GP64()
	MOVL(Mem{Base: from}, link.As32())
	TESTL(link.As32(), link.As32())
	JZ(LabelRef("cursor"))
	LEAQ(Mem{Base: from, Disp: size}, c)
	SUBQ(syn, c)
	SHRQ(Imm(map[int]uint64{4: 2, 8: 3}[size]), c)
	MOVWQZX(link.As16(), place)
	SHLQ(Imm(32), place)
	ORQ(place, c)
	SHRL(Imm(16), link.As32())
	MOVQ(link, place)
	ADDQ(due, place)
	SHLQ(Imm(48), place)
	ORQ(place, c)
	TESTL(link.As32(), link.As32())
	JZ(LabelRef("segment"))
	Label("keep")
	MOVQ(c, Mem{Base: rest})
	ADDQ(Imm(8), rest)
	JMP(LabelRef("cursor"))

	Comment("There are no words before the segment to fill a group with.")
	Label("begin")
	NEGQ(left)
	Label("single")
	x, target := GP64(), GP64()
	add(size, Mem{Base: from, Index: left, Scale: scale}, x, target, nil, sum)
	INCQ(left)
	JNZ(LabelRef("single"))
	JMP(LabelRef("link"))

	Label("done")
	active := Load(Param("active"), GP64())
	SUBQ(active, rest)
	SHRQ(Imm(3), rest)
	Store(rest, ReturnIndex(0))
	RET()
}

// add adds the weight of the synapse at m, or 0 where keep is 0, to its
// target's sum.
func add(size int, m Mem, x, target reg.GPVirtual, keep *Mem, sum reg.Register) {
	if size == 4 {
		MOVL(m, x.As32())
		MOVWLZX(x.As16(), target.As32())
		SARL(Imm(16), x.As32())
		if keep != nil {
			ANDL(*keep, x.As32())
		}
		ADDL(x.As32(), Mem{Base: sum, Index: target, Scale: 4})
		return
	}
	MOVQ(m, x)
	MOVWLZX(x.As16(), target.As32())
	SARQ(Imm(16), x)
	if keep != nil {
		ANDQ(*keep, x)
	}
	ADDQ(x, Mem{Base: sum, Index: target, Scale: 8})
}
