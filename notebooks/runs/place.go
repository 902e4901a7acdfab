package runs

import (
	"path/filepath"

	"cortigo/notebooks/nb"
)

// Place returns path as it is to be printed: as seen from the project's
// folder if it lies there, so that a notebook looks the same on every machine.
func Place(path string) string {
	root, err := nb.FindRoot()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
