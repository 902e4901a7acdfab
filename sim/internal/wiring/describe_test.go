package wiring

import (
	"fmt"
	"testing"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// populations returns populations of so many neurons.
func populations(sizes ...int) []network.Population {
	var ps []network.Population
	for i, n := range sizes {
		ps = append(ps, network.Population{Name: fmt.Sprint("p", i), N: n, Model: neuron.DefaultIafPscExp()})
	}
	return ps
}

func clockOf(t testing.TB, h float64) clock.Clock {
	t.Helper()
	c, err := clock.New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
