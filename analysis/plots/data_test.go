package plots

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cortigo/sim/spikes"
)

var pd14Names = []string{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"}

// pd14 returns population i of the microcircuit.
func pd14(i int, first int32, n int) spikes.Population {
	layer := []string{"L2/3", "L4", "L5", "L6"}[i/2]
	kind := []spikes.Kind{spikes.Excitatory, spikes.Inhibitory}[i%2]
	return spikes.Population{Name: pd14Names[i], First: first, N: n, Label: layer + "EI"[i%2:i%2+1], Kind: kind, Group: layer}
}

// nestData reads what NEST 3.10 recorded of the microcircuit at scale 0.2, with
// a thalamic pulse at 700 ms, in (500, 1500] ms.
func nestData(t testing.TB) *spikes.Data {
	t.Helper()
	const dir = "../../testdata/nest/ascii/"
	d := &spikes.Data{Resolution: 0.1, Begin: 5000, End: 15000}
	f, err := os.Open(dir + "population_nodeids.dat")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range pd14Names {
		var first, last int32
		if _, err := fmt.Fscan(f, &first, &last); err != nil {
			t.Fatal(err)
		}
		d.Populations = append(d.Populations, pd14(i, first, int(last-first+1)))
	}
	files, err := filepath.Glob(dir + "spike_recorder-*.dat")
	if err != nil || len(files) != 16 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var id int32
			var ms float64
			if _, err := fmt.Sscan(lines.Text(), &id, &ms); err == nil {
				d.Step = append(d.Step, int64(math.Round(ms*10)))
				d.Neuron = append(d.Neuron, id)
			}
		}
	}
	d.Sort()
	return d
}

// poisson returns trains of the microcircuit's sizes times scale and its mean
// rates, modulated at 60 Hz by depth, over ms.
func poisson(scale, ms, depth float64) *spikes.Data {
	n := []int{20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948}
	rate := []float64{.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829}
	r := rand.New(rand.NewPCG(1, 2))
	d := &spikes.Data{Resolution: 0.1, End: int64(ms * 10)}
	first := int32(1)
	for i := range pd14Names {
		p := pd14(i, first, int(float64(n[i])*scale+0.5))
		first += int32(p.N)
		d.Populations = append(d.Populations, p)
		peak := rate[i] * (1 + depth)
		for k := range p.N {
			for t := 0.0; ; {
				if t += r.ExpFloat64() / peak * 1000; t >= ms {
					break
				}
				if r.Float64()*(1+depth) < 1+depth*math.Sin(2*math.Pi*t*0.06) {
					d.Step, d.Neuron = append(d.Step, int64(t*10)+1), append(d.Neuron, p.First+int32(k))
				}
			}
		}
	}
	d.Sort()
	return d
}

// volleys returns spikes of ne excitatory neurons (ids from 1) and ni inhibitory
// ones (from 10001) over ms: Poisson trains of rate spikes/s with volleys of the
// given frequency in Hz, as deep as depth (0 to 1).
func volleys(ne, ni int, ms, rate, hz, depth float64, seed uint64) *spikes.Data {
	r := rand.New(rand.NewPCG(seed, 3))
	d := &spikes.Data{Resolution: 0.1, End: int64(ms * 10)}
	for _, p := range []spikes.Population{{Name: "exc", First: 1, N: ne}, {Name: "inh", First: 10001, N: ni}} {
		if p.N > 0 {
			d.Populations = append(d.Populations, p)
		}
		for k := range p.N {
			for t := 0.0; ; {
				if t += r.ExpFloat64() / (rate * (1 + depth)) * 1000; t >= ms {
					break
				}
				if r.Float64()*(1+depth) < 1+depth*math.Sin(2*math.Pi*t*hz/1000) {
					d.Step, d.Neuron = append(d.Step, int64(t*10)+1), append(d.Neuron, p.First+int32(k))
				}
			}
		}
	}
	d.Sort()
	return d
}

// recorded returns what a recorder of some neurons of Brunel's network holds.
func recorded(ne, ni int, seed uint64) *spikes.Data { return volleys(ne, ni, 1000, 32, 100, 0.5, seed) }

// states returns four states of a network like those of Brunel (2000), Fig. 8.
func states() []RasterPanel {
	return []RasterPanel{
		{"synchronous regular: g = 3, η = 2", volleys(800, 200, 100, 190, 200, 1, 1)},
		{"fast synchronous irregular: g = 6, η = 4", volleys(800, 200, 200, 60, 180, 0.9, 2)},
		{"asynchronous irregular: g = 5, η = 2", volleys(800, 200, 200, 38, 50, 0.1, 3)},
		{"slow synchronous irregular: g = 4.5, η = 0.9", volleys(800, 200, 600, 5.5, 22, 1, 4)},
	}
}

// withInput returns d with 902 thalamic neurons that fire at 120 spikes/s from
// 700 to 710 ms, as in the microcircuit; or with neurons that were not recorded.
func withInput(d *spikes.Data, notRecorded bool) *spikes.Data {
	last := d.Populations[len(d.Populations)-1]
	tc := spikes.Population{Name: "TC", First: last.First + int32(last.N), N: 902, Input: true, NotRecorded: notRecorded}
	w := *d
	w.Populations = append(w.Populations[:len(w.Populations):len(w.Populations)], tc)
	if notRecorded {
		return &w
	}
	w.Step, w.Neuron = slices.Clone(d.Step), slices.Clone(d.Neuron)
	r := rand.New(rand.NewPCG(5, 6))
	for k := range tc.N {
		for t := 700.0; ; {
			if t += r.ExpFloat64() / 120 * 1000; t >= 710 {
				break
			}
			w.Step, w.Neuron = append(w.Step, int64(t*10)+1), append(w.Neuron, tc.First+int32(k))
		}
	}
	w.Sort()
	return &w
}
