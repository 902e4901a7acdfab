//go:build !amd64 || noasm

package kernel

import (
	"slices"
	"testing"
)

func TestNoAssembly(t *testing.T) {
	if got := Available(); !slices.Equal(got, []string{"scalar"}) || Using() != "scalar" {
		t.Errorf("Available() = %v, Using() = %q without assembly", got, Using())
	}
}
