package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMessage(t *testing.T) {
	full := errors.New("arrowio: writing a/part: no space left")
	two := errors.Join(errors.New("microcircuit: parameter a is 1"), errors.New("microcircuit: parameter b is 2"))
	for _, tt := range []struct {
		err  error
		want string
	}{
		{errors.New("plain"), "plain"},
		{errors.New("microcircuit: sim: threads is -1"), "threads is -1"},
		{errors.New("microcircuit: simulating: sim: stopped at 3 ms: arrowio: full"), "simulating: stopped at 3 ms: full"},
		{errors.New("open sim: no such file"), "open sim: no such file"}, // a file of that name
		{two, "parameter a is 1\nparameter b is 2"},
		{fmt.Errorf("--params p: %w", two), "--params p: parameter a is 1\n--params p: parameter b is 2"},
		{fmt.Errorf("--x: %w", fmt.Errorf("p: %w", two)), "--x: p: parameter a is 1\n--x: p: parameter b is 2"},
		{fmt.Errorf("all of %w went wrong", two), "all of microcircuit: parameter a is 1\nmicrocircuit: parameter b is 2 went wrong"},
		{fmt.Errorf("%w and %w", errors.New("a"), errors.New("b")), "a and b"},
		{errors.Join(fmt.Errorf("sim: stopped: %w", full), full), "stopped: writing a/part: no space left"},
		{errors.Join(full, fmt.Errorf("sim: stopped: %w", full)), "stopped: writing a/part: no space left"},
		{errors.Join(full, full, nil), "writing a/part: no space left"},
		{errors.Join(&stoppedError{errors.Join(full, full), "a holds b"}, nil), "writing a/part: no space left; a holds b"},
	} {
		if got := message(tt.err); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.err, got, tt.want)
		}
	}
}

// A message that quotes something huge keeps its begin and its end.
func TestLongMessage(t *testing.T) {
	got := message(errors.New("the name is " + strings.Repeat("é", 1<<20) + "; allowed: a, b"))
	if len(got) > maxLine || !strings.HasPrefix(got, "the name is é") || !strings.HasSuffix(got, "é; allowed: a, b") || !utf8.ValidString(got) {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 parts", 1: "1 part", 2: "2 parts"} {
		if got := counted(n, "part"); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestOtherThan(t *testing.T) {
	cause := errors.New("cause")
	err := errors.Join(errors.Join(fmt.Errorf("sim: %w", cause), errors.New("x")), cause)
	if got := message(otherThan(cause, err, errors.New("interrupted"))); got != "interrupted\nx" {
		t.Errorf("%q", got)
	}
}

func TestDecimal(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 3124 * 0.1: "312.4", 1000500: "1000500", 0.001: "0.001", 20000.1 + 1e-9: "20000.1"} {
		if got := decimal(x); got != want {
			t.Errorf("%v is written %s, want %s", x, got, want)
		}
	}
}

func TestShellQuoted(t *testing.T) {
	for path, want := range map[string]string{"data/a": "data/a", "my data": "'my data'", "it's": `'it'\''s'`, "$x": "'$x'", "-x": "./-x", "--": "./--", "-my data": "'./-my data'"} {
		if got := shellQuoted(path); got != want {
			t.Errorf("%s is written %s, want %s", path, got, want)
		}
	}
}
