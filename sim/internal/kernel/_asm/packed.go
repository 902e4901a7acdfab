package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	// tableBytes is the size of a class's table of weights, and chooseAt where the
	// bits lie that say which classes choose.
	tableBytes = 256 * 4
	chooseAt   = 32 * tableBytes
)

// packed writes the loop of DeliverPacked. It is that of other rows, with two
// ways through a segment: one weight for all, or one of a table for each.
func packed() {
	mask := groupMask("packedMask")
	TEXT("deliverPackedAMD64", NOSPLIT, "func(active *uint64, n int, due uint64, syn *uint16, weights, sum0, sum1 *int32) int")
	Doc("deliverPackedAMD64 is the loop of DeliverPacked over active[0:n], n > 0, for",
		"due < 1<<16; it returns how many cursors are left. It trusts the cursors.")
	Pragma("noescape")
	at := Load(Param("active"), GP64())
	end := Load(Param("n"), GP64())
	syn := Load(Param("syn"), GP64())
	weights := Load(Param("weights"), GP64())
	due, err := Param("due").Resolve()
	if err != nil {
		panic(err)
	}
	sum0, err := Param("sum0").Resolve()
	if err != nil {
		panic(err)
	}
	sum1, err := Param("sum1").Resolve()
	if err != nil {
		panic(err)
	}
	rest := GP64()
	MOVQ(at, rest)
	LEAQ(Mem{Base: at, Index: end, Scale: 8}, end)

	// prefetch touches the lines of the segment at cursor c, which it destroys.
	prefetch := func(c reg.GPVirtual, label string) {
		a, n, last, class := GP64(), GP64(), GP64(), GP64()
		MOVL(c.As32(), a.As32())
		LEAQ(Mem{Base: syn, Index: a, Scale: 2}, a)
		MOVQ(c, n)
		SHRQ(Imm(32), n)
		MOVL(n.As32(), class.As32())
		ANDL(U32(0x3ff), n.As32())
		SHRL(Imm(10), class.As32())
		LEAQ(Mem{Base: a, Index: n, Scale: 2}, last)
		XORL(c.As32(), c.As32())
		// The class is in the low 5 bits, which is what BTL looks at.
		choose := GP32()
		MOVL(Mem{Base: weights, Disp: chooseAt}, choose)
		BTL(class.As32(), choose)
		CMOVLCS(n.As32(), c.As32())
		ADDQ(c, last)
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
	CMPQ(step, due.Addr)
	JNE(LabelRef("keep"))

	Label("segment")
	sum, left, from, table := GP64(), GP64(), GP64(), GP64()
	MOVL(c.As32(), from.As32())
	LEAQ(Mem{Base: syn, Index: from, Scale: 2}, from)
	MOVQ(sum0.Addr, sum)
	BTQ(Imm(47), c)
	CMOVQCS(sum1.Addr, sum)
	MOVQ(c, left)
	SHRQ(Imm(32), left)
	MOVL(left.As32(), table.As32())
	ANDL(U32(0x3ff), left.As32())
	SHRL(Imm(10), table.As32())
	choose := GP32()
	MOVL(Mem{Base: weights, Disp: chooseAt}, choose)
	BTL(table.As32(), choose)
	tableOf := GP64()
	MOVL(table.As32(), tableOf.As32())
	JCS(LabelRef("choose"))

	Comment("One weight for all.")
	weight := GP64()
	ANDL(Imm(31), tableOf.As32())
	SHLL(Imm(10), tableOf.As32())
	MOVL(Mem{Base: weights, Index: tableOf, Scale: 1}, weight.As32())
	SUBQ(Imm(group), left)
	JLT(LabelRef("oneTail"))
	Label("oneGroups")
	for k := range group {
		target := GP64()
		MOVWLZX(Mem{Base: from, Disp: 2 * k}, target.As32())
		ADDL(weight.As32(), Mem{Base: sum, Index: target, Scale: 4})
	}
	ADDQ(Imm(2*group), from)
	SUBQ(Imm(group), left)
	JGE(LabelRef("oneGroups"))
	Label("oneTail")
	ADDQ(Imm(group), left)
	JZ(LabelRef("link"))
	LEAQ(Mem{Base: from, Index: left, Scale: 2}, from)
	keep := GP64()
	LEAQ(mask, keep)
	LEAQ(Mem{Base: keep, Index: left, Scale: 8}, keep)
	for k := range group {
		target, x := GP64(), GP64()
		MOVL(Mem{Base: keep, Disp: 8 * k}, x.As32())
		ANDL(weight.As32(), x.As32())
		MOVWLZX(Mem{Base: from, Disp: 2 * (k - group)}, target.As32())
		ADDL(x.As32(), Mem{Base: sum, Index: target, Scale: 4})
	}
	JMP(LabelRef("link"))

	Comment("A weight of the table for each.")
	Label("choose")
	ANDL(Imm(31), tableOf.As32())
	SHLL(Imm(10), tableOf.As32())
	ADDQ(weights, tableOf)
	choice := GP64()
	LEAQ(Mem{Base: from, Index: left, Scale: 2}, choice)
	odd := GP64()
	MOVL(left.As32(), odd.As32())
	ANDL(Imm(1), odd.As32())
	pick := func(disp int, x reg.GPVirtual) {
		MOVBLZX(Mem{Base: choice, Disp: disp}, x.As32())
		MOVL(Mem{Base: tableOf, Index: x, Scale: 4}, x.As32())
	}
	SUBQ(Imm(group), left)
	JLT(LabelRef("tail"))
	Label("groups")
	for k := range group {
		target, x := GP64(), GP64()
		pick(k, x)
		MOVWLZX(Mem{Base: from, Disp: 2 * k}, target.As32())
		ADDL(x.As32(), Mem{Base: sum, Index: target, Scale: 4})
	}
	ADDQ(Imm(2*group), from)
	ADDQ(Imm(group), choice)
	SUBQ(Imm(group), left)
	JGE(LabelRef("groups"))
	Label("tail")
	ADDQ(Imm(group), left)
	JZ(LabelRef("chosen"))
	LEAQ(Mem{Base: from, Index: left, Scale: 2}, from)
	ADDQ(left, choice)
	keep = GP64()
	LEAQ(mask, keep)
	LEAQ(Mem{Base: keep, Index: left, Scale: 8}, keep)
	for k := range group {
		target, x := GP64(), GP64()
		pick(k-group, x)
		ANDL(Mem{Base: keep, Disp: 8 * k}, x.As32())
		MOVWLZX(Mem{Base: from, Disp: 2 * (k - group)}, target.As32())
		ADDL(x.As32(), Mem{Base: sum, Index: target, Scale: 4})
	}
	Label("chosen")
	LEAQ(Mem{Base: choice, Index: odd, Scale: 1}, from)

	Label("link")
	link, place, gap := GP64(), GP64(), GP64()
	MOVWLZX(Mem{Base: from}, link.As32())
	TESTL(link.As32(), link.As32())
	JZ(LabelRef("cursor"))
	ADDQ(Imm(2), from)
	MOVBLZX(link.As8(), place.As32())
	MOVL(link.As32(), gap.As32())
	SHRL(Imm(8), gap.As32())
	ANDL(Imm(0x7f), gap.As32())
	CMPL(place.As32(), U32(255))
	JEQ(LabelRef("long"))
	Label("on")
	// The class stays, the rest is new.
	SHRQ(Imm(42), c)
	ANDL(Imm(31), c.As32())
	SHLL(Imm(10), c.As32())
	ORL(c.As32(), place.As32())
	ANDL(U32(0x8000), link.As32())
	ORL(link.As32(), place.As32())
	MOVQ(from, c)
	SUBQ(syn, c)
	SHRQ(Imm(1), c)
	SHLQ(Imm(32), place)
	ORQ(place, c)
	when := GP64()
	MOVQ(due.Addr, when)
	ADDQ(gap, when)
	SHLQ(Imm(48), when)
	ORQ(when, c)
	TESTL(gap.As32(), gap.As32())
	JZ(LabelRef("segment"))
	Label("keep")
	MOVQ(c, Mem{Base: rest})
	ADDQ(Imm(8), rest)
	JMP(LabelRef("cursor"))

	Label("long")
	MOVWLZX(Mem{Base: from}, place.As32())
	MOVWLZX(Mem{Base: from, Disp: 2}, gap.As32())
	ADDQ(Imm(4), from)
	JMP(LabelRef("on"))

	Label("done")
	active := Load(Param("active"), GP64())
	SUBQ(active, rest)
	SHRQ(Imm(3), rest)
	Store(rest, ReturnIndex(0))
	RET()
}
