package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cortigo/arrowio"
	"cortigo/notebooks/nb"
)

// contents says what the files of a run hold, by the first element of their
// path.
var contents = map[string]string{
	arrowio.RunFile:     "parameters, seed, populations, versions, timings",
	arrowio.SpikesDir:   "recorded spikes",
	arrowio.VoltagesDir: "recorded membrane potentials and currents",
	arrowio.NetworkDir:  "the built network",
	arrowio.StateDir:    "the state reached, to go on from",
}

// FileTable shows the files of the run in dir with their sizes: first the
// recordings, which are Parquet files, then what else it consists of. An error
// ends the cell.
func FileTable(dir string) {
	rows, err := filesOf(dir)
	nb.Check(err)
	nb.Table("Files in "+Place(dir), []string{"file", "size", "content"}, rows)
}

func filesOf(dir string) ([][]string, error) {
	if _, err := arrowio.OpenRun(dir); err != nil {
		return nil, err
	}
	rows, err := fileRows(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("runs: listing the files of %s: %w", dir, err)
	}
	return rows, nil
}

func fileRows(fsys fs.FS) ([][]string, error) {
	var recordings, others [][]string
	for _, top := range []string{arrowio.SpikesDir, arrowio.VoltagesDir, arrowio.RunFile, arrowio.NetworkDir, arrowio.StateDir} {
		err := fs.WalkDir(fsys, top, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			row := []string{name, size(info.Size()), contents[top]}
			if path.Ext(name) == ".parquet" {
				recordings = append(recordings, row)
			} else {
				others = append(others, row)
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // nothing of that kind
			return nil, err
		}
	}
	return append(recordings, others...), nil
}

// size writes a number of bytes in kB, MB or GB (powers of 1000).
func size(bytes int64) string {
	switch x := float64(bytes); {
	case x < 999.5e3:
		return fmt.Sprintf("%.1f kB", x/1e3)
	case x < 999.5e6:
		return fmt.Sprintf("%.1f MB", x/1e6)
	default:
		return fmt.Sprintf("%.2f GB", x/1e9)
	}
}

// Place returns path as it is to be printed: relative to the project's folder
// if it is inside it, so that a notebook looks the same on every machine.
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
