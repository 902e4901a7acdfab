package network

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
)

func TestCheckProjection(t *testing.T) {
	a, b, some := []Range{{Population: 0, From: 0, N: 10}}, []Range{{Population: 1, From: 0, N: 5}}, []Range{{Population: 0, From: 8, N: 2}, {Population: 1, From: 0, N: 1}}
	auto, multi := connect.Forbid{Autapses: true}, connect.Forbid{Multapses: true}
	none, single := []Range{{Population: 0, From: 0, N: 0}}, []Range{{Population: 0, From: 3, N: 1}}
	for _, c := range []struct {
		pre, post []Range
		rule      connect.Rule
		weight    connect.Distribution
		want      string
	}{
		{nil, b, connect.AllToAll{}, nil, "without parts"},
		{[]Range{{Population: 0, From: 0, N: 5}, {Population: 0, From: 4, N: 2}}, b, connect.AllToAll{}, nil, "neurons 0..4 and 4..5 of population 0, must have each once"},
		{a, b, nil, nil, "no connection rule"},
		{a, b, &connect.PairwiseBernoulli{}, nil, "rule of type *connect.PairwiseBernoulli, must be a value"},
		{a, b, connect.FixedInDegree{N: 11}, nil, ""},
		{a, b, connect.FixedInDegree{N: 10, Forbid: multi}, nil, ""},
		{a, b, connect.FixedInDegree{N: 11, Forbid: multi}, nil, "FixedInDegree: N is 11 without multapses, must be at most 10, the sources"},
		{a, b, connect.FixedInDegree{N: 10, Forbid: connect.Forbid{Autapses: true, Multapses: true}}, nil, ""},
		{a, some, connect.FixedInDegree{N: 10, Forbid: connect.Forbid{Autapses: true, Multapses: true}}, nil, "FixedInDegree: N is 10 with 10 sources without autapses and multapses, must be at most 9"},
		{single, a, connect.FixedInDegree{N: 1, Forbid: auto}, nil, "FixedInDegree: N is 1 with no sources without autapses, must be 0"},
		{none, a, connect.FixedInDegree{N: 1}, nil, "N is 1 with no sources, must be 0"},
		{b, a, connect.FixedOutDegree{N: 11, Forbid: multi}, nil, "FixedOutDegree: N is 11 without multapses, must be at most 10, the targets"},
		{some, a, connect.FixedOutDegree{N: 10, Forbid: connect.Forbid{Autapses: true, Multapses: true}}, nil, "FixedOutDegree: N is 10 with 10 targets without autapses and multapses, must be at most 9"},
		{a, none, connect.FixedOutDegree{N: 1}, nil, "FixedOutDegree: N is 1"},
		{a, b, connect.FixedOutDegree{N: -1}, nil, "FixedOutDegree: N is -1, must be >= 0"},
		{a, b, connect.FixedTotalNumber{N: 50, Forbid: connect.Forbid{Autapses: true, Multapses: true}}, nil, ""},
		{a, b, connect.FixedTotalNumber{N: 51, Forbid: multi}, nil, "FixedTotalNumber: N is 51 without multapses, must be at most 50, the pairs of 10 sources and 5 targets"},
		{a, a, connect.FixedTotalNumber{N: 91, Forbid: connect.Forbid{Autapses: true, Multapses: true}}, nil, "FixedTotalNumber: N is 91 between 10 sources and 10 targets without autapses and multapses, must be at most 90"},
		{single, single, connect.FixedTotalNumber{N: 1, Forbid: auto}, nil, "1 synapses between 1 sources and 1 targets without autapses, must be 0"},
		{a, b, connect.PairwiseBernoulli{P: 1}, nil, ""},
		{a, b, connect.PairwiseBernoulli{P: 1.1}, nil, "PairwiseBernoulli: P is 1.1, must be in [0, 1]"},
		{a, b, connect.PairwiseBernoulli{P: math.NaN()}, nil, "P is NaN"},
		{a, b, connect.SymmetricPairwiseBernoulli{P: 1}, nil, "SymmetricPairwiseBernoulli: P is 1, must be in [0, 1)"},
		{a, a, connect.AllToAll{Symmetric: true}, nil, ""},
		{a, b, connect.AllToAll{Symmetric: true}, nil, "AllToAll: 10 sources and 5 targets, must be the same neurons"},
		{b, []Range{{Population: 0, From: 0, N: 5}}, connect.AllToAll{Symmetric: true}, nil, "make_symmetric needs the same neurons"},
		{a, a, connect.AllToAll{Symmetric: true}, connect.Uniform{Max: 1}, "make_symmetric needs a Constant"},
		{a, b, connect.OneToOne{Symmetric: true}, nil, "OneToOne: 10 sources and 5 targets, must be as many"},
		{a, b, connect.AllToAll{}, make(connect.Values, 49), "weight: connect: Values: 49 values, must be 50 (5 targets times 10 sources)"},
		{a, b, connect.FixedInDegree{N: 3}, make(connect.Values, 16), "16 values, must be 15 (5 targets times an in-degree of 3)"},
		{a, b, connect.FixedOutDegree{N: 3}, make(connect.Values, 15), "15 values, must be 30 (10 sources times an out-degree of 3)"},
		{a, b, connect.FixedTotalNumber{N: 3}, make(connect.Values, 4), "4 values, must be 3 (the number of connections)"},
		{b, b, connect.OneToOne{}, make(connect.Values, 4), "4 values, must be 5 (one for each pair)"},
		{a, b, connect.PairwiseBernoulli{P: 0.5}, make(connect.Values, 4), "connect.PairwiseBernoulli makes a random number of connections"},
		{a, b, connect.SymmetricPairwiseBernoulli{P: 0.5}, make(connect.Values, 4), "makes a random number of connections"},
		{a, b, connect.AllToAll{}, &connect.LogNormal{}, "weight: distribution of type *connect.LogNormal, must be a value"},
		{b, b, connect.OneToOne{}, connect.Values{1, 2, 3, 4, math.NaN()}, "weight: connect: Values: value 4 is NaN, must be finite"},
	} {
		pr := Projection{Pre: c.pre, Post: c.post, Rule: c.rule, Weight: c.weight, Delay: connect.Constant(1)}
		if c.weight == nil {
			pr.Weight = connect.Constant(1)
		}
		err := CheckProjection(&pr, 0.1)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%T%+v: %v, want %q", c.rule, c.rule, err, c.want)
		}
	}
}
