package spikes

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// A Digest is the SHA-256 of spikes in order of step, then neuron, each as a
// little-endian int64 step and int32 neuron id: two runs with the same digest
// had the same spikes. The zero value is not usable; call NewDigest.
type Digest struct {
	h   hash.Hash
	buf []byte
}

// NewDigest returns the digest of no spikes.
func NewDigest() *Digest { return &Digest{h: sha256.New()} }

// Add appends spikes, which must be sorted and must not precede those added
// before.
func (g *Digest) Add(step []int64, neuron []int32) {
	b := g.buf[:0]
	for i, s := range step {
		b = binary.LittleEndian.AppendUint64(b, uint64(s))
		b = binary.LittleEndian.AppendUint32(b, uint32(neuron[i]))
	}
	g.h.Write(b)
	g.buf = b
}

// Hex returns the digest of what was added so far, as lower-case hexadecimal.
func (g *Digest) Hex() string { return hex.EncodeToString(g.h.Sum(nil)) }

// DigestOf returns the digest of d's spikes, which must be sorted.
func DigestOf(d *Data) string {
	g := NewDigest()
	const chunk = 1 << 16
	for i := 0; i < d.Len(); i += chunk {
		j := min(i+chunk, d.Len())
		g.Add(d.Step[i:j], d.Neuron[i:j])
	}
	return g.Hex()
}
