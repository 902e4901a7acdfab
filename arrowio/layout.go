package arrowio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cortigo/arrowio/internal/files"
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
)

func partName(n int) string { return fmt.Sprintf("%s%05d%s", partPrefix, n, partSuffix) }

// tempName is a hidden name, so that the pattern part-*.parquet never matches it.
func tempName(n int) string { return fmt.Sprintf(".%s%s", partName(n), files.TempSuffix) }

// partNumber returns the number in a part's file name. A name that partName
// does not give is not ours.
func partNumber(name string) (int, bool) {
	s, ok := strings.CutPrefix(name, partPrefix)
	if !ok {
		return 0, false
	}
	if s, ok = strings.CutSuffix(s, partSuffix); !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || name != partName(n) {
		return 0, false
	}
	return n, true
}

// isTemp reports whether name is one that tempName gives.
func isTemp(name string) bool {
	s, hidden := strings.CutPrefix(name, ".")
	s, temp := strings.CutSuffix(s, files.TempSuffix)
	_, ok := partNumber(s)
	return hidden && temp && ok
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

// owned reports whether name, in the subdirectory sub of a run, is one that
// Cortigo gives to a file.
func owned(sub, name string) bool {
	switch sub {
	case SpikesDir, VoltagesDir:
		_, ok := partNumber(name)
		return ok || isTemp(name)
	}
	return written[sub].MatchString(name)
}

// written are the names that this package and package sim give to files: those of
// a network and a state, and temporary ones while these are written, with a
// number that os.CreateTemp chose. Other files in the same directories are not
// Cortigo's.
var written = map[string]*regexp.Regexp{
	"":         regexp.MustCompile(`^\.run\.json-[0-9]+\.tmp$`),
	NetworkDir: regexp.MustCompile(`^((network|microcircuit)\.json|shard-([0-9]{4}|[1-9][0-9]{4,})\.rows|\.((network|microcircuit)\.json|shard-([0-9]{4}|[1-9][0-9]{4,})\.rows)\.[0-9]+\.tmp)$`),
	StateDir:   regexp.MustCompile(`^(state\.cortigo|\.state\.cortigo\.[0-9]+\.tmp)$`),
}

// subdirs are the subdirectories of a run, in the order in which they are removed.
var subdirs = []string{StateDir, NetworkDir, SpikesDir, VoltagesDir}

// noLinks reports subdirectories of a run that are symbolic links. They may
// lead to another run, so nothing is written or removed there.
func noLinks(dir string) error {
	for _, sub := range subdirs {
		path := filepath.Join(dir, sub)
		if fi, err := os.Lstat(path); err == nil && fi.Mode()&fs.ModeSymlink != 0 {
			to, _ := os.Readlink(path) // for the message
			return fmt.Errorf("arrowio: %s is a symbolic link to %s: what is there may be another run's and is left alone; put a directory in its place", path, to)
		}
	}
	return nil
}

// CheckOverwrite reports what would prevent CreateRun from replacing the run in
// dir, and removes nothing: a subdirectory that is a symbolic link, a file with
// one of our names that does not belong to this run, a directory that cannot be
// written to.
func CheckOverwrite(dir string) error {
	if err := noLinks(dir); err != nil {
		return err
	}
	if err := onlyOurs(dir); err != nil {
		return err
	}
	for _, sub := range append([]string{""}, subdirs...) {
		path := filepath.Join(dir, sub)
		f, err := os.CreateTemp(path, ".cortigo-*.tmp")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err // without the name of the file that was tried
		}
		if err != nil {
			return fmt.Errorf("arrowio: the directory %s is not writable: %w", path, err)
		}
	}
	return nil
}

// removeRun removes Cortigo's own files from dir and keeps every other file.
// run.json is removed first: without it, the rest of a removal that was
// interrupted is not mistaken for a run. Before anything is removed everything
// is checked, see CheckOverwrite.
func removeRun(dir string) error {
	if err := CheckOverwrite(dir); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, RunFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("arrowio: overwriting the run in %s: %w", dir, err)
	}
	for _, sub := range append(slices.Clone(subdirs), "") {
		if err := removeOwned(dir, sub, owned); err != nil {
			return err
		}
	}
	return nil
}

// cleanKept removes unfinished files of run.json and of a state, which a killed
// program left.
func (d *RunDir) cleanKept() error {
	for _, sub := range []string{"", StateDir} {
		err := removeOwned(d.dir, sub, func(sub, name string) bool { return name[0] == '.' && owned(sub, name) })
		if err != nil {
			return err
		}
	}
	return nil
}

// removeOwned removes those files of a run's subdirectory sub ("": the run's
// own directory) that which chooses, and the subdirectory if it is then empty.
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
		// This fails if a file of the user is in it, which is then kept.
		_ = os.Remove(path)
	}
	return nil
}
