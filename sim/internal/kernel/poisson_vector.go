package kernel

// A vectorTable holds a PoissonTable's columns in the form that vector loops
// read. Numbers fit a byte.
type vectorTable struct {
	few  *[2 * fewColumns]uint16 // at of each column, then below and, in the upper byte, above
	each *[4 * fewColumns]uint8  // the same byte by byte: lower and upper byte of at, below, above, for all columns each
	many *[manyColumns]uint32    // instead, for more columns: at, below, above from the lowest bits on
}

func newVectorTable(columns []column) *vectorTable {
	if len(columns) > fewColumns {
		many := new([manyColumns]uint32)
		for i, c := range columns {
			many[i] = uint32(c.at) | c.below<<16 | c.above<<24
		}
		return &vectorTable{many: many}
	}
	v := &vectorTable{few: new([2 * fewColumns]uint16), each: new([4 * fewColumns]uint8)}
	for i, c := range columns {
		v.few[i], v.few[fewColumns+i] = c.at, uint16(c.below|c.above<<8)
		for b, x := range []uint8{uint8(c.at), uint8(c.at >> 8), uint8(c.below), uint8(c.above)} {
			v.each[b*fewColumns+i] = x
		}
	}
	return v
}
