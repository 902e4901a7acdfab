package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// stopSignals are the signals to stop: ^C, kill, and the end of the terminal,
// unless the program was started to outlive it (nohup).
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// secondSignalKills gives signals back their usual effect once ctx ended: a
// program that takes too long to stop in good order can be killed by another
// ^C.
func secondSignalKills(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, func() { signal.Reset(stopSignals()...) })
}

// errInterrupted is the error of a command that ^C ended.
var errInterrupted = errors.New("interrupted")

// abandonable returns a command that ^C ends at once, wherever it is: for those
// that read and calculate, and leave nothing half done.
func abandonable(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return abandon(cmd.Context(), func() error { return run(cmd, args) })
	}
}

// abandon does the work, and returns without waiting for it when ctx ends:
// reading from a terminal or a pipe cannot be stopped. What the work sets must
// then not be read.
func abandon(ctx context.Context, work func() error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	done := make(chan error, 1)
	go func() { done <- work() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errInterrupted
	}
}
