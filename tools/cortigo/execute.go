package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	statusFailed      = 1
	statusInterrupted = 130 // as shells say it of a program that ^C ended
)

// execute runs the command line and returns the exit status. On failure it
// says why on stderr, and with --json also on stdout, unless the command has
// printed its own object with the error.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	out := &countingWriter{w: stdout}
	root := newRootCmd()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if out.err != nil { // also where a command did not look
		err = errors.Join(otherThan(out.err, err), fmt.Errorf("not all results could be printed: %w", out.err))
	}
	if err == nil {
		return 0
	}
	text := suggestion.ReplaceAllString(strings.TrimSpace(message(err)), "; did you mean $1?")
	if strings.HasPrefix(text, "unknown command") {
		text += fmt.Sprintf("; see '%s --help'", cmd.CommandPath())
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(stderr, "cortigo:", line)
	}
	if out.n == 0 && wantsJSON(cmd, args) {
		_ = writeJSON(out, struct {
			Error string `json:"error"`
		}{text}) // stderr has it, too
	}
	if ctx.Err() != nil {
		return statusInterrupted
	}
	return statusFailed
}

// suggestion finds the suggestion that cobra adds to an unknown command, several
// lines.
var suggestion = regexp.MustCompile(`\s+Did you mean this\?\s+(\w+)(\s+\w+)*$`)

// wantsJSON reports whether the arguments ask for JSON. It looks at the
// arguments themselves: flags after a wrong one have not been parsed.
func wantsJSON(cmd *cobra.Command, args []string) bool {
	if cmd.Flags().Lookup("json") == nil {
		return false
	}
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, "--json") || slices.Contains(args, "--json=true")
}

// A countingWriter counts what was written and remembers the first error. After
// an error it writes nothing more, so that the output has no gap.
type countingWriter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *countingWriter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// flagError says what a flag accepts, in place of the error of the function
// that failed to convert it.
func flagError(cmd *cobra.Command, err error) error {
	text := err.Error()
	if i := strings.Index(text, ": strconv."); i >= 0 {
		text = text[:i] + text[strings.LastIndex(text, ": "):]
	}
	return fmt.Errorf("%s; see '%s --help'", text, cmd.CommandPath())
}

// noArgs is cobra.NoArgs with an error that is about arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments but flags, got %q; see '%s --help'", cmd.Name(), args[0], cmd.CommandPath())
	}
	return nil
}

// oneRun takes the directory of a run as the only argument.
func oneRun(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return fmt.Errorf("%s takes one argument, the directory of a run, got %q; see '%s --help'", cmd.Name(), args, cmd.CommandPath())
	}
	return nil
}
