package notebooks_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestNeuronsAsCommitted(t *testing.T) {
	checkNeurons(t, committed(t, "neurons.ipynb"))
}

// checkNeurons checks what the outputs must have.
func checkNeurons(t *testing.T, nb *notebook) {
	t.Helper()
	if n := nb.pictures(t); n != 7 {
		t.Errorf("%d pictures, want 7", n)
	}
	text := nb.text(t)
	for _, want := range []string{
		"16 spikes, the first three at 59.3, 120.6 and 181.9 ms\n", // NEST 3.10: testdata/nest, iaf_psc_alpha_dc
		`no parameter "I_ext", did you mean I_e?`,
		"V_reset is -70, must be below V_th (-80)",
		"excitatory      600 connections\n", // 20 onto each of 30
		"inhibitory     1200 connections\n", // 12 onto each of 100
		"a[8:] + b: [9 10 11 12 13 14 15]\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the outputs lack %q:\n%s", want, text)
		}
	}
	// By hand: R I = 40 mV at 1000 pA, so that an interval is 2 + 10 log(40/25) =
	// 6.70004 ms, on the grid 6.8 ms; the first spike is at 4.8 ms.
	if rates := regexp.MustCompile(`1000 +147\.0 +149\.3`); !rates.MatchString(text) {
		t.Errorf("the outputs lack %s:\n%s", rates, text)
	}
}
