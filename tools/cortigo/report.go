package main

import (
	"fmt"
	"io"
	"strings"

	"cortigo/analysis"
	"cortigo/arrowio"
	"cortigo/sim/microcircuit"
	"cortigo/sim/spikes"
)

// A runReport is what `cortigo run --json` prints.
type runReport struct {
	BuildS        float64            `json:"build_s"`
	WarmupS       float64            `json:"warmup_s"`
	SimS          float64            `json:"sim_s"`
	RTF           float64            `json:"rtf"` // wall clock per model time, after the warm-up
	PeakRSSMB     float64            `json:"peak_rss_mb"`
	Neurons       int                `json:"neurons"`
	Synapses      int64              `json:"synapses"`
	Spikes        int64              `json:"spikes"` // recorded
	Threads       int                `json:"threads"`
	Shards        int                `json:"shards"`
	Processes     int                `json:"processes"`
	RatesHz       map[string]float64 `json:"rates_hz"`                  // over (t_presim, t_presim + t_sim]
	SpikeSHA256   string             `json:"spike_sha256"`              // of all recorded spikes; empty: none were to be
	BytesPerSpike float64            `json:"bytes_per_spike,omitempty"` // on disk
	ResumedFrom   *float64           `json:"resumed_from_ms,omitempty"` // model time at which --resume went on
	Out           string             `json:"out,omitempty"`
	Warnings      []string           `json:"warnings,omitempty"`
	Error         string             `json:"error,omitempty"`
}

// jsonKeys says what the object of `cortigo run --json` holds.
const jsonKeys = `The object of --json: build_s, warmup_s, sim_s (wall clock), rtf (wall clock per model time), peak_rss_mb,
neurons, synapses, spikes (recorded), threads, shards, processes, rates_hz (by population, after the warm-up),
spike_sha256 (of all recorded spikes, see "cortigo digest"; "" if none were to be recorded), if some were
bytes_per_spike (on disk), with --resume resumed_from_ms (model time), and where there is something to say: out,
warnings, error.

Progress is then on stderr, as lines of JSON: event ("progress"), phase ("building", "warm-up", "simulating"),
share (of the phase, 0 to 1), wall_s, left_s, and when simulating done_ms, total_ms, rtf, spikes. Other lines there
are text.`

func (s *simulation) report() runReport {
	net := s.model.Net()
	r := runReport{BuildS: s.buildS, WarmupS: s.warmupS, SimS: s.simS, RTF: s.rtf(), PeakRSSMB: peakRSS(),
		Neurons: net.NeuronCount(), Synapses: net.SynapseCount(), Threads: net.Threads(), Shards: net.Shards(), Processes: 1,
		RatesHz: s.rates(), ResumedFrom: s.resumedFrom, Out: s.out}
	if s.count != nil && s.params.Record.Spikes {
		r.Spikes = s.count.total
		r.SpikeSHA256 = s.count.digest.Hex()
	}
	if r.SpikeSHA256 != "" && s.dir != nil {
		// What cannot be read is reported by whoever reads it.
		if i, err := arrowio.Inspect(s.out); err == nil {
			if n, bytes := i.SpikeRows(); n > 0 {
				r.BytesPerSpike = float64(bytes) / float64(n)
			}
		}
	}
	for _, warnings := range [][]error{s.model.Warnings, net.Warnings()} {
		for _, w := range warnings {
			r.Warnings = append(r.Warnings, w.Error())
		}
	}
	if text := s.silence(); text != "" {
		r.Warnings = append(r.Warnings, text)
	}
	return r
}

// silence names the populations that did not spike after the warm-up, and says
// what may be the reason; empty: there is none, or the warm-up did not end.
func (s *simulation) silence() string {
	ms := s.afterWarmup()
	if ms <= 0 {
		return ""
	}
	var names []string
	n := 0
	for i, p := range s.count.populations {
		if p.Input { // it is silent when it is not given
			continue
		}
		n++
		if s.count.byPop[i] == 0 {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d of %d populations silent in the %s ms after the warm-up: %s", len(names), n,
		decimal(ms), strings.Join(names, ", "))
	if s.params.Background == microcircuit.BackgroundDC && s.params.KScaling < 1 {
		text += "; the constant current of --background dc makes up for smaller in-degrees in the mean only, not in the fluctuations: " +
			"--background poisson or a larger --k-scaling lets them fire"
	}
	return text
}

// rtf returns the real-time factor after the warm-up, 0 if it did not end.
func (s *simulation) rtf() float64 {
	if s.simMS <= 0 {
		return 0
	}
	return s.simS / (s.simMS / 1000)
}

// afterWarmup returns the model time in ms that was counted, 0 or less if the
// warm-up did not end.
func (s *simulation) afterWarmup() float64 {
	if s.count == nil {
		return 0
	}
	return float64(min(s.model.Net().Step(), s.count.end)-s.count.begin) * s.params.Resolution
}

// rates returns the mean rate of each population after the warm-up, of none if
// the warm-up did not end. Of a run that was stopped it is over what there is.
func (s *simulation) rates() map[string]float64 {
	rates := map[string]float64{}
	seconds := s.afterWarmup() / 1000
	if seconds <= 0 {
		return rates
	}
	for i, p := range s.count.populations {
		rates[p.Name] = float64(s.count.byPop[i]) / float64(p.N) / seconds
	}
	return rates
}

// summarise prints times and, from the files, the rates.
func (s *simulation) summarise(w io.Writer, r runReport) error {
	fmt.Fprintf(w, "build %.2f s, warm-up %.2f s, simulation %.2f s (real-time factor %.3f), peak memory %.0f MB\n",
		r.BuildS, r.WarmupS, r.SimS, r.RTF, r.PeakRSSMB)
	if text := s.silence(); text != "" {
		fmt.Fprintf(s.log, "Warning: %s\n", text)
	}
	if !s.params.Record.Spikes {
		return nil
	}
	if s.afterWarmup() <= 0 {
		fmt.Fprintf(w, "%s in %s, sha256 %s, all of the warm-up, which ends at %s; to go on: cortigo run --resume %s\n",
			counted(r.Spikes, "spike"), s.out, r.SpikeSHA256, ms(s.params.TPresim), shellQuoted(s.out))
		return nil
	}
	d, err := arrowio.ReadSpikes(s.out, arrowio.InWindow(s.params.TPresim, s.params.TPresim+s.params.TSim))
	if err != nil {
		return err
	}
	rows, err := analysis.RateSummaries(d)
	if err != nil {
		return err
	}
	writeRates(w, rows)
	fmt.Fprintf(w, "%s in %s, sha256 %s, %.2f bytes each\n", counted(r.Spikes, "spike"), s.out, r.SpikeSHA256, r.BytesPerSpike)
	fmt.Fprintf(w, "Next: cortigo plot %s\n", shellQuoted(s.out))
	return nil
}

func writeRates(w io.Writer, rows []analysis.RateSummary) {
	fmt.Fprintf(w, "%-12s %8s %8s %10s %10s\n", "population", "neurons", "silent", "mean", "SD")
	for _, r := range rows {
		if r.NotRecorded {
			fmt.Fprintf(w, "%-12s %8d  not recorded\n", r.Name, r.N)
			continue
		}
		fmt.Fprintf(w, "%-12s %8d %8d %10.3f %10.3f  spikes/s\n", r.Name, r.N, r.Silent, r.Mean, r.SD)
	}
}

// A counter counts recorded spikes, by population those of a window, and
// digests them.
type counter struct {
	populations []spikes.Population
	begin, end  int64 // the window (begin, end] in steps
	total       int64
	byPop       []int64
	digest      *spikes.Digest
}

func newCounter(pops []spikes.Population, begin, end int64) *counter {
	return &counter{populations: pops, begin: begin, end: end, byPop: make([]int64, len(pops)), digest: spikes.NewDigest()}
}

// WriteSpikes counts.
func (c *counter) WriteSpikes(step []int64, neuron []int32) error {
	c.total += int64(len(step))
	c.digest.Add(step, neuron)
	for i, id := range neuron {
		if step[i] <= c.begin || step[i] > c.end {
			continue
		}
		for p := range c.populations {
			if c.populations[p].Contains(id) {
				c.byPop[p]++
				break
			}
		}
	}
	return nil
}
