package jupyter

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Spec is the content of a kernel.json: how to start a kernel.
type Spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode,omitempty"` // signal (the default) or message
	Env           map[string]string `json:"env,omitempty"`
	Metadata      map[string]any    `json:"metadata,omitempty"`
}

// connectionArg is what stands for the connection file's path in a Spec's
// Argv.
const connectionArg = "{connection_file}"

// ReadSpec reads the kernel.json in dir.
func ReadSpec(dir string) (*Spec, error) {
	path := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s Spec
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &s, nil
}

// Write writes the spec as kernel.json into dir, which is made if needed. The
// file is left alone when it has the same content already, and replaced by
// renaming otherwise: Jupyter may be reading it.
func (s *Spec) Write(dir string) error {
	if err := s.check(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	path := filepath.Join(dir, "kernel.json")
	if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".kernel-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

func (s *Spec) check() error {
	if len(s.Argv) == 0 {
		return fmt.Errorf("argv is empty: no kernel program")
	}
	switch s.InterruptMode {
	case "", "signal", "message":
	default:
		return fmt.Errorf("interrupt_mode %q, want signal or message", s.InterruptMode)
	}
	return nil
}

// command returns the argument list with the connection file's path put in.
func (s *Spec) command(connectionFile string) []string {
	argv := make([]string, len(s.Argv))
	for i, a := range s.Argv {
		argv[i] = strings.ReplaceAll(a, connectionArg, connectionFile)
	}
	return argv
}
