package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRoot(t *testing.T) {
	base := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("clone/go.mod", "// a comment\n\nmodule cortigo // here\n\ngo 1.26.0\n")
	write("clone/notebooks/deep/x", "")
	write("clone/_asm/go.mod", "module asm\n") // a module of its own inside the project
	write("other/go.mod", "module cortigo2\n")
	write("quoted/go.mod", "module \"cortigo\"\n")

	for _, tt := range []struct{ dir, want string }{
		{"clone", "clone"},
		{"clone/notebooks/deep", "clone"},
		{"clone/_asm", "clone"},
		{"quoted", "quoted"},
		{"other", ""},
	} {
		got, err := Root(filepath.Join(base, tt.dir))
		if tt.want == "" {
			if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), tt.dir) {
				t.Errorf("Root(%s) = %q, %v, want ErrNotFound that names the folder", tt.dir, got, err)
			}
			continue
		}
		if want := filepath.Join(base, tt.want); err != nil || got != want {
			t.Errorf("Root(%s) = %q, %v, want %q", tt.dir, got, err, want)
		}
	}
}
