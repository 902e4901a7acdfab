package nb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test program runs itself as a cell, with this variable naming what the
// cell does.
const actVariable = "NB_TEST_ACT"

func TestMain(m *testing.M) {
	switch os.Getenv(actVariable) {
	case "":
		os.Exit(m.Run())
	case "check":
		Check(nil)
		Check(fmt.Errorf("spikes: %w", errors.New("disk full")))
	case "must":
		fmt.Println(Must("kept", nil))
		Must(0, fmt.Errorf("spikes: %w", errors.New("disk full")))
	case "figure":
		Figure(&drawing{}, fmt.Errorf("spikes: %w", errors.New("disk full")))
	case "simulate":
		Simulate(full{}, 100)
	case "stop", "stop simulation":
		ctx := Context()
		what := "simulate"
		if os.Getenv(actVariable) != "stop" {
			NewProgress("simulating").Update(85.1, 200) // and not closed
			what = "microcircuit: simulating: sim: stopped at 85.1 ms"
		}
		fmt.Println("ready")
		select {
		case <-ctx.Done():
			Check(fmt.Errorf("%s: %w", what, ctx.Err()))
		case <-time.After(20 * time.Second):
		}
	case "root":
		fmt.Println(Root())
	}
	os.Exit(0)
}

// full is a network whose recorder has no room.
type full struct{}

func (full) Simulate(ctx context.Context, ms float64) error {
	if ctx == nil || ms != 100 {
		return errors.New("not what was asked for")
	}
	return fmt.Errorf("spikes: %w", errors.New("disk full"))
}

func act(what string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, actVariable+"="+what)...)
	return cmd
}

func TestErrorsEndTheCell(t *testing.T) {
	for _, c := range []struct{ act, stdout string }{
		{"check", ""},
		{"must", "kept\n"},
		{"figure", ""},
		{"simulate", ""},
	} {
		cmd := act(c.act)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s: %v, want exit code 1", c.act, err)
		}
		if stdout.String() != c.stdout {
			t.Errorf("%s: stdout %q, want %q", c.act, &stdout, c.stdout)
		}
		// GoNB finds the cell's line by the path of the caller.
		if want := regexp.MustCompile(`^error: spikes: disk full\n    at \S+stop_test\.go:\d+\n$`); !want.MatchString(stderr.String()) {
			t.Errorf("%s: stderr %q, want %s", c.act, &stderr, want)
		}
	}
}

func TestStopButton(t *testing.T) {
	for _, tt := range []struct {
		signal os.Signal
		act    string
		stderr *regexp.Regexp // all of it: a stop is one line, and no line of the cell's
	}{
		{os.Interrupt, "stop", regexp.MustCompile(`^stopped: simulate\n$`)},
		{syscall.SIGTERM, "stop", regexp.MustCompile(`^stopped: simulate\n$`)},
		{os.Interrupt, "stop simulation", regexp.MustCompile(`^(simulating: 85 / 200 ms.* passed.*\n)?simulating: 85 / 200 ms.* stopped after [^,]*\nstopped at 85\.1 ms\n$`)},
	} {
		signal := tt.signal
		cmd := act(tt.act)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 10))
		if err := cmd.Process.Signal(signal); err != nil {
			cmd.Process.Kill()
			t.Skip(err)
		}
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitStopped {
			t.Errorf("%v: %v, want exit code %d", signal, err, exitStopped)
		}
		if !tt.stderr.MatchString(stderr.String()) {
			t.Errorf("%v: stderr %q, want %s", signal, &stderr, tt.stderr)
		}
	}
}

// A context of one's own that was cancelled is an error like others.
func TestReportOtherContext(t *testing.T) {
	var b bytes.Buffer
	if code := report(&b, context.Canceled, ""); code != 1 || b.String() != "error: context canceled\n" {
		t.Errorf("%d %q", code, &b)
	}
	b.Reset()
	if code := report(&b, nil, "x.go:3"); code != 1 || !strings.Contains(b.String(), "without an error") {
		t.Errorf("%d %q", code, &b)
	}
}

func TestRoot(t *testing.T) {
	clone, other := t.TempDir(), t.TempDir()
	for _, dir := range []string{clone, other} {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module cortigo\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	notebooks := filepath.Join(clone, "notebooks")
	if err := os.Mkdir(notebooks, 0o755); err != nil {
		t.Fatal(err)
	}
	outside := t.TempDir()
	for _, tt := range []struct{ dir, kernel, want string }{
		{notebooks, "", clone},
		{notebooks, other, clone}, // the notebook's own clone goes first
		{outside, other, other},
		{outside, outside, ""},
		{outside, "", ""},
	} {
		cmd := act("root", "GONB_DIR="+tt.dir, "CORTIGO_ROOT="+tt.kernel)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if tt.want == "" {
			if err == nil || !strings.Contains(stderr.String(), "no go.mod with \"module cortigo\" in "+outside) {
				t.Errorf("%+v: %v, %q, want an error that names the folder", tt, err, &stderr)
			}
			continue
		}
		if got := strings.TrimSpace(string(out)); err != nil || got != tt.want {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
	}
}

func TestQuick(t *testing.T) {
	for value, want := range map[string]bool{"": false, "0": false, "1": true} {
		t.Setenv("CORTIGO_QUICK", value)
		if got := Quick(); got != want {
			t.Errorf("CORTIGO_QUICK=%q: %v", value, got)
		}
	}
}
