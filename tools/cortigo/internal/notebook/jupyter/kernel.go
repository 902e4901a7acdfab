package jupyter

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Kernel is a running kernel process with its process group, its temporary
// directory and a client connected to it.
type Kernel struct {
	*Client
	// Info is the content of the kernel's kernel_info_reply.
	Info []byte

	spec    *Spec
	cmd     *exec.Cmd
	tempDir string
	lastLog string // the log's end, once the temporary directory is gone
	exited  chan struct{}
	exitErr error // valid once exited is closed
}

// startTimeout is how long a kernel may take to answer: GoNB runs go mod init
// first, which is slow on a machine that is compiling.
const startTimeout = 90 * time.Second

// Start starts a kernel in the directory dir, in a process group of its own,
// with a temporary directory of its own that all its files go to, and waits
// until it answers. env is appended to this process's environment and to the
// spec's.
func Start(ctx context.Context, spec *Spec, dir string, env ...string) (*Kernel, error) {
	k := &Kernel{spec: spec, exited: make(chan struct{})}
	var err error
	if k.tempDir, err = os.MkdirTemp("", "cortigo-nb-"); err != nil {
		return nil, fmt.Errorf("temporary directory for the kernel: %w", err)
	}
	conn, err := k.launch(dir, env)
	if err != nil {
		os.RemoveAll(k.tempDir)
		return nil, fmt.Errorf("starting the kernel %s: %w", spec.DisplayName, err)
	}
	if err := k.connect(ctx, conn); err != nil {
		_ = k.Kill() // the reason is the other error
		return nil, fmt.Errorf("the kernel %s does not answer: %w%s", spec.DisplayName, err, k.logNote())
	}
	return k, nil
}

// launch writes the connection file and starts the process.
func (k *Kernel) launch(dir string, env []string) (Connection, error) {
	conn, err := NewConnection(k.tempDir, ipcSockets)
	if err != nil {
		return conn, err
	}
	file, err := conn.WriteFile(k.tempDir)
	if err != nil {
		return conn, err
	}
	argv := k.spec.command(file)
	k.cmd = exec.Command(argv[0], argv[1:]...)
	k.cmd.Dir = dir
	k.cmd.Env = os.Environ()
	for name, value := range k.spec.Env {
		k.cmd.Env = append(k.cmd.Env, name+"="+value)
	}
	k.cmd.Env = append(k.cmd.Env, env...)
	for _, name := range tempDirVariables {
		k.cmd.Env = append(k.cmd.Env, name+"="+k.tempDir)
	}
	// A file, not a pipe: a kernel must be able to write its log, and end in
	// good order, when this program is not there any more.
	log, err := os.Create(k.logFile())
	if err != nil {
		return conn, err
	}
	defer log.Close()
	k.cmd.Stdout, k.cmd.Stderr = log, log
	k.cmd.SysProcAttr = ownGroup()
	started := make(chan error)
	go func() {
		unlock := lockThread() // see ownGroup
		defer unlock()
		err := k.cmd.Start()
		started <- err
		if err == nil {
			k.exitErr = k.cmd.Wait()
			close(k.exited)
		}
	}()
	return conn, <-started
}

// connect connects the client; a kernel that ends meanwhile ends the wait.
func (k *Kernel) connect(ctx context.Context, conn Connection) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no answer within %s", startTimeout))
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go func() {
		select {
		case <-k.exited:
			fail(k.ExitError())
		case <-ctx.Done():
		}
	}()
	client, err := Dial(ctx, conn)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return err
	}
	k.Client = client
	k.Info, err = client.WaitReady(ctx)
	return err
}

// Exited is closed when the kernel process has ended.
func (k *Kernel) Exited() <-chan struct{} { return k.exited }

// ExitError says how the kernel process ended, with the end of its log. It may
// be called once Exited is closed.
func (k *Kernel) ExitError() error {
	how := "exit status 0"
	if k.exitErr != nil {
		how = k.exitErr.Error()
	}
	return fmt.Errorf("the kernel process ended (%s)", how)
}

func (k *Kernel) logFile() string { return filepath.Join(k.tempDir, "kernel.log") }

// logSize is how many bytes of a kernel's log are shown.
const logSize = 2000

// Log returns the end of what the kernel wrote to its own stdout and stderr
// (not a cell's output).
func (k *Kernel) Log() string {
	f, err := os.Open(k.logFile())
	if err != nil {
		return k.lastLog
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > logSize {
		_, _ = f.Seek(-logSize, io.SeekEnd) // read from the start if it fails
	}
	data, _ := io.ReadAll(io.LimitReader(f, logSize))
	return string(data)
}

// logNote returns the log as an addition to an error message.
func (k *Kernel) logNote() string {
	text := strings.TrimSpace(k.Log())
	if text == "" {
		return ""
	}
	return "\nkernel log:\n" + text
}

// Interrupt interrupts the running cell in the way that the kernel's spec asks
// for: SIGINT to the process group, as Jupyter does (so the compiler and shell
// commands get it too), or an interrupt_request on the control channel.
func (k *Kernel) Interrupt() error {
	if k.spec.InterruptMode == "message" {
		_, err := k.Request(Control, "interrupt_request", map[string]any{})
		return err
	}
	return interruptGroup(k.cmd.Process)
}

// Shutdown asks the kernel to end, kills what has not ended within grace, and
// removes the temporary directory.
func (k *Kernel) Shutdown(grace time.Duration) error {
	if _, err := k.Request(Control, "shutdown_request", map[string]any{"restart": false}); err == nil {
		select {
		case <-k.exited:
		case <-time.After(grace):
		}
	}
	return k.Kill()
}

// killWait is how long killed processes are waited for. They are dead at once;
// it may take init a while to say so.
const killWait = 500 * time.Millisecond

// Kill ends the kernel with everything that it started and removes the
// temporary directory.
func (k *Kernel) Kill() error {
	killGroup(k.cmd.Process)
	<-k.exited
	waitGroup(k.cmd.Process, killWait)
	if k.Client != nil {
		k.Client.Close()
	}
	k.lastLog = k.Log()
	var err error
	for range 20 { // something that was killed may still have been writing
		if err = os.RemoveAll(k.tempDir); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("removing the kernel's temporary directory: %w", err)
}
