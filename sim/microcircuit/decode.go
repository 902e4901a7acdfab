package microcircuit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
)

// maxFile bounds what Decode reads; a complete parameter file has 10 kB.
const maxFile = 16 << 20

// Decode reads parameters from JSON. A file may name only some of them: the others
// have their default (see Default). The file may also be a run.json, recognised by
// its member "format_version": the parameters are its member "parameters", and the
// rest is not read, but its seed and resolution must be the parameters'. A file
// that has only the member "parameters" is read, too. What is not understood is a
// *DecodeError (an unknown key or population, a key that occurs twice, a value of
// the wrong type, anything after the object); values that make no sense are one or
// more *ParameterError, joined.
func Decode(r io.Reader) (Parameters, error) { return DecodeOver(Default(), r) }

// DecodeOver is Decode in which parameters that the file does not name are as
// in base.
func DecodeOver(base Parameters, r io.Reader) (Parameters, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Parameters{}, fmt.Errorf("microcircuit: reading parameters: %w", err)
	}
	if len(data) > maxFile {
		return Parameters{}, &DecodeError{Problem: "the file is too large", Allowed: []string{fmt.Sprintf("up to %d bytes", maxFile)}}
	}
	f, err := parametersMember(data)
	if err != nil {
		return Parameters{}, err
	}
	p := base
	if err := decodeStrict(data, f.begin, reflect.ValueOf(&p).Elem(), f.path); err != nil {
		return Parameters{}, err
	}
	if err := f.agrees(data, p); err != nil {
		return Parameters{}, err
	}
	return p, p.Validate()
}

// UnmarshalJSON sets the parameters that b names, as Decode does, and keeps the
// others as they are. It does not validate them.
func (p *Parameters) UnmarshalJSON(b []byte) error {
	return decodeStrict(b, 0, reflect.ValueOf(p).Elem(), "")
}

// Encode writes all parameters as indented JSON; Decode gives them back with
// the same bits. NaN and infinities do not exist in JSON and are an error.
func (p Parameters) Encode(w io.Writer) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("microcircuit: writing parameters: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// A file is the place of parameters in a file.
type file struct {
	begin int    // the offset of their object
	path  string // "parameters", or "" where they are the whole

	beside map[string]int // of a run.json: the offsets of the members that repeat parameters
}

// runMarker is the member by which a run.json is recognised.
const runMarker = "format_version"

// parametersMember finds the parameters: the member "parameters" if there is one,
// else the whole. It also checks that data is a single JSON value and that no
// other member could have been meant as a parameter.
func parametersMember(data []byte) (file, error) {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		e := &DecodeError{Problem: err.Error()}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			e.Line, e.Column = position(data, int(syntax.Offset))
		}
		if len(bytes.TrimSpace(data)) == 0 {
			e.Problem = "the file is empty"
		}
		return file{}, e
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return file{}, nil // decodeStrict says what is wrong
	}
	fail := func(at int, problem string, allowed ...string) (file, error) {
		e := &DecodeError{Problem: problem, Allowed: allowed}
		e.Line, e.Column = position(data, at)
		return file{}, e
	}
	members := map[string]int{} // where each begins
	var order []string
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return fail(int(dec.InputOffset()), err.Error())
		}
		key, _ := t.(string)
		at := int(dec.InputOffset())
		if _, twice := members[key]; twice {
			return fail(at, fmt.Sprintf("key %s stands twice", quoted(key)), "once")
		}
		members[key] = at + bytes.IndexByte(data[at:], ':') + 1
		order = append(order, key)
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return fail(int(dec.InputOffset()), err.Error())
		}
	}
	begin, ok := members["parameters"]
	if !ok {
		return file{}, nil
	}
	f := file{begin: begin, path: "parameters", beside: map[string]int{}}
	_, run := members[runMarker]
	for _, key := range order {
		switch {
		case key == "parameters":
		case run && slices.Contains([]string{"t_presim_ms", "t_sim_ms"}, key): // a run that went on has others
		case run && slices.Contains([]string{"seed", "resolution_ms"}, key):
			f.beside[key] = members[key]
		case !run || isParameter(key):
			return fail(members[key], fmt.Sprintf("unknown key %s beside \"parameters\"", quoted(key)), `"parameters" alone, or the members of a run.json, `+runMarker+" among them")
		}
	}
	return f, nil
}

// isParameter reports whether a key is one of Parameters.
func isParameter(key string) bool {
	t := reflect.TypeFor[Parameters]()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("json") == key {
			return true
		}
	}
	return false
}

// agrees reports a member of a run.json that differs from its parameters.
func (f *file) agrees(data []byte, p Parameters) error {
	for _, key := range slices.Sorted(maps.Keys(f.beside)) {
		q := p
		var value json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(data[f.beside[key]:])).Decode(&value); err != nil {
			return &DecodeError{Path: key, Problem: err.Error()}
		}
		whole := fmt.Appendf(nil, "{%q:%s}", key, value)
		if err := decodeStrict(whole, 0, reflect.ValueOf(&q).Elem(), ""); err != nil || q != p {
			e := &DecodeError{Path: key, Problem: "found " + shortened(string(value)) + ", which is not that of the parameters", Allowed: []string{"what parameters." + key + " is"}}
			e.Line, e.Column = position(data, f.beside[key])
			return e
		}
	}
	return nil
}

// position returns the line and column of a byte offset, from 1.
func position(data []byte, offset int) (line, column int) {
	head := data[:min(max(offset, 0), len(data))]
	return 1 + bytes.Count(head, []byte{'\n'}), len(head) - bytes.LastIndexByte(head, '\n')
}
