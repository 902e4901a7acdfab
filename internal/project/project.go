// Package project finds the folder that the project lies in.
package project

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Module is the name of the project's module.
const Module = "cortigo"

// ErrNotFound reports that neither a folder nor those above it are the project.
var ErrNotFound = errors.New("not inside the project")

// Root returns the project's folder: the first with a go.mod of the module
// cortigo, going up from dir.
func Root(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := abs; ; at = filepath.Dir(at) {
		if IsRoot(at) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%w: no go.mod with \"module %s\" in %s or above it; run this inside a clone of the project",
				ErrNotFound, Module, abs)
		}
	}
}

// IsRoot says whether dir has a go.mod of the module cortigo.
func IsRoot(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(data) {
		if fields := bytes.Fields(line); len(fields) >= 2 && string(fields[0]) == "module" {
			return string(bytes.Trim(fields[1], `"`)) == Module
		}
	}
	return false
}
