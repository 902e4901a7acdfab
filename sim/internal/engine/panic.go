package engine

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// A workerPanic is a panic of a goroutine of the engine's own, which nobody else
// could recover, on its way to the goroutine that waits for it.
type workerPanic struct {
	value any
	stack []byte
}

// newWorkerPanic is to be called where the panic was recovered.
func newWorkerPanic(value any) *workerPanic { return &workerPanic{value, debug.Stack()} }

func (p *workerPanic) Error() string {
	return fmt.Sprintf("%v\n\nin a goroutine of the engine:\n%s", p.value, p.stack)
}

// Unwrap returns what the goroutine panicked with, if that is an error.
func (p *workerPanic) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// errUnreadable is what became of rows that are mapped from a file, where the
// disk fails or another program has got at the file after all.
var errUnreadable = errors.New("synapses can be read no more: the file that they are mapped from has changed, or its disk fails; open the network again")

// isFault reports whether a goroutine panicked because memory could not be read
// that was there before, under SetPanicOnFault: not because of a nil pointer.
func isFault(p any) bool {
	if w, ok := p.(*workerPanic); ok {
		p = w.value
	}
	err, ok := p.(runtime.Error)
	if !ok {
		return false
	}
	_, ok = err.(interface{ Addr() uintptr })
	return ok
}

// Guard calls f, which reads rows, and returns an error where they cannot be
// read.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if !isFault(p) {
				panic(p)
			}
			err = errUnreadable
		}
	}()
	return f()
}
