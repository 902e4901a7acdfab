package engine

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"cortigo/sim/internal/network"
)

// A job is building, which can be stopped and tells how far it is. Nil is one that
// is neither.
type job struct {
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
	unitsPerNeuron  = 16
	unitsPerTarget  = 24 // drawing its synapses, however few
	unitsPerSynapse = 1
)

// newJob returns the job of building a network.
func newJob(ctx context.Context, desc *network.Description, show func(float64)) *job {
	j := &job{ctx: ctx, show: show, total: int64(desc.Neurons()) * unitsPerNeuron}
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		j.total += j.degrees(pr)
		pre, post := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
		n, _ := synapsesOf(pr)
		j.total += int64(post.N*len(pre.Parts))*unitsPerTarget + int64(min(n, 1<<50))*unitsPerSynapse
	}
	return j
}

// degrees returns the units of work that settling the degrees of a projection is.
func (j *job) degrees(pr *network.Projection) int64 {
	return int64(network.NewPool(pr.Targets()).N) * unitsPerDegree
}

// synapsesOf returns how many synapses a rule makes on average, and how many bytes
// it and its lists of values are kept in until the rows are made.
func synapsesOf(pr *network.Projection) (n, plan float64) {
	size := pr.Size()
	weights, _ := pr.WeightValues()
	delays, _ := pr.DelayValues()
	return size.Synapses, size.Bytes + 8*float64(len(weights)+len(delays))
}

// err returns why the job is to stop; nil if it is not.
func (j *job) err() error {
	if j == nil {
		return nil
	}
	return j.ctx.Err()
}

// tell adds units of work that are done, and shows how far the job is, at most
// about ten times a second.
func (j *job) tell(units int64) {
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

// A toll gathers units of work, so that telling costs nothing.
type toll int

// add tells of units when there are enough of them, and returns why to stop.
func (t *toll) add(j *job, units int) error {
	if *t += toll(units); *t < 1<<15 {
		return nil
	}
	j.tell(int64(*t))
	*t = 0
	return j.err()
}

// end shows that all is done.
func (j *job) end() {
	if j.show != nil {
		j.show(1)
	}
}
