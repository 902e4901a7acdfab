package wiring

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"cortigo/sim/internal/network"
)

// A Job is building, which can be stopped and tells how far it is. Nil is one that
// is neither.
type Job struct {
	ctx   context.Context
	total int64 // units of work, about 5 ns each
	done  atomic.Int64
	show  func(share float64)

	mu    sync.Mutex
	shown time.Time
}

// What the parts of building take, in units.
const (
	unitsPerDegree  = 64 // drawing how many synapses a target has
	UnitsPerNeuron  = 16
	UnitsPerTarget  = 24 // drawing its synapses, however few
	UnitsPerSynapse = 1
)

// NewJob returns the job of building a network.
func NewJob(ctx context.Context, desc *network.Description, show func(float64)) *Job {
	j := &Job{ctx: ctx, show: show, total: int64(desc.Neurons()) * UnitsPerNeuron}
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		j.total += j.Degrees(pr)
		pre, post := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
		n, _ := ExpectedSynapses(pr)
		j.total += int64(post.N*len(pre.Parts))*UnitsPerTarget + int64(min(n, 1<<50))*UnitsPerSynapse
	}
	return j
}

// Degrees returns the units of work that settling the degrees of a projection is.
func (j *Job) Degrees(pr *network.Projection) int64 {
	return int64(network.NewPool(pr.Targets()).N) * unitsPerDegree
}

// ExpectedSynapses returns how many synapses a rule makes on average, and how many bytes
// it and its lists of values are kept in until the rows are made.
func ExpectedSynapses(pr *network.Projection) (n, plan float64) {
	size := pr.Size()
	weights, _ := pr.WeightValues()
	delays, _ := pr.DelayValues()
	return size.Synapses, size.Bytes + float64(8*len(weights)+8*len(delays))
}

// Err returns why the job is to stop; nil if it is not.
func (j *Job) Err() error {
	if j == nil {
		return nil
	}
	return j.ctx.Err()
}

// Tell adds units of work that are done, and shows how far the job is, at most
// about ten times a second.
func (j *Job) Tell(units int64) {
	if j == nil {
		return
	}
	done := j.done.Add(units)
	if j.show == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if now := time.Now(); now.Sub(j.shown) >= 100*time.Millisecond {
		j.shown = now
		j.show(min(float64(max(done, j.done.Load()))/float64(max(j.total, 1)), 0.999))
	}
}

// A Toll gathers units of work, so that telling costs nothing.
type Toll int

// Add tells of units when there are enough of them, and returns why to stop.
func (t *Toll) Add(j *Job, units int) error {
	if *t += Toll(units); *t < 1<<15 {
		return nil
	}
	j.Tell(int64(*t))
	*t = 0
	return j.Err()
}

// End shows that all is done.
func (j *Job) End() {
	if j.show != nil {
		j.show(1)
	}
}
