package reference

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"cortigo/analysis"
)

var nest = os.DirFS("../../testdata/nest/pd14")

func load(t testing.TB, pattern string) []*Run {
	t.Helper()
	runs, err := ReadAll(nest, pattern)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestRead(t *testing.T) {
	runs := load(t, "pd14_scale0.2_dc_seed*.json.gz")
	if len(runs) != 3 {
		t.Fatalf("%d runs, want 3", len(runs))
	}
	r := runs[0]
	if r.Scale != 0.2 || r.Background != "dc" || r.Seed != 123450 || r.WarmupMS != 500 ||
		r.CCBinMS != 2 || r.Subsample != 250 || r.Statistics.DurationMS() != 10000 || !strings.Contains(r.Source, "NEST 3.10") {
		t.Errorf("%+v", r)
	}
	// Order, sizes and values as the file of NEST 3.10 has them.
	want := []struct {
		name string
		n    int
	}{{"L23E", 4137}, {"L23I", 1167}, {"L4E", 4383}, {"L4I", 1096}, {"L5E", 970}, {"L5I", 213}, {"L6E", 2879}, {"L6I", 590}}
	for i, w := range want {
		if p := r.Statistics.Populations[i]; p.Name != w.name || p.N != w.n {
			t.Errorf("population %d is %s with %d, want %s with %d", i, p.Name, p.N, w.name, w.n)
		}
	}
	p := r.Statistics.Populations[0]
	if p.MeanRate != 0.5824268793811941 || p.MeanCV != 0.7393687666583447 || p.MeanCorrelation != 0.002996663836967738 ||
		p.Synchrony != 17.239213674546214 || p.SpikeCounts[1] != 28 || len(p.CVs) != 2611 || len(p.Correlations) != 24753 {
		t.Errorf("%s: %g %g %g %g", p.Name, p.MeanRate, p.MeanCV, p.MeanCorrelation, p.Synchrony)
	}
}

// The lists and the means of a file must say the same.
func TestMeans(t *testing.T) {
	for _, r := range load(t, "pd14_scale*_*.json.gz") {
		for _, p := range r.Statistics.Populations {
			rate, _ := analysis.MeanSD(p.Rates(r.Statistics.DurationMS()))
			cv, _ := analysis.MeanSD(p.CVs)
			cc, _ := analysis.MeanSD(p.Correlations)
			// Lists have 5 decimals, means all.
			if math.Abs(rate-p.MeanRate) > 1e-12*rate || math.Abs(cv-p.MeanCV) > 5e-6 || math.Abs(cc-p.MeanCorrelation) > 5e-6 {
				t.Errorf("%s, %s: means %g %g %g, lists %g %g %g", r.Statistics.Label, p.Name, p.MeanRate, p.MeanCV, p.MeanCorrelation, rate, cv, cc)
			}
		}
	}
}

const small = `{"source":"s","scale":0.2,"background":"dc","seed":1,"warmup_ms":0,"begin_ms":0,"end_ms":1000,
"cc":{"bin_ms":2,"subsample":250},"populations":{
"B":{"n":1,"first_id":3,"spike_count":[0],"mean_rate_hz":0,"isi_cv":[],"mean_cv":null,"cc":[],"mean_cc":null,"synchrony_3ms":null},
"A":{"n":2,"first_id":1,"spike_count":[3,1],"mean_rate_hz":2,"isi_cv":[0.5],"mean_cv":0.5,"cc":[0.1],"mean_cc":0.1,"synchrony_3ms":1}}}`

func TestReadPlainAndPacked(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, small)
	w.Close()
	for name, in := range map[string]string{"plain": small, "packed": z.String()} {
		r, err := Read(strings.NewReader(in))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		ps := r.Statistics.Populations
		if ps[0].Name != "A" || ps[1].Name != "B" || !math.IsNaN(ps[1].MeanCV) || ps[0].Synchrony != 1 {
			t.Errorf("%s: %+v", name, ps)
		}
	}
	if _, err := Read(bytes.NewReader(z.Bytes()[:z.Len()-3])); err == nil {
		t.Error("packed input without the end of its checksum was accepted")
	}
	broken := bytes.Clone(z.Bytes())
	broken[len(broken)-6] ^= 1
	if _, err := Read(bytes.NewReader(broken)); err == nil {
		t.Error("packed input with a wrong checksum was accepted")
	}
}

func TestReadCorrupt(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("no %q in the test's input", old)
		}
		return strings.Replace(small, old, new, 1)
	}
	for name, in := range map[string]string{
		"empty":           "",
		"cut short":       small[:len(small)-20],
		"not JSON":        "hello",
		"more":            small + "{}",
		"bad gzip":        "\x1f\x8bxxxx",
		"scale":           change(`"scale":0.2`, `"scale":-1`),
		"window":          change(`"end_ms":1000`, `"end_ms":0`),
		"no populations":  `{"scale":1,"begin_ms":0,"end_ms":1,"populations":{}}`,
		"null population": `{"scale":1,"begin_ms":0,"end_ms":1,"populations":{"A":null}}`,
		"no neurons":      change(`"n":2`, `"n":0`),
		"counts missing":  change(`[3,1]`, `[3]`),
		"negative count":  change(`[3,1]`, `[5,-1]`),
		"CV missing":      change(`[0.5]`, `[]`),
		"too many CVs":    change(`[0.5]`, `[0.5,0.5,0.5]`),
		"negative CV":     change(`[0.5]`, `[-0.5]`),
		"correlation":     change(`"cc":[0.1]`, `"cc":[1.1]`),
		"mean and counts": change(`"mean_rate_hz":2`, `"mean_rate_hz":3`),
		"mean missing":    change(`"mean_rate_hz":2,`, ``),
		"wrong type":      change(`"n":2`, `"n":"two"`),
	} {
		if r, err := Read(strings.NewReader(in)); err == nil {
			t.Errorf("%s: no error, %+v", name, r)
		} else if !strings.HasPrefix(err.Error(), "reference: ") {
			t.Errorf("%s: error %q does not say where it is from", name, err)
		}
	}
}

func TestReadAllErrors(t *testing.T) {
	if _, err := ReadAll(nest, "pd14_scale7*"); err == nil || !strings.Contains(err.Error(), "pd14_scale7") {
		t.Errorf("no file: %v", err)
	}
	if _, err := ReadAll(nest, "["); err == nil {
		t.Error("a bad pattern gave no error")
	}
	if _, err := ReadAll(nest, "pd14_scale0.2_thalamus*"); err == nil || !strings.Contains(err.Error(), "thalamus") {
		t.Errorf("another kind of file: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(small[:100]))
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, small)
	w.Close()
	f.Add(z.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Read(bytes.NewReader(in))
		if err != nil {
			return
		}
		for _, p := range r.Statistics.Populations {
			if p.N != len(p.SpikeCounts) || len(p.CVs) > p.N {
				t.Errorf("%+v was accepted", p)
			}
		}
	})
}

// Files are found by what their names say, which what they hold must not
// contradict.
func TestFind(t *testing.T) {
	const all = "0.2 (dc), 0.2 (poisson), 1 (dc)" // what is in testdata/nest/pd14
	for _, c := range []struct {
		scale      float64
		background string
		seeds      []int64
		others     string
	}{
		{0.2, "poisson", []int64{123450, 123451}, "0.2 (dc), 1 (dc)"},
		{0.25, "dc", nil, all},
		{1, "poisson", nil, all},
	} {
		runs, others, err := Find(nest, ".", c.scale, c.background)
		if err != nil || strings.Join(others, ", ") != c.others || len(runs) != len(c.seeds) {
			t.Errorf("scale %g, %s: %d runs, others %q, %v; want %d, %s", c.scale, c.background, len(runs), others, err, len(c.seeds), c.others)
			continue
		}
		for i, r := range runs {
			if r.Scale != c.scale || r.Background != c.background || r.Seed != c.seeds[i] {
				t.Errorf("scale %g, %s: found %v", c.scale, c.background, r)
			}
		}
	}
	packed, err := fs.ReadFile(nest, "pd14_scale0.2_poisson_seed123450.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	for says, fsys := range map[string]fstest.MapFS{
		"holds scale 0.2 with poisson": {"pd14_scale1_dc_seed1.json.gz": {Data: packed}},
		"pd14_scale1_dc_seed2.json.gz": {"pd14_scale1_dc_seed2.json.gz": {Data: packed[:100]}},
		"the scale in the name":        {"pd14_scale1.1.1_dc_seed1.json.gz": {Data: packed}},
	} {
		if _, _, err := Find(fsys, ".", 1, "dc"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
	if _, _, err := Find(nest, "none", 1, "dc"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

// However a run is printed, it is a line.
func TestRunString(t *testing.T) {
	r := load(t, "pd14_scale0.2_dc_seed123450.json.gz")[0]
	for _, x := range []any{r, *r} {
		if got := fmt.Sprintf("%+v", x); !strings.HasPrefix(got, "NEST, scale 0.2, dc, seed 123450, (500, 10500] ms, spikes/s: L23E 0.582, ") || len(got) > 250 {
			t.Errorf("%T: %.300q", x, got)
		}
	}
}
