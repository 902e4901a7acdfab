package runs

import (
	"math"
	"os"
	"strings"
	"testing"

	"cortigo/sim/microcircuit"
)

// root is the project's folder.
var root = os.DirFS("../..")

func TestNEST(t *testing.T) {
	for _, tt := range []struct {
		name       string
		scale      float64
		background string
		change     func(*microcircuit.Parameters)
		seeds      int
		note       string
	}{
		// The files in testdata/nest/pd14: three seeds, two and two.
		{"scale 0.2", 0.2, "dc", nil, 3, "3 seeds, 500 to 10500 ms"},
		{"Poisson", 0.2, "poisson", nil, 2, "2 seeds"},
		{"full", 1, "dc", nil, 2, "2 seeds"},
		{"other seed and times", 0.2, "dc", func(p *microcircuit.Parameters) { p.Seed, p.TSim = 3, 20 }, 3, "3 seeds"},
		{"no such scale", 0.25, "dc", nil, 0, "no reference for scale 0.25 with dc background. There is one for: 0.2 (dc), 0.2 (poisson), 1 (dc)"},
		{"no such background", 1, "poisson", nil, 0, "no reference for scale 1 with poisson"},
		{"other parameters", 0.2, "dc", func(p *microcircuit.Parameters) { p.G = -5 }, 0, "not the published ones"},
		{"two scales", 0.2, "dc", func(p *microcircuit.Parameters) { p.KScaling = 1 }, 0, "not the published ones"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := microcircuit.Default()
			p.NScaling, p.KScaling, p.Background = tt.scale, tt.scale, tt.background
			if tt.change != nil {
				tt.change(&p)
			}
			r, err := NEST(root, p)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Runs) != tt.seeds || !strings.Contains(r.Note, tt.note) {
				t.Errorf("%d seeds, %q; want %d, %q", len(r.Runs), r.Note, tt.seeds, tt.note)
			}
			if rates := r.Rates(); (rates == nil) != (tt.seeds == 0) {
				t.Errorf("rates %v", rates)
			}
		})
	}
	if _, err := NEST(os.DirFS(t.TempDir()), microcircuit.Default()); err == nil {
		t.Error("no error without the files")
	}
}

// The mean rates are those that the files themselves name.
func TestNESTMeanRates(t *testing.T) {
	p := microcircuit.Default()
	p.NScaling, p.KScaling = 0.2, 0.2
	r, err := NEST(root, p)
	if err != nil {
		t.Fatal(err)
	}
	// mean_rate_hz of L4E in pd14_scale0.2_dc_seed123450, ..51 and ..52, rounded.
	want := []float64{3.848, 3.787, 3.721}
	got := r.meanRates("L4E")
	for i := range want {
		if len(got) != len(want) || math.Abs(got[i]-want[i]) > 0.0005 {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	if got := r.meanRates("L7"); got != nil {
		t.Errorf("rates %v of a population that is not there", got)
	}
}
