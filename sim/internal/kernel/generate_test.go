package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var generateLine = regexp.MustCompile(`(?m)^//go:generate go (run -C _asm .*)$`)

// Generating the assembly again changes nothing.
func TestGeneratedIsCurrent(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the generator")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "_asm"), os.DirFS("_asm")); err != nil {
		t.Fatal(err)
	}
	offline := append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOARCH=", "GOOS=", "GOAMD64=")
	build := exec.Command("go", "build", "-C", "_asm", "-o", os.DevNull, ".")
	build.Dir, build.Env = dir, offline
	if out, err := build.CombinedOutput(); err != nil {
		if bytes.Contains(out, []byte("GOPROXY=off")) || bytes.Contains(out, []byte("module lookup disabled")) {
			t.Skip("the generator's modules are not downloaded")
		}
		t.Fatalf("building the generator: %v\n%s", err, out)
	}
	source, err := os.ReadFile("generate.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := generateLine.FindAllSubmatch(source, -1)
	if len(lines) == 0 {
		t.Fatal("generate.go has no go:generate line of the expected form")
	}
	for _, line := range lines {
		run := exec.Command("go", strings.Fields(string(line[1]))...)
		run.Dir, run.Env = dir, offline
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", line[1], err, out)
		}
	}
	made, err := filepath.Glob(filepath.Join(dir, "*_amd64.*"))
	if err != nil || len(made) != 2*len(lines) {
		t.Fatalf("%d generators made %d files (%v), want two each", len(lines), len(made), err)
	}
	for _, path := range made {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what its generator makes: run go generate", filepath.Base(path))
		}
	}
}
