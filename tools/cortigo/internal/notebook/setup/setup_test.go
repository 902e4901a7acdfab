package setup

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cortigo/internal/project"
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

// clone makes a folder that looks like a clone of the project, and its kernel.
func clone(t *testing.T, dir string) (root string, spec *jupyter.Spec) {
	t.Helper()
	root = filepath.Join(t.TempDir(), dir)
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "go.mod"), []byte("module cortigo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return root, &jupyter.Spec{Argv: []string{root + "/gonb", "-kernel", "{connection_file}"}, DisplayName: displayName, Language: "go",
		Env: map[string]string{rootVariable: root}}
}

// Two clones do not take each other's kernel, one that is deleted does not stay
// in the way, and what is not the project's is left alone.
func TestRegister(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	python := filepath.Join(data, "kernels", "python3", "kernel.json")
	if err := os.MkdirAll(filepath.Dir(python), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(python, []byte(`{"argv": ["python3"], "env": {}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	first, spec1 := clone(t, "Cortigo main")
	second, spec2 := clone(t, "Cortigo main")
	third, spec3 := clone(t, "other")
	register := func(spec *jupyter.Spec, name, display, holder string) {
		t.Helper()
		r, by, err := Register(spec)
		if err != nil || r.Name != name || r.DisplayName != display || by != holder || r.Dir != filepath.Join(data, "kernels", name) {
			t.Errorf("%+v, %q, %v; want %s, %q, %q", r, by, err, name, display, holder)
			return
		}
		got, err := jupyter.ReadSpec(r.Dir)
		if err != nil || got.DisplayName != display || got.Argv[0] != spec.Argv[0] {
			t.Errorf("%+v, %v", got, err)
		}
	}
	names := func(want ...string) {
		t.Helper()
		entries, err := os.ReadDir(filepath.Join(data, "kernels"))
		var got []string
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if err != nil || !slices.Equal(got, append(want, "python3")) {
			t.Errorf("kernels %q, %v; want %q", got, err, want)
		}
	}
	for range 2 { // the second time nothing changes
		register(spec1, "cortigo", "Go (Cortigo)", "")
		register(spec2, "cortigo-cortigo-main", "Go (Cortigo, Cortigo main)", first)
		register(spec3, "cortigo-other", "Go (Cortigo, other)", first)
	}
	names("cortigo", "cortigo-cortigo-main", "cortigo-other")

	// The first clone goes without a word: the next one gets the name.
	if err := os.RemoveAll(first); err != nil {
		t.Fatal(err)
	}
	register(spec3, "cortigo", "Go (Cortigo)", "")
	names("cortigo", "cortigo-cortigo-main")
	removed, err := Unregister(third)
	if err != nil || len(removed) != 1 || removed[0].Name != "cortigo" || removed[0].Root != third {
		t.Errorf("%+v, %v", removed, err)
	}
	mine := filepath.Join(data, "kernels", "cortigo-cortigo-main", "logo.png")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(second); err != nil {
		t.Fatal(err)
	}
	if removed, err = Unregister(third); err != nil || len(removed) != 1 || removed[0].Root != second { // gone clones' kernels go, too
		t.Errorf("%+v, %v", removed, err)
	}
	names("cortigo-cortigo-main")
	if b, err := os.ReadFile(mine); string(b) != "mine" {
		t.Errorf("a file of the user's: %q, %v", b, err)
	}
}

// A kernel of that name that is not the project's is not replaced.
func TestRegisterForeign(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	foreign := filepath.Join(data, "kernels", KernelName, "kernel.json")
	if err := os.MkdirAll(filepath.Dir(foreign), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(foreign, []byte(`{"argv": ["mine"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	root, spec := clone(t, "a")
	r, holder, err := Register(spec)
	if err != nil || r.Name != "cortigo-a" || holder != "" {
		t.Errorf("%+v, %q, %v", r, holder, err)
	}
	if b, err := os.ReadFile(foreign); string(b) != `{"argv": ["mine"]}` {
		t.Errorf("%q, %v", b, err)
	}
	t.Setenv("JUPYTER_PATH", "")
	if got, want := FirstPath(root), filepath.Join(root, ".cortigo", "jupyter"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	t.Setenv("JUPYTER_PATH", "/x")
	if got, want := FirstPath(root), filepath.Join(root, ".cortigo", "jupyter")+string(os.PathListSeparator)+"/x"; got != want {
		t.Errorf("%s, want %s", got, want)
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
		k, err := key(context.Background(), dir, "go.mod", "go.sum")
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
	if err := writeStamp(path, stamp{Key: "k", Cached: []string{"a"}}); err != nil {
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
