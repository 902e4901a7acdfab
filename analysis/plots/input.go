package plots

import (
	"fmt"
	"strings"

	"cortigo/analysis"
	"cortigo/sim/spikes"
)

// An input is one or more populations whose spikes come from outside, with one
// name in a figure.
type input struct {
	name string
	pops []spikes.Population
}

// inputs returns the populations of d that are input: one or two separately,
// more together, since otherwise there would be no room for anything else.
func inputs(d *spikes.Data) []input {
	pops := d.Inputs()
	if len(pops) > 2 {
		return []input{{fmt.Sprintf("%d populations", len(pops)), pops}}
	}
	var out []input
	for _, p := range pops {
		out = append(out, input{p.DisplayName(), []spikes.Population{p}})
	}
	return out
}

// inputRates returns the rates of d's inputs in the bins of h. They have panels
// of their own, since they are not activity of the network.
func inputRates(d *spikes.Data, h *RateHistogram) ([]*RateHistogram, error) {
	var out []*RateHistogram
	for _, in := range inputs(d) {
		counts, err := analysis.PopulationRate(d, h.Histogram.BinMS(), in.pops...)
		if err != nil {
			return nil, err
		}
		out = append(out, &RateHistogram{Histogram: counts, Theme: h.Theme, rates: counts.Rates(), marks: h.marks, end: h.end, of: in.name})
	}
	return out, nil
}

// inputPanels returns a panel without time axis for each rate, and what they
// show in words.
func inputPanels(rates []*RateHistogram, t Theme) (panels []panel, alt string) {
	for _, h := range rates {
		p := h.panel(t, 0.45)
		p.yLabel = "" // that of the rate below stands for both
		p.plot.Y.Tick.Marker = ticks(2)
		p.plot.X.Label.Text = ""
		bareX(p.plot)
		panels = append(panels, p)
		alt += " " + h.alt()
	}
	return panels, alt
}

// notRecorded says which of d's populations were not recorded, "" if all were.
func notRecorded(d *spikes.Data) string {
	var names []string
	for _, p := range d.Populations {
		if p.NotRecorded {
			names = append(names, p.DisplayName())
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > 4:
		return fmt.Sprintf("; %d of %d populations not recorded", n, len(d.Populations))
	}
	return "; " + strings.Join(names, ", ") + " not recorded"
}
