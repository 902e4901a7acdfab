package rng

// A Subset draws distinct integers; the zero value is ready. It keeps its
// memory for the next draw.
type Subset struct {
	seen []uint64
	all  []uint32
}

// Draw fills dst with distinct integers below n >= len(dst), every sequence of
// them as likely as any other.
func (x *Subset) Draw(s *Stream, n uint32, dst []uint32) {
	if len(dst) > int(n/2) {
		x.shuffle(s, n, dst)
		return
	}
	words := int((uint64(n) + 63) / 64)
	if cap(x.seen) < words {
		x.seen = make([]uint64, words)
	}
	x.seen = x.seen[:words]
	for k := range dst {
		for {
			v := s.Below(n)
			if w := &x.seen[v/64]; *w>>(v%64)&1 == 0 {
				*w |= 1 << (v % 64)
				dst[k] = v
				break
			}
		}
	}
	for _, v := range dst {
		x.seen[v/64] = 0
	}
}

// shuffle does the first len(dst) steps of Fisher and Yates' shuffle.
func (x *Subset) shuffle(s *Stream, n uint32, dst []uint32) {
	if uint32(cap(x.all)) < n {
		x.all = make([]uint32, n)
	}
	x.all = x.all[:n]
	for i := range x.all {
		x.all[i] = uint32(i)
	}
	for k := range dst {
		i := uint32(k) + s.Below(n-uint32(k))
		x.all[k], x.all[i] = x.all[i], x.all[k]
		dst[k] = x.all[k]
	}
}
