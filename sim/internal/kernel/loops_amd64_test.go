//go:build !noasm

package kernel

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"
)

// Which loops run is what the processor has, and they are not the scalar ones.
func TestAssemblyIsUsed(t *testing.T) {
	want := []string{"scalar", "amd64"}
	if cpu.X86.HasAVX2 {
		want = append(want, "avx2")
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
		want = append(want, "avx512")
	}
	if got := Available(); !slices.Equal(got, want) {
		t.Fatalf("Available() = %v, want %v", got, want)
	}
	for _, l := range available {
		s := reflect.ValueOf(l)
		for i := range s.NumField() {
			field := s.Type().Field(i).Name
			if field == "name" {
				continue
			}
			name := runtime.FuncForPC(s.Field(i).Pointer()).Name()
			vectors := l.name == "avx2" || l.name == "avx512"
			assembly := vectors || l.name == "amd64" && strings.HasPrefix(field, "deliver")
			if isScalar := strings.Contains(name, "Scalar"); isScalar == assembly {
				t.Errorf("%s of %s is %s", field, l.name, name)
			}
		}
	}
}

// The vector loops do the most of a block, the scalar loop what is left.
func TestHead(t *testing.T) {
	for n := range 100 {
		if got, want := (vector{wide: true}).head(n), n; got != want {
			t.Errorf("AVX-512 does %d of %d neurons, want %d", got, n, want)
		}
		if got, want := (vector{wide: false}).head(n), n/8*8; got != want {
			t.Errorf("AVX2 does %d of %d neurons, want %d", got, n, want)
		}
	}
}
