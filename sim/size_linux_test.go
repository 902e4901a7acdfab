package sim_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// residentBytes returns the memory of this process that is resident now.
func residentBytes(t testing.TB) float64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.ParseFloat(strings.Fields(string(b))[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * float64(os.Getpagesize())
}
