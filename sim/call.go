package sim

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
)

// ErrBusy is the error of a call during another call on the same network: from
// another goroutine, or from a function that the other call uses, such as that
// of Progress or a SpikeWriter. The other call is not disturbed.
var ErrBusy = errors.New("sim: the network is busy")

// A CallError is a call that was refused, with its place in the program.
type CallError struct {
	Call string // the method, such as "Connect"
	File string // of the first caller outside this module's packages, as the compiler names it; "" if not known
	Line int
	Err  error // why
}

// Error starts with the call and its place, FILE:LINE with the full path, as in a
// stack trace: from that a notebook's kernel finds the line of the cell.
func (e *CallError) Error() string {
	place := ""
	if e.File != "" {
		place = fmt.Sprintf(" at %s:%d", e.File, e.Line)
	}
	problem := strings.TrimPrefix(e.Err.Error(), "sim: ")
	return fmt.Sprintf("sim: %s%s: %s", e.Call, place, strings.TrimPrefix(problem, e.Call+": "))
}

// Unwrap returns why the call was refused.
func (e *CallError) Unwrap() error { return e.Err }

// Err returns the first refused call since New, or since the last Err, as a
// *CallError with its place, and clears it; nil if there was none.
//
// The calls that put a network together, change it or say what it records return no error:
// Create, Connect, CopyModel, Set, SetEach, SetLabel, SetKind, SetGroup, SetWeights,
// SetDelays, Record, WriteSpikesTo, WriteSamplesTo, WriteToMemory, Clear and Reset. The
// first call that is refused is remembered; wrong nodes that it was given count as its
// error. Build and Simulate then only return this error, until Err has been called, so that
// a network in which a line had no effect never runs unnoticed. A program that makes a call
// that may be refused calls Err before it continues. A refused call has changed nothing, so
// the network can be used further.
//
// Calls that ask for something, such as Get and Connections, and those that
// save, build and simulate return their errors, which are not remembered.
func (n *Network) Err() error {
	if n == nil || n.calls == nil {
		return errNoNetwork
	}
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	refused := n.calls.refused
	if refused == nil {
		return nil
	}
	if !n.calls.never {
		n.calls.refused = nil
	}
	return refused
}

var errNoNetwork = errors.New("sim: the network is nil, or was not made with New or Open")

// calls keeps the calls of a network apart and remembers the first that was
// refused.
type calls struct {
	mu      sync.Mutex
	readers int
	writer  string // the call that changes the network or runs it; "": none
	reader  string // the first of those that read
	figures *figures
	refused *CallError
	never   bool // what was refused is New: it is not forgotten
}

// figures are what the network can be asked while it runs: as they were before.
type figures struct {
	step            int64
	synapses        int64
	threads, shards int
	stats           Stats
}

// enter begins a call; it is refused while another changes the network, and a
// change also while others read.
func (n *Network) enter(call string, writes bool) error {
	if n == nil || n.calls == nil {
		return errNoNetwork
	}
	c := n.calls
	c.mu.Lock()
	defer c.mu.Unlock()
	other := c.writer
	if other == "" && writes && c.readers > 0 {
		other = c.reader
	}
	if other != "" {
		return fmt.Errorf("%w: %s was called while %s is at work, from another goroutine or from a function that it calls; one must have returned before the next", ErrBusy, call, other)
	}
	if writes {
		c.writer = call
	} else {
		if c.readers == 0 {
			c.reader = call
		}
		c.readers++
	}
	return nil
}

func (n *Network) leave(writes bool) {
	c := n.calls
	c.mu.Lock()
	defer c.mu.Unlock()
	if writes {
		c.writer, c.figures = "", nil
	} else {
		c.readers--
	}
}

// reading makes a call that asks.
func (n *Network) reading(call string, f func() error) error {
	if err := n.enter(call, false); err != nil {
		return err
	}
	defer n.leave(false)
	return f()
}

// working makes a call that builds, runs or saves the network.
func (n *Network) working(call string, f func() error) error {
	if err := n.enter(call, true); err != nil {
		return err
	}
	defer n.leave(true)
	now := n.figuresNow()
	n.calls.mu.Lock()
	n.calls.figures = &now
	n.calls.mu.Unlock()
	return f()
}

// changing makes a call that changes the description of the network, and
// remembers it if it is refused.
func (n *Network) changing(call string, f func() error) {
	err := n.enter(call, true)
	if err == nil {
		defer n.leave(true)
		err = f()
	}
	if err != nil {
		n.remember(call, err)
	}
}

// making is changing of a call that makes nodes. If it is refused there are none,
// and their Err says why.
func (n *Network) making(call string, f func() (*Nodes, error)) *Nodes {
	nodes, err := (*Nodes)(nil), n.enter(call, true)
	if err == nil {
		defer n.leave(true)
		nodes, err = f()
	}
	if err != nil {
		n.remember(call, err)
		return &Nodes{net: n, err: err}
	}
	return nodes
}

// changing is Network.changing of a call of nodes.
func (c *Nodes) changing(call string, f func() error) {
	err := c.Err()
	if err == nil {
		c.net.changing(call, f)
	} else if c != nil {
		c.net.remember(call, err)
	}
}

// reading is Network.reading of a call of nodes.
func (c *Nodes) reading(call string, f func() error) error {
	if err := c.Err(); err != nil {
		return err
	}
	return c.net.reading(call, f)
}

func (n *Network) remember(call string, err error) {
	if n == nil || n.calls == nil {
		return
	}
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	if n.calls.refused == nil {
		file, line := caller()
		n.calls.refused = &CallError{call, file, line, err}
	}
}

// refused returns why the network is not to run.
func (n *Network) refused() error {
	n.calls.mu.Lock()
	defer n.calls.mu.Unlock()
	if n.calls.refused == nil {
		return nil
	}
	if n.calls.never {
		return n.calls.refused
	}
	return fmt.Errorf("%w (so nothing is simulated, until Network.Err has returned this)", n.calls.refused)
}

// figuresNow returns what the network can be asked: as it is, or was before the
// call that is at work.
func (n *Network) figuresNow() figures {
	if n == nil || n.calls == nil {
		return figures{}
	}
	n.calls.mu.Lock()
	then := n.calls.figures
	n.calls.mu.Unlock()
	if then != nil {
		return *then
	}
	if e := n.engine; e != nil {
		return figures{e.Step(), e.Synapses(), e.Threads(), e.Shards(), statsOf(e)}
	}
	t, s := n.engineOptions().Divide(n.desc.Neurons())
	return figures{threads: t, shards: s}
}

// module begins the names of this module's functions, package main's apart.
const module = "cortigo/"

// caller returns the place of the first caller that is not of this module, nor,
// where all are, of this package: tests count as others.
func caller() (file string, line int) {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		f, more := frames.Next()
		own := strings.HasPrefix(f.Function, module) && !strings.Contains(f.Function, "_test.")
		switch {
		case strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "testing."):
			return file, line
		case !own:
			return f.File, f.Line
		case file == "" && !strings.HasPrefix(f.Function, module+"sim."):
			file, line = f.File, f.Line
		}
		if !more {
			return file, line
		}
	}
}
