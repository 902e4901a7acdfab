package microcircuit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// encoding/json ignores letter case, duplicate keys and null, fills lists of
// the wrong length and does not say where an unknown key is. A parameter file
// read that way could give another run than its author meant.

// decodeStrict sets v from the JSON value that starts in data at offset begin.
// Members that are not named keep their value.
func decodeStrict(data []byte, begin int, v reflect.Value, path string) error {
	dec := json.NewDecoder(bytes.NewReader(data[begin:]))
	dec.UseNumber()
	d := strictDecoder{dec: dec, data: data, begin: begin}
	return d.value(v, path)
}

type strictDecoder struct {
	dec   *json.Decoder
	data  []byte
	begin int
}

func (d *strictDecoder) fail(path, problem string, allowed ...string) error {
	e := &DecodeError{Path: path, Problem: problem, Allowed: allowed}
	e.Line, e.Column = position(d.data, d.begin+int(d.dec.InputOffset()))
	return e
}

func (d *strictDecoder) token(path string) (json.Token, error) {
	t, err := d.dec.Token()
	if err != nil {
		return nil, d.fail(path, err.Error())
	}
	return t, nil
}

func (d *strictDecoder) value(v reflect.Value, path string) error {
	t, err := d.token(path)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Struct:
		keys := make([]string, v.NumField())
		for i := range keys {
			keys[i] = v.Type().Field(i).Tag.Get("json")
		}
		if t != json.Delim('{') {
			return d.fail(path, "found "+describe(t), "an object with any of "+strings.Join(keys, ", "))
		}
		return d.members(v.Field, keys, "key", path)
	case reflect.Array:
		switch t {
		case json.Delim('{'):
			return d.members(v.Index, names[:], "population", path)
		case json.Delim('['):
			return d.list(v, path)
		}
		return d.fail(path, "found "+describe(t), "an object with any of "+strings.Join(names[:], ", "), fmt.Sprintf("a list of %d values", Count))
	}
	return d.scalar(v, t, path)
}

// members reads an object up to its end; value i has the key keys[i].
func (d *strictDecoder) members(at func(int) reflect.Value, keys []string, kind, path string) error {
	seen := make([]bool, len(keys))
	for d.dec.More() {
		t, err := d.token(path)
		if err != nil {
			return err
		}
		name, _ := t.(string)
		i := 0
		for i < len(keys) && keys[i] != name {
			i++
		}
		if i == len(keys) {
			return d.fail(path, fmt.Sprintf("unknown %s %s", kind, quoted(name)), keys...)
		}
		if seen[i] {
			return d.fail(path, fmt.Sprintf("%s %q stands twice", kind, name), "once")
		}
		seen[i] = true
		if err := d.value(at(i), join(path, name)); err != nil {
			return err
		}
	}
	_, err := d.token(path)
	return err
}

// list reads the values of all populations in order.
func (d *strictDecoder) list(v reflect.Value, path string) error {
	wrong := func() error {
		return d.fail(path, "the list does not have a value for each population", fmt.Sprintf("%d values, for %s", Count, strings.Join(names[:], ", ")))
	}
	for i := range Count {
		if !d.dec.More() {
			return wrong()
		}
		if err := d.value(v.Index(i), join(path, names[i])); err != nil {
			return err
		}
	}
	if d.dec.More() {
		return wrong()
	}
	_, err := d.token(path)
	return err
}

func (d *strictDecoder) scalar(v reflect.Value, t json.Token, path string) error {
	switch v.Kind() {
	case reflect.String:
		if s, ok := t.(string); ok {
			v.SetString(s)
			return nil
		}
		return d.fail(path, "found "+describe(t), "a string")
	case reflect.Bool:
		if b, ok := t.(bool); ok {
			v.SetBool(b)
			return nil
		}
		return d.fail(path, "found "+describe(t), "true", "false")
	}
	n, ok := t.(json.Number)
	allowed := "a number"
	var err error
	switch v.Kind() {
	case reflect.Float64:
		var x float64
		if x, err = strconv.ParseFloat(n.String(), 64); ok && err == nil {
			v.SetFloat(x)
			return nil
		}
	case reflect.Int:
		allowed = "a whole number"
		var x int64
		if x, err = strconv.ParseInt(n.String(), 10, strconv.IntSize); ok && err == nil {
			v.SetInt(x)
			return nil
		}
	case reflect.Uint64:
		allowed = "a whole number from 0 to 18446744073709551615"
		var x uint64
		if x, err = strconv.ParseUint(n.String(), 10, 64); ok && err == nil {
			v.SetUint(x)
			return nil
		}
	}
	return d.fail(path, "found "+describe(t), allowed)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func describe(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return quoted(t)
	case json.Delim:
		if t == '{' {
			return "an object"
		}
		return "a list"
	}
	return shortened(fmt.Sprint(t))
}
