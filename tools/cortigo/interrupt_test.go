//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"cortigo/arrowio"
)

// programDir is where the command was built, if it was.
var programDir string

// program builds the command once.
var program = sync.OnceValues(func() (path string, err error) {
	if programDir, err = os.MkdirTemp("", "cortigo-test-*"); err != nil {
		return "", err
	}
	path = filepath.Join(programDir, "cortigo")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if programDir != "" {
		os.RemoveAll(programDir)
	}
	os.Exit(status)
}

// A started is the program while it runs.
type started struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout bytes.Buffer
	lines  chan string // of stderr
	stderr strings.Builder
}

// start starts the program.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, path, args...)
}

// startProgram starts any program.
func startProgram(t *testing.T, path string, args ...string) *started {
	t.Helper()
	s := &started{t: t, cmd: exec.Command(path, args...), lines: make(chan string, 1000)}
	s.cmd.Stdout = &s.stdout
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	go func() {
		defer close(s.lines)
		for sc := bufio.NewScanner(pipe); sc.Scan(); {
			s.lines <- sc.Text()
		}
		_, _ = io.Copy(io.Discard, pipe)
	}()
	return s
}

// until waits for a line of stderr that begins with text.
func (s *started) until(text string) {
	s.t.Helper()
	for line := range s.lines {
		s.stderr.WriteString(line + "\n")
		if strings.HasPrefix(line, text) {
			return
		}
	}
	s.t.Fatalf("no line %q in %s", text, &s.stderr)
}

func (s *started) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// end waits for the program to end, soon, and returns how.
func (s *started) end() (stderr string, state *os.ProcessState) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second) // a busy machine
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = s.cmd.Process.Kill() })
	defer stop()
	for line := range s.lines {
		s.stderr.WriteString(line + "\n")
	}
	_ = s.cmd.Wait() // the state says it
	if ctx.Err() != nil {
		s.t.Errorf("%q did not end:\n%s", s.cmd.Args, &s.stderr)
	}
	return s.stderr.String(), s.cmd.ProcessState
}

// long is a run that takes many seconds: of the small network, or to build.
var long = slices.Concat([]string{"run"}, small, []string{"--t-sim", "1e7"})

var interruptedAt = regexp.MustCompile(`interrupted at ([\d.]+) ms of 10000020 ms; (\S+) holds the spikes of \(0, ([\d.]+)\] ms`)

func TestInterruptSimulation(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(sig) {
			continue // as under nohup, where a run goes on
		}
		dir := tempRun(t)
		s := start(t, append(slices.Clone(long), "--out", dir, "--save", "--json")...)
		s.until(`{"event":"progress","phase":"warm-up"`)
		time.Sleep(100 * time.Millisecond)
		s.signal(sig)
		stderr, state := s.end()
		if state.ExitCode() != statusInterrupted {
			t.Errorf("%v: %v", sig, state)
		}
		found := interruptedAt.FindStringSubmatch(stderr)
		if found == nil || found[1] != found[3] || found[2] != dir {
			t.Fatalf("%v: stderr %s", sig, stderr)
		}
		m := object(t, s.stdout.String())
		wantKeys(t, m, append([]string{"out", "warnings", "error", "bytes_per_spike"}, runKeys...)...)
		if !strings.Contains(m["error"].(string), found[0]) || !strings.Contains(m["error"].(string), "cortigo run --resume "+dir) {
			t.Errorf("error %q", m["error"])
		}

		// What is there is what a run of that length records.
		rd, err := arrowio.OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		r := rd.Run()
		if got := windowMS(&r); got != "(0, "+found[1]+"] ms" || r.Recorded.End <= 200 {
			t.Errorf("recorded %s, message %s", got, found[0])
		}
		if got := must(t, "digest", dir); got != m["spike_sha256"].(string)+"\n" {
			t.Errorf("digest %q, reported %q", got, m["spike_sha256"])
		}
		if leftovers, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(leftovers) > 0 {
			t.Errorf("%q", leftovers)
		}
		if sig != os.Interrupt {
			continue
		}
		whole := tempRun(t)
		must(t, append(append([]string{"run"}, small...), "--out", whole, "--t-sim", decimal(float64(r.Recorded.End)*0.1-20))...)
		if a, b := must(t, "digest", dir), must(t, "digest", whole); a != b {
			t.Errorf("%s was interrupted, %s was not", a, b)
		}
		// And it can go on.
		again := object(t, must(t, "run", "--resume", dir, "--t-sim", "100", "--json"))
		must(t, append(append([]string{"run"}, small...), "--out", whole, "--overwrite", "--t-sim", decimal(float64(r.Recorded.End)*0.1+80))...)
		if b := must(t, "digest", whole); again["spike_sha256"].(string)+"\n" != b {
			t.Errorf("%s went on, %s did not need to", again["spike_sha256"], b)
		}
	}
}

func TestInterruptBuild(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	build := []string{"run", "--scale", "0.8", "--t-presim", "0", "--t-sim", "1", "--out", dir}
	s := start(t, build...)
	s.until("Workers: ")
	s.signal(os.Interrupt)
	stderr, state := s.end()
	if state.ExitCode() != statusInterrupted || !strings.Contains(stderr, "cortigo: interrupted while the network was being built; nothing was recorded in "+dir) {
		t.Errorf("%v, stderr %s", state, stderr)
	}
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r := rd.Run(); r.Recorded != (arrowio.Window{}) {
		t.Errorf("recorded %v", r.Recorded)
	}
	// A run that was to be replaced is still there.
	run(t, "--out", dir, "--overwrite", "--save")
	before := files(t, dir)
	s = start(t, append(build, "--overwrite")...)
	s.until("Workers: ")
	s.signal(os.Interrupt)
	stderr, state = s.end()
	if state.ExitCode() != statusInterrupted || !strings.Contains(stderr, "the run that was in "+dir+" is untouched") {
		t.Errorf("%v, stderr %s", state, stderr)
	}
	if after := files(t, dir); !slices.Equal(sortedKeys(before), sortedKeys(after)) {
		t.Errorf("%q, then %q", sortedKeys(before), sortedKeys(after))
	} else {
		for name := range before {
			if !bytes.Equal(before[name], after[name]) {
				t.Errorf("%s changed", name)
			}
		}
	}
}

// The second ^C kills, wherever the program is: here it writes its end into a
// pipe that nobody reads.
func TestSecondInterruptKills(t *testing.T) {
	t.Parallel()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fill(t, w)
	dir := tempRun(t)
	cmd := exec.Command(path, append(slices.Clone(long), "--out", dir)...)
	cmd.Stderr = w // already the report about the network waits
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "run.json")); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("not begun")
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for n := 1; ; n++ {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ended:
			status := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if n < 2 || !status.Signaled() || status.Signal() != syscall.SIGINT {
				t.Errorf("%v after %d", cmd.ProcessState, n)
			}
			return
		case <-time.After(200 * time.Millisecond):
			if n > 20 {
				t.Fatal("cannot be killed by ^C")
			}
		}
	}
}

// fill fills a pipe.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	if err := w.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			break // full
		}
	}
}

// Commands that only read end at once.
func TestInterruptReaders(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{{"digest", "x"}, {"plot", "x"}, {"verify", "x", "--reference", "y"}} {
		_, stderr, status := cliWith(ctx, args...)
		if status != statusInterrupted || stderr != "cortigo: interrupted\n" {
			t.Errorf("%q: status %d, %q", args, status, stderr)
		}
	}
}

// Exit statuses and the separation of stdout and stderr, from outside.
func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		args           []string
		status         int
		stdout, stderr string // how they begin
	}{
		{[]string{"version"}, 0, "cortigo ", ""},
		{nil, 0, "Simulate spiking", ""},
		{[]string{"run", "--bad"}, 1, "", "cortigo: unknown flag: --bad"},
		{[]string{"digest", "/none", "--json"}, 1, "{\n  \"error\": \"/none is not", "cortigo: /none is not"},
	} {
		s := start(t, tt.args...)
		stderr, state := s.end()
		if state.ExitCode() != tt.status || !begins(s.stdout.String(), tt.stdout) || !begins(stderr, tt.stderr) {
			t.Errorf("%q: %v, stdout %q, stderr %q", tt.args, state, &s.stdout, stderr)
		}
	}
}

// begins reports whether text begins with want, or both are empty.
func begins(text, want string) bool {
	return strings.HasPrefix(text, want) && (want != "" || text == "")
}

func sortedKeys(m map[string][]byte) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// A run that was killed while it went on has lost nothing but the last seconds
// of model time, and can go on again.
func TestKillResumed(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--save", "--t-presim", "0")
	s := start(t, "run", "--resume", dir, "--t-sim", "1e7", "--checkpoint-every", "10000")
	s.until("Going on")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		rd, err := arrowio.OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		if rd.Run().Recorded.End >= 200_000 { // two checkpoints
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is put on disk: %v", rd.Run().Recorded)
		}
	}
	s.signal(syscall.SIGKILL)
	s.end()
	got := object(t, must(t, "run", "--resume", dir, "--t-sim", "100", "--json"))
	rd, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := rd.Run()
	if r.Recorded.End%100_000 != 1000 || r.PlannedEndMS != float64(r.Recorded.End)/10 {
		t.Errorf("recorded %v, planned until %g ms", r.Recorded, r.PlannedEndMS)
	}
	want := run(t, "--out", tempRun(t), "--t-presim", "0", "--t-sim", decimal(r.PlannedEndMS))
	if got["spike_sha256"] != want["spike_sha256"] || got["spikes"] != want["spikes"] {
		t.Errorf("%v spikes after the kill, %v without", got["spikes"], want["spikes"])
	}
}

// Parameters from a pipe that nobody writes to: ^C ends the waiting.
func TestInterruptParameters(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{{"config"}, {"run", "--record", "none"}, {"bench"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		stdout, stderr, status := cliWith(ctx, append(args, "--params", pipe)...)
		cancel()
		if status != statusInterrupted || stdout != "" || stderr != "cortigo: interrupted\n" {
			t.Errorf("%q: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
	// With both ends open those that still wait in the background end, too.
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}
