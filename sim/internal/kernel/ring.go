package kernel

// In a shard of few neurons a source has so few synapses of each delay that the
// overhead of segments exceeds the cost of the synapses. There a row is a
// single list of words, all delivered when the source spikes, into sums for
// each of the next RingSteps steps. A word has the target in bits 0-11, the
// delay in bits 12-17, the weight in bits 18-31, signed.
const (
	// RingSlots is how many slots a shard with a ring can have.
	RingSlots = 1 << 12
	// RingSteps is how many steps ahead a ring reaches; a delay is shorter.
	RingSteps = 1 << 6
)

// A Ring holds the sums of RingSteps steps, those of step t at
// (t mod RingSteps)*RingSlots.
type Ring = [RingSlots * RingSteps]int32

// MakeRingSynapse packs a word; the weight must fit 14 bits, the delay be below
// RingSteps.
func MakeRingSynapse(target, delay uint16, weight int64) uint32 {
	return uint32(target) | uint32(delay)<<12 | uint32(weight)<<18
}

// DeliverRing adds the rows of spikes stamped step into ring.
func DeliverRing(rows []RingRow, syn []uint32, ring *Ring) { inUse.deliverRing(rows, syn, ring) }

func deliverRingScalar(rows []RingRow, syn []uint32, ring *Ring) {
	for _, r := range rows {
		at := r.Step % RingSteps * RingSlots
		for _, s := range syn[r.Index : uint64(r.Index)+uint64(r.N)] {
			ring[(s+at)%(RingSlots*RingSteps)] += int32(s) >> 18
		}
	}
}

// DeliverRingMultiple adds a row of a neuron that spiked several times.
func DeliverRingMultiple(row RingRow, times uint32, syn []uint32, ring *Ring) {
	at := row.Step % RingSteps * RingSlots
	for _, s := range syn[row.Index : uint64(row.Index)+uint64(row.N)] {
		ring[(s+at)%(RingSlots*RingSteps)] += int32(s) >> 18 * int32(times)
	}
}

// A RingRow is a row of N synapses from Index on, whose source spiked in Step
// (modulo anything that RingSteps divides).
type RingRow struct{ Index, N, Step uint32 }
