package jupyter

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSpecRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kernels", "x")
	s := &Spec{
		Argv:          []string{"/bin/kernel", "-f", "{connection_file}"},
		DisplayName:   "A kernel",
		Language:      "go",
		InterruptMode: "signal",
		Env:           map[string]string{"A": "b"},
	}
	for range 2 { // the second time there is nothing to do
		if err := s.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadSpec(dir)
	if err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("ReadSpec = %+v, %v, want %+v", got, err, s)
	}
	if argv := got.command("/tmp/c.json"); argv[2] != "/tmp/c.json" || s.Argv[2] != "{connection_file}" {
		t.Errorf("command = %q, spec's own %q", argv, s.Argv)
	}
}

func TestReadSpecErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{`:           "unexpected end",
		`{"argv":[]}`: "argv is empty",
		`{"argv":["k"],"interrupt_mode":"shout"}`: `interrupt_mode "shout"`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSpec(dir); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("ReadSpec of %s: %v, want %q and the path", text, err, want)
		}
	}
}

func TestConnection(t *testing.T) {
	long := "/" + strings.Repeat("x", 120)
	for _, tt := range []struct {
		dir       string
		ipc       bool
		transport string
	}{
		{"/tmp/k", true, "ipc"},
		{"/tmp/k", false, "tcp"},
		{long, true, "tcp"}, // too long for a socket
	} {
		c, err := NewConnection(tt.dir, tt.ipc)
		if err != nil || c.Transport != tt.transport || c.Key == "" {
			t.Errorf("NewConnection(%.10s, %v) = %+v, %v", tt.dir, tt.ipc, c, err)
		}
		ports := map[int]bool{c.ShellPort: true, c.IOPubPort: true, c.StdinPort: true, c.ControlPort: true, c.HBPort: true}
		if len(ports) != 5 {
			t.Errorf("ports are not different: %+v", c)
		}
	}
	if got := (Connection{Transport: "ipc", IP: "/tmp/s"}).endpoint(3); got != "ipc:///tmp/s-3" {
		t.Errorf("endpoint = %s", got)
	}
	if got := (Connection{Transport: "tcp", IP: "127.0.0.1"}).endpoint(81); got != "tcp://127.0.0.1:81" {
		t.Errorf("endpoint = %s", got)
	}
}
