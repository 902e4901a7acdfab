package connect

import (
	"fmt"
	"reflect"

	"cortigo/sim/internal/param"
)

// A field that is a distribution is a parameter, which may also be given as a number.
func init() {
	param.Distributions(func(x float64) Distribution { return Constant(x) }, func(x any) (float64, bool) {
		d, err := AsDistribution(x)
		if err != nil {
			return 0, false
		}
		return IsConstant(d)
	})
}

// AsDistribution returns the distribution that x stands for as a weight, a delay
// or a parameter: a number of any type is a Constant, a slice or array of numbers
// is Values, one for each (copied), and a Distribution is itself. Anything else is
// an error, as are nil and a pointer. Whether the numbers make sense is left to
// Validate.
func AsDistribution(x any) (Distribution, error) {
	v := reflect.ValueOf(x)
	if v.Kind() == reflect.Pointer {
		return nil, fmt.Errorf("connect: %s is no value to draw: must be a number, numbers or a distribution (not a pointer to one)", v.Type())
	}
	if d, ok := x.(Distribution); ok {
		return d, nil
	}
	if n, ok := number(v); ok {
		return Constant(n), nil
	}
	if k := v.Kind(); k == reflect.Slice || k == reflect.Array {
		values := make(Values, v.Len())
		for i := range values {
			e := v.Index(i)
			if e.Kind() == reflect.Interface {
				e = e.Elem()
			}
			n, ok := number(e)
			if !ok {
				return nil, fmt.Errorf("connect: element %d of %s is no number", i, v.Type())
			}
			values[i] = n
		}
		return values, nil
	}
	if x == nil {
		return nil, fmt.Errorf("connect: nil is no value to draw: must be a number, numbers or a distribution")
	}
	return nil, fmt.Errorf("connect: a %s is no value to draw: must be a number, numbers (one for each) or a distribution such as connect.Normal{Mean: 1, SD: 0.1}", v.Type())
}

// number returns the number that a value of any numeric type is.
func number(v reflect.Value) (float64, bool) {
	switch {
	case v.CanFloat():
		return v.Float(), true
	case v.CanInt():
		return float64(v.Int()), true
	case v.CanUint():
		return float64(v.Uint()), true
	}
	return 0, false
}
