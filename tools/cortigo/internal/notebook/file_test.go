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
	if err := checkWritable(filepath.Join(dir, "none", "x.ipynb")); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("missing folder: %v", err)
	}
}
