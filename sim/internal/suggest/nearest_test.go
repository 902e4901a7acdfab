package suggest

import "testing"

// Distances counted by hand; ca -> abc is 3, the textbook case in which the
// optimal string alignment differs from Damerau's distance (2).
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ac", 1},
		{"abc", "abxc", 1}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"ab", "ba", 1},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"E_L", "V_th", "V_reset", "V_m", "C_m", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref", "I_e"}
	for _, c := range []struct{ name, want string }{
		{"V_th", "V_th"}, {"v_TH", "V_th"}, {"Vth", "V_th"}, // case and underscores
		{"tua_m", "tau_m"}, {"tau_n", "tau_m"}, {"tau_syn_xe", "tau_syn_ex"}, {"taum", "tau_m"}, // letters
		{"tau", "tau_m"}, {"tau_syn", "tau_syn_ex"}, {"V_r", "V_reset"}, // begins go before a letter replaced
		{"V_res", "V_reset"}, {"V_mem", "V_m"}, {"I_ext", "I_e"},
		{"capacitance", ""}, {"x", ""}, {"", ""}, {"_", ""}, {"\xff\xfe", ""},
	} {
		got := ""
		if i := Nearest(c.name, names); i >= 0 {
			got = names[i]
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.name, got, c.want)
		}
	}
	if i := Nearest("m", []string{"E", "M"}); i != 1 {
		t.Errorf("one letter: %d, want 1", i)
	}
	if i := Nearest("x", nil); i != -1 {
		t.Errorf("no candidates: %d, want -1", i)
	}
}
