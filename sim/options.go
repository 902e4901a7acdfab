package sim

import (
	"fmt"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/exchange"
)

// An Option sets something about a network in New or Open.
type Option func(*options) error

type options struct {
	seed       uint64
	resolution float64
	engine     engine.Options
	share      share
	progress   func(doneMS, totalMS float64)
	memory     int64 // bytes; 0: what is available
}

func defaults() options { return options{seed: 1, resolution: 0.1} }

func (o *options) apply(opts []Option) error {
	for i, f := range opts {
		if f == nil {
			return fmt.Errorf("sim: option %d is nil", i)
		}
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

// Seed sets the seed of everything random; default 1.
func Seed(seed uint64) Option {
	return func(o *options) error { o.seed = seed; return nil }
}

// Resolution sets the length of a step in ms, a whole number of microseconds up
// to 1000 ms; default 0.1 ms.
func Resolution(ms float64) Option {
	return func(o *options) error {
		if _, err := clock.New(ms); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		o.resolution = ms
		return nil
	}
}

// maxThreads bounds Threads and Shards: more must be a mistake.
const maxThreads = 4096

// Threads sets the number of workers, 1 to 4096; 0, the default, takes as many
// as the machine has processors and the network has work for. It never changes
// a result.
func Threads(n int) Option {
	return func(o *options) error {
		if n < 0 || n > maxThreads {
			return fmt.Errorf("sim: threads is %d, must be in [0, %d]", n, maxThreads)
		}
		o.engine.Threads = n
		return nil
	}
}

// Shards sets into how many parts of at most 65,536 neurons the network is
// divided, 1 to 4096; 0, the default, makes one for each thread, or more if
// they are needed. It never changes a result.
func Shards(n int) Option {
	return func(o *options) error {
		if n < 0 || n > maxThreads {
			return fmt.Errorf("sim: shards is %d, must be in [0, %d]", n, maxThreads)
		}
		o.engine.Shards = n
		return nil
	}
}

// Share builds and runs only a part of the network, one of n shards for each
// thread, and draws the spikes of all other neurons at rates (spikes/s, by
// population). It measures the time that a thread of a larger machine would
// need. The spikes of such a network mean nothing, and it cannot be saved.
func Share(n int, rates []float64) Option {
	return func(o *options) error {
		if n < 2 || n > maxThreads {
			return fmt.Errorf("sim: share is one of %d, must be in [2, %d]", n, maxThreads)
		}
		for i, r := range rates {
			if !(r >= 0 && r <= 1e6) {
				return fmt.Errorf("sim: share: rate %d is %g spikes/s, must be in [0, 1e6]", i, r)
			}
		}
		o.share = share{n, rates}
		return nil
	}
}

// A share is what the option Share says.
type share struct {
	of    int       // 0: none
	rates []float64 // spikes/s
}

// checkShare reports rates that are not those of the network's populations.
func (n *Network) checkShare() error {
	if s := n.opts.share; s.of > 0 && len(s.rates) != len(n.desc.Populations) {
		return fmt.Errorf("sim: a share needs the rates of %d populations, not %d", len(n.desc.Populations), len(s.rates))
	}
	return nil
}

// engineOptions returns the options of the engine of the network as it is.
func (n *Network) engineOptions() engine.Options {
	o, s := n.opts.engine, n.opts.share
	if s.of == 0 {
		return o
	}
	o.Threads = max(1, min(o.Threads, s.of))
	rest := exchange.Rest{Rates: s.rates, Seed: n.desc.Seed, Step: n.desc.Resolution}
	for _, p := range n.desc.Populations {
		rest.Sizes = append(rest.Sizes, p.N)
	}
	o.Exchange = exchange.NewShare(o.Threads, s.of, rest)
	return o
}

// Progress makes Simulate call f, at most about ten times a second, with the ms
// of model time done and asked for in this call.
func Progress(f func(doneMS, totalMS float64)) Option {
	return func(o *options) error { o.progress = f; return nil }
}

// BuildProgress makes Build call f, at most about ten times a second, with the share
// of the work that is done, 1 at the end.
func BuildProgress(f func(share float64)) Option {
	return func(o *options) error { o.engine.Progress = f; return nil }
}
