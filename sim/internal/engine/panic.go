package engine

import (
	"fmt"
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
