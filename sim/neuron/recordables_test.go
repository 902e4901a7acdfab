package neuron

import (
	"strings"
	"testing"
)

// Names are those of NEST 3.10.
func TestRecordables(t *testing.T) {
	for _, c := range []struct {
		model Model
		want  string
	}{
		{IafPscExp{}, "V_m mV, I_syn_ex pA, I_syn_in pA"},
		{IafPscAlpha{}, "V_m mV, I_syn_ex pA, I_syn_in pA"},
		{IafPscDelta{}, "V_m mV"},
		{Parrot{}, ""},
		{nil, ""},
	} {
		var got []string
		for _, r := range Recordables(c.model) {
			got = append(got, r.Name+" "+r.Unit)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%T: %v, want %s", c.model, got, c.want)
		}
	}
}
