// Package setup makes a notebook kernel of the project's pinned GoNB: it
// builds what is needed with nothing but Go, and registers the kernel with the
// user's Jupyter.
//
//   - setup.go     what there is to do, and when it is done already
//   - build.go     go build, with a sign of life while it takes minutes
//   - patch.go     what is changed in GoNB, and the check that it fits
//   - register.go  kernel.json for Jupyter and VS Code, of several clones
//   - completion.go, gopls  completion in Jupyter and VS Code
//   - lab.go       starting JupyterLab or the classic notebook
package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// folder is what everything goes to, below the project's root; git ignores it.
const folder = ".cortigo"

// tools are the programs that a kernel needs; go.mod pins them as tools.
var tools = []string{
	"github.com/janpfeifer/gonb",
	"golang.org/x/tools/cmd/goimports",
}

// cellPackages are what cells import. They are compiled ahead, as otherwise
// the first cell that imports them takes minutes without a word. Those that a
// cell may use beyond the project's own are named, since a package of the
// project need not import them.
var cellPackages = []string{
	"./sim/...", "./analysis/...", "./arrowio/...", "./progress", "./notebooks/nb/...",
	"github.com/janpfeifer/gonb/gonbui",
	"gonum.org/v1/plot", "gonum.org/v1/plot/plotter", "gonum.org/v1/plot/plotutil",
	"gonum.org/v1/plot/vg", "gonum.org/v1/plot/vg/vgimg",
	"fmt", "log", "math", "os", "os/signal", "path/filepath", "slices", "sort", "strings", "time",
}

// goSettings are the settings of the go command, for the kernel and for
// building ahead alike: what is compiled with one of them different is not in
// the cache for the other. No C compiler is needed, a user's own -mod or
// workspace does not reach the cells, and the build does not look for git.
var goSettings = map[string]string{
	"CGO_ENABLED": "0",
	"GOFLAGS":     "-mod=readonly -buildvcs=false",
	"GO111MODULE": "",
	"GOWORK":      "off",
}

// kernelSettings returns the environment of the kernel's spec. A workspace
// stays possible there: GoNB makes them on request.
func kernelSettings(root, bin string) map[string]string {
	env := map[string]string{
		rootVariable: root,
		"PATH":       searchPath(bin),
	}
	for name, value := range goSettings {
		env[name] = value
	}
	env["GOWORK"] = ""
	return env
}

// searchPath returns PATH with the kernel's programs first, and the folder of
// the go command in it: a Jupyter or VS Code that was started from a menu
// often has neither.
func searchPath(bin string) string {
	list := []string{bin}
	if path := os.Getenv("PATH"); path != "" {
		list = append(list, path)
	}
	if goPath, err := exec.LookPath("go"); err == nil {
		if abs, err := filepath.Abs(goPath); err == nil {
			list = append(list, filepath.Dir(abs))
		}
	}
	return strings.Join(list, string(os.PathListSeparator))
}

// stamp says what a set-up was made from, and what it left.
type stamp struct {
	Key    string   // see key
	Cached []string // files of the build cache that cells need
	Warm   string   // of gopls: see key, of what it has read
}

// Kernel sets up the kernel of the project at root and returns its spec. It
// says on log what it does, and does nothing when everything is up to date:
// go.mod, go.sum and the version of Go are what they were, the programs and
// the compiled packages are still there.
func Kernel(ctx context.Context, root string, log io.Writer) (*jupyter.Spec, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return nil, errors.New("the go command is not on the PATH: install Go from https://go.dev/dl and try again")
	}
	dir := filepath.Join(root, folder)
	bin := filepath.Join(dir, "bin")
	gonb := filepath.Join(bin, "gonb"+exeSuffix())

	key, err := key(ctx, root, "go.mod", "go.sum")
	if err != nil {
		return nil, err
	}
	stampFile := filepath.Join(dir, "kernel-stamp.json")
	old := readStamp(stampFile)
	if old.Key != key || !allExist(gonb, filepath.Join(bin, "goimports"+exeSuffix())) {
		if err := buildKernel(ctx, root, bin, log); err != nil {
			return nil, err
		}
		old.Cached = nil
	}
	if len(old.Cached) == 0 || !allExist(old.Cached...) {
		cached, err := compileAhead(ctx, root, log)
		if err != nil {
			return nil, err
		}
		if err := writeStamp(stampFile, stamp{Key: key, Cached: cached}); err != nil {
			return nil, err
		}
	}

	return &jupyter.Spec{
		Argv:          []string{gonb, "-kernel", "{connection_file}", "-raw_error"},
		DisplayName:   displayName,
		Language:      "go",
		InterruptMode: interruptMode(),
		Env:           kernelSettings(root, bin),
	}, nil
}

// interruptMode returns how the kernel is interrupted. A signal also reaches
// the compiler and shell commands, and GoNB remembers it before the cell's
// program runs; a message does neither. Windows has no such signal.
func interruptMode() string {
	if runtime.GOOS == "windows" {
		return "message"
	}
	return "signal"
}

// readStamp returns the stamp of the last set-up, empty if there is none.
func readStamp(path string) stamp {
	var s stamp
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &s) != nil {
		return stamp{}
	}
	return s
}

func writeStamp(path string, s stamp) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// allExist says whether all files are there.
func allExist(paths ...string) bool {
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return false
		}
	}
	return true
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
