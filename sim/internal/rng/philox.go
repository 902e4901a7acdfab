// Package rng draws random numbers from streams that are named by what is
// drawn: the seed is the key of a counter-based generator, and the counter
// names the purpose and the element. No stream belongs to a thread, so no
// number depends on how the work is divided.
//
//	philox.go          the generator
//	stream.go          what a counter names; a sequential reader of one stream
//	discrete.go        draws from a finite distribution
//	binomial.go        binomial draws, for dividing synapses among targets
//	hypergeometric.go  the same without replacement
//	subset.go          distinct integers
package rng

const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
	philoxW0 = 0x9E3779B9
	philoxW1 = 0xBB67AE85
)

// A Key seeds the generator.
type Key [2]uint32

// NewKey returns the key of a 64-bit seed.
func NewKey(seed uint64) Key { return Key{uint32(seed), uint32(seed >> 32)} }

// Philox is Philox4x32-10 of Salmon et al. (2011), "Parallel random numbers: as
// easy as 1, 2, 3": four random words for a counter.
func Philox(c [4]uint32, k Key) [4]uint32 {
	c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
	k0, k1 := k[0], k[1]
	for range 10 {
		p0 := uint64(philoxM0) * uint64(c0)
		p1 := uint64(philoxM1) * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += philoxW0
		k1 += philoxW1
	}
	return [4]uint32{c0, c1, c2, c3}
}
