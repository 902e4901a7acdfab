package runs

import (
	"fmt"
	"slices"

	"cortigo/analysis"
	"cortigo/notebooks/nb"
)

// A Measured is one number of a reference's run, and the same number of several
// of our runs.
type Measured struct {
	Run    string // of the reference, if rows of several are in a table: "g = 5"
	Name   string // with its unit, such as "excitatory rate (spikes/s)"
	NEST   float64
	Ours   []float64 // one per seed, at least 2
	Digits int       // after the decimal point
}

// SpreadTable shows numbers of one run of NEST, the mean and SD (ddof 1) of
// ours, the range of our seeds, and P, the probability that one more of our
// runs would lie as far from their mean as NEST's does ([analysis.Spread]). A P
// below 1/1000 means that the two differ; if they do not, the smallest P of k
// rows is about 1/k. An error ends the cell.
func SpreadTable(caption string, rows []Measured) {
	cells, err := spreadRows(rows)
	nb.Check(err)
	header := []string{"", "NEST", "ours, mean", "SD over seeds", "lowest", "highest", "P"}
	if len(cells) > 0 && len(cells[0]) > len(header) {
		header = append([]string{"run"}, header...)
	}
	nb.Table(caption, header, cells)
}

func spreadRows(rows []Measured) ([][]string, error) {
	var out [][]string
	named := slices.ContainsFunc(rows, func(r Measured) bool { return r.Run != "" })
	for i, r := range rows {
		s, err := analysis.SpreadOf(r.Ours)
		if err != nil {
			return nil, fmt.Errorf("runs: %s: %w", r.Name, err)
		}
		number := func(x float64, more int) string { return fmt.Sprintf("%.*f", r.Digits+more, x) }
		var cells []string
		switch {
		case !named:
		case i > 0 && rows[i-1].Run == r.Run: // named above
			cells = []string{""}
		default:
			cells = []string{r.Run}
		}
		out = append(out, append(cells, r.Name, number(r.NEST, 0), number(s.Mean, 0), number(s.SD, 1), number(s.Min, 0), number(s.Max, 0),
			fmt.Sprintf("%.2g", s.P(r.NEST))))
	}
	return out, nil
}
