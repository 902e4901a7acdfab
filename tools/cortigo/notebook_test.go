package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
