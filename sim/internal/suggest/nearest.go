// Package suggest finds the name that a misspelt one was meant to be.
package suggest

import (
	"math"
	"strings"
)

// Nearest returns the index of the candidate that name was probably meant to
// be, -1 if none is near. Case and underscores do not count. In this order: the
// same; a candidate that begins with name (the shortest); one that differs in at
// most a quarter of the letters, or in one; one that name begins with (the
// longest). Names of one letter must be the same. Among equals the first
// candidate is taken.
func Nearest(name string, candidates []string) int {
	name = fold(name)
	begun, near, begins := -1, -1, -1
	limit, shortest, longest := max(1, len(name)/4)+1, math.MaxInt, 1
	for i, c := range candidates {
		c = fold(c)
		if c == name && name != "" {
			return i
		}
		if strings.HasPrefix(c, name) && len(c) < shortest {
			begun, shortest = i, len(c)
		}
		if len(c)-len(name) < limit && len(name)-len(c) < limit { // else the distance is no less
			if d := distance(name, c); d < limit {
				near, limit = i, d
			}
		}
		if strings.HasPrefix(name, c) && len(c) > longest {
			begins, longest = i, len(c)
		}
	}
	switch {
	case len(name) < 2:
		return -1
	case begun >= 0:
		return begun
	case near >= 0:
		return near
	}
	return begins
}

func fold(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// distance is the number of letters inserted, deleted, replaced or exchanged
// with their neighbour that lead from a to b, no letter being touched twice
// (the optimal string alignment distance).
func distance(a, b string) int {
	// Rows i-2, i-1 and i of the table of distances of prefixes.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
