package notebooks_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The comparison with NEST as it was handed out is the whole one, and finds no
// difference.
func TestBrunelAsCommitted(t *testing.T) {
	nb := committed(t, "brunel.ipynb")
	checkBrunel(t, nb)
	text := nb.text(t)
	if !strings.Contains(text, "A run of NEST beside 10 of ours, order 2500") {
		t.Errorf("not the notebook as it is to be: %s", text)
	}
	rows := regexp.MustCompile(`(?m)(?:\(spikes/s\)|CV|synchrony) .* (\S+)$`).FindAllStringSubmatch(text, -1)
	if len(rows) != 20 {
		t.Errorf("%d rows, want 4 numbers of 5 runs of NEST", len(rows))
	}
	for _, row := range rows {
		if p, err := strconv.ParseFloat(row[1], 64); err != nil || p < 0.001 {
			t.Errorf("%s: P %v (%v), want at least 0.001", row[0], p, err)
		}
	}
}

// checkBrunel checks what the outputs must have.
func checkBrunel(t *testing.T, nb *notebook) {
	t.Helper()
	if n := nb.pictures(t); n != 2 {
		t.Errorf("%d pictures, want the raster and the four states", n)
	}
	text := nb.text(t)
	for _, want := range []string{
		// Order 2500: 12,500 neurons with 1000 + 250 inputs from the network, and
		// one from the generator.
		"Number of neurons : 12500\n", "Number of synapses: 15637500\n",
		"Excitatory : 12512500\n", "Inhibitory : 3125000\n", "from generator : 12500\n",
		"D, synchronous irregular, slow: g = 4.5, η = 0.9",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the outputs lack %q:\n%s", want, text)
		}
	}
}
