package param

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"unicode/utf8"

	"cortigo/sim/internal/brief"
)

// Marshal writes a model's parameters as a JSON object, under the names of the
// tags `json`, in the order of the fields.
//
// JSON has no infinity: one that is the default is left out, one that the tag
// `zero` gives a 0 for is written as that 0, and any other is the string "+Inf" or
// "-Inf". Parameters whose default is infinite come last. With the option
// omitempty a parameter is left out where it has its default. NaN is an error,
// as are distributions.
func Marshal(model any) ([]byte, error) {
	s := Of(model)
	if s.err != nil {
		return nil, s.err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	v := reflect.ValueOf(model)
	for _, last := range []bool{false, true} {
		for i := range s.fields {
			f := &s.fields[i]
			if f.inJSON == "" || last != (f.kind == Float && math.IsInf(f.value.Float(), 0)) {
				continue
			}
			text, err := f.marshal(v.FieldByIndex(f.path))
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", s.model, f.name, err)
			}
			if text == nil {
				continue
			}
			if b.Len() > 1 {
				b.WriteByte(',')
			}
			name, err := json.Marshal(f.inJSON)
			if err != nil {
				return nil, err
			}
			b.Write(name)
			b.WriteByte(':')
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marshal returns a value as JSON, nil if it is left out.
func (f *field) marshal(v reflect.Value) ([]byte, error) {
	value := v.Interface()
	switch f.kind {
	case Distribution:
		return nil, fmt.Errorf("a distribution is no part of an object of parameters")
	case Float:
		x := v.Float()
		if math.IsInf(x, 0) {
			if x == f.value.Float() {
				return nil, nil
			}
			if x != f.infinity {
				return json.Marshal(fmt.Sprintf("%+g", x))
			}
			value = 0.0
		}
	}
	for _, text := range texts(value) {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("%q is no UTF-8, as which files have it", text)
		}
	}
	if f.optional && (reflect.DeepEqual(value, f.value.Interface()) || v.Kind() == reflect.Slice && v.Len() == 0 && f.value.Len() == 0) {
		return nil, nil
	}
	return json.Marshal(value)
}

// texts returns the texts of a value, if it has any.
func texts(value any) []string {
	switch x := value.(type) {
	case string:
		return []string{x}
	case []string:
		return x
	}
	return nil
}

// Unmarshal sets the parameters of the model that into points to from a JSON object as
// Marshal writes it. Those that it does not name stay as they are, and so do those that are
// null; a list that is null becomes empty. An unknown name, a name that occurs twice and a
// value that the parameter cannot hold are errors, after which the model is as it was.
// Whether values make sense is checked by Check and Validate, not here.
func Unmarshal(data []byte, into any) error {
	p := reflect.ValueOf(into)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("param: parameters are read into a %T, must be a pointer to a model", into)
	}
	m, err := Of(p.Elem().Interface()).Unmarshal(data, p.Elem().Interface())
	if err != nil {
		return err
	}
	p.Elem().Set(reflect.ValueOf(m))
	return nil
}

// Unmarshal returns a copy of model, of the same type, that is changed as the
// function Unmarshal would.
func (s *Set) Unmarshal(data []byte, model any) (any, error) {
	if s.err != nil {
		return nil, s.err
	}
	e, err := s.Edit(model)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%s: the parameters are %s, must be a JSON object", s.model, brief.Quote(string(data)))
	}
	seen := make([]bool, len(s.fields))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.model, err)
		}
		i, ok := s.members[t.(string)]
		if !ok {
			return nil, s.Unknown(t.(string))
		}
		f := &s.fields[i]
		if seen[i] {
			return nil, fmt.Errorf("%s: %s is there twice", s.model, f.name)
		}
		seen[i] = true
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.model, f.name, err)
		}
		if err := f.unmarshal(raw, e.v.FieldByIndex(f.path)); err != nil {
			return nil, fmt.Errorf("%s: %s is %s, must be %s", s.model, f.name, brief.String(string(raw)), f.kind)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.model, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%s: there is something after the JSON object", s.model)
	}
	return e.Model(), nil
}

func (f *field) unmarshal(raw []byte, v reflect.Value) error {
	if f.kind == Distribution {
		return fmt.Errorf("a distribution")
	}
	if f.kind == Float && len(raw) > 0 && raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !math.IsInf(x, 0) {
			return fmt.Errorf("no infinity")
		}
		v.SetFloat(x)
		return nil
	}
	if v.Kind() == reflect.Slice { // else JSON would write into the caller's
		list := reflect.New(v.Type())
		if err := json.Unmarshal(raw, list.Interface()); err != nil {
			return err
		}
		v.Set(list.Elem())
		return nil
	}
	return json.Unmarshal(raw, v.Addr().Interface())
}
