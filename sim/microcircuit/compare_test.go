package microcircuit

import "testing"

// How long a network runs, and what is recorded, makes no other one.
func TestDifference(t *testing.T) {
	const many = `background is "dc", there "poisson", k_ext.L5I is 1900, there 7, seed is 55, there 9, and 1 more`
	for _, c := range []struct {
		name   string
		change func(*Parameters)
		want   string
	}{
		{"the same", func(*Parameters) {}, ""},
		{"times and records", func(p *Parameters) { p.TSim, p.TPresim, p.Record.Voltages = 3, 4, true }, ""},
		{"one", func(p *Parameters) { p.G = -5 }, "g is -4, there -5"},
		{"of a population", func(p *Parameters) { p.KExt[L4E]++ }, "k_ext.L4E is 2100, there 2101"},
		{"many", func(p *Parameters) { p.KExt[L5I], p.Thalamus.On, p.Background, p.Seed = 7, true, "poisson", 9 }, many},
	} {
		p := small()
		p.Background = "dc"
		q := p
		c.change(&q)
		if got := p.Difference(q); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// NEST's reference results are of the published parameters at any one scale.
func TestPublished(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Parameters)
		want   bool
	}{
		{"default", func(*Parameters) {}, true},
		{"smaller", func(p *Parameters) { p.NScaling, p.KScaling = 0.2, 0.2 }, true},
		{"other background, seed, times, records", func(p *Parameters) {
			p.Background, p.Seed, p.TSim, p.TPresim, p.Record.Spikes = "poisson", 7, 1, 2, false
		}, true},
		{"two scales", func(p *Parameters) { p.NScaling = 0.2 }, false},
		{"inhibition", func(p *Parameters) { p.G = -5 }, false},
		{"thalamus", func(p *Parameters) { p.Thalamus.On = true }, false},
	} {
		p := Default()
		p.NScaling, p.KScaling = 1, 1
		c.change(&p)
		if got := p.Published(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
