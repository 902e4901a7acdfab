package main

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The smallest networks: what is measured, the pictures and the object.
func TestGrowth(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	quick := []string{"bench", "growth", "--size", "0.01", "--t-sim", "10", "--threads", "1"}
	m := object(t, must(t, append(slices.Clone(quick), "--out", dir, "--json")...))
	wantKeys(t, m, "growth", "budget", "t_sim_ms", "threads", "cpu", "kernel")
	help := must(t, "bench", "growth", "--help")
	seen := map[string]int{}
	for _, g := range m["growth"].([]any) {
		p := g.(map[string]any)
		wantKeys(t, p, "vary", "neurons", "in_degree", "drive_pa", "delay_ms", "threads", "build_s", "rate_hz", "rtf", "deliver", "update", "communicate", "ns_per_event")
		for key, base := range map[string]float64{"neurons": 100, "in_degree": 10, "drive_pa": 0, "delay_ms": 1.5, "threads": 1} {
			if varies := strings.HasPrefix(key, p["vary"].(string)); !varies && p[key] != base {
				t.Errorf("%v varies, but %s is %v, not %g", p["vary"], key, p[key], base)
			}
			if !strings.Contains(help, key) {
				t.Errorf("the help does not name %s", key)
			}
		}
		if p["rtf"].(float64) <= 0 || p["rate_hz"].(float64) <= 0 || p["deliver"].(float64) < 0 {
			t.Errorf("%v", p)
		}
		seen[p["vary"].(string)]++
	}
	if len(seen) != 5 || seen["threads"] != 1 || seen["neurons"] < 5 {
		t.Errorf("points %v", seen)
	}
	var labels []string
	for _, b := range m["budget"].([]any) {
		wantKeys(t, b.(map[string]any), "label", "ns")
		labels = append(labels, b.(map[string]any)["label"].(string))
	}
	if want := []string{"adding", "sums beyond the first cache", "short segments", "rows from memory", "weights that differ", "neurons", "Poisson input", "waiting and exchange"}; !slices.Equal(labels, want) {
		t.Errorf("budget of %q, want %q", labels, want)
	}
	for _, name := range []string{"growth.png", "budget.png"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
	text := must(t, quick...)
	if lines := strings.Count(text, "\n"); !strings.HasPrefix(text, "vary ") || lines != 1+len(m["growth"].([]any))+2+len(labels) {
		t.Errorf("%s", text)
	}
	for _, c := range []struct{ flag, value, says string }{
		{"--size", "0", "--size is 0; allowed: 0.01 to 10"}, {"--t-sim", "0", "--t-sim is 0 ms; allowed: 1 to"},
		{"--threads", "-1", "--threads is -1; allowed: at least 1"}, {"--out", filepath.Join(dir, "growth.png"), "writing pictures"},
	} {
		wantError(t, append(slices.Clone(quick), c.flag, c.value), c.says)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, stderr, status := cliWith(ctx, quick...); status != statusInterrupted || stderr != "cortigo: interrupted\n" {
		t.Errorf("status %d, %q", status, stderr)
	}
}

func TestGrowthThreads(t *testing.T) {
	for most, want := range map[int][]int{1: {1}, 2: {1, 2}, 6: {1, 2, 4, 6}} {
		var got []int
		for _, p := range growthPoints(1, most) {
			if p.Vary == "threads" {
				got = append(got, p.Threads)
			} else if p.Threads != most {
				t.Errorf("%d threads where %s vary, want %d", p.Threads, p.Vary, most)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("up to %d threads: %d, want %d", most, got, want)
		}
	}
}

// Only neurons that never spike get synapses, from sources that spike at the rate
// that was asked for.
func TestBudgetNetwork(t *testing.T) {
	b := budgetNet{sources: 100, rate: 50, targets: 200, rowLength: 20, poisson: true}
	net := b.network(2)
	p := growthPoint{Threads: 2}
	if err := p.measure(t.Context(), net, 100); err != nil {
		t.Fatal(err)
	}
	// 100 sources of 500 neurons; of each 20 synapses onto the 200 targets of either worker.
	if rate := p.RateHz * 5; rate < 45 || rate > 55 || net.SynapseCount() != 100*20*2 || p.eventsPerS < 0.9*100*50*40 || p.eventsPerS > 1.1*100*50*40 {
		t.Errorf("sources at %g spikes/s, %d synapses, %g events/s", rate, net.SynapseCount(), p.eventsPerS)
	}
}
