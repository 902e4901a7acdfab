package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// KernelName is the name that notebooks ask for the kernel by. In the user's
// Jupyter one clone of the project has it; others get names of their own.
const KernelName = "cortigo"

// displayName is what Jupyter and VS Code call the kernel.
const displayName = "Go (Cortigo)"

// rootVariable is the variable in a kernel's environment that names the clone
// it belongs to.
const rootVariable = "CORTIGO_ROOT"

// A Registration is a kernel of the project among the user's kernels.
type Registration struct {
	Name, DisplayName string
	Dir               string // where its kernel.json is
	Root              string // the clone that it belongs to
	gone              bool   // that clone is not there any more
}

// Register makes the kernel known to the user's Jupyter, and to VS Code, which
// looks in the same place, as KernelName (in FirstPath always) or, where another clone of the project
// has that name, as one that tells them apart. holder is that other clone, empty
// if there is none. Kernels whose clone is gone are replaced.
func Register(spec *jupyter.Spec) (r Registration, holder string, err error) {
	root := spec.Env[rootVariable]
	kernels, all, err := registered()
	if err != nil {
		return r, "", err
	}
	of := map[string]Registration{}
	for _, k := range all {
		of[k.Name] = k
	}
	free := func(name string) bool {
		k, ours := of[name]
		if ours {
			return k.gone || k.Root == root
		}
		_, err := os.Lstat(filepath.Join(kernels, name)) // somebody else's
		return errors.Is(err, fs.ErrNotExist)
	}
	if err := spec.Write(filepath.Join(ownPath(root), "kernels", KernelName)); err != nil {
		return r, "", fmt.Errorf("keeping the kernel's description: %w", err)
	}
	own := *spec
	r = Registration{Name: KernelName, DisplayName: displayName, Root: root}
	if !free(KernelName) {
		holder = of[KernelName].Root
		folder := filepath.Base(root)
		base := KernelName + "-" + kernelCharacters.ReplaceAllString(strings.ToLower(folder), "-")
		r.Name, r.DisplayName = base, fmt.Sprintf("%s, %s)", strings.TrimSuffix(displayName, ")"), folder)
		for n := 2; !free(r.Name); n++ {
			r.Name = fmt.Sprintf("%s-%d", base, n)
			r.DisplayName = fmt.Sprintf("%s, %s %d)", strings.TrimSuffix(displayName, ")"), folder, n)
		}
		own.DisplayName = r.DisplayName
	}
	r.Dir = filepath.Join(kernels, r.Name)
	if err := own.Write(r.Dir); err != nil {
		return r, holder, fmt.Errorf("registering the kernel: %w", err)
	}
	for _, k := range all {
		if k.Root == root && k.Name != r.Name {
			err = errors.Join(err, k.remove())
		}
	}
	return r, holder, err
}

// kernelCharacters are what the name of a kernel must not have: jupyter_client
// allows ASCII letters, digits, ".", "-" and "_".
var kernelCharacters = regexp.MustCompile(`[^a-z0-9._-]+`)

// Unregister removes the kernels of the clone at root from the user's kernels,
// and those of clones that are gone, and returns them. Of their folders it
// removes what Register wrote and leaves the rest.
func Unregister(root string) ([]Registration, error) {
	_, all, err := registered()
	if err != nil {
		return nil, err
	}
	var removed []Registration
	for _, k := range all {
		if k.Root != root && !k.gone {
			continue
		}
		if err := k.remove(); err != nil {
			return removed, err
		}
		removed = append(removed, k)
	}
	return removed, nil
}

func (r Registration) remove() error {
	if err := os.Remove(filepath.Join(r.Dir, "kernel.json")); err != nil {
		return fmt.Errorf("removing the kernel %q: %w", r.DisplayName, err)
	}
	_ = os.Remove(r.Dir) // unless somebody put something into it
	return nil
}

// registered returns the folder of the user's kernels and those in it that are
// the project's, in the order of their names.
func registered() (kernels string, all []Registration, err error) {
	data, err := DataDir(runtime.GOOS, os.Getenv)
	if err != nil {
		return "", nil, err
	}
	kernels = filepath.Join(data, "kernels")
	entries, err := os.ReadDir(kernels)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kernels, nil, fmt.Errorf("looking for kernels: %w", err)
	}
	for _, e := range entries {
		dir := filepath.Join(kernels, e.Name())
		spec, err := jupyter.ReadSpec(dir)
		if err != nil || spec.Env[rootVariable] == "" {
			continue // not the project's
		}
		root := spec.Env[rootVariable]
		_, err = os.Stat(filepath.Join(root, "go.mod"))
		all = append(all, Registration{Name: e.Name(), DisplayName: spec.DisplayName, Dir: dir, Root: root, gone: errors.Is(err, fs.ErrNotExist)})
	}
	return kernels, all, nil
}

// FirstPath returns the value of JUPYTER_PATH with which a Jupyter takes the
// kernel of the clone at root for notebooks that ask for KernelName, whoever has
// that name among the user's kernels.
func FirstPath(root string) string {
	if path := os.Getenv("JUPYTER_PATH"); path != "" {
		return ownPath(root) + string(os.PathListSeparator) + path
	}
	return ownPath(root)
}

// ownPath returns a folder like a user's Jupyter folder, with the clone's kernel.
func ownPath(root string) string { return filepath.Join(root, folder, "jupyter") }

// DataDir returns the user's Jupyter data folder on the operating system goos,
// as jupyter_core has it: $JUPYTER_DATA_DIR, else ~/.local/share/jupyter (or
// $XDG_DATA_HOME/jupyter), on macOS ~/Library/Jupyter, on Windows
// %APPDATA%\jupyter.
func DataDir(goos string, getenv func(string) string) (string, error) {
	if dir := getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	switch goos {
	case "windows":
		if dir := getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		return "", errors.New("where is Jupyter's data folder? Neither JUPYTER_DATA_DIR nor APPDATA is set")
	case "darwin":
		if home := getenv("HOME"); home != "" {
			return filepath.Join(home, "Library", "Jupyter"), nil
		}
	default:
		if dir := getenv("XDG_DATA_HOME"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
		if home := getenv("HOME"); home != "" {
			return filepath.Join(home, ".local", "share", "jupyter"), nil
		}
	}
	return "", errors.New("where is Jupyter's data folder? Neither JUPYTER_DATA_DIR nor HOME is set")
}
