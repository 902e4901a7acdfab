package engine

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// brittle is a recorder that does not survive what it gets after some spikes.
type brittle struct {
	after int
	fail  func()
}

func (w *brittle) WriteSpikes(step []int64, _ []int32) error {
	if w.after -= len(step); w.after <= 0 {
		w.fail()
	}
	return nil
}

var errBoom = errors.New("boom")

// broken is a group that panics.
type broken struct{ neuron.Group }

func (broken) Step(*neuron.Input, *neuron.Spikes) { panic(errBoom) }

// firing is four parrots that spike in every step and drive one another's
// targets.
func firing() *network.Description {
	return &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "parrots", N: 4, Model: neuron.Parrot{}}, {Name: "cells", N: 4, Model: neuron.DefaultIafPscExp()}},
		Projections: []network.Projection{{Pre: []network.Range{{Population: 0, From: 0, N: 4}}, Post: []network.Range{{Population: 1, From: 0, N: 4}}, Rule: connect.AllToAll{}, Weight: connect.Constant(1), Delay: connect.Constant(0.1)}},
		Attachments: []network.Attachment{{Device: device.Poisson{Rate: 1e6}, Post: network.Range{Population: 0, From: 0, N: 4}, Weight: connect.Constant(1), Delay: connect.Constant(0.1)}}}
}

// A panic of a recorder, of what shows progress or of a worker comes to the
// caller of Run as it was; the other workers end, and the engine says that it
// cannot go on.
func TestPanic(t *testing.T) {
	for _, threads := range []int{1, 2, 4} {
		for _, c := range []struct {
			name string
			run  func(e *Engine)
			want string // of what the next Run says
		}{
			{"recorder", func(e *Engine) {
				e.RecordSpikes(&brittle{10_000, func() { panic(errBoom) }}, []network.Range{{Population: 0, From: 0, N: 4}})
				t.Errorf("Run returned: %v", e.Run(t.Context(), 10_000, nil))
			}, "a recorder panicked: boom"},
			{"recorder at the end", func(e *Engine) { // of a run too short for a batch
				e.RecordSpikes(&brittle{1, func() { panic(errBoom) }}, []network.Range{{Population: 0, From: 0, N: 4}})
				t.Errorf("Run returned: %v", e.Run(t.Context(), 5, nil))
			}, "a recorder panicked: boom"},
			{"multimeter", func(e *Engine) {
				err := e.Record(func([]string, []int64, []int32, [][]float64) error { panic(errBoom) }, device.Multimeter{Interval: 0.1}, []network.Range{{Population: 1, From: 0, N: 4}})
				if err != nil {
					t.Fatal(err)
				}
				t.Errorf("Run returned: %v", e.Run(t.Context(), 10_000, nil))
			}, "a recorder panicked: boom"},
			{"progress", func(e *Engine) {
				t.Errorf("Run returned: %v", e.Run(t.Context(), 1_000_000, func(int64) { panic(errBoom) }))
			}, "what is told of progress panicked: boom"},
			{"step", func(e *Engine) {
				s := len(e.shards) - 1 // of the last worker
				e.shards[s].blocks[1].group = broken{}
				t.Errorf("Run returned: %v", e.Run(t.Context(), 10, nil))
			}, "a worker panicked: boom"},
		} {
			t.Run(fmt.Sprint(c.name, ", ", threads, " threads"), func(t *testing.T) {
				e, err := Build(t.Context(), firing(), Options{Threads: threads, Shards: threads})
				if err != nil {
					t.Fatal(err)
				}
				before := runtime.NumGoroutine()
				func() {
					defer func() {
						if p, ok := recover().(error); !ok || !errors.Is(p, errBoom) {
							t.Errorf("recovered %v, want what was thrown", p)
						}
					}()
					c.run(e)
				}()
				noneLeft(t, before)
				step := e.Step()
				err = e.Run(t.Context(), 10, nil)
				if err == nil || !strings.Contains(err.Error(), c.want) || e.Broken() == nil {
					t.Errorf("the next run: %v, want it to say %q", err, c.want)
				}
				if e.Step() != step {
					t.Errorf("the next run went from step %d to %d", step, e.Step())
				}
			})
		}
	}
}

// A recorder that ends its goroutine, as a test that fails in one does.
func TestRecorderEndsGoroutine(t *testing.T) {
	e, err := Build(t.Context(), firing(), Options{Threads: 2, Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	e.RecordSpikes(&brittle{10_000, runtime.Goexit}, []network.Range{{Population: 0, From: 0, N: 4}})
	before := runtime.NumGoroutine()
	done := make(chan bool)
	go func() {
		defer close(done)
		t.Errorf("Run returned: %v", e.Run(t.Context(), 10_000, nil))
	}()
	<-done
	noneLeft(t, before)
	if err := e.Run(t.Context(), 10, nil); err == nil || !strings.Contains(err.Error(), "a recorder ended the goroutine") {
		t.Errorf("the next run: %v", err)
	}
}

// A panic while synapses are placed, of what is told of progress, can be
// recovered too.
func TestBuildPanic(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		defer func() {
			if p, ok := recover().(error); !ok || !strings.Contains(p.Error(), "boom") {
				t.Errorf("recovered %v", p)
			}
		}()
		e, err := Build(t.Context(), balanced(4000, 100), Options{Threads: 2, Shards: 4, Progress: func(float64) { panic("boom") }})
		t.Errorf("Build returned %v, %v", e, err)
	}()
	noneLeft(t, before)
}

// noneLeft reports goroutines beyond those there were, once they had time to end.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	all := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, all[:runtime.Stack(all, true)])
}
