package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"cortigo/sim"
)

// A benchReport is what `cortigo bench --json` prints; times are wall clock of
// the simulation after the warm-up, phases the mean over the workers.
type benchReport struct {
	BuildS        map[string]float64 `json:"build_s"` // by phase, and "total"
	WarmupS       float64            `json:"warmup_s"`
	SimS          float64            `json:"sim_s"`
	RTF           float64            `json:"rtf"`
	Spikes        int64              `json:"spikes"`
	RatesHz       map[string]float64 `json:"rates_hz"`
	UpdateS       float64            `json:"update_s"`
	DeliverS      float64            `json:"deliver_s"`
	CommunicateS  float64            `json:"communicate_s"`
	SynapticEvent int64              `json:"synaptic_events"`
	NsPerEvent    float64            `json:"ns_per_event"` // of delivery, per worker
	PeakRSSMB     float64            `json:"peak_rss_mb"`
	Threads       int                `json:"threads"`
	Shards        int                `json:"shards"`
	Neurons       int                `json:"neurons"`
	Synapses      int64              `json:"synapses"`
	CPU           string             `json:"cpu"`
	Kernel        string             `json:"kernel"`
	Error         string             `json:"error,omitempty"`
}

// newBenchCmd returns the command "bench".
func newBenchCmd() *cobra.Command {
	f := modelFlags{defaultTSim: 10000, defaultRecordNothing: true}
	var out string
	var overwrite, asJSON bool
	var share int
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure building and simulating the microcircuit",
		Long: `Build and simulate the microcircuit and print where the time went. Takes the flags of "run", but with DC
input unless --background says otherwise; nothing is recorded unless --record and --out say so. The community's
recipe is DC input, optimized initial potentials, 500 ms dropped and at least 10 s measured; these are the defaults. Quote
the median of several runs.

--share N measures the time that one of N threads would need: of a network divided into N shards, only one is built
for each worker, and the spikes of all other neurons are drawn at the model's rates.

The object of --json: build_s (by phase, and "total"), warmup_s, sim_s, update_s, deliver_s, communicate_s (wall
clock), rtf (wall clock per model time), spikes, synaptic_events, ns_per_event (of delivery), rates_hz,
peak_rss_mb, threads, shards, neurons, synapses, cpu, kernel, and after a failure error.`,
		Example: `  cortigo bench --scale 1
  cortigo bench --scale 0.2 --t-sim 2000 --threads 1 --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.parameters(cmd.Context())
			if err != nil {
				return err
			}
			if out == "" && (p.Record.Spikes || p.Record.Voltages) {
				return errors.New("--record needs --out DIR")
			}
			s := &simulation{params: p, options: f.options(), memory: f.memoryLimit(), out: out, overwrite: overwrite, log: cmd.ErrOrStderr(), events: asJSON}
			if share != 0 {
				s.options = append(s.options, sim.Share(share, p.MeanRate[:]))
			}
			err = s.run(cmd.Context())
			if s.model == nil {
				return err
			}
			r := s.benchReport()
			if err != nil {
				r.Error = message(err)
			}
			if asJSON {
				return errors.Join(err, writeJSON(cmd.OutOrStdout(), r))
			}
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "%d neurons, %d synapses, %d threads, %d shards, %s kernels, %s\n", r.Neurons, r.Synapses, r.Threads, r.Shards, r.Kernel, r.CPU)
			fmt.Fprintf(w, "build        %8.2f s\n", r.BuildS["total"])
			fmt.Fprintf(w, "simulation   %8.2f s, real-time factor %.3f\n", r.SimS, r.RTF)
			fmt.Fprintf(w, "  deliver    %8.2f s, %.2f ns per synaptic event and worker\n", r.DeliverS, r.NsPerEvent)
			fmt.Fprintf(w, "  update     %8.2f s\n  communicate%8.2f s\n", r.UpdateS, r.CommunicateS)
			fmt.Fprintf(w, "spikes       %8d, synaptic events %d\n", r.Spikes, r.SynapticEvent)
			fmt.Fprintf(w, "peak memory  %8.0f MB\n", r.PeakRSSMB)
			return nil
		},
	}
	cmd.AddCommand(newGrowthCmd())
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&out, "out", "o", "", "write what --record says to the directory `DIR`")
	fl.BoolVar(&overwrite, "overwrite", false, "replace a run that is in DIR already")
	fl.IntVar(&share, "share", 0, "run one of `N` shards for each worker, the other neurons' spikes drawn")
	fl.BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

func (s *simulation) benchReport() benchReport {
	net := s.model.Net()
	r := benchReport{BuildS: map[string]float64{"total": s.buildS}, WarmupS: s.warmupS, SimS: s.simS, RatesHz: s.rates(),
		PeakRSSMB: peakRSS(), Threads: net.Threads(), Shards: net.Shards(), Neurons: net.NeuronCount(), Synapses: net.SynapseCount(),
		CPU: cpuName(), Kernel: s.after.Kernel}
	for _, p := range s.after.BuildS {
		r.BuildS[p.Name] = p.Seconds
	}
	r.RTF = s.rtf()
	r.Spikes = s.after.Spikes - s.before.Spikes
	r.SynapticEvent = s.after.SynapticEvents - s.before.SynapticEvents
	r.UpdateS, r.DeliverS = s.after.UpdateS-s.before.UpdateS, s.after.DeliverS-s.before.DeliverS
	r.CommunicateS = s.after.CommunicateS - s.before.CommunicateS
	if r.SynapticEvent > 0 {
		r.NsPerEvent = r.DeliverS * 1e9 * float64(r.Threads) / float64(r.SynapticEvent)
	}
	return r
}

// cpuName returns what the system calls its processor.
func cpuName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if name, value, ok := strings.Cut(sc.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
