package engine

import (
	"fmt"
	"math"
	"time"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/neuron"
)

// A shard is the unit of work: some neurons of every population with all the
// synapses onto them.
type shard struct {
	delivery.Synapses
	blocks []*block

	fired neuron.Spikes // of a block in this step

	// Spikes of an interval, in order of step, then neuron. There are two:
	// others still read the last interval's while this one's are written.
	spikes [2][]exchange.Spike

	deliverTime, updateTime, exchangeTime time.Duration
}

// addInputs brings what comes through the inbox: wide sums, then devices in the order
// they were attached.
func (b *block) addInputs(sh *shard, step int64) {
	if b.Grid.Wide {
		for ch, ext := range b.in.Ports {
			if ext == nil {
				continue
			}
			for tier := range b.Grid.TierCount() {
				from, q := b.Base+tier*b.N, b.Grid.TierQuantum(tier)
				sum := sh.SumWide[ch][from : from+b.N]
				for k, x := range sum {
					ext[k] += float64(q * float64(x))
				}
				if !b.following {
					clear(sum)
				}
			}
		}
	}
	if b.following {
		b.addSigns(sh)
	}
	if b.arrivals != nil {
		b.arrivals.add(&b.in, step)
	}
	for _, in := range b.inputs {
		in.Add(&b.in, step)
	}
}

// addSigns collects the two signs of what a merged sum holds.
func (b *block) addSigns(sh *shard) {
	signs, q := b.in.Signs, b.Grid.Quantum
	if b.Grid.Wide {
		for tier := range b.Grid.TierCount() {
			from, q := b.Base+tier*b.N, b.Grid.TierQuantum(tier)
			sum, positive := sh.SumWide[0][from:from+b.N], sh.PositiveW[from:from+b.N]
			for k, x := range sum {
				signs[0][k] += float64(q * float64(positive[k]))
				signs[1][k] += float64(q * float64(x-positive[k]))
			}
			clear(sum)
			clear(positive)
		}
		return
	}
	sum, positive := sh.Due(&b.Place, 0), sh.DuePositive(&b.Place)
	for k, x := range sum {
		signs[0][k] += float64(q * float64(positive[k]))
		signs[1][k] += float64(q * float64(x-positive[k]))
	}
	clear(positive)
}

// timedSteps is of how many steps one is timed, for all: reading the clock took a
// quarter of the time of a network of 100 neurons.
const timedSteps = 8

// isTimed chooses them without a period, as much else has one.
func isTimed(step int64) bool { return uint64(step)*0x9e3779b97f4a7c15>>61 == 0 }

// advance does one step: what arrives is added up, then the neurons move on.
// lag counts the steps from the beginning of the interval, whose spikes go to buf.
func (sh *shard) advance(e *Engine, step int64, lag, buf int) *delivery.StepError {
	timed := isTimed(step)
	var t0, t1 time.Time
	if timed {
		t0 = time.Now()
	}
	if err := sh.Deliver(step); err != nil {
		return err
	}
	if timed {
		t1 = time.Now()
	}
	for _, b := range sh.blocks {
		if b.N == 0 {
			continue
		}
		b.updateDrive(step)
		if b.Ring {
			sh.AddLong(&b.Place, b.following)
		}
		if step%settleSteps == 0 {
			if !b.settle() {
				return e.notFinite(b, step-1)
			}
		}
		b.advance(sh, step)
		if err := b.checkFired(&sh.fired); err != nil {
			err = fmt.Errorf("population %s: %w", brief.Quote(e.desc.Populations[b.Population].Name), err)
			return &delivery.StepError{Err: err, Step: step, Neuron: b.Number}
		}
		for i, k := range sh.fired.Neuron {
			m := int32(1)
			if len(sh.fired.Times) > 0 {
				m = sh.fired.Times[i]
				if m > e.bounds.Multiplicity[b.Population] {
					return e.tooMany(b, int(k), m, step)
				}
			}
			for ; m > math.MaxUint16; m -= math.MaxUint16 {
				sh.spikes[buf] = append(sh.spikes[buf], exchange.Spike{Neuron: uint32(b.Number + b.Index(int(k))), Lag: uint16(lag), Multiplicity: math.MaxUint16})
			}
			sh.spikes[buf] = append(sh.spikes[buf], exchange.Spike{Neuron: uint32(b.Number + b.Index(int(k))), Lag: uint16(lag), Multiplicity: uint16(m)})
		}
	}
	if timed {
		sh.deliverTime += timedSteps * t1.Sub(t0)
		sh.updateTime += timedSteps * time.Since(t1)
	}
	return nil
}

// newShard makes the blocks of shard s and their device inputs.
func newShard(e *Engine, s int) (*shard, error) {
	sh := &shard{Synapses: delivery.NewSynapses(s)}
	for p := range e.desc.Populations {
		b, err := newBlock(e.desc, e.layout, e.clock, e.grids[p], e.bounds.Ring, s, p)
		if err != nil {
			return nil, fmt.Errorf("population %s: %w", brief.Quote(e.desc.Populations[p].Name), err)
		}
		if b.Grid.Wide {
			b.in.Open()
		}
		sh.Add(&b.Place)
		sh.blocks = append(sh.blocks, b)
	}
	for i := range e.desc.Attachments {
		if err := sh.attach(e, &e.desc.Attachments[i]); err != nil {
			return nil, err
		}
	}
	for _, b := range sh.blocks {
		b.combineInputs()
		b.counter, b.weight = b.onlyCounter()
	}
	return sh, nil
}
