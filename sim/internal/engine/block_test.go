package engine

import (
	"strings"
	"testing"

	"cortigo/sim/internal/clock"
)

func clockOf(t testing.TB, h float64) clock.Clock {
	t.Helper()
	c, err := clock.New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// currentNow returns what generators give element k at present, pA.
func currentNow(b *block, k int) float64 {
	if len(b.current.own) > 0 {
		return b.current.all[k]
	}
	return element(b.current.sum, k)
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }

// values returns a column of a block's state, as it is stored.
func (b *block) values(name string) []float64 { return b.column(name).Values }
