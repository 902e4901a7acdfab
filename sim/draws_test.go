package sim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// What a seed means for each rule and distribution: digests of all connections, sources,
// targets, weights and delays, which the version before rules
// and distributions drew themselves gave too (its bounded Normal had Min and Max).
// Never change them.
func TestDrawsOfSeed(t *testing.T) {
	normal := connect.Normal{Mean: 40, SD: 8}
	delay := connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.05)
	no := connect.Forbid{Autapses: true, Multapses: true}
	values := func(n int) connect.Values {
		v := make(connect.Values, n)
		for i := range v {
			v[i] = float64(i%50 + 1)
		}
		return v
	}
	a, b, ab := "a", "b", "ab"
	for _, c := range []struct {
		name      string
		pre, post string
		rule      connect.Rule
		weight    connect.Distribution
		delay     connect.Distribution
		want      string
	}{
		{"total", a, b, connect.FixedTotalNumber{N: 900}, connect.Above(normal, 0), delay, "900 1bace13f0bbbdd43"},
		{"total without autapses", a, ab, connect.FixedTotalNumber{N: 900, Forbid: connect.Forbid{Autapses: true}}, connect.Below(normal, 41), delay, "900 0e7174b9af5fd694"},
		{"total without multapses", ab, ab, connect.FixedTotalNumber{N: 900, Forbid: no}, connect.Within(normal, 30, 60), delay, "900 365587d51de66bed"},
		{"total of values", a, ab, connect.FixedTotalNumber{N: 300}, values(300), values(300), "300 e1ac14522a6e3c1b"},
		{"in-degree", a, b, connect.FixedInDegree{N: 12}, normal, connect.Uniform{Min: 0.3, Max: 4}, "480 ff8ebdfd6e702dc5"},
		{"in-degree without", ab, a, connect.FixedInDegree{N: 12, Forbid: no}, connect.LogNormal{Mean: 1, SD: 0.5}, delay, "720 c4f276922a198fbe"},
		{"out-degree", a, ab, connect.FixedOutDegree{N: 9}, connect.Exponential{Beta: 3}, connect.Add(connect.Constant(1), connect.Exponential{Beta: 1}), "540 887f09b34541886d"},
		{"out-degree without", ab, ab, connect.FixedOutDegree{N: 9, Forbid: no}, values(9 * 100), delay, "900 46a3426820ccadc3"},
		{"bernoulli", a, b, connect.PairwiseBernoulli{P: 0.2}, connect.Within(connect.Uniform{Min: 1, Max: 9}, 3, 20), delay, "486 46a9bad3f0e67f0e"},
		{"bernoulli without", ab, ab, connect.PairwiseBernoulli{P: 0.1, Forbid: no}, connect.Within(connect.LogNormal{SD: 1}, 0.5, 3), delay, "978 7649f10452dad95d"},
		{"symmetric bernoulli", a, ab, connect.SymmetricPairwiseBernoulli{P: 0.1}, connect.Mul(normal, connect.Exp(connect.Uniform{Min: 0, Max: 1})), delay, "1166 cdb0732de8c3ea34"},
		{"all to all", a, ab, connect.AllToAll{Forbid: no}, values(60 * 100), delay, "5940 126e76a6f9b34980"},
		{"one to one", a, a, connect.OneToOne{}, normal, delay, "60 93eb0e8bf1335237"},
		{"symmetric one to one", a, b, connect.OneToOne{Symmetric: true}, connect.Mul(connect.Constant(-2), connect.Above(normal, 35)), delay, "120 ce72e4282d84581e"},
		{"list", a, b, connect.List{Pre: []int32{5, 1, 5, 59}, Post: []int32{0, 39, 0, 2}, Delay: []float64{1, 2, 3, 4}}, normal, delay, "4 68f3bcec976b8e67"},
		{"generators", "noise", a, connect.FixedOutDegree{N: 9}, connect.Above(normal, 45), delay, "180 86bbdf5039a97aa6"},
		{"scattered", "odd", b, connect.FixedInDegree{N: 9}, normal, delay, "360 3be113a9c6a8fc73"},
	} {
		net := mustNew(t, sim.Seed(12))
		n := 40
		if c.name == "symmetric one to one" {
			n = 60
		}
		x, y := create(t, net, "a", 60, neuron.DefaultIafPscExp()), create(t, net, "b", n, neuron.DefaultIafPscExp())
		x.Set(sim.Params{"V_m": connect.Within(connect.Normal{Mean: -60, SD: 5}, -66, -55), "I_e": connect.Max(connect.Normal{Mean: 300, SD: 50}, connect.Exponential{Beta: 200})})
		odd := x.At(1)
		for i := 3; i < 60; i += 2 {
			odd = sim.Join(odd, x.At(i))
		}
		of := map[string]*sim.Nodes{"a": x, "b": y, "ab": sim.Join(x, y), "odd": odd, "noise": nodes(t, net, "noise", 20, device.Poisson{Rate: 9})}
		net.Connect(of[c.pre], of[c.post], c.rule, connect.Synapse{Weight: c.weight, Delay: c.delay})
		must(t, net.Err())
		h := sha256.New()
		made := 0
		must(t, net.EachConnection(sim.ConnectionQuery{}, func(c sim.Connection) bool {
			made++
			fmt.Fprintln(h, c.Source, c.Target, math.Float64bits(c.Weight), math.Float64bits(c.Delay))
			return true
		}))
		for _, name := range []string{"V_m", "I_e"} {
			for _, v := range get(t, x, name) {
				fmt.Fprintln(h, math.Float64bits(v))
			}
		}
		if got := fmt.Sprint(made, " ", hex.EncodeToString(h.Sum(nil)[:8])); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
