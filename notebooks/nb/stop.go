package nb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// exitStopped is the exit code of a program that was stopped: 128 + SIGINT, as
// shells have it.
const exitStopped = 130

// stopOnce catches the signals from the first call on.
var stopOnce = sync.OnceValue(func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		if !InNotebook() {
			signal.Stop(signals) // a second ^C on a terminal ends the program
			return
		}
		for range signals {
			// Jupyter's stop button reaches a cell twice: from Jupyter and from
			// the kernel.
		}
	}()
	return ctx
})

// Context returns a context that ends when the notebook's stop button is
// pressed (or ^C on a terminal). Give it to Build and Simulate: they return
// soon enough to write what was recorded. A cell that does not end within 5 s
// is killed.
//
// The error that they return must end the cell with Check, so that the cell
// counts as failed: "cortigo notebook run" stops there, and so do the cells that
// Jupyter's "Run all" has queued.
func Context() context.Context { return stopOnce() }

// Check ends the cell if err is an error: see Exit.
func Check(err error) {
	if err != nil {
		exit(err, caller())
	}
}

// Must returns v, or ends the cell if err is an error, as Check does. It takes
// the two results of a function:
//
//	spikes := nb.Must(recorder.Spikes())
func Must[T any](v T, err error) T {
	if err != nil {
		exit(err, caller())
	}
	return v
}

// Simulate advances a network (sim.Network) by ms of model time. The stop button
// stops it; with an error it ends the cell, as Check does.
func Simulate(net interface {
	Simulate(ctx context.Context, ms float64) error
}, ms float64) {
	if err := net.Simulate(Context(), ms); err != nil {
		exit(err, caller())
	}
}

// Exit ends the cell with an error: it prints it with the line that Check, Must
// or Exit was called from, and exits with a code that is not 0, so that the cell
// counts as failed. Deferred functions do not run.
func Exit(err error) { exit(err, caller()) }

func exit(err error, where string) {
	var w io.Writer = os.Stderr
	if shown := closeAll(); shown > 0 && InNotebook() && stopped(err) {
		w = io.Discard // a bar says when, and the kernel that the cell was stopped
	}
	_ = flush(2 * time.Second) // the program ends in any case
	os.Exit(report(w, err, where))
}

// stopped says whether the error is there because the cell was stopped.
func stopped(err error) bool {
	return errors.Is(err, context.Canceled) && Context().Err() != nil
}

// report prints the error and returns the exit code. For a stop one line is
// enough, wherever it was noticed: the reader asked for it.
func report(w io.Writer, err error, where string) int {
	if err == nil {
		err = errors.New("Exit was called without an error")
	}
	code, text := 1, fmt.Sprintf("error: %v", err)
	if stopped(err) {
		code, text = exitStopped, "stopped"
		if detail := err.Error(); detail != context.Canceled.Error() {
			detail = strings.TrimSuffix(detail, ": "+context.Canceled.Error())
			if i := strings.Index(detail, "stopped at "); i >= 0 { // a simulation says when
				text = detail[i:]
			} else {
				text += ": " + detail
			}
		}
		where = ""
	}
	fmt.Fprintln(w, text)
	if where != "" {
		fmt.Fprintf(w, "    at %s\n", where)
	}
	return code
}

// caller returns file and line of the code that called this package, or those
// that show runs with it: a cell's. GoNB turns them into cell and line where they stand in stderr.
func caller() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "cortigo/notebooks/") || strings.HasSuffix(f.File, "_test.go") {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		if !more {
			return ""
		}
	}
}
