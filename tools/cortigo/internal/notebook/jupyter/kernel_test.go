package jupyter

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program that is no kernel must give a clear error at once, and leave
// nothing behind.
func TestStartFails(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, tt := range []struct {
		name string
		argv []string
		want string
	}{
		{"ends", []string{sh, "-c", "echo no such thing >&2; exit 3"}, "exit status 3"},
		{"its log", []string{sh, "-c", "echo no such thing >&2; exit 3"}, "no such thing"},
		{"missing", []string{filepath.Join(t.TempDir(), "none")}, "starting the kernel"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tmp := t.TempDir()
			for _, name := range tempDirVariables {
				t.Setenv(name, tmp)
			}
			start := time.Now()
			k, err := Start(context.Background(), &Spec{Argv: tt.argv, DisplayName: "Test"}, t.TempDir())
			if err == nil {
				k.Kill()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q in it", err, tt.want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if left, _ := os.ReadDir(tmp); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestStartCancelled(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("no sleep command")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if k, err := Start(ctx, &Spec{Argv: []string{sleep, "60"}, DisplayName: "Test"}, t.TempDir()); err == nil {
		k.Kill()
		t.Fatal("no error")
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
