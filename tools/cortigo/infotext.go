package main

import (
	"fmt"
	"io"
	"strings"

	"cortigo/arrowio"
)

// infoKinds say what a thing is.
var infoKinds = map[string]string{
	"run": "a run", "network": "a saved network", "part": "a Parquet part of a run", "state": "the state of a network",
	"rows": "the synapses of a shard of a network", "nest": "an ASCII file of NEST",
}

// write prints the report for people: a line for each thing that is known.
func (r *infoReport) write(w io.Writer) error {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&b, "%s: %s\n", r.Path, infoKinds[r.Kind])
	if r.Model != "" {
		line("model", "%s", r.Model)
	}
	if r.Seed != nil {
		line("seed", "%d", *r.Seed)
	}
	if r.ResolutionMS > 0 {
		line("resolution", "%s ms", decimal(r.ResolutionMS))
	}
	if r.Shard != nil {
		line("shard", "%d", *r.Shard)
	}
	if r.Neurons > 0 {
		line("neurons", "%d in %d populations", r.Neurons, len(r.Populations))
	}
	for _, p := range r.Populations {
		line("", "%-8s %7d, ids %d to %d%s", p.Name, p.N, p.First, int64(p.First)+int64(p.N)-1, withComma(p.Model)+withComma(p.state()))
	}
	if r.Synapses > 0 {
		line("synapses", "%d", r.Synapses)
	}
	if r.RecordedMS != nil {
		planned := ""
		if end := r.TPresimMS + r.TSimMS; end > 0 {
			planned = " of " + ms(end)
		}
		line("recorded", "(%s, %s] ms%s", decimal(r.RecordedMS[0]), decimal(r.RecordedMS[1]), planned)
	}
	r.writeRows(line)
	if r.StateMS != nil {
		line("state", "at %s, %d spikes emitted until then", ms(*r.StateMS), *r.StateSpikes)
	} else if r.StateStep != nil {
		line("state", "at step %d, %d spikes emitted until then", *r.StateStep, *r.StateSpikes)
	}
	line("size", "%s", megabytes(r.Bytes))
	if r.Created != "" {
		line("created", "%s", r.Created)
	}
	switch v := r.Versions.(type) {
	case arrowio.Versions:
		line("written by", "cortigo %s, %s, %s/%s", v.Cortigo, v.Go, v.OS, v.Arch)
	case map[string]string:
		line("written by", "NEST %s", v["nest"])
	}
	if r.Writer != 0 {
		line("now", "is being written by process %d", r.Writer)
	}
	for _, path := range r.Unfinished {
		line("unfinished", "%s", path)
	}
	for _, text := range r.Warnings {
		line("warning", "%s", text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeRows prints how many spikes and samples there are.
func (r *infoReport) writeRows(line func(name, format string, args ...any)) {
	if r.Spikes != nil {
		text := fmt.Sprintf("%d", *r.Spikes)
		if r.Parts > 0 {
			text += " in " + counted(r.Parts, "part")
		}
		if r.BytesPerSpike > 0 {
			text += fmt.Sprintf(", %.2f bytes each", r.BytesPerSpike)
		}
		line("spikes", "%s", text)
	}
	if r.Samples != nil {
		line("samples", "%d", *r.Samples)
	}
	if r.FirstMS != nil {
		line("times", "%s to %s", ms(*r.FirstMS), ms(*r.LastMS))
	}
	if len(r.Columns) > 0 {
		line("columns", "%s", strings.Join(r.Columns, ", "))
	}
}

func withComma(text string) string {
	if text == "" {
		return ""
	}
	return ", " + text
}

// megabytes writes a number of bytes in MB (powers of 1000).
func megabytes(n int64) string { return fmt.Sprintf("%.3f MB", float64(n)/1e6) }
