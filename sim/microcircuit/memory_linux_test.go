package microcircuit

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"cortigo/sim"
)

// The estimate is what a process has in the end, within 25 %. Each scale is
// measured in a process of its own: VmHWM of /proc/self/status is the most that
// one ever had.
func TestEstimateMemory(t *testing.T) { estimateMemory(t, 0.1, 0.2) }

func TestFullEstimateMemory(t *testing.T) {
	full(t)
	estimateMemory(t, 0.3, 0.5)
}

func estimateMemory(t *testing.T, scales ...float64) {
	const scaleOf = "CORTIGO_TEST_MEMORY_SCALE"
	if s := os.Getenv(scaleOf); s != "" {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		p := Default()
		p.NScaling, p.KScaling = x, x
		simulate(t, built(t, p, sim.Threads(2)), 20)
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, hwm, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Printf("peak %s kB\n", strings.Fields(hwm)[0])
		return
	}
	for _, x := range scales {
		p := Default()
		p.NScaling, p.KScaling = x, x
		estimate, err := p.EstimateMemory(sim.Threads(2))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestEstimateMemory$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%g", scaleOf, x))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var kb int64
		if _, err := fmt.Sscanf(string(out), "peak %d kB", &kb); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		ratio := float64(estimate) / float64(kb*1024)
		t.Logf("scale %g: estimated %.1f MB, measured %.1f MB: %.2f", x, float64(estimate)/1e6, float64(kb)*1.024e-3, ratio)
		if ratio < 0.75 || ratio > 1.25 {
			t.Errorf("scale %g: estimated %d bytes, measured %d kB", x, estimate, kb)
		}
	}
}
