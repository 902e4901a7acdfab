package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"cortigo/analysis/plots"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A growthReport is what `cortigo bench growth --json` prints.
type growthReport struct {
	Growth  []growthPoint `json:"growth"`
	Budget  []budgetPart  `json:"budget"` // in the order in which they were taken away, the last first
	TSimMS  float64       `json:"t_sim_ms"`
	Threads int           `json:"threads"` // where they do not vary
	CPU     string        `json:"cpu"`
	Kernel  string        `json:"kernel"`
	Error   string        `json:"error,omitempty"`
}

// A growthPoint is one network of a panel. Each time is the least of five pieces of t_sim_ms.
type growthPoint struct {
	Vary        string  `json:"vary"` // "neurons", "in_degree", "drive", "delay_ms" or "threads"
	Neurons     int     `json:"neurons"`
	InDegree    int     `json:"in_degree"`
	DrivePA     float64 `json:"drive_pa"` // constant current, beside the Poisson input
	DelayMS     float64 `json:"delay_ms"`
	Threads     int     `json:"threads"`
	BuildS      float64 `json:"build_s"`
	RateHz      float64 `json:"rate_hz"`
	RTF         float64 `json:"rtf"`         // seconds per second of model time, of these:
	Deliver     float64 `json:"deliver"`     // bringing spikes to their targets
	Update      float64 `json:"update"`      // neurons and Poisson input
	Communicate float64 `json:"communicate"` // waiting and exchange
	NsPerEvent  float64 `json:"ns_per_event"`
	eventsPerS  float64
}

// The base network: Brunel's (2000) proportions. Weights of standard deviation 10 %, as
// in the microcircuit, shrink with the root of the in-degree, so that what neurons get
// from each other, and so their rate, is about the same in all networks.
var growthBase = growthPoint{Neurons: 10_000, InDegree: 1000, DrivePA: 0, DelayMS: 1.5}

// growthPoints returns the networks, of sizes times factor. The drives give about
// 3 to 100 spikes/s.
func growthPoints(factor float64, threads int) []growthPoint {
	base := growthBase
	base.Threads = threads
	scaled := func(n int) int { return max(10, int(math.Round(float64(n)*factor))) }
	base.Neurons, base.InDegree = scaled(base.Neurons), scaled(base.InDegree)
	var all []growthPoint
	add := func(vary string, set func(p *growthPoint)) {
		p := base
		p.Vary = vary
		set(&p)
		all = append(all, p)
	}
	for _, n := range []int{2500, 5000, 10_000, 20_000, 40_000, 80_000} {
		add("neurons", func(p *growthPoint) { p.Neurons = scaled(n) })
	}
	for _, k := range []int{100, 300, 1000, 3000, 6000} {
		add("in_degree", func(p *growthPoint) { p.InDegree = scaled(k) })
	}
	for _, drive := range []float64{-30, -15, 0, 50, 150, 400} {
		add("drive", func(p *growthPoint) { p.DrivePA = drive })
	}
	for _, ms := range []float64{0.1, 0.5, 1.5, 5, 20, 100} {
		add("delay_ms", func(p *growthPoint) { p.DelayMS = ms })
	}
	for n := 1; n < threads; n *= 2 {
		add("threads", func(p *growthPoint) { p.Threads = n })
	}
	add("threads", func(*growthPoint) {})
	return all
}

// newGrowthCmd returns the command "bench growth".
func newGrowthCmd() *cobra.Command {
	var out string
	var asJSON bool
	var threads int
	tSim, size := 200.0, 1.0
	cmd := &cobra.Command{
		Use:   "growth",
		Short: "Measure how the cost grows with neurons, in-degree, rate, delay and threads",
		Long: `Measure balanced random networks of iaf_psc_exp neurons: 10,000 neurons with 800 excitatory and 200
inhibitory inputs each, delay 1.5 ms, Poisson input, of which one thing at a time varies. Then measure what the
time of a synaptic event is spent on, by taking one thing after the other away from a network: what it saves is
what it cost. What is taken away first can count for more. Memory: 2 GB; takes one to two minutes on two cores.

With --out, growth.png and budget.png show it. Each time is the least of five pieces after 100 ms of warm-up; rates
are measured, not prescribed. Other work on the machine shows most in what is called waiting.

The object of --json: growth (a list of vary, neurons, in_degree, drive_pa, delay_ms, threads, build_s, rate_hz,
rtf and its parts deliver, update, communicate in seconds per second of model time, ns_per_event of delivery and
worker), budget (a list of label, ns per synaptic event and worker), t_sim_ms, threads, cpu, kernel, and after a failure error.`,
		Example: `  cortigo bench growth --out pictures
  cortigo bench growth --size 0.1 --threads 1 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			defer secondSignalKills(ctx)()
			if threads == 0 {
				threads = runtime.GOMAXPROCS(0)
			}
			if threads < 1 {
				return fmt.Errorf("--threads is %d; allowed: at least 1", threads)
			}
			if !(tSim >= 1 && tSim <= 1e6) {
				return fmt.Errorf("--t-sim is %g ms; allowed: 1 to 1e6", tSim)
			}
			if !(size >= 0.01 && size <= 10) {
				return fmt.Errorf("--size is %g; allowed: 0.01 to 10", size)
			}
			growthFile, budgetFile := filepath.Join(out, "growth.png"), filepath.Join(out, "budget.png")
			if out != "" {
				if err := os.MkdirAll(out, 0o755); err != nil {
					return fmt.Errorf("writing pictures: %w", err)
				}
				if err := errors.Join(replaceable(growthFile), replaceable(budgetFile)); err != nil {
					return err
				}
			}
			r := growthReport{TSimMS: tSim, Threads: threads, CPU: cpuName()}
			err := r.measure(ctx, cmd, size, asJSON)
			if ctx.Err() != nil {
				err = errInterrupted
			}
			if err != nil {
				r.Error = message(err)
			}
			if asJSON {
				err = errors.Join(err, writeJSON(cmd.OutOrStdout(), r))
			}
			if err != nil || out == "" {
				return err
			}
			growth, err := growthFigure(r)
			if err != nil {
				return err
			}
			budget, err := budgetFigure(r)
			if err != nil {
				return err
			}
			for path, f := range map[string]*plots.Figure{growthFile: growth, budgetFile: budget} {
				png, err := f.PNG()
				if err == nil {
					err = writePicture(cmd, path, png)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringVarP(&out, "out", "o", "", "write growth.png and budget.png to the directory `DIR`")
	fl.IntVar(&threads, "threads", 0, "up to `N` workers, where they do not vary as many (default: one per processor)")
	fl.Float64Var(&tSim, "t-sim", tSim, "model time of each of the five pieces in milliseconds `MS`")
	fl.Float64Var(&size, "size", size, "`F` times as many neurons and inputs, 0.01 to 10")
	fl.BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	markDirs(cmd, "out")
	return cmd
}

// measure fills in the report and prints the tables as they grow.
func (r *growthReport) measure(ctx context.Context, cmd *cobra.Command, size float64, quiet bool) error {
	w := cmd.OutOrStdout()
	if quiet {
		w = io.Discard
	}
	const columns = "%-10s %8s %9s %8s %8s %7s %8s %8s %8s %8s %8s %8s\n"
	fmt.Fprintf(w, columns, "vary", "neurons", "in-degree", "spikes/s", "delay ms", "threads", "build s", "s/s", "deliver", "update", "waiting", "ns/event")
	for _, p := range growthPoints(size, r.Threads) {
		net := balanced(p)
		err := p.measure(ctx, net, r.TSimMS)
		if err != nil {
			return err
		}
		r.Kernel = net.Stats().Kernel
		r.Growth = append(r.Growth, p)
		number := func(format string, x float64) string { return fmt.Sprintf(format, x) }
		fmt.Fprintf(w, columns, p.Vary, fmt.Sprint(p.Neurons), fmt.Sprint(p.InDegree), number("%.1f", p.RateHz), number("%g", p.DelayMS), fmt.Sprint(p.Threads),
			number("%.2f", p.BuildS), number("%.3f", p.RTF), number("%.3f", p.Deliver), number("%.3f", p.Update), number("%.3f", p.Communicate), number("%.2f", p.NsPerEvent))
	}
	var err error
	if r.Budget, err = measureBudget(ctx, size, min(r.Threads, 2), r.TSimMS); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nns per synaptic event and worker")
	for _, b := range r.Budget {
		fmt.Fprintf(w, "%8.2f  %s\n", b.Ns, b.Label)
	}
	return nil
}

// balanced returns the network of a point.
func balanced(p growthPoint) *sim.Network {
	net := sim.New(sim.Seed(1), sim.Threads(p.Threads))
	m := neuron.DefaultIafPscExp()
	m.Ie = p.DrivePA
	start := sim.Params{"V_m": connect.Uniform{Min: m.EL, Max: m.Vth}}
	exc := net.Create("exc", p.Neurons*4/5, m, start)
	inh := net.Create("inh", p.Neurons-p.Neurons*4/5, m, start)
	all := sim.Join(exc, inh)
	const g = 4 // as much inhibition as excitation
	weight := 30 / math.Sqrt(float64(p.InDegree))
	for _, from := range []struct {
		pre    *sim.Nodes
		n      int
		weight float64
	}{{exc, p.InDegree * 4 / 5, weight}, {inh, p.InDegree - p.InDegree*4/5, -g * weight}} {
		net.Connect(from.pre, all, connect.FixedInDegree{N: from.n}, connect.Synapse{
			Weight: connect.Normal{Mean: from.weight, SD: math.Abs(from.weight) / 10}, Delay: p.DelayMS})
	}
	noise := net.Create("noise", 1, device.Poisson{Rate: 8000})
	net.Connect(noise, all, connect.Synapse{Weight: 22})
	return net
}

// growthPieces is how many pieces of each network are timed.
const growthPieces = 5

// measure measures the network.
func (p *growthPoint) measure(ctx context.Context, net *sim.Network, tSim float64) error {
	if err := p.prepare(ctx, net); err != nil {
		return err
	}
	for range growthPieces {
		if err := p.piece(ctx, net, tSim); err != nil {
			return err
		}
	}
	return nil
}

// prepare builds the network and simulates a warm-up.
func (p *growthPoint) prepare(ctx context.Context, net *sim.Network) error {
	start := time.Now()
	if err := net.Build(ctx); err != nil {
		return err
	}
	p.BuildS = time.Since(start).Seconds()
	p.RTF, p.Deliver, p.Update, p.Communicate, p.NsPerEvent = math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1), math.Inf(1)
	return net.Simulate(ctx, 100)
}

// piece simulates tSim more ms. Each time is the least of all pieces: whatever else
// the machine does only adds.
func (p *growthPoint) piece(ctx context.Context, net *sim.Network, tSim float64) error {
	before, start, seconds := net.Stats(), time.Now(), tSim/1000
	if err := net.Simulate(ctx, tSim); err != nil {
		return err
	}
	least := func(of *float64, x float64) { *of = min(*of, x) }
	least(&p.RTF, time.Since(start).Seconds()/seconds)
	after := net.Stats()
	least(&p.Deliver, (after.DeliverS-before.DeliverS)/seconds)
	least(&p.Update, (after.UpdateS-before.UpdateS)/seconds)
	least(&p.Communicate, (after.CommunicateS-before.CommunicateS)/seconds)
	p.RateHz = float64(after.Spikes-before.Spikes) / float64(net.NeuronCount()) / seconds
	p.eventsPerS = max(1, float64(after.SynapticEvents-before.SynapticEvents)/seconds)
	least(&p.NsPerEvent, (after.DeliverS-before.DeliverS)/seconds*1e9*float64(p.Threads)/p.eventsPerS)
	return nil
}

// growthFigure draws seconds per second of model time, and below ns per synaptic
// event, over all that varies.
func growthFigure(r growthReport) (*plots.Figure, error) {
	const seconds, ns = "s per s of model time", "ns per synaptic event"
	var upper, lower []plots.CurvePanel
	for _, v := range []struct {
		vary, label string
		of          func(p growthPoint) float64
	}{
		{"neurons", "neurons", func(p growthPoint) float64 { return float64(p.Neurons) }},
		{"in_degree", "in-degree", func(p growthPoint) float64 { return float64(p.InDegree) }},
		{"drive", "rate (spikes/s)", func(p growthPoint) float64 { return p.RateHz }},
		{"delay_ms", "delay (ms)", func(p growthPoint) float64 { return p.DelayMS }},
		{"threads", "threads", func(p growthPoint) float64 { return float64(p.Threads) }},
	} {
		all, deliver, update, wait := plots.Curve{Name: "all"}, plots.Curve{Name: "delivery"}, plots.Curve{Name: "update"}, plots.Curve{Name: "waiting"}
		event := plots.Curve{Name: "delivery"}
		for _, p := range r.Growth {
			x := v.of(p)
			if p.Vary != v.vary || x <= 0 {
				continue
			}
			for _, c := range []struct {
				to *plots.Curve
				y  float64
			}{{&all, p.RTF}, {&deliver, p.Deliver}, {&update, p.Update}, {&wait, p.Communicate}, {&event, p.NsPerEvent}} {
				if c.y > 0 { // in a short piece nothing may have been timed
					c.to.X, c.to.Y = append(c.to.X, x), append(c.to.Y, c.y)
				}
			}
		}
		up, low := plots.CurvePanel{X: v.label, LogX: true, LogY: true}, plots.CurvePanel{X: v.label, LogX: true}
		for _, c := range []plots.Curve{all, deliver, update, wait} {
			if len(c.X) > 0 {
				up.Curves = append(up.Curves, c)
			}
		}
		if len(event.X) > 0 {
			low.Curves = append(low.Curves, event)
		}
		if len(upper) == 0 {
			up.Y, low.Y = seconds, ns
		}
		upper, lower = append(upper, up), append(lower, low)
	}
	title := fmt.Sprintf("Cost of balanced random networks: %s, %s", r.CPU, counted(r.Threads, "thread"))
	return plots.CurvesFigure(len(upper), append(upper, lower...), plots.WithTitle(title), plots.WithSize(11, 4.4))
}
