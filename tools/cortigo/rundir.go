package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"cortigo/arrowio"
)

// describeRun returns what run.json begins with.
func (s *simulation) describeRun() (arrowio.Run, error) {
	run := arrowio.RunOf(s.model.Net())
	run.Model, run.TPresimMS, run.TSimMS = "microcircuit", s.params.TPresim, s.params.TSim
	parameters, err := s.parametersJSON()
	run.Parameters = parameters
	return run, err
}

func (s *simulation) parametersJSON() (json.RawMessage, error) {
	var b bytes.Buffer
	err := s.params.Encode(&b)
	return b.Bytes(), err
}

// createRun makes the run's directory, so that a wrong one is found out before
// time is spent. A run that is there already, and may be replaced, is left
// alone; replaceRun does it.
func (s *simulation) createRun() error {
	run, err := s.describeRun()
	if err != nil {
		return err
	}
	s.dir, err = arrowio.CreateRun(s.out, run, false)
	if !errors.Is(err, arrowio.ErrExists) || !s.overwrite {
		if err == nil {
			fmt.Fprintf(s.log, "Data directory: %s\n", s.out)
		}
		return err
	}
	if err := writable(s.out); err != nil {
		return err
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
	s.dir, err = arrowio.CreateRun(s.out, run, true)
	return err
}

// writable reports whether files can be made in dir.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".cortigo-*.tmp")
	if err != nil {
		return fmt.Errorf("the directory %s is not writable: %w", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// lastWholeStep returns up to which step the parts in dir hold all spikes after
// one could not be written: a part may end in the middle of a step.
func lastWholeStep(dir string) int64 {
	var last int64
	err := arrowio.StreamSpikes(dir, func(step []int64, _ []int32) error {
		last = step[len(step)-1] - 1
		return nil
	})
	if err != nil {
		return 0 // readers find out more from the parts themselves
	}
	return last
}

// shellQuoted returns a path as one writes it on the command line.
func shellQuoted(path string) string {
	if strings.ContainsAny(path, " \t\n'\"\\$&;()<>|*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
