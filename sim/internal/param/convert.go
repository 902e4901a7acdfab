package param

import (
	"fmt"
	"math"
	"reflect"
)

// assign sets v, a field of the given kind, to value.
func assign(v reflect.Value, kind Kind, value any, model, name string) error {
	switch kind {
	case Distribution:
		return assignDistribution(v, value, model, name)
	case Floats, Ints, Bools, Strings:
		return assignSlice(v, kind, value, model, name)
	}
	if !scalar(v, kind, value) {
		return wrong(model, name, value, kind.String())
	}
	return nil
}

// scalar sets v, and reports whether value fits.
func scalar(v reflect.Value, kind Kind, value any) bool {
	switch kind {
	case Float:
		x, ok := toFloat(value)
		if ok {
			v.SetFloat(x)
		}
		return ok
	case Int:
		n, ok := toInt(value)
		if ok {
			v.SetInt(n)
		}
		return ok
	}
	r := reflect.ValueOf(value)
	switch {
	case kind == Bool && r.Kind() == reflect.Bool:
		v.SetBool(r.Bool())
		return true
	case kind == String && r.Kind() == reflect.String:
		v.SetString(r.String())
		return true
	}
	return false
}

func toFloat(value any) (float64, bool) {
	if x, ok := value.(float64); ok {
		return x, true
	}
	switch r := reflect.ValueOf(value); {
	case r.CanFloat():
		return r.Float(), true
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	}
	return 0, false
}

// toInt takes whole numbers within an int; floats only up to 2^53, where all
// whole numbers are different.
func toInt(value any) (int64, bool) {
	switch r := reflect.ValueOf(value); {
	case r.CanInt():
		n := r.Int()
		return n, int64(int(n)) == n
	case r.CanUint():
		n := r.Uint()
		return int64(n), n <= math.MaxInt
	case r.CanFloat():
		x := r.Float()
		if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return 0, false
		}
		return int64(x), int64(int(x)) == int64(x)
	}
	return 0, false
}

func assignSlice(v reflect.Value, kind Kind, value any, model, name string) error {
	from := reflect.ValueOf(value)
	if from.Kind() == reflect.String && kind == Strings {
		v.Set(reflect.ValueOf([]string{from.String()}))
		return nil
	}
	if value != nil && from.Kind() != reflect.Slice && from.Kind() != reflect.Array {
		return wrong(model, name, value, kind.String())
	}
	if value == nil || from.Len() == 0 {
		if value != nil && !holds(from.Type().Elem(), kind.element()) {
			return wrong(model, name, value, kind.String())
		}
		v.SetZero()
		return nil
	}
	to := reflect.MakeSlice(v.Type(), from.Len(), from.Len())
	if from.Type() == v.Type() {
		reflect.Copy(to, from)
		v.Set(to)
		return nil
	}
	for i := range from.Len() {
		x := from.Index(i).Interface()
		if !scalar(to.Index(i), kind.element(), x) {
			return wrong(model, fmt.Sprintf("%s[%d]", name, i), x, kind.element().String())
		}
	}
	v.Set(to)
	return nil
}

// holds reports whether values of type t may be of the kind, for empty slices.
func holds(t reflect.Type, kind Kind) bool {
	if t.Kind() == reflect.Interface {
		return true
	}
	return scalar(reflect.New(kindType(kind)).Elem(), kind, reflect.Zero(t).Interface())
}

func kindType(kind Kind) reflect.Type {
	for t, k := range kinds {
		if k == kind {
			return t
		}
	}
	return nil
}

func assignDistribution(v reflect.Value, value any, model, name string) error {
	if value == nil {
		v.SetZero()
		return nil
	}
	if distributions.is(value) {
		v.Set(reflect.ValueOf(value))
		return nil
	}
	x, ok := toFloat(value)
	if !ok {
		return wrong(model, name, value, Distribution.String())
	}
	v.Set(reflect.ValueOf(distributions.constant(x)))
	return nil
}

func wrong(model, name string, value any, allowed string) error {
	return fmt.Errorf("%s: %s is %s, must be %s", model, name, show(value), allowed)
}

// show writes a value with its type, shortened to what a message can hold.
func show(value any) string {
	const most = 60
	var s string
	switch value.(type) {
	case nil:
		return "nil"
	case float64, int:
		return fmt.Sprint(value)
	case string:
		s = fmt.Sprintf("%q", value)
	default:
		s = fmt.Sprintf("%v", value)
	}
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%s (%T)", s, value)
}
