package setup

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cortigo/notebooks/nb/project"
	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// The places are those of jupyter_core.paths.jupyter_data_dir.
func TestDataDir(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths are compared with slashes")
	}
	for _, tt := range []struct {
		goos string
		env  map[string]string
		want string
	}{
		{"linux", map[string]string{"HOME": "/home/a"}, "/home/a/.local/share/jupyter"},
		{"linux", map[string]string{"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, "/data/jupyter"},
		{"linux", map[string]string{"HOME": "/home/a", "XDG_DATA_HOME": "/data", "JUPYTER_DATA_DIR": "/j"}, "/j"},
		{"darwin", map[string]string{"HOME": "/Users/a", "XDG_DATA_HOME": "/data"}, "/Users/a/Library/Jupyter"},
		{"windows", map[string]string{"APPDATA": "/AppData/Roaming"}, "/AppData/Roaming/jupyter"},
		{"windows", map[string]string{"HOME": "/x"}, ""},
		{"linux", nil, ""},
	} {
		got, err := DataDir(tt.goos, func(name string) string { return tt.env[name] })
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("DataDir(%s, %v) = %q, %v, want %q", tt.goos, tt.env, got, err, tt.want)
		}
	}
}

func TestRegister(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	spec := &jupyter.Spec{Argv: []string{"/x/gonb", "-kernel", "{connection_file}"}, DisplayName: "Go (Cortigo)", Language: "go"}
	dir, err := Register(spec)
	if err != nil || dir != filepath.Join(data, "kernels", "cortigo") {
		t.Fatalf("Register = %q, %v", dir, err)
	}
	if _, err := jupyter.ReadSpec(dir); err != nil {
		t.Error(err)
	}
}

func TestIsPackage(t *testing.T) {
	for line, want := range map[string]bool{
		"internal/abi":                         true,
		"github.com/janpfeifer/gonb":           true,
		"# cortigo/sim":                        false,
		"sim/run.go:3:4: undefined: x":         false,
		"go: downloading gonum.org v1":         false,
		"":                                     false,
		"no required module provides it (cut)": false,
	} {
		if got := isPackage(line); got != want {
			t.Errorf("isPackage(%q) = %v", line, got)
		}
	}
}

// What is there is not built again; what is missing is, and nothing else.
func TestKernelIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the kernel")
	}
	root, err := project.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	spec, err := Kernel(ctx, root, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(spec.Argv[0]) || !allExist(spec.Argv[0]) || spec.Env["CORTIGO_ROOT"] != root {
		t.Errorf("spec %+v", spec)
	}
	if first := filepath.SplitList(spec.Env["PATH"])[0]; first != filepath.Dir(spec.Argv[0]) {
		t.Errorf("PATH begins with %s", first)
	}
	before, err := os.Stat(spec.Argv[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Kernel(ctx, root, os.Stderr); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(spec.Argv[0])
	if err != nil {
		t.Fatal(err)
	}
	if !before.ModTime().Equal(after.ModTime()) {
		t.Error("the kernel was built again")
	}
}

func TestKeyChanges(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	get := func() string {
		t.Helper()
		k, err := key(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	write("go.mod", "module cortigo\n")
	write("go.sum", "")
	first := get()
	if get() != first {
		t.Error("key differs without a change")
	}
	write("go.sum", "x v1 h1:=\n")
	if get() == first {
		t.Error("key does not depend on go.sum")
	}
	write("go.sum", "")
	write("go.mod", "module cortigo\n\ngo 1.26.0\n")
	if get() == first {
		t.Error("key does not depend on go.mod")
	}
	t.Setenv("GOARCH", "arm64")
	write("go.mod", "module cortigo\n")
	if get() == first {
		t.Error("key does not depend on the architecture")
	}
}

func TestStamp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stamp.json")
	if s := readStamp(path); s.Key != "" {
		t.Errorf("missing stamp: %+v", s)
	}
	if err := writeStamp(path, stamp{"k", []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	if s := readStamp(path); s.Key != "k" || len(s.Cached) != 1 {
		t.Errorf("stamp: %+v", s)
	}
	if err := os.WriteFile(path, []byte(`{"Key":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := readStamp(path); s.Key != "" {
		t.Errorf("broken stamp: %+v", s)
	}
}

func TestBuildErrorIsShown(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module cortigo\n\ngo 1.26.0\n", "x.go": "package x\n\nvar y = z\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	err := withSignsOfLife(goCommand(context.Background(), dir, "build", "-v", "./..."), &log, "building")
	if err == nil || !strings.Contains(err.Error(), "x.go:3:9: undefined: z") {
		t.Errorf("error %v", err)
	}
}
