package spikes

import (
	"encoding/json"
	"testing"
)

// What a figure shows has a default where the data say nothing.
func TestShown(t *testing.T) {
	for _, c := range []struct {
		p       Population
		display string
		effect  Kind
	}{
		{Population{Name: "E"}, "E", Excitatory},
		{Population{Name: "I"}, "I", Inhibitory},
		{Population{Name: "V1_E"}, "V1_E", Excitatory},
		{Population{Name: "exc"}, "exc", Excitatory},
		{Population{Name: "Inhibitory"}, "Inhibitory", Inhibitory},
		{Population{Name: "relay"}, "relay", Other},
		{Population{Name: "e"}, "e", Other}, // capitals only
		{Population{}, "", Other},
		{Population{Name: "E", Label: "pyramidal", Kind: Inhibitory}, "pyramidal", Inhibitory},
		{Population{Name: "I", Kind: Other}, "I", Other}, // the data say that it is neither
		{Population{Name: "x", Kind: "modulatory"}, "x", "modulatory"},
	} {
		if c.p.DisplayName() != c.display || c.p.Effect() != c.effect {
			t.Errorf("%+v is shown as %q, %q, want %q, %q", c.p, c.p.DisplayName(), c.p.Effect(), c.display, c.effect)
		}
	}
}

// The names in JSON are those of run.json: do not change them. Runs of before
// labels are read as they were written.
func TestPopulationJSON(t *testing.T) {
	for text, p := range map[string]Population{
		`{"name":"a","first_id":1,"n":2}`:                                              {Name: "a", First: 1, N: 2},
		`{"name":"a","first_id":1,"n":2,"not_recorded":true,"input":true}`:             {Name: "a", First: 1, N: 2, NotRecorded: true, Input: true},
		`{"name":"a","first_id":1,"n":2,"label":"A","kind":"excitatory","group":"V1"}`: {Name: "a", First: 1, N: 2, Label: "A", Kind: Excitatory, Group: "V1"},
	} {
		b, err := json.Marshal(p)
		if err != nil || string(b) != text {
			t.Errorf("%s, %v, want %s", b, err, text)
		}
		var got Population
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != p {
			t.Errorf("%+v, %v, want %+v", got, err, p)
		}
	}
}
