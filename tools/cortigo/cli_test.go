package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// small are parameters of a network that is built and simulated in a tenth of
// a second and has spikes in all populations.
var small = []string{"--n-scaling", "0.005", "--k-scaling", "0.2", "--background", "dc", "--t-presim", "20", "--t-sim", "80"}

// cli runs the command line in this process.
func cli(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	return cliWith(t.Context(), args...)
}

func cliWith(ctx context.Context, args ...string) (stdout, stderr string, status int) {
	var out, log bytes.Buffer
	status = execute(ctx, args, &out, &log)
	return out.String(), log.String(), status
}

// must runs the command line, which must succeed, and returns its stdout.
func must(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, status := cli(t, args...)
	if status != 0 {
		t.Fatalf("cortigo %q: status %d, %s", args, status, stderr)
	}
	return stdout
}

// run runs the small network with further flags and returns its JSON.
func run(t *testing.T, args ...string) map[string]any {
	t.Helper()
	return object(t, must(t, slices.Concat([]string{"run", "--json"}, small, args)...))
}

// object reads stdout, which must be one JSON object and nothing else.
func object(t *testing.T, stdout string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(stdout))
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	if dec.More() {
		t.Fatalf("more than one object: %q", stdout)
	}
	return m
}

func keys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func wantKeys(t *testing.T, m map[string]any, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := keys(m); !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
}

// wantError checks that a command line fails with one line on stderr that
// holds all the texts, that is free of package names, and that stdout has
// nothing or, with --json, the same text as "error".
func wantError(t *testing.T, args []string, want ...string) {
	t.Helper()
	stdout, stderr, status := cli(t, args...)
	if status != statusFailed {
		t.Errorf("%q: status %d", args, status)
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	last := lines[len(lines)-1]
	for _, w := range want {
		if !strings.Contains(last, w) {
			t.Errorf("%q: %q, want %q in it", args, last, w)
		}
	}
	if !strings.HasPrefix(last, "cortigo: ") || strings.Count(last, "cortigo: ") != 1 {
		t.Errorf("%q: %q, want one prefix", args, last)
	}
	if packagePrefix.MatchString(strings.TrimPrefix(last, "cortigo: ")) {
		t.Errorf("%q: %q names a package", args, last)
	}
	if stdout != "" {
		t.Errorf("%q: stdout %q", args, stdout)
	}
	if cmd, _, err := newRootCmd().Find(args); err != nil || cmd.Flags().Lookup("json") == nil {
		return
	}
	stdout, _, _ = cli(t, append(slices.Clone(args), "--json")...)
	m := object(t, stdout)
	if text, _ := m["error"].(string); !strings.HasSuffix(text, strings.TrimPrefix(last, "cortigo: ")) {
		t.Errorf("%q --json: error %q, want %q", args, text, last)
	}
}

func tempRun(t *testing.T) string { return filepath.Join(t.TempDir(), "run") }
