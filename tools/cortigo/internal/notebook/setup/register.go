package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"cortigo/tools/cortigo/internal/notebook/jupyter"
)

// KernelName is the name that notebooks have the kernel by.
const KernelName = "cortigo"

// Register makes the kernel known to the user's Jupyter, and to VS Code, which
// looks in the same place. It returns the folder that it wrote to.
func Register(spec *jupyter.Spec) (string, error) {
	data, err := DataDir(runtime.GOOS, os.Getenv)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(data, "kernels", KernelName)
	if err := spec.Write(dir); err != nil {
		return "", fmt.Errorf("registering the kernel: %w", err)
	}
	return dir, nil
}

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
