package param

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A Parameter is what the table says about one parameter.
type Parameter struct {
	Name    string // NEST's
	Field   string // the Go field's
	Kind    Kind
	Unit    string // "mV", "ms", "dimensionless", ...; "" if it is no number
	Default any    // of the field's type
	Allowed string // for people: "> 0", ">= 0; rounded up to steps"
	Help    string // one line
}

// Parameters returns the table, in the order of the fields.
func (s *Set) Parameters() []Parameter {
	all := make([]Parameter, len(s.fields))
	for i, f := range s.fields {
		all[i] = Parameter{f.name, s.typ.FieldByIndex(f.path).Name, f.kind, f.unit, ownSlice(f.value).Interface(), f.allowed, f.help}
	}
	return all
}

// Err returns what is wrong with the tags of the model's struct, or that the
// model is not a struct; nil if all is well.
func (s *Set) Err() error { return s.err }

// Defaults returns a T with the values of its fields' tags `default`, 0 where
// there is none.
func Defaults[T any]() T {
	var m T
	if d, ok := Of(m).Defaults().(T); ok {
		return d
	}
	return m // an interface, which has none
}

// Defaults returns a model of the type with the values of its fields' tags
// `default`, 0 where there is none.
func (s *Set) Defaults() any {
	if s.typ == nil {
		return nil
	}
	v := reflect.New(s.typ).Elem()
	for _, f := range s.fields {
		v.FieldByIndex(f.path).Set(ownSlice(f.value))
	}
	return v.Interface()
}

// read takes a field's tags.
func (f *field) read(field reflect.StructField) error {
	tag := field.Tag
	_, options, _ := strings.Cut(tag.Get("json"), ",")
	f.optional = slices.Contains(strings.Split(options, ","), "omitempty")
	f.unit, f.help, f.allowed, f.zero = tag.Get("unit"), tag.Get("help"), tag.Get("allowed"), tag.Get("zero")
	var errs []error
	fail := func(tag string, err error) {
		errs = append(errs, fmt.Errorf("parameter %s: tag %s: %w", f.name, tag, err))
	}
	checked, _, _ := strings.Cut(f.allowed, ";")
	var err error
	if f.rule, err = parseRule(strings.TrimSpace(checked), f.kind); err != nil {
		fail("allowed", err)
	}
	if f.zero != "" {
		if f.kind != Float && f.kind != Int {
			fail("zero", fmt.Errorf("it is for numbers, and this is %s", f.kind))
		}
		if x, err := strconv.ParseFloat(f.zero, 64); err == nil && math.IsInf(x, 0) {
			f.infinity = x
		}
		f.allowed = strings.TrimPrefix(f.allowed+"; 0 is "+f.zero, "; ")
	}
	f.value = reflect.New(field.Type).Elem()
	if text, ok := tag.Lookup("default"); ok {
		if err := parse(f.value, f.kind, text); err != nil {
			f.value = reflect.Zero(field.Type)
			fail("default", err)
		}
	}
	return errors.Join(errs...)
}

// parse sets v to what a text says: elements of lists have commas between them.
func parse(v reflect.Value, k Kind, text string) error {
	var value any
	var err error
	switch k {
	case Float, Distribution:
		value, err = strconv.ParseFloat(text, 64)
	case Int:
		value, err = strconv.Atoi(text)
	case Bool:
		value, err = strconv.ParseBool(text)
	case String:
		value = text
	default:
		parts := strings.Split(text, ",")
		list := reflect.MakeSlice(v.Type(), len(parts), len(parts))
		for i, p := range parts {
			if err := parse(list.Index(i), k.element(), strings.TrimSpace(p)); err != nil {
				return err
			}
		}
		v.Set(list)
		return nil
	}
	if err == nil {
		err = assign(v, k, value, "default", "it")
	}
	return err
}

// check is Check with the table read.
func (s *Set) check(model any, units bool) error {
	var errs []error
	v := reflect.ValueOf(model)
	for i := range s.fields {
		f := &s.fields[i]
		at := v
		if len(f.path) == 1 {
			at = v.Field(f.path[0])
		} else {
			at = v.FieldByIndex(f.path)
		}
		ok := true
		switch f.kind {
		case Float:
			ok = f.takes(at.Float())
		case Int:
			ok = f.takes(float64(at.Int()))
		case String:
			ok = f.rule.word(at.String())
		case Floats, Ints, Strings:
			if k := f.firstWrong(at); k >= 0 {
				errs = append(errs, f.refuse(s.model, fmt.Sprintf("%s[%d]", f.name, k), at.Index(k), units))
			}
		}
		if !ok {
			errs = append(errs, f.refuse(s.model, f.name, at, units))
		}
	}
	return errors.Join(errs...)
}

// takes reports whether a number is allowed.
func (f *field) takes(x float64) bool {
	return f.rule.number(x) || f.zero != "" && (x == 0 || x == f.infinity && x != 0)
}

// firstWrong returns the first element of a list that is not allowed, -1 if all
// are.
func (f *field) firstWrong(list reflect.Value) int {
	switch f.kind {
	case Floats:
		return slices.IndexFunc(list.Interface().([]float64), func(x float64) bool { return !f.takes(x) })
	case Ints:
		return slices.IndexFunc(list.Interface().([]int), func(n int) bool { return !f.takes(float64(n)) })
	}
	return slices.IndexFunc(list.Interface().([]string), func(s string) bool { return !f.rule.word(s) })
}

func (f *field) refuse(model, name string, v reflect.Value, units bool) error {
	unit := ""
	if units && f.unit != "" && f.unit != "dimensionless" {
		unit = " " + f.unit
	}
	if v.Kind() == reflect.String {
		return fmt.Errorf("%s: %s is %s, must be %s", model, name, show(v.Interface()), f.rule.text)
	}
	return fmt.Errorf("%s: %s is %v%s, must be %s", model, name, v.Interface(), unit, f.rule.text)
}

// ownSlice returns v, or a copy of it if it is a slice.
func ownSlice(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Slice || v.IsNil() {
		return v
	}
	return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
}
