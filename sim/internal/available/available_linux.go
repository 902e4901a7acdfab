package available

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

func memory() (int64, string, bool) {
	l := &least{bytes: math.MaxInt64}
	l.machine("/proc/meminfo")
	l.groups("/proc/self/cgroup", "/sys/fs/cgroup")
	var as syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &as) == nil {
		l.addresses(as.Cur, "/proc/self/statm", os.Getpagesize())
	}
	return l.bytes, l.bound, l.bound != ""
}

// least is the smallest of several bounds.
type least struct {
	bytes int64
	bound string
}

func (l *least) take(bytes int64, bound string) {
	if bytes = max(bytes, 0); bytes < l.bytes {
		l.bytes, l.bound = bytes, bound
	}
}

// machine takes what the kernel says can be used without swapping.
func (l *least) machine(meminfo string) {
	if kb, ok := field(meminfo, "MemAvailable:"); ok {
		l.take(kb*1024, "the machine's free memory")
	}
}

// groups takes the limits of the control groups that the process is in, of version
// 2 or 1, and of those around them.
func (l *least) groups(self, root string) {
	lines, err := os.ReadFile(self)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(lines)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) < 3 {
			continue
		}
		limit, usage, cache, at := "memory.max", "memory.current", "inactive_file", root
		switch {
		case part[0] == "0":
		case strings.Contains(","+part[1]+",", ",memory,"):
			limit, usage, cache, at = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", path.Join(root, "memory")
		default:
			continue
		}
		// In a container the path may be the host's, which is not to be seen: the
		// group at the root is its own.
		for dir := path.Clean("/" + part[2]); ; dir = path.Dir(dir) {
			l.group(path.Join(at, dir), limit, usage, cache)
			if dir == "/" {
				break
			}
		}
	}
}

func (l *least) group(dir, limit, usage, cache string) {
	most, ok := number(path.Join(dir, limit))
	used, used2 := number(path.Join(dir, usage))
	if !ok || !used2 || most >= math.MaxInt64/2 {
		return // "max", or none
	}
	given, _ := field(path.Join(dir, "memory.stat"), cache) // is given back when memory is short
	l.take(most-used+given, "the control group's memory limit")
}

// addresses takes the limit on the address space, ulimit -v.
func (l *least) addresses(limit uint64, statm string, page int) {
	b, err := os.ReadFile(statm)
	if err != nil || limit > math.MaxInt64 {
		return
	}
	first, _, _ := strings.Cut(string(b), " ")
	pages, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return
	}
	l.take(int64(limit)-pages*int64(page), "the process's limit on its address space")
}

// number returns the number that a file holds.
func number(file string) (int64, bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n, err == nil
}

// field returns the number after a name at the start of a line.
func field(file, name string) (int64, bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		if f := strings.Fields(s.Text()); len(f) > 1 && f[0] == name {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
