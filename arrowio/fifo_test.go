//go:build unix

package arrowio

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cortigo/arrowio/nest"
)

// A pipe in the place of a file is refused at once, not waited for.
func TestPipes(t *testing.T) {
	for _, name := range []string{RunFile, filepath.Join(SpikesDir, partName(1))} {
		d := wholeRun(t)
		path := filepath.Join(d.Path(), name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o644); err != nil {
			t.Skip(err)
		}
		for use, fn := range uses {
			if err := fn(d.Path()); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "not a file but a pipe") {
				t.Errorf("%s of %s: %v", use, name, err)
			}
		}
		if _, err := nest.Inspect(path); err == nil {
			t.Error("InspectNEST read a pipe")
		}
	}
	if _, err := InspectPart(os.DevNull); err == nil || !strings.Contains(err.Error(), "not a file but a device") {
		t.Errorf("a device: %v", err)
	}
}
