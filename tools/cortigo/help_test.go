package main

import (
	"flag"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// full skips a test that takes long, unless it is asked for by -run Full.
func full(t *testing.T) {
	t.Helper()
	if !strings.Contains(flag.Lookup("test.run").Value.String(), "Full") {
		t.Skip("takes long: go test -run Full")
	}
}

// Every command says what it does, with examples whose flags there are.
func TestHelp(t *testing.T) {
	for _, name := range []string{"run", "config", "info", "check", "digest", "verify", "plot", "bench", "version"} {
		text := must(t, name, "--help")
		for _, want := range []string{"Usage:\n  cortigo " + name, "Examples:\n  cortigo ", "Flags:\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s --help lacks %q", name, want)
			}
		}
	}
	root := newRootCmd()
	for _, cmd := range append(root.Commands(), root) {
		for line := range strings.SplitSeq(strings.ReplaceAll(cmd.Example, "\\\n", " "), "\n") {
			example(t, root, line)
		}
	}
	if stdout := must(t); stdout != must(t, "--help") {
		t.Errorf("without arguments: %s", stdout)
	}
}

// example checks a line of an example.
func example(t *testing.T, root *cobra.Command, line string) {
	t.Helper()
	for part := range strings.SplitSeq(line, "&&") {
		words := strings.Fields(part)
		if len(words) < 2 || words[0] != "cortigo" {
			continue
		}
		cmd, rest, err := root.Find(words[1:])
		if err != nil || cmd == root {
			t.Errorf("%q: %v", part, err)
			continue
		}
		for _, w := range rest {
			if name, ok := strings.CutPrefix(w, "--"); ok && cmd.Flags().Lookup(name) == nil {
				t.Errorf("%q: no flag %s", part, w)
			}
		}
	}
}

// What help says an object of --json holds is what it holds: the keys of the
// tests.
func TestHelpNamesKeys(t *testing.T) {
	for name, object := range map[string][]string{
		"run":    append([]string{"out", "warnings", "error", "resumed_from_ms", "bytes_per_spike"}, runKeys...),
		"bench":  {"build_s", "update_s", "deliver_s", "communicate_s", "synaptic_events", "ns_per_event", "cpu", "kernel", "error"},
		"verify": {"pass", "failed", "allowed", "references", "sampling_only", "rows", "distance", "q", "warnings", "error"},
		"digest": {"spikes", "spike_sha256"},
		"check":  {"ok", "problems", "notes", "parts", "spikes", "samples", "network", "error"},
	} {
		text := must(t, name, "--help")
		for _, key := range object {
			if !strings.Contains(text, key) {
				t.Errorf("%s --help does not name %s", name, key)
			}
		}
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if text := must(t, "completion", shell); !strings.Contains(text, "cortigo") {
			t.Errorf("%s: %.100q", shell, text)
		}
	}
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"run", "--background", ""}, []string{"dc\n", "poisson\n"}},
		{[]string{"run", "--v0", "or"}, []string{"original\n"}},
		{[]string{"bench", "--record", ""}, []string{"spikes\n", "voltages\n", "none\n"}},
		{[]string{"d"}, []string{"digest\t"}},
		{[]string{"run", "--over"}, []string{"--overwrite\t"}},
		{[]string{"plot", ""}, []string{":16\n"}}, // directories
	} {
		text := must(t, append([]string{"__complete"}, tt.args...)...)
		for _, want := range tt.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q completes to %q, want %q", tt.args, text, want)
			}
		}
	}
}
