package arrowio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Names inside a run's directory. NetworkDir and StateDir are written by
// package sim; they are named here because a new run must not inherit them.
const (
	RunFile     = "run.json"
	SpikesDir   = "spikes"
	VoltagesDir = "voltages"
	NetworkDir  = "network"
	StateDir    = "state"
)

// entries are all names that make a directory hold a run.
var entries = []string{RunFile, SpikesDir, VoltagesDir, NetworkDir, StateDir}

const (
	partPrefix = "part-"
	partSuffix = ".parquet"
	tempPrefix = "." + partPrefix // hidden, so that the glob part-*.parquet never sees it
	tempSuffix = ".tmp"
)

func partName(n int) string { return fmt.Sprintf("%s%05d%s", partPrefix, n, partSuffix) }

func tempName(n int) string { return fmt.Sprintf(".%s%s", partName(n), tempSuffix) }

// partNumber returns the number in a part's file name.
func partNumber(name string) (int, bool) {
	s, ok := strings.CutPrefix(name, partPrefix)
	if !ok {
		return 0, false
	}
	if s, ok = strings.CutSuffix(s, partSuffix); !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	return n, true
}

func isTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// A part is one finished file of a run.
type part struct {
	n    int
	path string
}

// listParts returns dir's finished parts by number; a missing directory has
// none. Temporary files of a running or killed writer are left out.
func listParts(dir string) ([]part, error) {
	es, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("arrowio: listing the parts of %s: %w", dir, err)
	}
	var ps []part
	for _, e := range es {
		if n, ok := partNumber(e.Name()); ok && !e.IsDir() {
			ps = append(ps, part{n, filepath.Join(dir, e.Name())})
		}
	}
	slices.SortFunc(ps, func(a, b part) int { return a.n - b.n })
	return ps, nil
}

// existing returns which of a run's entries dir holds; empty directories do
// not count.
func existing(dir string) ([]string, error) {
	var found []string
	for _, name := range entries {
		path := filepath.Join(dir, name)
		fi, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("arrowio: looking for a run in %s: %w", dir, err)
		}
		if fi.IsDir() {
			es, err := os.ReadDir(path)
			if err != nil {
				return nil, fmt.Errorf("arrowio: looking for a run in %s: %w", dir, err)
			}
			if len(es) == 0 {
				continue
			}
		}
		found = append(found, name)
	}
	return found, nil
}

// owned reports whether name, in the subdirectory sub of a run, is a file that
// Cortigo wrote and may remove.
func owned(sub, name string) bool {
	_, ok := partNumber(name)
	switch sub {
	case "":
		temp, err := filepath.Match(tempOf(RunFile), name)
		return temp && err == nil
	case SpikesDir, VoltagesDir:
		return ok || isTemp(name)
	}
	return slices.ContainsFunc(stored[sub], func(pattern string) bool {
		ok, err := filepath.Match(pattern, name)
		return ok && err == nil
	})
}

// stored are the names that package sim gives to the files of a saved network and
// state, and to the temporary ones on the way there. Others in the same
// directories are not Cortigo's to remove.
var stored = map[string][]string{
	NetworkDir: {"network.json", ".network.json.*.tmp", "microcircuit.json", ".microcircuit.json.*.tmp", "shard-*.rows", ".shard-*.rows.*.tmp"},
	StateDir:   {"state.cortigo", ".state.cortigo.*.tmp"},
}

// removeRun removes Cortigo's own files from dir and keeps every other file.
// run.json goes first: without it, what is left of a removal that was cut
// short is not mistaken for a run.
func removeRun(dir string) error {
	if err := os.Remove(filepath.Join(dir, RunFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("arrowio: overwriting the run in %s: %w", dir, err)
	}
	for _, sub := range []string{StateDir, NetworkDir, SpikesDir, VoltagesDir, ""} {
		if err := removeOwned(dir, sub, owned); err != nil {
			return err
		}
	}
	return nil
}

// cleanKept removes what a program that was killed left of a run.json and a
// state that it was writing.
func (d *RunDir) cleanKept() error {
	for _, sub := range []string{"", StateDir} {
		err := removeOwned(d.dir, sub, func(sub, name string) bool { return name[0] == '.' && owned(sub, name) })
		if err != nil {
			return err
		}
	}
	return nil
}

// removeOwned removes those files of a run's subdirectory sub, "" for its own,
// that which chooses, and the subdirectory if it is empty then.
func removeOwned(dir, sub string, which func(sub, name string) bool) error {
	path := filepath.Join(dir, sub)
	es, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("arrowio: removing files of the run in %s: %w", dir, err)
	}
	for _, e := range es {
		if !e.Type().IsRegular() || !which(sub, e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(path, e.Name())); err != nil {
			return fmt.Errorf("arrowio: removing files of the run in %s: %w", dir, err)
		}
	}
	if sub != "" {
		// Fails if a file of the user's is left in it, which is then kept.
		_ = os.Remove(path)
	}
	return nil
}
