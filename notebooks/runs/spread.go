package runs

import (
	"fmt"

	"cortigo/analysis"
	"cortigo/notebooks/nb"
)

// A Measured is one number of a reference's run and the same of several of ours.
type Measured struct {
	Name   string // with its unit, such as "excitatory rate (spikes/s)"
	NEST   float64
	Ours   []float64 // one per seed, at least 2
	Digits int       // after the decimal point
}

// SpreadTable shows numbers of one run of NEST beside the mean and SD (ddof 1)
// of ours, the range of our seeds, and P, the probability that one more of our
// runs would lie as far from their mean as NEST's does ([analysis.Spread]).
// Numbers of P below 1/1000 mean that the two differ; of k rows the smallest is
// about 1/k if they do not.
func SpreadTable(caption string, rows []Measured) error {
	cells, err := spreadRows(rows)
	if err != nil {
		return err
	}
	return nb.Table(caption, []string{"", "NEST", "ours, mean", "SD over seeds", "lowest", "highest", "P"}, cells)
}

func spreadRows(rows []Measured) ([][]string, error) {
	var out [][]string
	for _, r := range rows {
		s, err := analysis.SpreadOf(r.Ours)
		if err != nil {
			return nil, fmt.Errorf("runs: %s: %w", r.Name, err)
		}
		number := func(x float64, more int) string { return fmt.Sprintf("%.*f", r.Digits+more, x) }
		out = append(out, []string{r.Name, number(r.NEST, 0), number(s.Mean, 0), number(s.SD, 1), number(s.Min, 0), number(s.Max, 0),
			fmt.Sprintf("%.2g", s.P(r.NEST))})
	}
	return out, nil
}
