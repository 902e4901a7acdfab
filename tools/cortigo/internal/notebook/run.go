// Package notebook executes Jupyter notebooks of Go cells without Jupyter.
//
//   - run.go       the run of a notebook: cell by cell, and what ends it
//   - cell.go      the execution of one cell: messages in, outputs kept
//   - failure.go   which line of which cell failed, and why
//   - progress.go  what a run says while it goes on
//   - file.go      reading the notebook, writing it so that it is never half
//   - ipynb        the notebook's file format
//   - jupyter      kernel processes and the messaging protocol
//   - setup        building the project's own kernel, Jupyter itself
package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// Options of a run.
type Options struct {
	// Out is the file that the executed notebook is written to. Empty means
	// the notebook's own file.
	Out string
	// Timeout is the longest time that a cell may take. 0 means no limit.
	Timeout time.Duration
	// Log gets the progress. Terminal says that it is one, so that lines that
	// cells redraw are redrawn.
	Log      io.Writer
	Terminal bool
	// Force ends the run at once when it is closed: the kernel is killed
	// rather than interrupted. Nil never does.
	Force <-chan struct{}
	// Env is added to the environment of the kernel.
	Env []string
}

// Report is the result of a run, as --json prints it.
type Report struct {
	Notebook   string   `json:"notebook"`              // the file that was run
	Output     string   `json:"output"`                // the file that was written
	Cells      int      `json:"cells"`                 // code cells that have code
	Executed   int      `json:"executed"`              // of these, how many ran, the failed one included
	Seconds    float64  `json:"seconds"`               // wall-clock time with the kernel's start
	OK         bool     `json:"ok"`                    // no cell failed
	FailedCell *int     `json:"failed_cell,omitempty"` // number of the failed cell, as in its prompt [n]
	Failure    *Failure `json:"failure,omitempty"`     // where and why it failed
	Error      string   `json:"error,omitempty"`       // why the run failed, in one text
}

// grace is how long an interrupted cell has to end before the kernel is
// killed. GoNB itself kills a cell's program after 5 s.
const grace = 8 * time.Second

// shutdownGrace is how long a kernel has to end when it is asked to.
const shutdownGrace = 5 * time.Second

// skipTag marks cells that are not executed, as for nbclient.
const skipTag = "skip-execution"

// Run executes the notebook in the file path in the kernel that spec
// describes, in the notebook's own folder, and writes it with its new outputs,
// also if a cell fails, if it takes too long or if ctx ends. The error of a
// cell is a *Failure. The report is valid in any case.
//
// All outputs of earlier runs are removed first: what the file shows comes
// from this run.
func Run(ctx context.Context, spec *jupyter.Spec, path string, opts Options) (Report, error) {
	start := time.Now()
	r := Report{Notebook: path, Output: opts.Out}
	if r.Output == "" {
		r.Output = path
	}
	err := run(ctx, spec, path, opts, &r)
	r.Seconds = time.Since(start).Seconds()
	r.OK = err == nil
	if err != nil {
		r.Error = err.Error()
		if errors.As(err, &r.Failure) {
			r.FailedCell = &r.Failure.Cell
		}
	}
	return r, err
}

func run(ctx context.Context, spec *jupyter.Spec, path string, opts Options, r *Report) (err error) {
	if opts.Log == nil {
		opts.Log = io.Discard
	}
	nb, read, err := readFile(path)
	if err != nil {
		return err
	}
	if err := CheckOutput(r.Output); err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}

	cells := executable(nb)
	r.Cells = len(cells)
	fmt.Fprintf(opts.Log, "cortigo: %s: %d code cells\n", path, len(cells))
	kernel, err := jupyter.Start(ctx, spec, dir, opts.Env...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kernel.Shutdown(shutdownGrace)) }()
	setLanguage(nb, spec, kernel.Info)
	for _, c := range nb.Cells {
		if c.Type == "code" {
			c.Outputs.Clear()
			c.ExecutionCount = 0
		}
	}

	x := &executor{kernel: kernel, opts: opts, cells: map[string]*ipynb.Cell{}}
	for i, c := range cells {
		if ctx.Err() != nil {
			err = &Failure{Cell: i + 1, Reason: "interrupted before it started"}
			break
		}
		r.Executed++
		out := newProgress(opts.Log, opts.Terminal, i+1, len(cells), c.Source)
		err = x.execute(ctx, c, i+1, out)
		out.end(err)
		if err == nil {
			continue
		}
		var failure *Failure
		if errors.As(err, &failure) {
			failure.locate(cells)
			if failure.raised && c.HasTag("raises-exception") {
				err = nil
				continue
			}
		}
		break
	}
	written, writeErr := writeOutput(r.Output, path, read, nb.Bytes())
	r.Output = written
	return errors.Join(err, writeErr)
}

// executable returns the cells that are executed: code cells with code that
// are not tagged to be left out. Their place in the list, from 1, is the
// number in their prompt.
func executable(nb *ipynb.Notebook) []*ipynb.Cell {
	var cells []*ipynb.Cell
	for _, c := range nb.Cells {
		if c.Type == "code" && strings.TrimSpace(c.Source) != "" && !c.HasTag(skipTag) {
			cells = append(cells, c)
		}
	}
	return cells
}

// setLanguage fills in the metadata about kernel and language where the
// notebook has none.
func setLanguage(nb *ipynb.Notebook, spec *jupyter.Spec, info []byte) {
	metadata := nb.Metadata()
	if metadata["kernelspec"] == nil {
		metadata["kernelspec"] = map[string]any{
			"display_name": spec.DisplayName, "language": spec.Language, "name": "cortigo"}
	}
	var reply struct {
		LanguageInfo map[string]any `json:"language_info"`
	}
	dec := json.NewDecoder(strings.NewReader(string(info)))
	dec.UseNumber()
	if metadata["language_info"] == nil && dec.Decode(&reply) == nil && reply.LanguageInfo != nil {
		metadata["language_info"] = reply.LanguageInfo
	}
}
