package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// budgets are two bars that have a label in common.
func budgets() []Budget {
	return []Budget{
		{"ns per synaptic event", []BudgetPart{{"adding", 0.33}, {"nothing", 0}, {"rows from memory", 0.21}, {"sums", 0.28}, {"segments", 0.23}}},
		{"bytes per synapse", []BudgetPart{{"rows", 4}, {"rows from memory", 0.5}}},
	}
}

// Parts lie beside one another, each as long as its value, and a label has one
// colour in all bars.
func TestBudgetDrawn(t *testing.T) {
	b := &budgetBar{budgets()[0], Default(), []string{"adding", "nothing", "rows from memory", "sums", "segments"}}
	inks := plotted(t, b, 105, 50)
	for i, want := range [][2]float64{{0, 0.33}, {0, 0}, {0.33, 0.54}, {0.54, 0.82}, {0.82, 1.05}} {
		areas := of(inks, "area", Default().line(i))
		if want[0] == want[1] {
			if len(areas) != 0 {
				t.Errorf("nothing is drawn: %+v", areas)
			}
			continue
		}
		if len(areas) != 1 || !areas[0].box(want[0], want[1], -0.5, 0.5) {
			t.Errorf("part %d: %+v, want %v", i, areas, want)
		}
	}
	f, err := BudgetFigure(budgets())
	if err != nil {
		t.Fatal(err)
	}
	checkRendered(t, "budget", f)
	all := figureInks(t, f)
	if areas := of(all, "area", Default().line(2)); len(areas) != 4 { // two swatches, two parts
		t.Errorf("%+v", areas)
	}
	for _, want := range []string{"1.05 ns per synaptic event", "4.5 bytes per synapse", "adding 0.33", "rows from memory 0.21", "rows from memory 0.5", "nothing 0"} {
		if !slices.Contains(texts(all), want) {
			t.Errorf("%q is not among %q", want, texts(all))
		}
	}
	if want := "ns per synaptic event, 1.05 in all: adding 0.33, nothing 0, rows from memory 0.21, sums 0.28, segments 0.23. bytes"; !strings.HasPrefix(f.Alt, want) {
		t.Errorf("%q, want %q", f.Alt, want)
	}
}

func TestBudgetInvalid(t *testing.T) {
	part := func(v float64) []Budget { return []Budget{{"ns", []BudgetPart{{"x", v}}}} }
	many := Budget{Label: "ns"}
	for _, name := range strings.Split("a b c d e f g h i j k", " ") {
		many.Parts = append(many.Parts, BudgetPart{name, 1})
	}
	for says, bars := range map[string][]Budget{
		"0 budgets":      nil,
		"13 budgets":     make([]Budget, 13),
		"x is -1":        part(-1),
		"x is NaN":       part(math.NaN()),
		"x is +Inf":      part(math.Inf(1)),
		"parts sum to 0": part(0),
		"11 labels":      {many},
	} {
		if _, err := BudgetFigure(bars); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}
