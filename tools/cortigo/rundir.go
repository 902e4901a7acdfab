package main

import (
	"errors"
	"fmt"
	"strings"

	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
)

// describeRun returns the first content of run.json.
func (s *simulation) describeRun() (arrowio.Run, error) {
	run, err := pd14.Describe(s.model)
	if s.save {
		run.Checkpoint = new(int64) // where it begins is what the parameters say
	}
	return run, err
}

// createRun makes the run's directory, so that a wrong one is noticed before
// time is spent. A run that is there already, and may be replaced, is left as
// it is; replaceRun replaces it.
func (s *simulation) createRun() error {
	run, err := s.describeRun()
	if err != nil {
		return err
	}
	s.dir, err = arrowio.CreateRun(s.out, run, false)
	if !errors.Is(err, arrowio.ErrExists) || !s.overwrite {
		if errors.Is(err, arrowio.ErrExists) {
			err = fmt.Errorf("%w: --overwrite replaces it, --out DIR chooses another directory", err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(s.log, "Data directory: %s\n", s.out)
		return s.dir.Lock()
	}
	if err := arrowio.CheckOverwrite(s.out); err != nil {
		return err
	}
	if pid, writing := arrowio.WriterPID(s.out); writing {
		return fmt.Errorf("the run in %s %w by process %d: wait until it ends, or stop it", s.out, arrowio.ErrLocked, pid)
	}
	s.replace = true
	fmt.Fprintf(s.log, "Data directory: %s\n  The run in it will be replaced when the network is built.\n", s.out)
	return nil
}

// replaceRun removes the run that is in the directory and makes the new one.
func (s *simulation) replaceRun() error {
	run, err := s.describeRun()
	if err != nil {
		return err
	}
	s.replace = false
	if s.dir, err = arrowio.CreateRun(s.out, run, true); err != nil {
		return err
	}
	return s.dir.Lock()
}

// shellQuoted returns a path as it must be written on the command line. One
// that starts with a dash would be taken for a flag.
func shellQuoted(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	if strings.ContainsAny(path, " \t\n'\"\\$&;()<>|*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
