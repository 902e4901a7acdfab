package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

const (
	// rowBytes is the size of a RingRow.
	rowBytes = 12
	// rowsAhead is how many rows ahead are prefetched.
	rowsAhead = 6
	// ringMask keeps the index of a ring's sum: step and target.
	ringMask = 1<<18 - 1
)

// ring writes the loop of DeliverRing. A row is some ten to a hundred words
// somewhere in memory, so the rows to come are prefetched.
func ring() {
	TEXT("deliverRingAMD64", NOSPLIT, "func(rows *uint32, n int, syn *uint32, ring *int32)")
	Doc("deliverRingAMD64 is the loop of DeliverRing over rows[0:n]; it trusts the rows.",
		"",
		"\tfor _, r := range rows {",
		"\t\tat := r.Step % RingSteps * RingSlots",
		"\t\tfor _, s := range syn[r.Index : r.Index+r.N] {",
		"\t\t\tring[(s+at)%(RingSlots*RingSteps)] += int32(s) >> 18",
		"\t\t}",
		"\t}")
	Pragma("noescape")
	row := Load(Param("rows"), GP64())
	n := Load(Param("n"), GP64())
	syn := Load(Param("syn"), GP64())
	sums := Load(Param("ring"), GP64())
	fetch := GP64()
	MOVQ(row, fetch)
	ready := GP64() // rows that are not prefetched yet
	MOVQ(n, ready)
	budget := GP64()
	MOVQ(U32(rowsAhead), budget)

	prefetch := func(label string) {
		a, last := GP64(), GP64()
		MOVL(Mem{Base: fetch}, a.As32())
		MOVL(Mem{Base: fetch, Disp: 4}, last.As32())
		LEAQ(Mem{Base: syn, Index: a, Scale: 4}, a)
		LEAQ(Mem{Base: a, Index: last, Scale: 4}, last)
		ANDQ(I32(-line), a)
		Label(label)
		PREFETCHT0(Mem{Base: a})
		ADDQ(Imm(line), a)
		CMPQ(a, last)
		JLT(LabelRef(label))
		ADDQ(Imm(rowBytes), fetch)
		DECQ(ready)
	}

	Label("lead")
	TESTQ(ready, ready)
	JZ(LabelRef("row"))
	prefetch("leadLines")
	DECQ(budget)
	JNZ(LabelRef("lead"))

	Label("row")
	DECQ(n)
	JLT(LabelRef("done"))
	TESTQ(ready, ready)
	JZ(LabelRef("fetched"))
	prefetch("lines")
	Label("fetched")
	from, left, at := GP64(), GP64(), GP64()
	MOVL(Mem{Base: row}, from.As32())
	LEAQ(Mem{Base: syn, Index: from, Scale: 4}, from)
	MOVL(Mem{Base: row, Disp: 4}, left.As32())
	MOVL(Mem{Base: row, Disp: 8}, at.As32())
	SHLL(Imm(12), at.As32())
	ADDQ(Imm(rowBytes), row)
	add := func(k int) {
		x, t := GP64(), GP64()
		MOVL(Mem{Base: from, Disp: 4 * k}, x.As32())
		LEAL(Mem{Base: x, Index: at, Scale: 1}, t.As32())
		ANDL(U32(ringMask), t.As32())
		SARL(Imm(18), x.As32())
		ADDL(x.As32(), Mem{Base: sums, Index: t, Scale: 4})
	}
	SUBQ(Imm(8), left)
	JLT(LabelRef("rest"))
	Label("eight")
	for k := range 8 {
		add(k)
	}
	ADDQ(Imm(32), from)
	SUBQ(Imm(8), left)
	JGE(LabelRef("eight"))
	Label("rest")
	ADDQ(Imm(8), left)
	JZ(LabelRef("row"))
	Label("single")
	add(0)
	ADDQ(Imm(4), from)
	DECQ(left)
	JNZ(LabelRef("single"))
	JMP(LabelRef("row"))
	Label("done")
	RET()
}
