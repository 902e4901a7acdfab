package kernel

// Packed rows hold the synapses of one source in one shard in 2 or 3 bytes each.
// They lie in 16-bit words: in segments of equal delay and channel, ordered by
// delay, as in other rows. A segment is the targets, then, where the source has
// weights to choose from, a byte each that says which, two to a word, the first
// in the low byte.
//
// A link follows each segment. In its low 8 bits it has the number of synapses
// of the next one, then in 7 bits how many steps later that is due, and in the
// last its channel. Where the number is 255, it is only the channel that counts,
// and two more words follow, with the number and the steps. A link of 0 ends the
// row.
//
// The bits of a cursor are those of other rows, but for the number of synapses,
// 32-41, which is less, and 42-46, the class of the source: see PackedWeights.

const (
	// MaxPackedSegment is how many synapses a packed segment can hold.
	MaxPackedSegment = 1<<10 - 1
	// PackedClasses is how many classes of sources there can be.
	PackedClasses = 1 << 5
	// PackedMargin is how many words there are before the first segment: loops read
	// that far.
	PackedMargin = 8

	longLink = 255
)

// PackedWeights are the weights of packed synapses, in quanta. The sources of a
// class, most often a population, share a table.
type PackedWeights struct {
	Table  [PackedClasses][256]int32
	Choose uint32 // bit k: synapses of class k have a byte each, others weigh Table[k][0]
}

// MakePackedCursor packs a cursor.
func MakePackedCursor(index uint32, n, class, channel int, due uint16) Cursor {
	return uint64(index) | uint64(n)<<32 | uint64(class)<<42 | uint64(channel)<<47 | uint64(due)<<48
}

// PackedLen returns the words that a segment of n synapses takes, without its
// link.
func PackedLen(n int, choose bool) int {
	if choose {
		return n + (n+1)/2
	}
	return n
}

// PackedLinkLen returns how many words the link before a segment takes.
func PackedLinkLen(n int, gap uint16) int {
	if n >= longLink || gap > 0x7f {
		return 3
	}
	return 1
}

// PutPackedLink stores the link before a segment of n synapses.
func PutPackedLink(to []uint16, n, channel int, gap uint16) {
	if PackedLinkLen(n, gap) == 1 {
		to[0] = uint16(n) | gap<<8 | uint16(channel)<<15
		return
	}
	to[0], to[1], to[2] = longLink|uint16(channel)<<15, uint16(n), gap
}

// A PackedSegment is where the segment of a cursor lies.
type PackedSegment struct {
	Class   int
	Channel int
	Targets []uint16
	Choice  []uint16 // two bytes each; nil where there is one weight
	link    uint32
}

// Segment returns the segment of a cursor.
func (w *PackedWeights) Segment(c Cursor, syn []uint16) PackedSegment {
	i, n := uint32(c), uint32(c>>32)&MaxPackedSegment
	s := PackedSegment{Class: int(c >> 42 & (PackedClasses - 1)), Channel: int(c >> 47 & 1), Targets: syn[i : i+n], link: i + n}
	if w.Choose>>s.Class&1 != 0 {
		s.link += (n + 1) / 2
		s.Choice = syn[i+n : s.link]
	}
	return s
}

// Weight returns the weight of the segment's synapse k.
func (w *PackedWeights) Weight(s *PackedSegment, k int) int32 {
	if s.Choice == nil {
		return w.Table[s.Class][0]
	}
	return w.Table[s.Class][uint8(s.Choice[k>>1]>>(8*(k&1)))]
}

// Next returns the cursor of the segment after s, of which c is the cursor;
// false if there is none.
func (s *PackedSegment) Next(c Cursor, syn []uint16) (Cursor, bool) {
	link := syn[s.link]
	if link == 0 {
		return 0, false
	}
	at, n, gap := s.link+1, uint64(link&0xff), uint64(link>>8&0x7f)
	if n == longLink {
		n, gap = uint64(syn[at]), uint64(syn[at+1])
		at += 2
	}
	return uint64(at) | n<<32 | c&((PackedClasses-1)<<42) | uint64(link>>15)<<47 | (c>>48+gap)<<48, true
}

// DeliverPacked is Deliver for packed rows.
func DeliverPacked(active []Cursor, step int64, syn []uint16, w *PackedWeights, sum0, sum1 *[1 << 16]int32) []Cursor {
	return inUse.deliverPacked(active, step, syn, w, sum0, sum1)
}

func deliverPackedScalar(active []Cursor, step int64, syn []uint16, w *PackedWeights, sum0, sum1 *[1 << 16]int32) []Cursor {
	rest := active[:0]
	due := uint16(step)
cursors:
	for _, c := range active {
		for uint16(c>>48) == due {
			s := w.Segment(c, syn)
			sum := sum0
			if s.Channel != 0 {
				sum = sum1
			}
			table := &w.Table[s.Class]
			if s.Choice == nil {
				x := table[0]
				for _, t := range s.Targets {
					sum[t] += x
				}
			} else {
				pairs := s.Targets[:len(s.Targets)&^1]
				for k := 0; k < len(pairs); k += 2 {
					b := s.Choice[k/2]
					sum[pairs[k]] += table[uint8(b)]
					sum[pairs[k+1]] += table[b>>8]
				}
				if len(pairs) < len(s.Targets) {
					sum[s.Targets[len(pairs)]] += table[uint8(s.Choice[len(pairs)/2])]
				}
			}
			next, ok := s.Next(c, syn)
			if !ok {
				continue cursors
			}
			c = next
		}
		rest = append(rest, c)
	}
	return rest
}

// DeliverPackedSplit is DeliverSplit for packed rows.
func DeliverPackedSplit(active []Cursor, step int64, syn []uint16, w *PackedWeights, sum0, sum1, positive *[1 << 16]int32) []Cursor {
	due := uint16(step)
	for _, c := range active {
		for uint16(c>>48) == due {
			s := w.Segment(c, syn)
			for k, t := range s.Targets {
				positive[t] += max(w.Weight(&s, k), 0)
			}
			next, ok := s.Next(c, syn)
			if !ok {
				break
			}
			c = next
		}
	}
	return DeliverPacked(active, step, syn, w, sum0, sum1)
}

// DeliverPackedMultiple is DeliverMultiple for packed rows.
func DeliverPackedMultiple(active []Multiple, step int64, syn []uint16, w *PackedWeights, sum0, sum1, positive *[1 << 16]int32) []Multiple {
	rest := active[:0]
	due := uint16(step)
cursors:
	for _, m := range active {
		c, times := m.Cursor, int32(m.Times)
		for uint16(c>>48) == due {
			s := w.Segment(c, syn)
			sum := sum0
			if s.Channel != 0 {
				sum = sum1
			}
			for k, t := range s.Targets {
				x := w.Weight(&s, k)
				sum[t] += x * times
				if positive != nil {
					positive[t] += max(x, 0) * times
				}
			}
			next, ok := s.Next(c, syn)
			if !ok {
				continue cursors
			}
			c = next
		}
		rest = append(rest, Multiple{c, m.Times})
	}
	return rest
}
