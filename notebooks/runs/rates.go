package runs

import (
	"fmt"
	"slices"

	"cortigo/analysis"
	"cortigo/notebooks/nb"
	"cortigo/sim/spikes"
)

// RateTable shows the firing rates of d's populations in d's window: mean and SD
// over all neurons, silent ones included (spikes/s, ddof 0), and the share of
// neurons without a spike; a population that was not recorded says so. With
// results of NEST in ref, which may be nil, it also shows their mean rate over
// seeds with the lowest and highest value, and below the table what they are. An
// error ends the cell.
func RateTable(d *spikes.Data, ref *Reference) {
	if ref == nil {
		ref = &Reference{}
	}
	header, rows, err := rateRows(d, ref)
	nb.Check(err)
	caption := fmt.Sprintf("Firing rates in spikes/s, %g to %g ms", d.BeginMS(), d.EndMS())
	nb.Table(caption, header, rows)
	if ref.Note != "" {
		nb.Markdown(ref.Note)
	}
}

func rateRows(d *spikes.Data, ref *Reference) (header []string, rows [][]string, err error) {
	summaries, err := analysis.RateSummaries(d)
	if err != nil {
		return nil, nil, err
	}
	header = []string{"population", "neurons", "silent (%)", "mean", "SD over neurons"}
	if len(ref.Runs) > 0 {
		header = append(header, "NEST mean", "NEST seeds")
	}
	for _, s := range summaries {
		row := []string{s.DisplayName(), fmt.Sprint(s.N), fmt.Sprintf("%.1f", 100*float64(s.Silent)/float64(s.N)),
			fmt.Sprintf("%.2f", s.Mean), fmt.Sprintf("%.2f", s.SD)}
		switch {
		case s.NotRecorded:
			row = []string{row[0] + " (not recorded)", row[1], "-", "-", "-"}
		case s.Input:
			row[0] += " (input)"
		}
		if len(ref.Runs) > 0 {
			row = append(row, nestCells(ref.meanRates(s.Name))...)
		}
		rows = append(rows, row)
	}
	return header, rows, nil
}

// nestCells returns the mean over seeds and their range.
func nestCells(means []float64) []string {
	if len(means) == 0 {
		return []string{"-", "-"}
	}
	mean, _ := analysis.MeanSD(means)
	return []string{fmt.Sprintf("%.2f", mean), fmt.Sprintf("%.2f to %.2f", slices.Min(means), slices.Max(means))}
}
