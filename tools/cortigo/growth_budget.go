package main

import (
	"context"
	"math"

	"cortigo/analysis/plots"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A budgetPart is what something costs, ns per synaptic event and worker. Timing
// has errors: what costs next to nothing can come out below 0.
type budgetPart struct {
	Label string  `json:"label"`
	Ns    float64 `json:"ns"`
}

// A budgetNet is a network in which every synaptic event is of the same sort: many
// neurons that spike, and many that never do and get all synapses.
type budgetNet struct {
	sources    int     // that spike at rate, evenly spread over time
	rate       float64 // spikes/s of each
	targets    int     // for each worker
	rowLength  int     // synapses of a source onto the targets of one worker
	sameWeight bool
	sameDelay  bool
	poisson    bool
}

// The first network is a microcircuit's worth: per worker as many targets as a half
// of it at full scale, rows of 2000 synapses with the delays of its excitatory ones,
// 1.5 (0.75) ms, 160 MB of rows, 6e8 events per second, and its Poisson input.
var budgetFirst = budgetNet{sources: 20_000, rate: 15, targets: 38_600, rowLength: 2000, poisson: true}

// measureBudget takes away one thing after the other; labels name what is taken away.
// The networks take turns, so that other work on the machine meets all of them.
func measureBudget(ctx context.Context, factor float64, threads int, tSim float64) ([]budgetPart, error) {
	b := budgetFirst
	b.targets = max(20, int(float64(b.targets)*factor))
	b.sources = max(100, int(float64(b.sources)*factor))
	steps := []struct {
		label string
		take  func()
	}{
		{"", func() {}},
		{"Poisson input", func() { b.poisson = false }},
		{"weights that differ", func() { b.sameWeight = true }}, // and with them two bytes of four
		{"rows from memory", func() { // few sources, often: 0.4 MB of rows a worker, in the second-level cache
			b.rate *= float64(b.sources) / 100
			b.sources = 100
		}},
		{"short segments", func() { b.sameDelay = true }},                            // one delay, one segment a row
		{"sums beyond the first cache", func() { b.targets = min(b.targets, 4000) }}, // 16 KB
	}
	nets, points := make([]*sim.Network, len(steps)), make([]growthPoint, len(steps))
	for i, s := range steps {
		s.take()
		nets[i], points[i].Threads = b.network(threads), threads
		if err := points[i].prepare(ctx, nets[i]); err != nil {
			return nil, err
		}
	}
	for range growthPieces {
		for i := range steps {
			if err := points[i].piece(ctx, nets[i], tSim); err != nil {
				return nil, err
			}
		}
	}
	perEvent := func(seconds float64, p growthPoint) float64 {
		return seconds * 1e9 * float64(threads) / p.eventsPerS
	}
	parts := []budgetPart{{"adding", points[len(points)-1].NsPerEvent}}
	for i := len(steps) - 1; i > 1; i-- {
		parts = append(parts, budgetPart{steps[i].label, points[i-1].NsPerEvent - points[i].NsPerEvent})
	}
	all, undriven := points[0], points[1]
	update := perEvent(undriven.Update, undriven)
	return append(parts,
		budgetPart{"neurons", update},
		budgetPart{steps[1].label, perEvent(all.Update, all) - update},
		budgetPart{"waiting and exchange", perEvent(all.Communicate, all)}), nil
}

// network returns the network for so many workers.
func (b budgetNet) network(threads int) *sim.Network {
	net := sim.New(sim.Seed(1), sim.Threads(threads))
	// A potential that rises almost linearly reaches the threshold at the rate, and
	// from anywhere below it at a time that is spread evenly.
	m := neuron.DefaultIafPscExp()
	m.TauM, m.TRef = 1e4, 0.1
	m.Ie = m.Cm / m.TauM * (m.Vth - m.EL) / (1 - math.Exp(-(1000/b.rate-m.TRef)/m.TauM))
	sources := net.Create("sources", b.sources, m, sim.Params{"V_m": connect.Uniform{Min: m.EL, Max: m.Vth}})
	targets := net.Create("targets", b.targets*threads, neuron.DefaultIafPscExp())
	syn := connect.Synapse{Weight: connect.Normal{Mean: 1e-3, SD: 1e-4}, Delay: connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1)}
	if b.sameWeight {
		syn.Weight = 1e-3
	}
	if b.sameDelay {
		syn.Delay = 1.5
	}
	inDegree := max(1, int(math.Round(float64(b.sources)*float64(b.rowLength)/float64(b.targets))))
	net.Connect(sources, targets, connect.FixedInDegree{N: inDegree}, syn)
	if b.poisson {
		noise := net.Create("noise", 1, device.Poisson{Rate: 16_000}) // 2000 inputs at 8 spikes/s
		net.Connect(noise, targets, connect.Synapse{Weight: 1e-3})
	}
	return net
}

// budgetFigure draws the budget; what came out below 0 is left out.
func budgetFigure(r growthReport) (*plots.Figure, error) {
	b := plots.Budget{Label: "ns per synaptic event and worker"}
	for _, p := range r.Budget {
		b.Parts = append(b.Parts, plots.BudgetPart{Label: p.Label, Value: max(p.Ns, 0)})
	}
	return plots.BudgetFigure([]plots.Budget{b}, plots.WithTitle("What a synaptic event is spent on: "+r.CPU))
}
