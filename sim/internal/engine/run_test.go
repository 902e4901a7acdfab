package engine

import (
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"cortigo/sim/internal/network"
)

// counting keeps what it is given, and how much of it at once.
type counting struct {
	outcome
	calls int
	most  int
}

func (c *counting) WriteSpikes(step []int64, neuron []int32) error {
	c.calls, c.most = c.calls+1, max(c.most, len(step))
	c.Step, c.Neuron = append(c.Step, step...), append(c.Neuron, neuron...)
	return nil
}

// A worker that does not come, or comes late, changes nothing: others do its work,
// but recorders are called by worker 0 alone, who is waited for before too much is
// collected.
func TestLateWorkers(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("one processor, one worker")
	}
	const steps = 600
	do := func(threads int, desc *network.Description, work func(r *run)) *counting {
		e, err := Build(t.Context(), desc, Options{Threads: threads, Shards: 3})
		if err != nil {
			t.Fatal(err)
		}
		sink := &counting{}
		var of []network.Range
		for p := range desc.Populations {
			of = append(of, network.Range{Population: p, From: 0, N: desc.Populations[p].N})
		}
		e.RecordSpikes(sink, of)
		r := e.newRun(t.Context(), steps, nil)
		work(r)
		e.step = r.done
		if err := r.failure(); err != nil || r.done != steps {
			t.Errorf("ended at step %d: %v", r.done, err)
		}
		if err := e.flushRecorders(); err != nil {
			t.Error(err)
		}
		sink.State, sink.Spikes, sink.Events = *e.State(), e.Spikes(), e.Events()
		return sink
	}
	for _, c := range []struct {
		name string
		desc func() *network.Description
		rows int // spikes of a step, about
	}{{"few spikes", many, 20}, {"many spikes", firing, 400}} {
		want := do(1, c.desc(), func(r *run) { r.work(0) })
		if len(want.Step) < c.rows*steps/2 {
			t.Fatalf("%s: %d spikes prove nothing", c.name, len(want.Step))
		}
		for _, order := range [][2]int{{0, 1}, {1, 0}} {
			got := do(2, c.desc(), func(r *run) {
				done := make(chan bool)
				go func() {
					r.work(order[0])
					close(done)
				}()
				if len(want.Step) < batch || order[0] == 0 {
					<-done // alone, to the end
				} else {
					select {
					case <-done:
						t.Error("nobody waited for worker 0")
					case <-time.After(50 * time.Millisecond):
					}
				}
				r.work(order[1])
				<-done
			})
			if !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) || got.Spikes != want.Spikes || got.Events != want.Events || !reflect.DeepEqual(got.State, want.State) {
				t.Errorf("%s, worker %d first: another result", c.name, order[0])
			}
			if got.most >= 2*batch {
				t.Errorf("%s, worker %d first: %d rows were collected", c.name, order[0], got.most)
			}
		}
	}
}
