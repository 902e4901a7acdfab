package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio"
	"cortigo/sim/microcircuit"
)

// The keys are what programs rely on.
var runKeys = []string{"build_s", "warmup_s", "sim_s", "rtf", "peak_rss_mb", "neurons", "synapses", "spikes", "threads",
	"shards", "processes", "rates_hz", "spike_sha256"}

func TestRunJSON(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	m := run(t, "--out", dir, "--threads", "1", "--shards", "3")
	wantKeys(t, m, append([]string{"out", "warnings", "bytes_per_spike"}, runKeys...)...)
	for _, key := range []string{"build_s", "warmup_s", "sim_s", "rtf", "spikes"} {
		if m[key].(float64) <= 0 {
			t.Errorf("%s is %v", key, m[key])
		}
	}
	// 20683 + 5834 + ... neurons, each times 0.005 and rounded: 103 + 29 + 110 + 27 + 24 + 5 + 72 + 15.
	if m["neurons"] != 385.0 || m["threads"] != 1.0 || m["shards"] != 3.0 || m["processes"] != 1.0 || m["out"] != dir {
		t.Errorf("%v", m)
	}
	if math.Abs(m["rtf"].(float64)-m["sim_s"].(float64)/0.08) > 1e-12 {
		t.Errorf("rtf %v for %v s of 80 ms", m["rtf"], m["sim_s"])
	}

	// Spikes, digest and rates are those of the files, put together here in
	// another way.
	d, err := arrowio.ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Begin != 0 || d.End != 1000 || float64(d.Len()) != m["spikes"] {
		t.Errorf("(%d, %d] with %d spikes in the files, %v in the report", d.Begin, d.End, d.Len(), m["spikes"])
	}
	var all []byte
	counts := map[string]float64{}
	for i, step := range d.Step {
		all = binary.LittleEndian.AppendUint64(all, uint64(step))
		all = binary.LittleEndian.AppendUint32(all, uint32(d.Neuron[i]))
		for _, p := range d.Populations {
			if step > 200 && d.Neuron[i] >= p.First && int(d.Neuron[i]-p.First) < p.N {
				counts[p.Name] += 1 / float64(p.N) / 0.08
			}
		}
	}
	sum := sha256.Sum256(all)
	if m["spike_sha256"] != hex.EncodeToString(sum[:]) {
		t.Errorf("digest %v, want %x", m["spike_sha256"], sum)
	}
	rates := m["rates_hz"].(map[string]any)
	wantKeys(t, rates, "L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
	for name, r := range rates {
		if math.Abs(r.(float64)-counts[name]) > 1e-9 {
			t.Errorf("rate of %s %v, want %v", name, r, counts[name])
		}
	}

	if got := must(t, "digest", dir); got != m["spike_sha256"].(string)+"\n" {
		t.Errorf("digest %q, want %q", got, m["spike_sha256"])
	}
	g := object(t, must(t, "digest", "--json", dir))
	wantKeys(t, g, "spikes", "spike_sha256")
	if g["spikes"] != m["spikes"] || g["spike_sha256"] != m["spike_sha256"] {
		t.Errorf("digest --json %v", g)
	}
}

func TestRunText(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	stdout, stderr, status := cli(t, slices.Concat([]string{"run", "--out", dir}, small)...)
	if status != 0 {
		t.Fatal(stderr)
	}
	for _, want := range []string{"build ", "L23E ", "L6I ", " spikes in " + dir + ", sha256 ", "Next: cortigo plot " + dir + "\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	for _, want := range []string{"Data directory: " + dir, "385 of 77,169", "Seed of the random numbers: 55", "simulating: 80 / 80 ms"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, stderr)
		}
	}
	if strings.ContainsAny(stderr, "\r\x1b") {
		t.Errorf("redrawn lines outside a terminal: %q", stderr)
	}
}

// However the work is divided, the spikes are the same.
func TestRunDivisions(t *testing.T) {
	t.Parallel()
	want := run(t, "--out", tempRun(t), "--threads", "1")["spike_sha256"]
	for _, division := range [][]string{
		{"--threads", "2"}, {"--threads", "3"}, {"--threads", "8"}, {"--threads", "2", "--shards", "5"}, {"--threads", "1", "--shards", "2"},
	} {
		m := run(t, append([]string{"--out", tempRun(t)}, division...)...)
		if m["spike_sha256"] != want {
			t.Errorf("%q: digest %v, want %v", division, m["spike_sha256"], want)
		}
	}
}

// The parameters in run.json repeat a run; flags go before them.
func TestRunParams(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	options := []string{"--seed", "7", "--background", "poisson", "--v0", "original", "--thalamus", "--dc-transient"}
	first := run(t, append([]string{"--out", dir}, options...)...)
	params := filepath.Join(dir, "run.json")
	again := object(t, must(t, "run", "--json", "--params", params, "--out", tempRun(t)))
	for _, key := range []string{"spike_sha256", "spikes", "synapses", "neurons"} {
		if first[key] != again[key] {
			t.Errorf("%s is %v, then %v", key, first[key], again[key])
		}
	}
	// The same with a file that "config" made.
	file := filepath.Join(t.TempDir(), "my.json")
	if err := os.WriteFile(file, []byte(must(t, append(append([]string{"config"}, small...), options...)...)), 0o644); err != nil {
		t.Fatal(err)
	}
	if m := object(t, must(t, "run", "--json", "--params", file, "--out", tempRun(t))); m["spike_sha256"] != first["spike_sha256"] {
		t.Error("other spikes with the file of config")
	}
	var p microcircuit.Parameters
	if err := json.Unmarshal([]byte(must(t, "config", "--params", params, "--seed", "8", "--thalamus=false", "--t-sim", "50", "--scale", "0.3", "--k-scaling", "0.4")), &p); err != nil {
		t.Fatal(err)
	}
	if p.Seed != 8 || p.Thalamus.On || !p.DCTransient.On || p.TSim != 50 || p.TPresim != 20 || p.NScaling != 0.3 || p.KScaling != 0.4 ||
		p.Background != "poisson" || p.V0.Type != "original" {
		t.Errorf("flags over a file give %+v", p)
	}
	if m := object(t, must(t, "run", "--json", "--params", params, "--seed", "8", "--out", tempRun(t))); m["spike_sha256"] == first["spike_sha256"] {
		t.Error("the same spikes with another seed")
	}
}

// Each option changes what happens, and is in run.json.
func TestRunOptions(t *testing.T) {
	t.Parallel()
	plain := run(t, "--out", tempRun(t))["spike_sha256"]
	for _, tt := range []struct {
		args []string
		has  func(p *microcircuit.Parameters) bool
	}{
		{[]string{"--background", "poisson"}, func(p *microcircuit.Parameters) bool { return p.Background == "poisson" }},
		{[]string{"--v0", "original"}, func(p *microcircuit.Parameters) bool { return p.V0.Type == "original" }},
		{[]string{"--seed", "2"}, func(p *microcircuit.Parameters) bool { return p.Seed == 2 }},
		// The stimuli start at 700 and 650 ms.
		{[]string{"--thalamus", "--t-sim", "720"}, func(p *microcircuit.Parameters) bool { return p.Thalamus.On }},
		{[]string{"--dc-transient", "--t-sim", "720"}, func(p *microcircuit.Parameters) bool { return p.DCTransient.On }},
	} {
		dir := tempRun(t)
		m := run(t, append([]string{"--out", dir}, tt.args...)...)
		want := plain
		if slices.Contains(tt.args, "720") {
			want = run(t, "--out", tempRun(t), "--t-sim", "720")["spike_sha256"]
		}
		if m["spike_sha256"] == want {
			t.Errorf("%q changes nothing", tt.args)
		}
		f, err := os.Open(filepath.Join(dir, "run.json"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if p, err := microcircuit.Decode(f); err != nil || !tt.has(&p) {
			t.Errorf("%q is not in run.json: %v", tt.args, err)
		}
	}
}

// Without flags the background is Poisson, which keeps all populations firing
// at the default scale; of bench it is DC, as the community measures. A file that
// does not name it leaves it so.
func TestDefaultBackground(t *testing.T) {
	t.Parallel()
	file := write(t, "p.json", `{"seed": 7}`)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"config"}, "poisson"},
		{[]string{"config", "--params", file}, "poisson"},
		{[]string{"config", "--params", write(t, "dc.json", `{"background": "dc"}`)}, "dc"},
		{[]string{"config", "--params", file, "--background", "dc"}, "dc"},
	} {
		if m := object(t, must(t, tt.args...)); m["background"] != tt.want {
			t.Errorf("%q: background %v, want %s", tt.args, m["background"], tt.want)
		}
	}
	for name, want := range map[string]string{"run": "poisson", "bench": "dc"} {
		cmd, _, err := newRootCmd().Find([]string{name})
		if err != nil || cmd.Flags().Lookup("background").DefValue != want {
			t.Errorf("%s --background is not %s by default: %v", name, want, err)
		}
	}
	m := object(t, must(t, "run", "--json", "--record", "none", "--t-presim", "200", "--t-sim", "500"))
	for name, r := range m["rates_hz"].(map[string]any) {
		if r == 0.0 {
			t.Errorf("%s is silent by default", name)
		}
	}
	if m["warnings"] != nil {
		t.Errorf("warnings %q", m["warnings"])
	}
}

// A run in which populations are silent says which, and with DC input why.
func TestSilentPopulations(t *testing.T) {
	t.Parallel()
	args := []string{"run", "--record", "none", "--background", "dc", "--scale", "0.1", "--n-scaling", "0.02", "--t-presim", "20", "--t-sim", "100"}
	m := object(t, must(t, append(args, "--json")...))
	var silent []string
	for _, name := range []string{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"} {
		if m["rates_hz"].(map[string]any)[name] == 0.0 {
			silent = append(silent, name)
		}
	}
	warnings, _ := m["warnings"].([]any)
	if len(silent) == 0 || len(warnings) == 0 {
		t.Fatalf("rates %v, warnings %v", m["rates_hz"], warnings)
	}
	last := warnings[len(warnings)-1].(string)
	for _, want := range []string{" silent in the 100 ms after the warm-up: " + strings.Join(silent, ", ") + ";", "--background poisson"} {
		if !strings.Contains(last, want) {
			t.Errorf("%q lacks %q", last, want)
		}
	}
	if _, stderr, _ := cli(t, args...); !strings.Contains(stderr, "Warning: "+last+"\n") {
		t.Errorf("stderr %q lacks %q", stderr, last)
	}
}

// Without recording there is nothing on disk, but the network does the same.
func TestRunRecordNone(t *testing.T) {
	t.Parallel()
	want := run(t, "--out", tempRun(t))
	m := run(t, "--record", "none")
	wantKeys(t, m, append([]string{"warnings"}, runKeys...)...)
	if m["spikes"] != 0.0 || m["spike_sha256"] != "" {
		t.Errorf("spikes %v, digest %v", m["spikes"], m["spike_sha256"])
	}
	for name, r := range want["rates_hz"].(map[string]any) {
		if m["rates_hz"].(map[string]any)[name] != r {
			t.Errorf("rate of %s %v, want %v", name, m["rates_hz"].(map[string]any)[name], r)
		}
	}
	dir := tempRun(t)
	run(t, "--record", "none", "--out", dir)
	if es, err := os.ReadDir(dir); err != nil || len(es) != 1 || es[0].Name() != "run.json" {
		t.Errorf("%v, %v", es, err)
	}
	wantError(t, []string{"digest", dir}, dir, "recorded no spikes")
	wantError(t, []string{"plot", dir}, dir, "recorded no spikes")
}

func TestRunVoltages(t *testing.T) {
	t.Parallel()
	spikesOnly := run(t, "--out", tempRun(t))["spike_sha256"]
	dir := tempRun(t)
	if m := run(t, "--record", "spikes,voltages", "--out", dir); m["spike_sha256"] != spikesOnly {
		t.Error("recording voltages changed the spikes")
	}
	alone := tempRun(t)
	if m := run(t, "--record", "voltages", "--out", alone); m["spikes"] != 0.0 || m["spike_sha256"] != "" {
		t.Errorf("%v", m)
	}
	for _, dir := range []string{dir, alone} {
		s, err := arrowio.ReadSamples(dir)
		if err != nil {
			t.Fatal(err)
		}
		// 385 neurons each ms, that at the end included.
		if !slices.Equal(s.Quantities, []string{"V_m"}) || len(s.Step) != 385*100 || s.Step[0] != 10 || s.Step[len(s.Step)-1] != 1000 {
			t.Errorf("%q: %d samples from step %d to %d", s.Quantities, len(s.Step), s.Step[0], s.Step[len(s.Step)-1])
		}
	}
	if _, err := os.Stat(filepath.Join(alone, "spikes")); err == nil {
		t.Error("spikes were recorded")
	}
}

func TestBenchJSON(t *testing.T) {
	t.Parallel()
	m := object(t, must(t, slices.Concat([]string{"bench", "--json"}, small)...))
	wantKeys(t, m, "build_s", "warmup_s", "sim_s", "rtf", "spikes", "rates_hz", "update_s", "deliver_s", "communicate_s",
		"synaptic_events", "ns_per_event", "peak_rss_mb", "threads", "shards", "neurons", "synapses", "cpu", "kernel")
	dir := tempRun(t)
	r := run(t, "--out", dir)
	d, err := arrowio.ReadSpikes(dir, arrowio.InWindow(20, 100))
	if err != nil {
		t.Fatal(err)
	}
	if m["spikes"] != float64(d.Len()) || m["synapses"] != r["synapses"] || m["build_s"].(map[string]any)["total"].(float64) <= 0 {
		t.Errorf("bench %v, run %v", m, r)
	}
	if text := must(t, slices.Concat([]string{"bench"}, small)...); !strings.Contains(text, "real-time factor") {
		t.Errorf("%q", text)
	}
	wantError(t, slices.Concat([]string{"bench", "--record", "spikes"}, small), "--out DIR")
}

// What a share of the network does follows from the seed: the numbers are those of
// the version in which they last changed.
func TestBenchShare(t *testing.T) {
	t.Parallel()
	for threads, want := range map[string][3]float64{"1": {39, 22213, 14850}, "2": {49, 38428, 29761}} {
		m := object(t, must(t, "bench", "--share", "8", "--scale", "0.02", "--t-sim", "500", "--threads", threads, "--json"))
		if got := [3]float64{m["spikes"].(float64), m["synaptic_events"].(float64), m["synapses"].(float64)}; got != want || fmt.Sprint(m["threads"]) != threads || m["shards"] != m["threads"] {
			t.Errorf("%s threads, %v shards: %v spikes, events and synapses, want %v", threads, m["shards"], got, want)
		}
	}
}

func TestConfigJSON(t *testing.T) {
	m := object(t, must(t, "config"))
	wantKeys(t, m, "n_scaling", "k_scaling", "seed", "resolution_ms", "t_presim_ms", "t_sim_ms", "full_neurons",
		"connection_probability", "full_mean_rate_hz", "psp_mv", "g", "l4e_to_l23e_factor", "weight_relative_sd", "delay_exc_ms",
		"delay_inh_ms", "delay_relative_sd", "k_ext", "bg_rate_hz", "background", "poisson_delay_ms", "neuron", "v0", "thalamus",
		"dc_transient", "record")
	if m["n_scaling"] != 0.1 || m["k_scaling"] != 0.1 || m["t_presim_ms"] != 500.0 || m["t_sim_ms"] != 1000.0 {
		t.Errorf("defaults %v", m)
	}
}

func TestVersionJSON(t *testing.T) {
	m := object(t, must(t, "version", "--json"))
	wantKeys(t, m, "cortigo", "go", "os", "arch", "kernel", "cpu", "cpus")
	for key, v := range m {
		if v == "" || v == 0.0 {
			t.Errorf("%s is %v", key, v)
		}
	}
	if text := must(t, "version"); !strings.HasPrefix(text, "cortigo "+m["cortigo"].(string)+"\n") {
		t.Errorf("%q", text)
	}
}
