package sim

import (
	"fmt"
	"math"

	"cortigo/sim/internal/available"
	"cortigo/sim/internal/engine"
)

// EstimateMemory returns about how many bytes of memory a program needs at most to
// build and run this network, from what has been created and connected so far. It
// builds nothing, and is right to about 25 % for networks of more than a million
// synapses; where sources have few different weights it is too much, up to twice. The
// memory of recorders is not included.
func (n *Network) EstimateMemory() (bytes int64, err error) {
	err = n.reading("EstimateMemory", func() (err error) {
		bytes, err = n.estimateMemory()
		return err
	})
	return bytes, err
}

func (n *Network) estimateMemory() (int64, error) {
	bytes, err := engine.Memory(&n.desc, n.engineOptions())
	if err != nil {
		return 0, fmt.Errorf("sim: estimating the memory: %w", err)
	}
	return bytes, nil
}

// AvailableMemory returns how many bytes of memory this program may still use, and
// what limits it, such as "the control group's memory limit": the smallest of the
// machine's free memory, the limits of the control groups and that of the address
// space. ok is false if that is not known, on systems other than Linux.
func AvailableMemory() (bytes int64, bound string, ok bool) { return available.Memory() }

// MemoryLimit bounds the estimated memory of a network, in bytes: if the network
// needs more, building fails with a *MemoryError before it starts. 0, the default,
// is AvailableMemory; math.MaxInt64 is no bound.
func MemoryLimit(bytes int64) Option {
	return func(o *options) error {
		if bytes < 0 {
			return fmt.Errorf("sim: memory limit is %d bytes, must be >= 0", bytes)
		}
		o.memory = bytes
		return nil
	}
}

// A MemoryError says that a network is estimated to need more memory than it may
// use.
type MemoryError struct {
	Needed    int64  // bytes, see Network.EstimateMemory
	Available int64  // bytes
	Bound     string // what bounds them, see AvailableMemory
}

// Error names both figures and what bounds the one that is available.
func (e *MemoryError) Error() string {
	return fmt.Sprintf("sim: the network needs about %s of memory, of which %s are available (%s)", FormatBytes(e.Needed), FormatBytes(e.Available), e.Bound)
}

// FormatBytes writes a number of bytes for people, in MB or GB of 10^6 or 10^9.
func FormatBytes(bytes int64) string {
	switch x := float64(bytes); {
	case x < 9.5e6:
		return fmt.Sprintf("%.1f MB", x/1e6)
	case x < 9.995e8:
		return fmt.Sprintf("%.0f MB", x/1e6)
	case x < 9.95e9:
		return fmt.Sprintf("%.1f GB", x/1e9)
	default:
		return fmt.Sprintf("%.0f GB", x/1e9)
	}
}

// smallNetwork is memory that any machine has: for less, the available memory
// is not checked.
const smallNetwork = 64 << 20

// checkMemory reports a network for which there is not enough memory.
func (n *Network) checkMemory() error {
	if n.opts.memory == math.MaxInt64 {
		return nil
	}
	needed, err := n.estimateMemory()
	if err != nil {
		return nil // building says what is wrong
	}
	return CheckMemory(needed, n.opts.memory)
}

// CheckMemory returns a *MemoryError if MemoryLimit refuses a network that
// needs so many bytes.
func CheckMemory(needed, limit int64) error {
	bound, ok := "the limit that was set", true
	if limit == 0 {
		if needed < smallNetwork {
			return nil
		}
		limit, bound, ok = available.Memory()
	}
	if ok && needed > limit {
		return &MemoryError{needed, limit, bound}
	}
	return nil
}
