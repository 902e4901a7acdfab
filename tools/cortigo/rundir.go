package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cortigo/arrowio"
)

// describeRun returns what run.json begins with.
func (s *simulation) describeRun() (arrowio.Run, error) {
	run := arrowio.RunOf(s.model.Net())
	run.RecordsOnly(s.model.Recorded()...)
	run.Model, run.TPresimMS, run.TSimMS = "microcircuit", s.params.TPresim, s.params.TSim
	if s.save {
		run.Checkpoint = new(int64) // where it begins is what the parameters say
	}
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
	if pid := arrowio.Writer(s.out); pid != 0 {
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

// lastWholeStep returns up to which step the parts in dir hold all spikes after
// one could not be written, and how many: a part may end in the middle of a step.
func lastWholeStep(dir string) (last, n int64) {
	in := int64(0) // of n, those in the step behind last
	err := arrowio.StreamSpikes(dir, func(step []int64, _ []int32) error {
		for _, t := range step {
			if t-1 != last {
				last, in = t-1, 0
			}
			in++
		}
		n += int64(len(step))
		return nil
	})
	if err != nil {
		return 0, 0 // readers find out more from the parts themselves
	}
	return last, n - in
}

// shellQuoted returns a path as one writes it on the command line. One that
// begins with a dash would be taken for a flag.
func shellQuoted(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	if strings.ContainsAny(path, " \t\n'\"\\$&;()<>|*?[]#~`!{}") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
