package param_test

import (
	"reflect"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/param"
)

// given has a default of each kind.
type given struct {
	F     float64              `json:"f_ms" unit:"ms" default:"-2.5" allowed:"finite" help:"a number"`
	Low   float64              `json:"low" default:"-inf" allowed:"a number or -Inf"`
	N     int                  `json:"n,omitempty" default:"3" zero:"all" allowed:">= 1"`
	B     bool                 `json:"b" default:"true"`
	S     string               `json:"s,omitempty" default:"V_m"`
	Fs    []float64            `json:"fs" default:"1, 2.5"`
	Ns    []int                `json:"ns,omitempty" default:"4"`
	Bs    []bool               `json:"bs" default:"true,false"`
	Ss    []string             `json:"list,omitempty" nest:"ss" default:"a, b"`
	Stop  float64              `json:"stop,omitempty" zero:"+Inf" unit:"ms"`
	None  []float64            `json:"none"`
	Until float64              `json:"until" zero:"+Inf"`
	D     connect.Distribution `json:"-" nest:"d" default:"7"`
	E     connect.Distribution `json:"-" nest:"e"`
	Cache map[string]int       `json:"-"`
	within
}

type within struct {
	X float64 `json:"x,omitempty" default:"9"`
}

func (given) ModelName() string { return "given" }

func TestDefaults(t *testing.T) {
	want := given{F: -2.5, Low: -inf, N: 3, B: true, S: "V_m", Fs: []float64{1, 2.5}, Ns: []int{4}, Bs: []bool{true, false}, Ss: []string{"a", "b"},
		D: connect.Constant(7), within: within{9}}
	got := param.Defaults[given]()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	got.Fs[0], got.Ss[0] = 5, "c"
	param.Of(got).Parameters()[5].Default.([]float64)[0] = 5
	if again := param.Defaults[given](); !reflect.DeepEqual(again, want) {
		t.Errorf("a caller changed the defaults: %+v, want %+v", again, want)
	}
}

// What is no struct has no defaults.
func TestDefaultsOfOthers(t *testing.T) {
	if m := param.Defaults[interface{ ModelName() string }](); m != nil {
		t.Error(m)
	}
	if m := param.Defaults[*given](); m != nil {
		t.Error(m)
	}
	if m := param.Of(nil).Defaults(); m != nil {
		t.Error(m)
	}
}

func TestParameters(t *testing.T) {
	all := param.Of(given{}).Parameters()
	if len(all) != 15 {
		t.Fatalf("%d parameters: %+v", len(all), all)
	}
	for i, want := range map[int]param.Parameter{
		0:  {Name: "f_ms", Field: "F", Kind: param.Float, Unit: "ms", Default: -2.5, Allowed: "finite", Help: "a number"},
		2:  {Name: "n", Field: "N", Kind: param.Int, Default: 3, Allowed: ">= 1; 0 is all"},
		8:  {Name: "ss", Field: "Ss", Kind: param.Strings, Default: []string{"a", "b"}},
		9:  {Name: "stop", Field: "Stop", Kind: param.Float, Unit: "ms", Default: 0.0, Allowed: "0 is +Inf"},
		13: {Name: "e", Field: "E", Kind: param.Distribution},
		14: {Name: "x", Field: "X", Kind: param.Float, Default: 9.0},
	} {
		if !reflect.DeepEqual(all[i], want) {
			t.Errorf("%#v, want %#v", all[i], want)
		}
	}
}
