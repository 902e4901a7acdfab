package available

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, root string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// The smallest of all bounds counts, and what cannot be read bounds nothing.
func TestBounds(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name   string
		files  map[string]string
		limit  uint64
		bytes  int64
		prefix string
	}{
		{"nothing", nil, math.MaxUint64, math.MaxInt64, ""},
		{"machine", map[string]string{"meminfo": "MemTotal: 9 kB\nMemAvailable:  2048 kB\n"}, math.MaxUint64, 2 * mb, "the machine"},
		{"group", map[string]string{"meminfo": "MemAvailable: 204800 kB\n", "self": "0::/a/b\n",
			"cg/a/b/memory.max": "max\n", "cg/a/b/memory.current": "5\n",
			"cg/a/memory.max": "104857600\n", "cg/a/memory.current": "73400320\n", "cg/a/memory.stat": "anon 1\ninactive_file 1048576\n"}, math.MaxUint64, 31 * mb, "the control group"},
		{"group of a container", map[string]string{"self": "0::/host/path\n", "cg/memory.max": "10485760\n", "cg/memory.current": "1048576"}, math.MaxUint64, 9 * mb, "the control group"},
		{"over the limit", map[string]string{"self": "0::/\n", "cg/memory.max": "10485760\n", "cg/memory.current": "20971520"}, math.MaxUint64, 0, "the control group"},
		{"version 1", map[string]string{"self": "12:cpu:/x\n7:hugetlb,memory:/x\n", "cg/memory/x/memory.limit_in_bytes": "10485760\n",
			"cg/memory/x/memory.usage_in_bytes": "3145728", "cg/memory/x/memory.stat": "total_inactive_file 1048576\n", "cg/memory/memory.limit_in_bytes": "9223372036854771712\n",
			"cg/memory/memory.usage_in_bytes": "1"}, math.MaxUint64, 8 * mb, "the control group"},
		{"addresses", map[string]string{"meminfo": "MemAvailable: 204800 kB\n", "statm": "256 9 9 9 9 9 9\n"}, 64 * mb, 63 * mb, "the process's limit"},
		{"rubbish", map[string]string{"meminfo": "MemAvailable:\n", "self": "0\n::\n", "statm": "x"}, 1, math.MaxInt64, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := write(t, t.TempDir(), c.files)
			l := &least{bytes: math.MaxInt64}
			l.machine(filepath.Join(root, "meminfo"))
			l.groups(filepath.Join(root, "self"), filepath.Join(root, "cg"))
			l.addresses(c.limit, filepath.Join(root, "statm"), 4096)
			if l.bytes != c.bytes || len(l.bound) < len(c.prefix) || l.bound[:len(c.prefix)] != c.prefix {
				t.Errorf("%d bytes by %q, want %d by %q", l.bytes, l.bound, c.bytes, c.prefix)
			}
		})
	}
}

// On this machine something is known.
func TestMemory(t *testing.T) {
	bytes, bound, ok := Memory()
	if !ok || bytes <= 0 || bytes > 1<<50 || bound == "" {
		t.Errorf("%d bytes by %q, %v", bytes, bound, ok)
	}
}
