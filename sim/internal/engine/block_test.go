package engine

import "strings"

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
