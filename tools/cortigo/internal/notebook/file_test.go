package notebook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ name, text, want string }{
		{"go.ipynb", `{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"kernelspec":{"language":"go","name":"gonb"}}}`, ""},
		{"info.ipynb", `{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"language_info":{"name":"go"}}}`, ""},
		{"none.ipynb", `{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{}}`, ""},
		{"py.ipynb", `{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"kernelspec":{"language":"python","name":"python3"}}}`,
			`a notebook for python (kernel "python3")`},
		{"cut.ipynb", `{"nbformat":4,`, "cut short"},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		err := Check(path)
		switch {
		case tt.want == "":
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		case err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path):
			t.Errorf("%s: %v, want %q and the file's name", tt.name, err, tt.want)
		}
	}
	if err := Check(filepath.Join(dir, "missing.ipynb")); !os.IsNotExist(err) {
		t.Errorf("missing: %v", err)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real.ipynb")
	link := filepath.Join(dir, "link.ipynb")
	if err := os.WriteFile(real, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	if err := writeFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(real)
	if err != nil || string(got) != "new" {
		t.Errorf("%q, %v: a link must stay one", got, err)
	}
	if info, _ := os.Lstat(link); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if info, _ := os.Stat(real); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".cortigo*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

const emptyNotebook = `{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{}}`

// What is no file of a notebook is refused before it is read.
func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	huge := filepath.Join(dir, "huge.ipynb")
	if err := os.WriteFile(huge, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(huge, maxSize+1); err != nil { // a hole: no disk is needed
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "is a directory", huge: "209715201 bytes are too many", os.DevNull: "is a device"} {
		if err := Check(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// Nothing that is not a notebook is overwritten.
func TestCheckOutput(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dangling := filepath.Join(dir, "dangling.ipynb")
	if err := os.Symlink(filepath.Join(dir, "gone"), dangling); err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(dir, "new.ipynb"), ""},
		{file("empty.ipynb", ""), ""},
		{file("other.ipynb", emptyNotebook), ""},
		{file("data.csv", "1,2,3\n"), "a file that is no notebook"},
		{dir, "is a directory"},
		{os.DevNull, "is a device"},
		{dangling, "leads nowhere"},
		{filepath.Join(dir, "none", "x.ipynb"), "no such file"},
	} {
		err := CheckOutput(tt.path)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.path, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "cannot be written to "+tt.path) {
			t.Errorf("%s: %v, want %q", tt.path, err, tt.want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".cortigo*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := writeFile(os.DevNull, []byte("x")); err == nil {
		t.Error("a device was written to")
	}
}

// A notebook that was edited while it ran is not overwritten, and outputs are
// never thrown away.
func TestWriteOutput(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	path := filepath.Join(dir, "a.ipynb")
	put := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := func(name, text string) {
		t.Helper()
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, text)
		}
	}
	put("read")
	if out, err := writeOutput(path, path, []byte("read"), []byte("run")); out != path || err != nil {
		t.Errorf("%s, %v", out, err)
	}
	want(path, "run")
	put("edited")
	for _, name := range []string{"a.executed.ipynb", "a.executed-2.ipynb"} {
		beside := filepath.Join(dir, name)
		if out, err := writeOutput(path, path, []byte("read"), []byte("run")); out != beside || err == nil || !strings.Contains(err.Error(), "was changed while it ran") {
			t.Errorf("%s, %v", out, err)
		}
		want(beside, "run")
		want(path, "edited")
	}
	// To another file nothing of that matters.
	other := filepath.Join(dir, "b.ipynb")
	if out, err := writeOutput(other, path, []byte("read"), []byte("run")); out != other || err != nil {
		t.Errorf("%s, %v", out, err)
	}
	// The folder is gone.
	out, err := writeOutput(filepath.Join(dir, "gone", "c.ipynb"), path, nil, []byte("run"))
	if err == nil || !strings.Contains(err.Error(), "the executed notebook is "+out) {
		t.Errorf("%s, %v", out, err)
	}
	want(out, "run")
}
