//go:build !linux

package kernel

import (
	"slices"
	"testing"
)

func fenced[W any](_ *testing.T, x []W) ([]W, func()) {
	return slices.Clip(slices.Clone(x)), func() {}
}
