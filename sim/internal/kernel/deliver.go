package kernel

// A Cursor is a place in a row of synapses.
//
// A synapse is one word: the target in the low 16 bits, above it the weight as a
// signed number of quanta, 16 bits of it in a uint32, 48 in a uint64.
//
// A row holds the synapses of one source in one shard, in segments of equal
// delay and channel, ordered by delay. Each segment is followed by a link word
// that describes the next: in its low 16 bits the number of synapses (15 bits)
// and the channel (1 bit), above them, in 16 bits, how many steps later it is
// due. A link of 0 ends the row.
//
// The bits of a cursor are: 0-31 the index of the next segment's first word,
// 32-46 its number of synapses, 47 its channel, 48-63 the step at which it is
// due, modulo 2^16. The cursor of a row's start has the first delay as its
// step; adding step<<48 to it gives the cursor of a spike in that step.
type Cursor = uint64

// MaxSegment is how many synapses a segment can hold.
const MaxSegment = 1<<15 - 1

// MakeCursor packs a cursor.
func MakeCursor(index uint32, n, channel int, due uint16) Cursor {
	return uint64(index) | uint64(n)<<32 | uint64(channel)<<47 | uint64(due)<<48
}

// MakeLink packs a link word.
func MakeLink(n, channel int, gap uint16) uint32 {
	return uint32(n) | uint32(channel)<<15 | uint32(gap)<<16
}

// Advance returns the cursor of the segment after c's, which the link word link
// describes. The link must not be 0.
func Advance(c Cursor, link uint32) Cursor {
	next := uint32(c) + uint32(c>>32)&MaxSegment + 1
	return uint64(next) | uint64(link&0xffff)<<32 | (c>>48+uint64(link>>16))<<48
}

// Deliver adds the segments of active that are due at step into the sums of
// their channel and returns the cursors that are still to come, in the same
// array. The order of cursors does not matter, since integers are added.
//
// Every cursor must belong to a row that ends within syn: this is checked once,
// when rows are built or loaded, and not again.
func Deliver(active []Cursor, step int64, syn []uint32, sum0, sum1 *[1 << 16]int32) []Cursor {
	return inUse.deliver(active, step, syn, sum0, sum1)
}

func deliverScalar(active []Cursor, step int64, syn []uint32, sum0, sum1 *[1 << 16]int32) []Cursor {
	rest := active[:0]
	due := uint16(step)
	for _, c := range active {
		if uint16(c>>48) != due {
			rest = append(rest, c)
			continue
		}
		for {
			sum := sum0
			if c>>47&1 != 0 {
				sum = sum1
			}
			i, n := uint64(uint32(c)), c>>32&MaxSegment
			segment := syn[i : i+n+1]
			for _, s := range segment[:n] {
				sum[uint16(s)] += int32(s) >> 16
			}
			link := segment[n]
			if link == 0 {
				break
			}
			c = Advance(c, link)
			if link>>16 != 0 {
				rest = append(rest, c)
				break
			}
		}
	}
	return rest
}

// DeliverSplit is Deliver that also adds the positive weights into positive, to
// record the two signs separately where there is a single channel.
func DeliverSplit(active []Cursor, step int64, syn []uint32, sum0, sum1, positive *[1 << 16]int32) []Cursor {
	due := uint16(step)
	for _, c := range active {
		for uint16(c>>48) == due {
			i, n := uint64(uint32(c)), c>>32&MaxSegment
			for _, s := range syn[i : i+n] {
				positive[uint16(s)] += max(int32(s)>>16, 0)
			}
			link := syn[i+n]
			if link == 0 {
				break
			}
			c = Advance(c, link)
		}
	}
	return Deliver(active, step, syn, sum0, sum1)
}

// DeliverWide is Deliver for rows of exact weights.
func DeliverWide(active []Cursor, step int64, syn []uint64, sum0, sum1 *[1 << 16]int64) []Cursor {
	return inUse.deliverWide(active, step, syn, sum0, sum1)
}

func deliverWideScalar(active []Cursor, step int64, syn []uint64, sum0, sum1 *[1 << 16]int64) []Cursor {
	rest := active[:0]
	due := uint16(step)
	for _, c := range active {
		if uint16(c>>48) != due {
			rest = append(rest, c)
			continue
		}
		for {
			sum := sum0
			if c>>47&1 != 0 {
				sum = sum1
			}
			i, n := uint64(uint32(c)), c>>32&MaxSegment
			segment := syn[i : i+n+1]
			for _, s := range segment[:n] {
				sum[uint16(s)] += int64(s) >> 16
			}
			link := uint32(segment[n])
			if link == 0 {
				break
			}
			c = Advance(c, link)
			if link>>16 != 0 {
				rest = append(rest, c)
				break
			}
		}
	}
	return rest
}

// DeliverWideSplit is DeliverSplit for rows of exact weights.
func DeliverWideSplit(active []Cursor, step int64, syn []uint64, sum0, sum1, positive *[1 << 16]int64) []Cursor {
	due := uint16(step)
	for _, c := range active {
		for uint16(c>>48) == due {
			i, n := uint64(uint32(c)), c>>32&MaxSegment
			for _, s := range syn[i : i+n] {
				positive[uint16(s)] += max(int64(s)>>16, 0)
			}
			link := uint32(syn[i+n])
			if link == 0 {
				break
			}
			c = Advance(c, link)
		}
	}
	return DeliverWide(active, step, syn, sum0, sum1)
}

// A Multiple is the cursor of a neuron that spiked several times in one step.
type Multiple struct {
	Cursor Cursor
	Times  uint32
}

// Due returns the step, modulo 2^16, at which the cursor is due.
func (m Multiple) Due() uint16 { return uint16(m.Cursor >> 48) }

// DeliverMultiple is Deliver, DeliverSplit where positive is not nil, for
// neurons that spiked several times: weights are added that often.
func DeliverMultiple[W uint32 | uint64, S int32 | int64](active []Multiple, step int64, syn []W, sum0, sum1, positive *[1 << 16]S) []Multiple {
	rest := active[:0]
	due := uint16(step)
cursors:
	for _, m := range active {
		c, times := m.Cursor, S(m.Times)
		for uint16(c>>48) == due {
			sum := sum0
			if c>>47&1 != 0 {
				sum = sum1
			}
			i, n := uint64(uint32(c)), c>>32&MaxSegment
			segment := syn[i : i+n+1]
			for _, s := range segment[:n] {
				sum[uint16(s)] += S(s) >> 16 * times
			}
			if positive != nil {
				for _, s := range segment[:n] {
					positive[uint16(s)] += max(S(s)>>16, 0) * times
				}
			}
			link := uint32(segment[n])
			if link == 0 {
				continue cursors
			}
			c = Advance(c, link)
		}
		rest = append(rest, Multiple{c, m.Times})
	}
	return rest
}
