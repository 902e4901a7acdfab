//go:build !noasm

package kernel

// The loops trust the cursors: they would read beyond the end of syn if a row
// did not end within it. They write only within the sums, whatever the words
// are.

func deliverAssembly(active []Cursor, step int64, syn []uint32, sum0, sum1 *[1 << 16]int32) []Cursor {
	if len(active) == 0 {
		return active
	}
	return active[:deliverAMD64(&active[0], len(active), uint64(uint16(step)), &syn[0], &sum0[0], &sum1[0])]
}

func deliverWideAssembly(active []Cursor, step int64, syn []uint64, sum0, sum1 *[1 << 16]int64) []Cursor {
	if len(active) == 0 {
		return active
	}
	return active[:deliverWideAMD64(&active[0], len(active), uint64(uint16(step)), &syn[0], &sum0[0], &sum1[0])]
}

func deliverPackedAssembly(active []Cursor, step int64, syn []uint16, w *PackedWeights, sum0, sum1 *[1 << 16]int32) []Cursor {
	if len(active) == 0 {
		return active
	}
	return active[:deliverPackedAMD64(&active[0], len(active), uint64(uint16(step)), &syn[0], &w.Table[0][0], &sum0[0], &sum1[0])]
}

func deliverRingAssembly(rows []RingRow, syn []uint32, ring *Ring) {
	if len(rows) > 0 {
		deliverRingAMD64(&rows[0].Index, len(rows), &syn[0], &ring[0])
	}
}
