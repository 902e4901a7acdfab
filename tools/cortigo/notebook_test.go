package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cortigo/internal/project"
)

// runCommand runs the command line and returns its stdout and stderr.
func runCommand(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, log bytes.Buffer
	cmd := newRootCmd()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&log)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), log.String(), err
}

func TestNotebookRunBadInput(t *testing.T) {
	dir := t.TempDir()
	python := filepath.Join(dir, "py.ipynb")
	if err := os.WriteFile(python, []byte(`{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"kernelspec":{"language":"python","name":"p3"}}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"notebook", "run"}, "accepts 1 arg"},
		{[]string{"notebook", "run", filepath.Join(dir, "none.ipynb")}, "none.ipynb: no such file"},
		{[]string{"notebook", "run", python}, "a notebook for python"},
		{[]string{"notebook", "run", "--timeout", "-3s", python}, "--timeout -3s"},
		{[]string{"notebook", "run", "--timeout", "3", python}, "timeout"},
		{[]string{"notebook", "lab", python}, "a notebook for python"},
	} {
		_, _, err := runCommand(t, tt.args...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
	}
}

func TestNotebookRunJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the kernel")
	}
	path := filepath.Join(t.TempDir(), "x.ipynb")
	const nb = `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[
		{"cell_type":"code","source":"%%\nprintln(1)","metadata":{}},
		{"cell_type":"code","source":"%%\n\npanic(\"no\")","metadata":{}}]}`
	if err := os.WriteFile(path, []byte(nb), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := runCommand(t, "notebook", "run", "--json", path)
	if err == nil || !strings.Contains(err.Error(), `cell 2 failed in line 3: panic("no")`) {
		t.Errorf("error %v", err)
	}
	var report map[string]any
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	if report["ok"] != false || report["cells"] != 2.0 || report["failed_cell"] != 2.0 || report["notebook"] != path ||
		report["seconds"].(float64) <= 0 || !strings.Contains(report["error"].(string), "panic: no") {
		t.Errorf("report %v", report)
	}
	if !strings.Contains(stderr, "[2/2] panic(\"no\")") {
		t.Errorf("stderr %q", stderr)
	}
	// A run that does not come to its first cell has a report, too.
	stdout, _, err = runCommand(t, "notebook", "run", "--json", path+".none")
	if err == nil || json.Unmarshal([]byte(stdout), &report) != nil || report["ok"] != false {
		t.Errorf("%v, %q", err, stdout)
	}
}

// lab registers the kernel, passes Jupyter's own options on, and has it find this
// clone's kernel first; remove takes the kernel away.
func TestNotebookLab(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the kernel")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the Jupyter here is a shell script")
	}
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := "#!/bin/sh\nprintf '%s|' \"$JUPYTER_PATH\" \"$@\" > " + filepath.Join(dir, "called") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "jupyter-lab"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("JUPYTER_DATA_DIR", dir)
	t.Setenv("JUPYTER_PATH", "/else")
	nb := filepath.Join(dir, "x.ipynb")
	if err := os.WriteFile(nb, []byte(`{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(root, ".cortigo", "jupyter") + ":/else|"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, own + filepath.Join(root, "notebooks") + "|"},
		{[]string{nb}, own + nb + "|"},
		{[]string{"--", "--port", "9999", "--no-browser"}, own + "--port|9999|--no-browser|" + filepath.Join(root, "notebooks") + "|"},
		{[]string{nb, "--", "--allow-root"}, own + "--allow-root|" + nb + "|"},
	} {
		if _, _, err := runCommand(t, append([]string{"notebook", "lab", "--no-completion"}, tt.args...)...); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "called")); err != nil || string(got) != tt.want {
			t.Errorf("%q: Jupyter was called with %q, %v; want %q", tt.args, got, err, tt.want)
		}
	}
	if _, _, err := runCommand(t, "notebook", "lab", "--no-completion", nb, "--port"); err == nil {
		t.Error("an option of Jupyter before -- is taken")
	}
	if _, _, err := runCommand(t, "notebook", "lab", nb, nb); err == nil || !strings.Contains(err.Error(), "at most one notebook") {
		t.Errorf("two notebooks: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kernels", "cortigo", "kernel.json")); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"is removed", "no kernel"} {
		if _, stderr, err := runCommand(t, "notebook", "remove"); err != nil || !strings.Contains(stderr, want) {
			t.Errorf("remove: %q, %v; want %q", stderr, err, want)
		}
	}
}
