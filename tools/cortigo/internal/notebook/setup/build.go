package setup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// key returns what the result of building depends on, apart from the project's
// own packages: files such as go.mod and go.sum, what is changed in GoNB, the
// Go version and what it builds for.
func key(ctx context.Context, root string, files ...string) (string, error) {
	h := sha256.New()
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(data), data)
	}
	out, err := output(goCommand(ctx, root, "env", "GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT"))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s\n%q\n%s", out, cellPackages, gonbPatch)
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// goCommand returns a call of the go command in the project.
func goCommand(ctx context.Context, root string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Env = os.Environ()
	for name, value := range goSettings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// output runs a command and returns what it writes to stdout; an error
// contains what it wrote to stderr.
func output(cmd *exec.Cmd) (string, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", commandError(cmd, err, stderr.String())
	}
	return string(out), nil
}

func commandError(cmd *exec.Cmd, err error, stderr string) error {
	return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:2], " "), err, strings.TrimSpace(stderr))
}

// buildPrograms builds programs, as the module in dir has them, into bin: what
// are flags of go build and packages. They get there by renaming, as they may be
// running.
func buildPrograms(ctx context.Context, dir, bin string, what []string, log io.Writer, saying string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(bin), "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	args := append([]string{"build", "-v", "-o", tmp + string(filepath.Separator)}, what...)
	err = withSignsOfLife(goCommand(ctx, dir, args...), log, saying)
	if err != nil {
		return err
	}
	built, err := os.ReadDir(tmp)
	if err != nil {
		return err
	}
	for _, f := range built {
		if err := os.Rename(filepath.Join(tmp, f.Name()), filepath.Join(bin, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// compileAhead compiles what cells import and returns the files of the build
// cache that hold it. A package of the project that does not compile is no
// reason to stop: the cell that imports it will say so.
func compileAhead(ctx context.Context, root string, log io.Writer) ([]string, error) {
	args := append([]string{"build", "-v"}, cellPackages...)
	err := withSignsOfLife(goCommand(ctx, root, args...), log, "compiling the packages that cells import")
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		fmt.Fprintf(log, "cortigo: a package that cells may import does not compile; going on:\n%s\n", firstLines(err.Error(), 6))
		return nil, nil
	}
	// Only packages from elsewhere: the project's own change all the time.
	list := append([]string{"list", "-export", "-deps", "-f", "{{if not .Module}}{{.Export}}{{else if not .Module.Main}}{{.Export}}{{end}}"}, cellPackages...)
	out, err := output(goCommand(ctx, root, list...))
	if err != nil {
		return nil, err
	}
	return strings.Fields(out), nil
}

// withSignsOfLife runs a "go build -v" and says what is being done, and how
// far it is, once it takes more than a moment. Lines that are not the names of
// packages become part of the error.
func withSignsOfLife(cmd *exec.Cmd, log io.Writer, what string) error {
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(pipe)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		_, _ = io.Copy(io.Discard, pipe)
	}()
	const patience = time.Second // nothing is said of what takes less
	const pause = 10 * time.Second
	ticker := time.NewTicker(patience)
	defer ticker.Stop()
	compiled, said := 0, false
	var rest []string
	for lines != nil {
		select {
		case line, ok := <-lines:
			switch {
			case !ok:
				lines = nil
			case isPackage(line):
				compiled++
			case !strings.HasPrefix(line, "go: downloading"):
				rest = append(rest, line)
			}
		case <-ticker.C:
			if !said {
				fmt.Fprintf(log, "cortigo: %s ...\n", what)
				ticker.Reset(pause)
				said = true
				continue
			}
			fmt.Fprintf(log, "cortigo:   %3.0f s, %d packages compiled\n", time.Since(start).Seconds(), compiled)
		}
	}
	if err := cmd.Wait(); err != nil {
		return commandError(cmd, err, strings.Join(rest, "\n"))
	}
	if said {
		fmt.Fprintf(log, "cortigo:   done in %.0f s\n", time.Since(start).Seconds())
	}
	return nil
}

// firstLines returns the first n lines of a text.
func firstLines(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	if len(lines) > n {
		return strings.Join(lines[:n], "") + "..."
	}
	return text
}

// isPackage says whether a line that go build -v wrote is the name of a
// package.
func isPackage(line string) bool {
	return line != "" && !strings.ContainsAny(line, " \t:#")
}
