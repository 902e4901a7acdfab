package connect_test

import (
	"context"
	"fmt"
	"log"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/neuron"
)

// Gamma is the sum of Shape exponential numbers.
type Gamma struct {
	Shape int
	Scale float64
}

func (d Gamma) Validate() error {
	if d.Shape < 1 || !(d.Scale > 0) {
		return fmt.Errorf("Gamma: shape %d, scale %g, must be >= 1 and > 0", d.Shape, d.Scale)
	}
	return nil
}

func (d Gamma) Bounds() (lo, hi float64) { return 0, float64(d.Shape+25) * 2 * d.Scale }

func (d Gamma) Sample(s *connect.Stream) (float64, error) {
	x := 0.0
	for range d.Shape {
		y, err := connect.Exponential{Beta: d.Scale}.Sample(s)
		if err != nil {
			return 0, err
		}
		x += y
	}
	return x, nil
}

// Near connects each target to the N sources that begin at its own position.
type Near struct{ N int }

func (r Near) Validate(pre, _ int) error {
	if r.N < 0 || r.N > pre {
		return fmt.Errorf("Near: N is %d, must be in [0, %d]", r.N, pre)
	}
	return nil
}

func (r Near) Size(_, post int) connect.Size {
	return connect.Size{Synapses: float64(r.N * post), Largest: float64(r.N), Values: -1}
}

func (r Near) Wire(p *connect.Plan) error {
	p.Degree = r.N
	p.Draw = func(target int, _ *connect.Stream, sources []uint32) {
		for k := range sources {
			sources[k] = uint32((target + k) % p.Sources())
		}
	}
	return nil
}

// A rule and a distribution of one's own, used as any other.
func Example_ownRuleAndDistribution() {
	if err := connect.RegisterDistribution[Gamma]("gamma"); err != nil {
		log.Fatal(err)
	}
	if err := connect.RegisterRule[Near]("near"); err != nil {
		log.Fatal(err)
	}
	net := sim.New(sim.Seed(1))
	cells := net.Create("cells", 5, neuron.DefaultIafPscExp(), sim.Params{"I_e": Gamma{Shape: 3, Scale: 100}})
	net.Connect(cells, cells, Near{N: 2}, connect.Synapse{Weight: connect.Above(Gamma{Shape: 2, Scale: 10}, 5)})
	if err := net.Simulate(context.Background(), 100); err != nil {
		log.Fatal(err)
	}
	connections, err := net.Connections(sim.ConnectionQuery{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range connections {
		fmt.Print(c.Source, " -> ", c.Target, "  ")
	}
	// Output: 1 -> 1  2 -> 1  2 -> 2  3 -> 2  3 -> 3  4 -> 3  4 -> 4  5 -> 4  5 -> 5  1 -> 5
}
