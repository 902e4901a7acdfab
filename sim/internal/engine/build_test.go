package engine

import "testing"

func TestDivide(t *testing.T) {
	for _, c := range []struct {
		o               Options
		n               int
		threads, shards int // 0: not checked, it depends on the machine
	}{
		{Options{Threads: 1}, 100, 1, 1},
		{Options{Threads: 3}, 100, 3, 3},
		{Options{Threads: 2, Shards: 5}, 100, 2, 5},
		{Options{Shards: 7}, 100, 1, 7},
		{Options{Threads: 1}, 65000, 1, 1},
		{Options{Threads: 1}, 65001, 1, 2},
		{Options{Threads: 2}, 150000, 2, 4}, // 3 shards hold them, 4 divide evenly
		{Options{}, 10, 1, 1},
		{Options{Shards: 1}, 1 << 20, 1, 1}, // too few: NewLayout says so
	} {
		threads, shards := c.o.Divide(c.n)
		if threads != c.threads || shards != c.shards {
			t.Errorf("%+v of %d neurons: %d threads, %d shards, want %d, %d", c.o, c.n, threads, shards, c.threads, c.shards)
		}
	}
}
