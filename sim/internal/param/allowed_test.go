package param_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"cortigo/sim/internal/param"
)

var inf, nan = math.Inf(1), math.NaN()

// What tags allow.
type allowed struct {
	None    float64
	Finite  float64   `allowed:"finite; not before stop"`
	Number  float64   `allowed:"a number or -Inf"`
	Above   float64   `allowed:"> 0" unit:"mV"`
	From    float64   `allowed:">= -1 or +Inf"`
	Below   float64   `allowed:"< 1"`
	To      float64   `allowed:"<= 1 and finite"`
	Both    float64   `allowed:"> 0 and <= 5"`
	Closed  float64   `allowed:"in [0, 1]"`
	Open    float64   `allowed:"in (0, 1)"`
	Half    float64   `allowed:"in (0,1]"`
	Any     float64   `allowed:"a number or -Inf or +Inf"`
	Count   int       `allowed:">= 1"`
	Whole   int       `unit:"dimensionless"`
	Zero    float64   `allowed:"> 0" zero:"10 steps"`
	Forever float64   `allowed:"> 0" zero:"+Inf" unit:"ms"`
	Word    string    `allowed:"one of on, off"`
	Text    string    `allowed:"any text"`
	Words   []string  `allowed:"one of V_m, I_e; none: V_m"`
	Times   []float64 `allowed:"> 0; increasing" unit:"ms"`
	Counts  []int     `allowed:">= 0" unit:"dimensionless"`
	Switch  bool      `allowed:"true or false"`
}

func good() allowed {
	return allowed{Above: 1, Both: 1, Open: 0.5, Half: 1, Count: 1, Word: "on"}
}

func TestCheck(t *testing.T) {
	if err := param.Check(good(), false); err != nil {
		t.Fatal(err)
	}
	next := math.Nextafter
	for _, c := range []struct {
		name   string
		values []any
		must   string // "": they are allowed
	}{
		{"none", []any{nan, inf, -inf}, "finite"}, {"none", []any{-1e300, 0.0}, ""},
		{"finite", []any{nan, inf, -inf}, "finite"},
		{"number", []any{nan, inf}, "a number or -Inf"}, {"number", []any{-inf, 5.0}, ""},
		{"above", []any{0.0, -1.0, nan, inf, -inf}, "> 0 and finite"}, {"above", []any{5e-324, 1e308}, ""},
		{"from", []any{next(-1, -2), nan, -inf}, ">= -1 or +Inf"}, {"from", []any{-1.0, inf}, ""},
		{"below", []any{1.0, inf, -inf, nan}, "< 1 and finite"}, {"below", []any{next(1, 0), -1e300}, ""},
		{"to", []any{next(1, 2), inf, -inf}, "<= 1 and finite"}, {"to", []any{1.0}, ""},
		{"both", []any{0.0, next(5, 6), nan, inf}, "> 0 and <= 5 and finite"}, {"both", []any{5.0}, ""},
		{"closed", []any{-0.1, next(1, 2), nan}, "in [0, 1]"}, {"closed", []any{0.0, 1.0}, ""},
		{"open", []any{0.0, 1.0, nan}, "in (0, 1)"}, {"open", []any{next(0, 1), next(1, 0)}, ""},
		{"half", []any{0.0}, "in (0,1]"}, {"half", []any{1.0}, ""},
		{"any", []any{nan}, "a number or -Inf or +Inf"}, {"any", []any{-inf, inf, 0.0}, ""},
		{"count", []any{0, -3}, ">= 1"}, {"whole", []any{-5}, ""},
		{"zero", []any{-1.0, inf, nan}, "> 0 and finite"}, {"zero", []any{0.0, 1.0}, ""},
		{"forever", []any{-1.0, -inf, nan}, "> 0 and finite"}, {"forever", []any{0.0, inf}, ""},
		{"text", []any{"", "x"}, ""}, {"word", []any{"off"}, ""}, {"switch", []any{true, false}, ""},
		{"words", []any{[]string{"V_m", "I_e"}, nil}, ""}, {"times", []any{[]float64{2, 1}, nil}, ""}, {"counts", []any{[]int{0, 7}}, ""},
	} {
		for _, x := range c.values {
			m, err := param.Of(good()).With(good(), c.name, x)
			if err != nil {
				t.Fatal(err)
			}
			err = param.Check(m, false)
			want := fmt.Sprintf("param_test.allowed: %s is %v, must be %s", c.name, x, c.must)
			if (err == nil) != (c.must == "") || err != nil && err.Error() != want {
				t.Errorf("%s = %v: %v, want %q", c.name, x, err, want)
			}
		}
	}
}

// Of a list the first wrong element is named, of a struct every field, with units
// where they are wanted.
func TestCheckMessages(t *testing.T) {
	m := good()
	m.Above, m.Forever, m.Word, m.Words = -1, -2, "maybe", []string{"V_m", "V"}
	m.Times, m.Counts = []float64{1, 0, -1}, []int{-1}
	plain := `param_test.allowed: above is -1, must be > 0 and finite
param_test.allowed: forever is -2, must be > 0 and finite
param_test.allowed: word is "maybe" (string), must be one of on, off
param_test.allowed: words[1] is "V" (string), must be one of V_m, I_e
param_test.allowed: times[1] is 0, must be > 0 and finite
param_test.allowed: counts[0] is -1, must be >= 0`
	if err := param.Check(m, false); err == nil || err.Error() != plain {
		t.Errorf("%v, want\n%s", err, plain)
	}
	want := strings.NewReplacer("above is -1,", "above is -1 mV,", "forever is -2,", "forever is -2 ms,", "times[1] is 0,", "times[1] is 0 ms,").Replace(plain)
	if err := param.Check(m, true); err == nil || err.Error() != want {
		t.Errorf("%v, want\n%s", err, want)
	}
}

// Tags that make no sense are told by Err and by whatever would use them, with
// the type and the field.
func TestWrongTags(t *testing.T) {
	type inner struct{ X, Y float64 }
	for _, c := range []struct {
		model any
		want  string
	}{
		{struct {
			A float64 `allowed:"positive"`
		}{}, `parameter a: tag allowed: "positive" is not understood: must be like "finite"`},
		{struct {
			A float64 `allowed:"in [1, 0]"`
		}{}, `"in [1, 0]" is not understood`},
		{struct {
			A float64 `allowed:"> NaN"`
		}{}, `"> NaN" is not understood`},
		{struct {
			A int `default:"1.5"`
		}{}, `parameter a: tag default: strconv.Atoi: parsing "1.5"`},
		{struct {
			A []float64 `default:"1, x"`
		}{}, `parameter a: tag default: strconv.ParseFloat: parsing "x"`},
		{struct {
			A bool `zero:"1"`
		}{}, "parameter a: tag zero: it is for numbers, and this is true or false"},
		{struct{ M map[string]int }{}, `field M: a map[string]int can be no parameter; if it is to be none, give it the tag json:"-"`},
		{struct {
			inner
			Z float64 `json:"x"`
		}{}, "field Z: there is a parameter x already"},
		{5, "model of type int: must be a struct"}, {nil, "model of type <nil>: must be a struct"}, {&inner{}, "model of type *param_test.inner: must be a struct"},
	} {
		_, marshal := param.Marshal(c.model)
		for _, err := range []error{param.Of(c.model).Err(), param.Check(c.model, false), marshal} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%T: %v, want %q", c.model, err, c.want)
			}
		}
	}
	if err := param.Of(allowed{}).Err(); err != nil {
		t.Error(err)
	}
}
