package analysis

import (
	"math"
	"strings"
	"testing"
)

func describe(t *testing.T, rate float64, seed uint64) *Statistics {
	t.Helper()
	s, err := Describe(poisson(300, 20000, rate, seed), seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDescribe(t *testing.T) {
	d := poisson(300, 20000, 8, 1)
	s, err := Describe(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Population("A")
	if err != nil {
		t.Fatal(err)
	}
	if s.DurationMS() != 2000 || p.N != 300 || len(p.SpikeCounts) != 300 {
		t.Errorf("%g ms, %d neurons", s.DurationMS(), p.N)
	}
	if want := float64(d.Len()) / 300 / 2; !near(p.MeanRate, want) {
		t.Errorf("mean rate %v, want %v", p.MeanRate, want)
	}
	if mean, _ := MeanSD(p.CVs); p.MeanCV != mean || len(p.CVs) == 0 {
		t.Errorf("mean CV %v, want %v", p.MeanCV, mean)
	}
	if n := neuronsOfPairs(len(p.Correlations)); n*(n-1)/2 != len(p.Correlations) || n < 200 {
		t.Errorf("%d correlations", len(p.Correlations))
	}
	if _, err := s.Population("B"); err == nil || !strings.Contains(err.Error(), `"B"`) {
		t.Errorf("unknown population: %v", err)
	}
	d.Resolution = 0.7 // 2 ms is no multiple
	if _, err := Describe(d, 1); err == nil || !strings.Contains(err.Error(), "multiple of the resolution") {
		t.Errorf("resolution 0.7 ms: %v", err)
	}
}

func TestVerify(t *testing.T) {
	refs := []*Statistics{describe(t, 8, 1), describe(t, 8, 2), describe(t, 8, 3)}
	v, err := Verify(describe(t, 8, 4), refs)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Rows) != 3 || v.SamplingOnly || len(v.Warnings) != 0 || !v.Rows[0].Pass || !v.Rows[1].Pass {
		t.Errorf("the same process: %+v", v)
	}
	v, err = Verify(describe(t, 12, 4), refs)
	if err != nil || v.Rows[0].Pass || v.Pass {
		t.Errorf("12 against 8 spikes/s passed: %+v, %v", v, err)
	}
	row := v.Rows[0]
	if want := KSMean * math.Sqrt(2.0/300); !near(row.Sampling, want) || !near(row.Q, row.Distance/max(row.Sampling, row.Spread)) {
		t.Errorf("row %+v, want a sampling term of %v", row, want)
	}
	v, err = Verify(describe(t, 8, 4), refs[:2])
	if err != nil || !v.SamplingOnly || len(v.Warnings) != 1 || !math.IsNaN(v.Rows[0].Spread) {
		t.Errorf("two references: %+v, %v", v, err)
	}
	if row := v.Rows[2]; row.N > 250 || row.N < 200 {
		t.Errorf("correlations of two references count n %d, want the neurons", row.N)
	}
}

func TestVerifySilentFails(t *testing.T) {
	refs := []*Statistics{describe(t, 8, 1), describe(t, 8, 2), describe(t, 8, 3)}
	silent, err := Describe(data(300, 20000, nil, nil), 1)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(silent, refs)
	if err != nil || v.Failed != 3 || v.Pass {
		t.Errorf("a silent network passed: %+v, %v", v, err)
	}
}

func TestVerifyErrors(t *testing.T) {
	a, b := describe(t, 8, 1), describe(t, 8, 2)
	for says, call := range map[string]func() error{
		"no reference": func() error { _, err := Verify(a, nil); return err },
		"no populations": func() error {
			_, err := Verify(&Statistics{}, []*Statistics{b})
			return err
		},
		"is nil": func() error { _, err := Verify(a, []*Statistics{nil}); return err },
		"different length": func() error {
			c := *b
			c.EndMS++
			_, err := Verify(a, []*Statistics{&c})
			return err
		},
		`no population "A"`: func() error {
			c := *b
			c.Populations = []PopulationStatistics{{Name: "X"}}
			_, err := Verify(a, []*Statistics{&c})
			return err
		},
		"has 1 populations": func() error {
			c := *b
			c.Populations = append(c.Populations, PopulationStatistics{})
			_, err := Verify(a, []*Statistics{&c})
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
	c := *b
	c.Populations = append([]PopulationStatistics(nil), b.Populations...)
	c.Populations[0].N++
	if v, err := Verify(a, []*Statistics{&c, &c, &c}); err != nil || len(v.Warnings) != 3 {
		t.Errorf("other number of neurons: %+v, %v, want a warning each", v, err)
	}
}
