package kernel

import "cortigo/sim/internal/rng"

// PhiloxFill fills dst, whose length is a multiple of 4, with the blocks of
// counters c, c+stride, c+2*stride, ... in the first word.
func PhiloxFill(key rng.Key, c [4]uint32, stride uint32, dst []uint32) {
	inUse.philoxFill(key, c, stride, dst)
}

func philoxFillScalar(key rng.Key, c [4]uint32, stride uint32, dst []uint32) {
	for k := 0; k+4 <= len(dst); k += 4 {
		w := rng.Philox(c, key)
		copy(dst[k:k+4], w[:])
		c[0] += stride
	}
}
