package notebook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// executor runs cells one after the other in one kernel.
type executor struct {
	kernel *jupyter.Kernel
	opts   Options
	// cells has the cell of every request: output may come after the reply,
	// and a display may be updated by a later cell.
	cells map[string]*ipynb.Cell
}

// GoNB loses an interrupt that comes while it prepares a cell, between the
// programs that it calls for it: one that comes within the first preparation
// time of a cell is repeated once, in case the cell has started after all.
const (
	preparation = 5 * time.Second
	repeatAfter = 2 * time.Second
)

// lateOutput is how long the end of a cell's output is waited for after the
// kernel's reply, and what is still on its way when a kernel has died.
const lateOutput = 5 * time.Second

// execute runs one cell and gathers its outputs. The cell has ended when the
// reply came and the kernel is idle again; the two come on different sockets,
// in any order.
//
// What ends it otherwise - the time limit, ctx, a question to the user -
// interrupts the cell, and kills the kernel if that does not help within the
// grace time.
func (x *executor) execute(ctx context.Context, c *ipynb.Cell, number int, out *progress) error {
	id, err := x.kernel.Execute(c.Source)
	if err != nil {
		return err
	}
	x.cells[id] = c

	var (
		stopped  string // why the cell is being stopped; empty as long as it is not
		replied  bool
		idle     bool
		failure  *Failure
		limit    <-chan time.Time
		late     <-chan time.Time
		patience <-chan time.Time
		repeat   <-chan time.Time
		start    = time.Now()
		cancel   = ctx.Done()
		force    = x.opts.Force
		exited   = x.kernel.Exited()
	)
	if x.opts.Timeout > 0 {
		limit = time.After(x.opts.Timeout)
	}
	stop := func(why string) {
		if stopped != "" {
			return
		}
		stopped = why
		limit, cancel = nil, nil
		patience = time.After(grace)
		if err := x.kernel.Interrupt(); err != nil {
			patience = time.After(0)
		}
		if time.Since(start) < preparation {
			repeat = time.After(repeatAfter)
		}
	}
	killed := func(why string) error {
		c.Outputs.AddError(ipynb.ErrorOutput{Name: "KernelEnded", Value: why, Traceback: []string{why}})
		return &Failure{Cell: number, Reason: why, source: c}
	}

	for !replied || !idle {
		select {
		case m := <-x.kernel.Messages():
			x.show(m, out)
			if m.Parent.MsgID != id {
				continue
			}
			switch {
			case m.Channel == jupyter.Stdin && m.Header.MsgType == "input_request":
				stop("it asks for input, which nobody can give when a notebook is run like this")
			case m.Channel == jupyter.Shell && m.Header.MsgType == "execute_reply":
				replied = true
				late = time.After(lateOutput)
				failure, err = readReply(m.Content, c, number)
				if err != nil {
					return err
				}
			case isIdle(m):
				idle = true
			}
		case <-late: // the reply is there, the message that the kernel is idle got lost
			idle = true
		case <-limit:
			stop(fmt.Sprintf("it took longer than the time limit of %s", x.opts.Timeout))
		case <-cancel:
			stop("interrupted")
		case <-repeat:
			_ = x.kernel.Interrupt() // if it fails, patience ends it
		case <-patience:
			return killed(fmt.Sprintf("%s and did not stop within %s: the kernel was killed", stopped, grace))
		case <-force:
			return killed("interrupted twice: the kernel was killed")
		case <-exited: // what it still sent is worth having
			x.drain(out)
			why := x.kernel.ExitError().Error()
			if stopped != "" {
				why = stopped + "; " + why
			}
			return killed(why)
		}
	}
	if stopped != "" {
		// It counts as failed even if the cell took it and ended well.
		c.Outputs.AddError(ipynb.ErrorOutput{Name: "Stopped", Value: stopped, Traceback: []string{"stopped: " + stopped}})
		return &Failure{Cell: number, Reason: stopped, source: c}
	}
	if failure != nil {
		return failure
	}
	return nil
}

// drain takes the messages that are still there from a kernel that has ended.
func (x *executor) drain(out *progress) {
	for {
		select {
		case m := <-x.kernel.Messages():
			x.show(m, out)
		case <-time.After(100 * time.Millisecond):
			return
		}
	}
}

// readReply reads the content of an execute_reply; the failure is nil if the
// cell ran well.
func readReply(content []byte, c *ipynb.Cell, number int) (*Failure, error) {
	var reply struct {
		Status         string
		ExecutionCount int `json:"execution_count"`
		ipynb.ErrorOutput
	}
	if err := json.Unmarshal(content, &reply); err != nil {
		return nil, fmt.Errorf("the kernel's reply: %w", err)
	}
	c.ExecutionCount = reply.ExecutionCount
	if reply.Status == "ok" {
		return nil, nil
	}
	return &Failure{Cell: number, Reason: reply.Value, raised: true, source: c, traceback: reply.Traceback}, nil
}

func isIdle(m jupyter.Received) bool {
	if m.Channel != jupyter.IOPub || m.Header.MsgType != "status" {
		return false
	}
	var content struct {
		ExecutionState string `json:"execution_state"`
	}
	return json.Unmarshal(m.Content, &content) == nil && content.ExecutionState == "idle"
}

// show keeps what a message shows in the outputs of the cell that asked for
// it. A message that cannot be read is left out, as Jupyter does.
func (x *executor) show(m jupyter.Received, out *progress) {
	c := x.cells[m.Parent.MsgID]
	if c == nil || m.Channel != jupyter.IOPub {
		return
	}
	switch m.Header.MsgType {
	case "execute_input":
		c.ExecutionCount = executionCount(m.Content)
	case "stream":
		var s struct{ Name, Text string }
		if json.Unmarshal(m.Content, &s) == nil && s.Name != "" {
			c.Outputs.AddStream(s.Name, s.Text)
			out.text(s.Text)
		}
	case "display_data", "execute_result":
		if d, err := ipynb.UnmarshalDisplay(m.Content); err == nil {
			if m.Header.MsgType == "display_data" {
				c.Outputs.AddDisplay(d)
			} else {
				c.Outputs.AddResult(d, executionCount(m.Content))
			}
			out.display(d, false)
		}
	case "update_display_data":
		if d, err := ipynb.UnmarshalDisplay(m.Content); err == nil {
			for _, any := range x.cells {
				any.Outputs.Update(d)
			}
			out.display(d, true)
		}
	case "error":
		var e ipynb.ErrorOutput
		if json.Unmarshal(m.Content, &e) == nil {
			c.Outputs.AddError(e)
		}
	case "clear_output":
		var content struct{ Wait bool }
		if json.Unmarshal(m.Content, &content) == nil {
			c.Outputs.ClearOutput(content.Wait)
		}
	}
}

func executionCount(content []byte) int {
	var c struct {
		ExecutionCount int `json:"execution_count"`
	}
	if json.Unmarshal(content, &c) != nil {
		return 0
	}
	return c.ExecutionCount
}
