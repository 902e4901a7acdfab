package notebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cortigo/internal/project"
	"cortigo/tools/cortigo/internal/notebook/ipynb"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
	"cortigo/tools/cortigo/internal/notebook/setup"
)

// The tests here run notebooks in the real kernel.

var kernelOnce = sync.OnceValues(func() (*jupyter.Spec, error) {
	root, err := project.Root(".")
	if err != nil {
		return nil, err
	}
	return setup.Kernel(context.Background(), root, os.Stderr)
})

// testKernel returns the project's kernel, and an empty temporary directory in
// which everything that a run leaves behind is found.
func testKernel(t *testing.T) (spec *jupyter.Spec, tmp string) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the kernel")
	}
	spec, err := kernelOnce()
	if err != nil {
		t.Fatal(err)
	}
	tmp = t.TempDir()
	t.Setenv("TMPDIR", tmp)
	return spec, tmp
}

// write makes a notebook of code cells and returns its path.
func write(t *testing.T, cells ...string) string {
	t.Helper()
	type cell map[string]any
	var list []cell
	for _, c := range cells {
		tags := []string{}
		if rest, ok := strings.CutPrefix(c, "#raises-exception\n"); ok {
			c, tags = rest, []string{"raises-exception"}
		}
		if rest, ok := strings.CutPrefix(c, "#skip-execution\n"); ok {
			c, tags = rest, []string{"skip-execution"}
		}
		list = append(list, cell{"cell_type": "code", "source": c, "metadata": map[string]any{"tags": tags},
			"outputs":         []any{map[string]any{"output_type": "stream", "name": "stdout", "text": "of an earlier run"}},
			"execution_count": 99})
	}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 2, "cells": list,
		"metadata": map[string]any{"kept": "as it is"}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.ipynb")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) *ipynb.Notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nb, err := ipynb.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(nb.Bytes(), data) {
		t.Errorf("%s is not formatted as notebooks are", path)
	}
	return nb
}

// shown returns all that a cell of the written notebook shows, as JSON.
func shown(t *testing.T, path string, cell int) string {
	t.Helper()
	var nb struct {
		Cells []struct{ Outputs json.RawMessage }
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, nb.Cells[cell-1].Outputs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// nothingLeft checks that no process and no file of a run is left. Every
// process of a run has the kernel's temporary directory in its environment.
func nothingLeft(t *testing.T, tmp string) {
	t.Helper()
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Error(err)
	}
	for _, f := range left {
		if !strings.HasPrefix(f.Name(), "Test") { // a test's own folder
			t.Errorf("left behind: %v", f)
		}
	}
	environments, _ := filepath.Glob("/proc/[0-9]*/environ") // on Linux
	for _, file := range environments {
		env, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(env), "TMPDIR="+tmp+"/cortigo-nb-") {
			continue
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		t.Errorf("process left behind: %s %q", file, command)
	}
}

// A notebook's set-up, a plot, a table and a progress bar, offline, with the
// project's go.mod as it was.
func TestHello(t *testing.T) {
	spec, tmp := testKernel(t)
	root := mustRoot(t)
	before, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "hello.ipynb")
	var log bytes.Buffer
	report, err := Run(t.Context(), spec, filepath.Join(root, "notebooks", "hello.ipynb"),
		Options{Out: out, Log: &log, Env: []string{"GOPROXY=off"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	nothingLeft(t, tmp)
	if !report.OK || report.Cells != 6 || report.Executed != 6 || report.FailedCell != nil {
		t.Errorf("report %+v", report)
	}
	after, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !bytes.Equal(before, after) {
		t.Error("the project's go.mod was changed")
	}
	written, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"image/png": "iVBORw0KGgo`, "<table>", "<progress value=\\\"500\\\"", "waiting: 500 / 500 ms, real-time factor"} {
		if n := bytes.Count(written, []byte(want)); n == 0 {
			t.Errorf("no %s in the executed notebook", want)
		}
	}
	// The bar was updated many times; it is there once.
	if n := bytes.Count(written, []byte("<progress value")); n != 1 {
		t.Errorf("%d progress bars, want 1", n)
	}
	for _, want := range []string{"[6/6]", "(image/png, ", "V(∞) (mV)", "500 / 500 ms"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the progress:\n%s", want, &log)
		}
	}
	read(t, out)
}

func TestFailures(t *testing.T) {
	spec, tmp := testKernel(t)
	setUp := read(t, filepath.Join(mustRoot(t), "notebooks", "hello.ipynb")).Cells[2].Source
	for _, tt := range []struct {
		name   string
		cells  []string
		cell   int
		atCell int
		atLine int
		source string
		reason string
	}{
		{"compile", []string{"import \"fmt\"", "%%\nfmt.Println(1)\nfmt.Printl(2)\nx := 3", "%%\nfmt.Println()"},
			2, 2, 3, "fmt.Printl(2)", "undefined: fmt.Printl\ndeclared and not used: x"},
		{"syntax", []string{"%%\nfmt.Println(1"}, 1, 1, 2, "fmt.Println(1", "missing ',' before newline in argument list (and 1 more errors)"},
		{"panic", []string{"func f(i int) int {\n\ta := []int{1}\n\treturn a[i]\n}", "%%\nprintln(f(0))\nprintln(f(3))"},
			2, 1, 3, "return a[i]", "panic: runtime error: index out of range [3] with length 1"},
		{"fatal", []string{"%%\nlog.SetFlags(0)\nlog.Fatal(\"no population L7E\")"},
			1, 1, 0, "log.SetFlags(0)", "no population L7E (exit status 1)"},
		// The text says where, of its own accord.
		{"place in the text", []string{"import \"runtime\"\n\nfunc refused() error {\n\t_, f, l, _ := runtime.Caller(0)\n\treturn fmt.Errorf(\"a: b: at %s:%d: c\", f, l)\n}", "%%\nlog.SetFlags(0)\nlog.Fatal(refused())"},
			2, 1, 4, "_, f, l, _ := runtime.Caller(0)", "a: b: at cell 1, line 4: c (exit status 1)"},
		{"silent", []string{"%%\nos.Exit(3)"}, 1, 1, 0, "os.Exit(3)", "exit status 3"},
		{"check", []string{setUp, "import \"cortigo/notebooks/nb\"", "%%\n\nnb.Check(errors.New(\"disk full\"))"},
			3, 3, 3, `nb.Check(errors.New("disk full"))`, "error: disk full (exit status 1)"},
		// The first call that a network refused, not the line of Simulate.
		{"refused", []string{setUp, "import (\n\t\"cortigo/notebooks/nb\"\n\t\"cortigo/sim\"\n\t\"cortigo/sim/neuron\"\n)",
			"%%\nnet := sim.New()\na := net.Create(\"a\", 2, neuron.DefaultIafPscExp())\na.Set(sim.Params{\"tau\": 1})\na.At(7).Set(nil)\nnb.Simulate(net, 10)"},
			3, 3, 4, `a.Set(sim.Params{"tau": 1})`, `error: sim: Set at cell 3, line 4: a: iaf_psc_exp: no parameter "tau", did you mean tau_m? (so nothing is simulated, until Network.Err has returned this) (exit status 1)`},
		{"kernel dies", []string{"%%\nsyscall.Kill(os.Getppid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)"},
			1, 1, 0, "syscall.Kill(os.Getppid(), syscall.SIGKILL)", "the kernel process ended (signal: killed)"},
		{"input", []string{"%with_inputs\n!read x"}, 1, 1, 0, "%with_inputs", "it asks for input, which nobody can give when a notebook is run like this"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.cells...)
			var f *Failure
			var report Report
			var err error
			// GoNB marks the places of a stack trace in what it reads at a time, so
			// that on a busy machine the first may be lost in a seam.
			for try := 0; try < 3 && (f == nil || f.AtCell != tt.atCell); try++ {
				report, err = Run(t.Context(), spec, path, Options{})
				nothingLeft(t, tmp)
				if !errors.As(err, &f) {
					t.Fatalf("error %v, want a Failure", err)
				}
			}
			if f.Cell != tt.cell || f.AtCell != tt.atCell || f.AtLine != tt.atLine || f.Source != tt.source || f.Reason != tt.reason {
				t.Errorf("failure %+v, want %+v", *f, tt)
			}
			if report.OK || report.FailedCell == nil || *report.FailedCell != tt.cell || report.Executed != tt.cell || report.Error == "" {
				t.Errorf("report %+v", report)
			}
			if !strings.Contains(err.Error(), fmt.Sprintf("cell %d failed", tt.cell)) {
				t.Errorf("message %q", err)
			}
			nb := read(t, path) // it is written all the same
			if got := shown(t, path, tt.cell); !strings.Contains(got, `"output_type":"error"`) {
				t.Errorf("no error in the failed cell's outputs: %s", got)
			}
			for i, c := range nb.Cells {
				if want := i < tt.cell; (c.ExecutionCount == i+1) != want || c.ExecutionCount == 99 {
					t.Errorf("cell %d has execution count %d", i+1, c.ExecutionCount)
				}
			}
			if got := shown(t, path, len(nb.Cells)); strings.Contains(got, "earlier run") {
				t.Errorf("output of an earlier run is left: %s", got)
			}
		})
	}
}

func mustRoot(t *testing.T) string {
	t.Helper()
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestTagsStreamsAndFolder(t *testing.T) {
	spec, tmp := testKernel(t)
	path := write(t,
		"#raises-exception\n%%\npanic(\"on purpose\")",
		"#skip-execution\nthis is not Go",
		"",
		"%%\ndir, _ := os.Getwd()\nfmt.Print(\"in \", filepath.Base(dir), \", quick \", os.Getenv(\"CORTIGO_QUICK\"), \"\\n\")\n"+
			"for i := range 5 {\n\tfmt.Printf(\"\\r%d %%\", i*25)\n\ttime.Sleep(3*time.Millisecond)\n}\nfmt.Println()")
	t.Setenv("CORTIGO_QUICK", "1")
	var log bytes.Buffer
	report, err := Run(t.Context(), spec, path, Options{Log: &log})
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	nothingLeft(t, tmp)
	if !report.OK || report.Cells != 2 || report.Executed != 2 {
		t.Errorf("report %+v", report)
	}
	want := fmt.Sprintf(`[{"name":"stdout","output_type":"stream","text":["in %s, quick 1\n","100 %%\n"]}]`, filepath.Base(filepath.Dir(path)))
	if got := shown(t, path, 4); got != want {
		t.Errorf("output %s, want %s", got, want)
	}
	if got := shown(t, path, 1); !strings.Contains(got, "panic: on purpose") {
		t.Errorf("output of the cell that may fail: %s", got)
	}
	if got := shown(t, path, 2); got != "[]" {
		t.Errorf("output of the cell that is left out: %s", got)
	}
	nb := read(t, path)
	if nb.Metadata()["kept"] != "as it is" {
		t.Error("metadata were lost")
	}
	if language, kernel := nb.Language(); language != "go" || kernel != "cortigo" {
		t.Errorf("language %q, kernel %q", language, kernel)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600 as it was", info.Mode(), err)
	}
}

// watch is a log that calls a function when a text appears in it.
type watch struct {
	seen bytes.Buffer
	text string
	then func()
}

func (w *watch) Write(p []byte) (int, error) {
	w.seen.Write(p)
	if w.then != nil && strings.Contains(w.seen.String(), w.text) {
		w.then()
		w.then = nil
	}
	return len(p), nil
}

// A cell that is stopped, with everything that it started.
func TestStop(t *testing.T) {
	spec, tmp := testKernel(t)
	const most = 5 * time.Second // GoNB would kill a cell after that time
	for _, tt := range []struct {
		name, cell string
		timeout    time.Duration
		interrupts int
		when       string // interrupted when this text comes
		reason     string
		shown      []string
	}{
		{"time limit", "!echo start\"\"ed; sleep 60; sleep 60", 500 * time.Millisecond, 0, "",
			"it took longer than the time limit of 500ms", []string{"started"}},
		{"interrupt", "%%\nfmt.Println(\"start\" + \"ed\")\nexec.Command(\"sleep\", \"60\").Run()", 0, 1, "started",
			"interrupted", []string{"started"}},
		// The cell ends well, which would let a notebook go on.
		{"interrupt taken well", "%%\nc := make(chan os.Signal, 1)\nsignal.Notify(c, os.Interrupt)\nfmt.Println(\"start\" + \"ed\")\n<-c\nfmt.Println(\"flushed\")", 0, 1, "started",
			"interrupted", []string{"started", "flushed"}},
		// GoNB does not know of a program yet that it could interrupt.
		{"interrupt while it is prepared", "%%\nfmt.Println(1)\ntime.Sleep(time.Minute)", 0, 1, "[1/2] fmt", "interrupted", nil},
		{"two interrupts", "%%\nsignal.Ignore(os.Interrupt)\nfmt.Println(\"start\" + \"ed\")\nexec.Command(\"sleep\", \"60\").Run()", 0, 2, "started",
			"interrupted twice: the kernel was killed", []string{"started"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			force := make(chan struct{})
			start := make(chan time.Time, 1) // of stopping, not of compiling before it
			log := &watch{text: tt.when, then: func() {
				if tt.interrupts > 0 {
					start <- time.Now()
					cancel()
				}
				if tt.interrupts > 1 {
					time.AfterFunc(100*time.Millisecond, func() { close(force) })
				}
			}}
			path := write(t, tt.cell, "%%\nprintln(\"never\")")
			if tt.interrupts == 0 {
				start <- time.Now() // it compiles nothing
			}
			report, err := Run(ctx, spec, path, Options{Log: log, Timeout: tt.timeout, Force: force})
			select {
			case at := <-start:
				if took := time.Since(at); took > most {
					t.Errorf("took %s", took)
				}
			default:
				t.Errorf("%q never came", tt.when)
			}
			nothingLeft(t, tmp)
			var f *Failure
			if !errors.As(err, &f) || f.Reason != tt.reason || f.Cell != 1 || report.Executed != 1 {
				t.Errorf("error %v, want %q in cell 1", err, tt.reason)
			}
			read(t, path)
			for _, want := range append(tt.shown, tt.reason) {
				if got := shown(t, path, 1); !strings.Contains(got, want) {
					t.Errorf("no %q in the cell's output: %s", want, got)
				}
			}
		})
	}
}

func TestInterruptedBeforeItBegins(t *testing.T) {
	spec, tmp := testKernel(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := write(t, "%%\nprintln(1)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(ctx, spec, path, Options{}); err == nil {
		t.Error("no error")
	}
	nothingLeft(t, tmp)
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Error("a notebook that was not run was changed")
	}
}
