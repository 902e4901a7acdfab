package microcircuit

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"cortigo/sim"
	"cortigo/sim/neuron"
)

// Describe returns the report at the start of a run, several lines: the directory of the
// data, the scaling of neurons and in-degrees, the memory needed, the background, the
// stimuli, the seed, the workers, and the warnings of the model and of the network. An
// empty dataDir leaves out the first; existed says that the directory exists already and
// will be overwritten.
func (m *Microcircuit) Describe(dataDir string, existed bool) string {
	if m.made() != nil {
		return ""
	}
	var b strings.Builder
	if dataDir != "" {
		fmt.Fprintf(&b, "Data directory: %s\n", dataDir)
		if existed {
			b.WriteString("  Directory already existed. Old data will be overwritten.\n")
		} else {
			b.WriteString("  Directory was created.\n")
		}
	}
	m.describeScaling(&b)
	if bytes, err := m.p.EstimateMemory(m.opts...); err == nil {
		fmt.Fprintf(&b, "Memory: about %s to build and run it\n", sim.FormatBytes(bytes))
	}
	m.describeInput(&b)
	fmt.Fprintf(&b, "Seed of the random numbers: %d\n", m.p.Seed)
	threads, shards := m.workers()
	fmt.Fprintf(&b, "Workers: %d (threads), the network in %d shards\n", threads, shards)
	for _, w := range append(m.Warnings[:len(m.Warnings):len(m.Warnings)], m.net.Warnings()...) {
		fmt.Fprintf(&b, "Warning: %s\n", w)
	}
	return b.String()
}

// workers returns how many threads run the network and into how many shards it
// is divided. Both depend on its size, so before Create another network with as
// many neurons is asked.
func (m *Microcircuit) workers() (threads, shards int) {
	if m.stage != stageNew {
		return m.net.Threads(), m.net.Shards()
	}
	n := m.d.TotalNeurons()
	if m.p.Thalamus.On {
		n += m.p.Thalamus.Neurons
	}
	like := sim.New(m.opts...)
	like.Create("neurons", n, neuron.Parrot{})
	if like.Err() != nil { // the same error awaits Create
		return m.net.Threads(), m.net.Shards()
	}
	return like.Threads(), like.Shards()
}

func (m *Microcircuit) describeScaling(b *strings.Builder) {
	full := 0
	for _, n := range m.p.Neurons {
		full += n
	}
	fmt.Fprintf(b, "Neurons: %s", thousands(int64(m.d.TotalNeurons())))
	if m.p.NScaling != 1 {
		fmt.Fprintf(b, " of %s, their numbers are scaled by a factor of %.3f", thousands(int64(full)), m.p.NScaling)
	}
	fmt.Fprintf(b, "\nSynapses: %s\n", thousands(m.d.TotalSynapses()))
	if m.p.KScaling != 1 {
		fmt.Fprintf(b, "In-degrees are scaled by a factor of %.3f.\n", m.p.KScaling)
		fmt.Fprintf(b, "  To make up for it, weights are multiplied by %.3f and the constant input current is adjusted.\n", 1/math.Sqrt(m.p.KScaling))
	}
}

func (m *Microcircuit) describeInput(b *strings.Builder) {
	switch m.p.Background {
	case BackgroundDC:
		b.WriteString("Background input: constant current (dc)\n")
	case BackgroundPoisson:
		b.WriteString("Background input: Poisson spike trains (poisson)\n")
	}
	if th := m.p.Thalamus; th.On {
		fmt.Fprintf(b, "Thalamic stimulus: %d neurons at %g spikes/s from %g to %g ms, synapses %q\n",
			th.Neurons, th.Rate, th.Start, th.Start+th.Duration, th.Synapses)
	}
	if s := m.p.DCTransient; s.On {
		fmt.Fprintf(b, "Transient DC stimulus: %g pA per external synapse from %g to %g ms\n", s.Amplitude, s.Start, s.Start+s.Duration)
	}
}

// thousands writes n with commas.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
