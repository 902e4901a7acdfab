package connect

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAsDistribution(t *testing.T) {
	type mV float64
	for _, c := range []struct {
		x    any
		want Distribution
	}{
		{20, Constant(20)},
		{-1.5, Constant(-1.5)},
		{float32(0.5), Constant(0.5)},
		{uint8(200), Constant(200)},
		{int64(-3), Constant(-3)},
		{mV(15), Constant(15)},
		{time.Duration(7), Constant(7)},
		{Constant(2), Constant(2)},
		{[]float64{1, 2.5}, Values{1, 2.5}},
		{[]int{1, 2}, Values{1, 2}},
		{[2]float32{1, 2}, Values{1, 2}},
		{[]any{1, 2.5}, Values{1, 2.5}},
		{Values{3}, Values{3}},
		{[]float64{}, Values{}},
		{Normal{Mean: 1, SD: 2}, Normal{Mean: 1, SD: 2}},
		{Uniform{1, 2}, Uniform{1, 2}},
	} {
		got, err := AsDistribution(c.x)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T %v: got %#v, %v; want %#v", c.x, c.x, got, err, c.want)
		}
	}
	list := []float64{1, 2}
	d, _ := AsDistribution(list)
	list[0] = 9
	if d.(Values)[0] != 1 {
		t.Error("values are not a copy of the caller's slice")
	}
	for _, c := range []struct {
		x    any
		says string
	}{
		{nil, "nil"},
		{"20", "string"},
		{true, "bool"},
		{[]string{"a"}, "element 0"},
		{[]any{1, nil}, "element 1"},
		{&Normal{}, "not a pointer"},
		{new(float64), "not a pointer"},
		{*big.NewInt(1), "big.Int"},
		{complex(1, 0), "complex128"},
		{map[string]float64{}, "map"},
	} {
		if d, err := AsDistribution(c.x); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%T: got %v, %v; want an error that says %q", c.x, d, err, c.says)
		}
	}
}
