package store

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// everything is a description with every model, rule, distribution and device.
func everything() *network.Description {
	inf := math.Inf(1)
	alpha, delta, exp := neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta(), neuron.DefaultIafPscExp()
	alpha.Vmin, delta.RefractoryInput, exp.Ie = -80, true, 0.1+0.2
	d := &network.Description{Seed: math.MaxUint64 - 1, Resolution: 0.1, Populations: []network.Population{
		{Name: "exp", N: 7, Model: exp, Vm: connect.Normal{Mean: -58, SD: 10}},
		{Name: "alpha \"β\"", N: 6, Model: alpha, Vm: connect.Uniform{Min: -70, Max: -55}},
		{Name: "delta", N: 5, Model: delta, Vm: connect.Constant(-61.2), Columns: map[string][]float64{
			"V_min": {-inf, -90, -inf, -1e300, -71.3}, "refractory_input": {0, 1, 1, 0, 1}, "C_m": {1.0 / 3, 1e-300, 0.1 + 0.2, 250, math.MaxFloat64}}},
		{Name: "free delta", N: 4, Model: neuron.DefaultIafPscDelta()},
		{Name: "parrot", N: 3, Model: neuron.Parrot{}},
	}}
	rules := []connect.Rule{
		connect.FixedTotalNumber{N: 30}, connect.FixedInDegree{N: 3}, connect.AllToAll{}, connect.OneToOne{},
		connect.List{Pre: []int32{0, 2}, Post: []int32{1, 1}},
		connect.List{Pre: []int32{0, 2}, Post: []int32{1, 1}, Weight: []float64{1e-300, math.Pi}, Delay: []float64{0.15, 3}},
	}
	weights := []connect.Distribution{
		connect.Constant(1.0 / 3), connect.Above(connect.Normal{Mean: 87.8, SD: 8.78}, 0), connect.Below(connect.Normal{Mean: -350, SD: 35}, 0),
		connect.Normal{Mean: 1, SD: 2}, connect.Within(connect.Normal{Mean: 1, SD: 2}, -3, 3), connect.Uniform{Min: -1, Max: 2},
	}
	for i, r := range rules {
		d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: i % 5, N: 3}}, Post: []network.Range{{Population: (i + 1) % 5, From: i % 5 % 2, N: 2 + (i+1)%2}},
			Rule: r, Weight: weights[i], Delay: connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1), Ordinal: uint32(i)})
	}
	both := connect.Forbid{Autapses: true, Multapses: true}
	for i, r := range []connect.Rule{
		connect.FixedOutDegree{N: 2, Forbid: both}, connect.PairwiseBernoulli{P: 0.3, Forbid: connect.Forbid{Autapses: true}}, connect.SymmetricPairwiseBernoulli{P: 0.2},
		connect.OneToOne{Symmetric: true}, connect.AllToAll{Forbid: both}, connect.FixedTotalNumber{N: 3, Forbid: both}, connect.FixedInDegree{N: 2, Forbid: connect.Forbid{Multapses: true}},
	} {
		d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: 0, N: 2}, {Population: 1, From: 1, N: 3}}, Post: []network.Range{{Population: 1, N: 2}, {Population: 2, N: 3}},
			Rule: r, Weight: []connect.Distribution{
				connect.LogNormal{Mean: 1, SD: 0.1}, connect.Exponential{Beta: 2}, connect.Redraw{Of: connect.LogNormal{SD: 1}, Min: 0.5, Max: inf},
				connect.Values{1, 2, 1.0 / 3, 4, 5}, connect.Max(connect.Exp(connect.Uniform{Min: 0, Max: 1}), connect.Sub(connect.Redraw{Of: connect.Normal{SD: 1}, Min: -inf, Max: 0}, connect.Exponential{Beta: 1})),
				connect.Values{3, 1, 2}, connect.Normal{Mean: 20, SD: 2},
			}[i], Delay: connect.Redraw{Of: connect.Exponential{Beta: 1}, Min: 0.1, Max: 10}})
	}
	d.Projections[3].Post = []network.Range{{Population: 4, N: 3}} // one to one
	active := device.Active{Start: 0.1, Stop: 7, Origin: 2}
	for i, dev := range []device.Device{
		device.DC{Amplitude: 4, Active: active}, device.StepCurrent{Times: []float64{1, 2}, Values: []float64{3, 0}, Active: active}, device.StepCurrent{},
		device.Poisson{Rate: 8, Active: active}, device.SpikeGenerator{Times: []float64{1, 1}, Weights: []float64{2, 3}, Multiplicities: []int{1, 0}, Active: active}, device.SpikeGenerator{},
		device.SpikeGenerator{Times: []float64{0, 1.05}, AllowOffgridTimes: true, ShiftNowSpikes: true}, device.SpikeGenerator{Times: []float64{1.05}, PreciseTimes: true},
		device.StepCurrent{Times: []float64{1.05}, Values: []float64{3}, AllowOffgridTimes: true},
		device.Noise{Mean: 1. / 3, Std: 2, Dt: 0.3, StdMod: 1, Frequency: 50, Phase: 90, Active: active}, device.Noise{},
		device.InhomogeneousPoisson{RateTimes: []float64{0.1, 2.05}, RateValues: []float64{8, 1. / 3}, AllowOffgridTimes: true, Active: active}, device.InhomogeneousPoisson{},
	} {
		d.Attachments = append(d.Attachments, network.Attachment{Device: dev, Generator: i, Post: network.Range{Population: i % 4, From: 1, N: 2},
			Weight: weights[i%len(weights)], Delay: connect.Uniform{Min: 0.1, Max: 4}, Ordinal: uint32(i)})
	}
	return d
}

// Every type of model, rule, distribution and device comes back as it was.
func TestDescriptionRoundTrip(t *testing.T) {
	d := everything()
	j, err := encodeDescription(d)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var k descriptionJSON
	if err := json.Unmarshal(b, &k); err != nil {
		t.Fatal(err)
	}
	got, err := k.decode()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, d) {
		t.Errorf("%+v becomes %+v", d, got)
	}
	one, err1 := Fingerprint(d)
	two, err2 := Fingerprint(got)
	if err1 != nil || err2 != nil || one != two || len(one) != 64 {
		t.Errorf("fingerprints %s, %v and %s, %v", one, err1, two, err2)
	}
}

// Quanta and changed synapses come back, also what stays as drawn.
func TestChangesRoundTrip(t *testing.T) {
	nan := math.NaN()
	d := everything()
	pr := &d.Projections[len(d.Projections)-1]
	pr.Quantum = []float64{0.1, 0x1p-10}
	pr.Changed = []network.SynapseChange{{Target: 0, Index: 1, Weight: 1.0 / 3, Delay: nan}, {Target: 1, Index: 0, Weight: nan, Delay: 1.5}, {Target: 4, Index: 1, Weight: -0.5, Delay: 2}}
	j, err := encodeDescription(d)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var k descriptionJSON
	if err := json.Unmarshal(b, &k); err != nil {
		t.Fatal(err)
	}
	got, err := k.decode()
	if err != nil {
		t.Fatal(err)
	}
	q := got.Projections[len(d.Projections)-1]
	if !reflect.DeepEqual(q.Quantum, pr.Quantum) || fmt.Sprint(q.Changed) != fmt.Sprint(pr.Changed) {
		t.Errorf("%v and %v become %v and %v", pr.Quantum, pr.Changed, q.Quantum, q.Changed)
	}
	for old, want := range map[string]string{
		`"index":[1,0,1]`: "columns of 3, 2, 3 and 3 rows", `"target":[0,1,4]`: "not in order", `"quantum":[0.1,`: "1 quanta for 2 parts",
	} {
		text := strings.Replace(string(b), old, map[string]string{`"index":[1,0,1]`: `"index":[1,0]`, `"target":[0,1,4]`: `"target":[1,0,4]`, `"quantum":[0.1,`: `"quantum":[`}[old], 1)
		if text == string(b) {
			t.Fatalf("%s is not there", old)
		}
		var k descriptionJSON
		if err := json.Unmarshal([]byte(text), &k); err != nil {
			t.Fatal(err)
		}
		if _, err := k.decode(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A device without end is stored, whichever way that was said.
func TestInfiniteStop(t *testing.T) {
	d := everything()
	want, err := Fingerprint(d)
	if err != nil {
		t.Fatal(err)
	}
	noise := d.Attachments[10].Device.(device.Noise)
	noise.Stop = math.Inf(1)
	d.Attachments[10].Device = noise
	if got, err := Fingerprint(d); err != nil || got != want {
		t.Errorf("fingerprint %s, %v, want %s", got, err, want)
	}
}

// Whatever differs, the fingerprint does.
func TestFingerprint(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string]func(d *network.Description){
		"nothing":    func(*network.Description) {},
		"seed":       func(d *network.Description) { d.Seed-- },
		"resolution": func(d *network.Description) { d.Resolution = 0.2 },
		"name":       func(d *network.Description) { d.Populations[0].Name = "x" },
		"model": func(d *network.Description) {
			m := d.Populations[0].Model.(neuron.IafPscExp)
			m.Ie = math.Nextafter(m.Ie, 1)
			d.Populations[0].Model = m
		},
		"initial": func(d *network.Description) { d.Populations[0].Vm = nil },
		"column": func(d *network.Description) {
			c := d.Populations[2].Columns["C_m"]
			c[2] = math.Nextafter(c[2], 1)
		},
		"no bound":  func(d *network.Description) { d.Populations[2].Columns["V_min"][1] = math.Inf(-1) },
		"no column": func(d *network.Description) { delete(d.Populations[2].Columns, "V_min") },
		"rule":      func(d *network.Description) { d.Projections[1].Rule = connect.AllToAll{} },
		"weight":    func(d *network.Description) { d.Projections[1].Weight = connect.Constant(0) },
		"delay":     func(d *network.Description) { d.Projections[1].Delay = connect.Constant(1) },
		"part": func(d *network.Description) {
			pr := &d.Projections[1]
			pr.Pre = []network.Range{{Population: pr.Pre[0].Population, N: 1}, {Population: pr.Pre[0].Population, From: 1, N: 2}}
		},
		"forbid": func(d *network.Description) {
			d.Projections[1].Rule = connect.FixedInDegree{N: 3, Forbid: connect.Forbid{Autapses: true}}
		},
		"quantum": func(d *network.Description) { d.Projections[1].Quantum = []float64{0.1} },
		"changed": func(d *network.Description) {
			d.Projections[1].Changed = []network.SynapseChange{{Weight: 1, Delay: math.NaN()}}
		},
		"range":      func(d *network.Description) { d.Projections[1].Pre[0].N = 2 },
		"device":     func(d *network.Description) { d.Attachments[0].Device = device.DC{} },
		"attachment": func(d *network.Description) { d.Attachments[0].Post.From = 0 },
		"fewer":      func(d *network.Description) { d.Attachments = d.Attachments[1:] },
	} {
		d := everything()
		change(d)
		fp, err := Fingerprint(d)
		if err != nil {
			t.Fatal(err)
		}
		if o, ok := seen[fp]; ok {
			t.Errorf("%s and %s have the same fingerprint", name, o)
		}
		seen[fp] = name
	}
}

// stranger is of no type that can be stored.
type stranger struct{ connect.Constant }

func TestEncodeErrors(t *testing.T) {
	for _, change := range []func(d *network.Description){
		func(d *network.Description) { d.Projections[0].Weight = stranger{} },
		func(d *network.Description) { d.Projections[0].Delay = stranger{} },
		func(d *network.Description) { d.Attachments[0].Weight = stranger{} },
		func(d *network.Description) { d.Populations[0].Vm = stranger{} },
	} {
		d := everything()
		change(d)
		if _, err := Fingerprint(d); err == nil || !strings.Contains(err.Error(), "store.stranger is not registered") {
			t.Errorf("%v", err)
		}
	}
}

// What a file says that makes no sense is an error that says where.
func TestDecodeErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"n":7,`, `"n":0,`, `population "exp": 0 neurons`},
		{`"n":7,`, `"n":2147483647,`, "2147483647 neurons"},
		{`"type":"iaf_psc_exp"`, `"type":"iaf_psc_wow"`, `population "exp": unknown neuron model "iaf_psc_wow"`},
		{`"C_m":250`, `"C_m":-1`, "C_m is -1"},
		{`"C_m":250`, `"Cm":250`, `no parameter "Cm", did you mean C_m?`},
		{`"pre":[{"population":0,"from":0,"n":3}]`, `"pre":[{"population":5,"from":0,"n":3}]`, "projection 0: neurons 0..3 of population 5"},
		{`"pre":[{"population":0,"from":0,"n":3}]`, `"pre":[{"population":-1,"from":0,"n":3}]`, "population -1"},
		{`"pre":[{"population":0,"from":0,"n":3}]`, `"pre":[{"population":0,"from":9223372036854775807,"n":3}]`, "projection 0"},
		{`"pre":[{"population":0,"from":0,"n":3}]`, `"pre":[{"population":0,"from":5,"n":3}]`, "neurons 5..8"},
		{`"pre":[{"population":0,"from":0,"n":3}]`, `"pre":[{"population":0,"from":0,"n":-1}]`, "projection 0"},
		{`"type":"fixed_indegree"`, `"type":"fixed_wow"`, `projection 1: unknown rule "fixed_wow"`},
		{`"refractory_input":[0,1`, `"refractory_input":[0,2`, `population "delta": neuron 1 of 5, counted from 0: iaf_psc_delta: refractory_input is 2, must be 0 or 1`},
		{`"refractory_input":[0,1,`, `"refractory_input":[0,`, `population "delta": refractory_input has 4 values, must have one for each of the 5 neurons`},
		{`"V_min":[null`, `"V_mini":[null`, `iaf_psc_delta: no parameter "V_mini"`},
		{`"refractory_input":[0,1`, `"refractory_input":[0,null`, "refractory_input is -Inf"},
		{`"n":30}`, `"n":-30}`, "projection 0: connect: FixedTotalNumber: N is -30"},
		{`"post":[1,1]`, `"post":[1,99]`, "target 99"},
		{`"weight":{"type":"constant","params":0.3333333333333333}`, `"weight":null`, "projection 0: a weight or delay is missing"},
		{`"type":"lognormal","params":{"mean":1,"sd":0.1}`, `"type":"lognormal","params":{"mean":1,"sd":-0.1}`, "LogNormal: SD is -0.1"},
		{`"type":"exp","params":[`, `"type":"exp","params":[null,`, "exp of 2 distributions"},
		{`"type":"exp","params":[`, `"type":"sin","params":[`, `unknown distribution "sin"`},
		{`"type":"redraw","params":{"of":`, `"type":"redraw","params":{"of":null,"off":`, `redraw: json: unknown field "off"`},
		{`"params":[1,2,0.3333333333333333,4,5]`, `"params":[1,2,0.3333333333333333,4]`, "4 values, must be 5"},
		{`"p":0.3`, `"p":1.3`, "PairwiseBernoulli: P is 1.3"},
		{`"post":[{"population":1,"from":0,"n":2},{"population":2,"from":0,"n":3}]`, `"post":[]`, "a collection without parts"},
		{`"post":[{"population":1,"from":0,"n":2},{"population":2,"from":0,"n":3}]`, `"post":[{"population":2,"from":0,"n":2},{"population":2,"from":1,"n":3}]`, "must have each once"},
		{`"sd":8.78`, `"sd":-8.78`, "projection 1: connect: Normal: SD is -8.78"},
		{`"initial_V_m":{"type":"normal"`, `"initial_V_m":{"type":"gamma"`, `population "exp": unknown distribution "gamma"`},
		{`"initial_V_m":{"type":"uniform","params":{"min":-70`, `"initial_V_m":{"type":"uniform","params":{"min":-50`, "must be below Max"},
		{`"type":"dc_generator"`, `"type":"ac_generator"`, `device 0: unknown device "ac_generator"`},
		{`"rate":8`, `"rate":-8`, "device 3: poisson_generator: rate is -8"},
		{`"amplitude":4`, `"Amplitude2":4`, "device 0"},
	} {
		j, err := encodeDescription(everything())
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(j)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(b), c.old, c.new, 1)
		if text == string(b) {
			t.Errorf("%s is not in %s", c.old, b)
			continue
		}
		var k descriptionJSON
		if err := json.Unmarshal([]byte(text), &k); err != nil {
			t.Fatal(err)
		}
		if _, err := k.decode(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

func save(t *testing.T, dir string, d *network.Description, shards int) *engine.Engine {
	t.Helper()
	e, err := engine.Build(t.Context(), d, engine.Options{Threads: 1, Shards: shards})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context(), 100, nil); err != nil {
		t.Fatal(err)
	}
	if err := SaveNetwork(dir, d, e); err != nil {
		t.Fatal(err)
	}
	if err := SaveState(dir, d, e.State()); err != nil {
		t.Fatal(err)
	}
	return e
}

// storable is everything but what cannot be built: currents into parrots.
func storable() *network.Description {
	d := everything()
	for i := range d.Attachments {
		d.Attachments[i].Post.Population = min(d.Attachments[i].Post.Population, 3)
	}
	return d
}

func TestNetworkAndState(t *testing.T) {
	dir := t.TempDir()
	d := storable()
	if s, err := OpenState(dir, d); s != nil || err != nil {
		t.Errorf("no state: %v, %v", s, err)
	}
	for _, shards := range []int{4, 2} { // the second in place of the first
		e := save(t, dir, d, shards)
		files, err := filepath.Glob(filepath.Join(dir, "network", "*"))
		if err != nil || len(files) != shards+1 {
			t.Errorf("files %v, %v", files, err)
		}
		n, err := OpenNetwork(dir)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(n.Description, d) || n.Shards != shards || !reflect.DeepEqual(n.Bounds, e.Bounds()) {
			t.Errorf("%+v is opened as %+v", d, n)
		}
		for s := range shards {
			got, err := n.Rows(s)
			if err != nil {
				t.Fatal(err)
			}
			want := e.Rows(s)
			for _, x := range []struct{ got, want any }{
				{got.Entry, want.Entry}, {got.EntryWide, want.EntryWide}, {got.EntryRing, want.EntryRing},
				{got.Syn, want.Syn}, {got.SynWide, want.SynWide}, {got.SynRing, want.SynRing},
			} {
				if reflect.ValueOf(x.got).Len() != reflect.ValueOf(x.want).Len() || reflect.ValueOf(x.got).Len() > 0 && !reflect.DeepEqual(x.got, x.want) {
					t.Errorf("shard %d: rows differ", s)
				}
			}
			if got.Count != want.Count || got.CountWide != want.CountWide || got.CountRing != want.CountRing {
				t.Errorf("shard %d: counts differ", s)
			}
		}
		state, err := OpenState(dir, d)
		if err != nil || !reflect.DeepEqual(state, e.State()) {
			t.Errorf("another state, %v", err)
		}
	}
	other := storable()
	other.Seed++
	if _, err := OpenState(dir, other); err == nil || !strings.Contains(err.Error(), "state.cortigo: belongs to another network") {
		t.Errorf("another network's state: %v", err)
	}
	// Rows of another network beside this one's description.
	elsewhere := t.TempDir()
	save(t, elsewhere, other, 2)
	if err := os.Rename(rowsPath(elsewhere, 1), rowsPath(dir, 1)); err != nil {
		t.Fatal(err)
	}
	n, err := OpenNetwork(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Rows(1); err == nil || !strings.Contains(err.Error(), "shard-0001.rows: belongs to another network") {
		t.Errorf("another network's rows: %v", err)
	}
	if err := os.Rename(rowsPath(dir, 0), rowsPath(dir, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Rows(1); err == nil {
		t.Error("another shard's rows are taken")
	}
	if _, err := n.Rows(0); err == nil || !strings.Contains(err.Error(), "shard-0000") {
		t.Errorf("missing rows: %v", err)
	}
}

// A file of another version or with a description that was changed by hand is
// not opened.
// Neurons that differ go on from disk as they were.
func TestColumnsGoOn(t *testing.T) {
	dir := t.TempDir()
	threshold, tau := make([]float64, 30), make([]float64, 30)
	for k := range threshold {
		threshold[k], tau[k] = -60+float64(k)/10, 1.0/3+float64(k)/7
	}
	whole := network.Range{N: 30}
	d := &network.Description{Seed: 4, Resolution: 0.1,
		Populations: []network.Population{{Name: "a", N: 30, Model: neuron.DefaultIafPscExp(), Columns: map[string][]float64{"V_th": threshold, "tau_syn_in": tau}}},
		Projections: []network.Projection{{Pre: []network.Range{whole}, Post: []network.Range{whole}, Rule: connect.FixedInDegree{N: 5}, Weight: connect.Normal{Mean: -20, SD: 20}, Delay: connect.Constant(1.5)}},
		Attachments: []network.Attachment{{Device: device.Poisson{Rate: 20000}, Post: whole, Weight: connect.Constant(40), Delay: connect.Constant(1)}}}
	e := save(t, dir, d, 2)
	if err := e.Run(t.Context(), 300, nil); err != nil {
		t.Fatal(err)
	}
	net, err := OpenNetwork(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := engine.Load(net.Description, engine.Options{Threads: 1, Shards: net.Shards}, net.Bounds, net.Rows)
	if err != nil {
		t.Fatal(err)
	}
	state, err := OpenState(dir, net.Description)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetState(state); err != nil {
		t.Fatal(err)
	}
	if err := f.Run(t.Context(), 300, nil); err != nil {
		t.Fatal(err)
	}
	got, want := f.State(), e.State()
	if !reflect.DeepEqual(got, want) || want.Spikes < 100 {
		t.Errorf("%d spikes after opening, or another state, want %d", got.Spikes, want.Spikes)
	}
}

func TestOpenNetworkErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenNetwork(dir); err == nil || !strings.Contains(err.Error(), "no network was saved there") {
		t.Errorf("none: %v", err)
	}
	save(t, dir, storable(), 1)
	whole, err := os.ReadFile(networkPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"format": 4`, `"format": 1`, "format 1, this version reads 2 to 4"},
		{`"format": 4`, `"format": 5`, "format 5, this version reads 2 to 4"},
		{`"format": 4`, `"format": 2`, "format 2 with a digest"},
		{`"shards": 1`, `"shards": 0`, "0 shards, must be at least 1"},
		{`"shards": 1`, `"shards": 70000`, "the digest is wrong"},
		{`"min_delay": 1`, `"min_delay": 2`, "the digest is wrong"},
		{`"tau_m": 10`, `"tau_m": 11`, "the description is not the one that was saved"},
		{`"seed"`, `"sed"`, `unknown field "sed"`},
		{"}\n", "}\n{}", "there is something after its end"},
		{`{`, `[`, "damaged"},
	} {
		at := strings.Index(string(whole), c.old)
		if c.old == "}\n" { // the last
			at = strings.LastIndex(string(whole), c.old)
		}
		if at < 0 {
			t.Errorf("%s is not there", c.old)
			continue
		}
		text := string(whole[:at]) + c.new + string(whole[at+len(c.old):])
		if err := os.WriteFile(networkPath(dir), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenNetwork(dir); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), networkPath(dir)) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}
