package engine

import (
	"strings"
	"testing"

	"cortigo/sim/internal/network"
)

// A state has the columns of its models by name, all that they need and none that
// nobody knows, followed ones together.
func TestStateColumns(t *testing.T) {
	d := small()
	for _, c := range []struct {
		name  string
		spoil func(s *network.State)
		want  string // "": none
	}{
		{"as it is", func(*network.State) {}, ""},
		{"followed", func(s *network.State) {
			s.Populations[0]["I_syn_ex"], s.Populations[0]["I_syn_in"] = make([]float64, 40), make([]float64, 40)
		}, ""},
		{"half of what is followed", func(s *network.State) { s.Populations[0]["I_syn_ex"] = make([]float64, 40) }, `"merged": the state lacks I_syn_in, which goes with others`},
		{"no potentials", func(s *network.State) { delete(s.Populations[1], "V_m") }, `"split": the state lacks V_m, which its model has`},
		{"no refractory input", func(s *network.State) { delete(s.Populations[3], "refractory input") }, `"delta": the state lacks refractory input`},
		{"unknown", func(s *network.State) { s.Populations[2]["g_ex"] = make([]float64, 20) }, `"alpha": the state has a column "g_ex", which a iaf_psc_alpha of these parameters does not have`},
		{"of another model", func(s *network.State) { s.Populations[3]["I_syn_ex"] = make([]float64, 10) }, `"delta": the state has a column "I_syn_ex"`},
		{"of a parrot", func(s *network.State) { s.Populations[4]["V_m"] = make([]float64, 5) }, `"parrot": the state has a column "V_m"`},
		{"short", func(s *network.State) { s.Populations[4]["V_m"] = make([]float64, 4) }, `"parrot"`},
	} {
		e := buildSmall(t, Options{Threads: 1, Shards: 2})
		s := e.State()
		c.spoil(s)
		err := s.Check(d)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if set := e.SetState(s); (set == nil) != (c.want == "") {
			t.Errorf("%s: setting it: %v", c.name, set)
		}
	}
}
