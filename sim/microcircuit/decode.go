package microcircuit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// maxFile bounds what Decode reads; a complete parameter file has 10 kB.
const maxFile = 16 << 20

// Decode reads parameters from JSON. A file may name only some of them: the
// others have their default (see Default). A run.json is taken too: the parameters are its
// member "parameters". Whatever is not understood is a *DecodeError (an unknown
// key or population, a key that stands twice, a value of the wrong type,
// anything after the object); values that make no sense are one or more
// *ParameterError, joined.
func Decode(r io.Reader) (Parameters, error) { return DecodeOver(Default(), r) }

// DecodeOver is Decode where parameters that the file does not name are as in
// base.
func DecodeOver(base Parameters, r io.Reader) (Parameters, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Parameters{}, fmt.Errorf("microcircuit: reading parameters: %w", err)
	}
	if len(data) > maxFile {
		return Parameters{}, &DecodeError{Problem: "the file is too large", Allowed: []string{fmt.Sprintf("up to %d bytes", maxFile)}}
	}
	begin, err := parametersMember(data)
	if err != nil {
		return Parameters{}, err
	}
	p := base
	if err := decodeStrict(data, begin, reflect.ValueOf(&p).Elem(), ""); err != nil {
		return Parameters{}, err
	}
	return p, p.Validate()
}

// UnmarshalJSON sets the parameters that b names, as Decode does, and keeps the
// others as they are. It does not validate them.
func (p *Parameters) UnmarshalJSON(b []byte) error {
	return decodeStrict(b, 0, reflect.ValueOf(p).Elem(), "")
}

// Encode writes all parameters as indented JSON, which Decode reads back to the
// same bits. NaN and infinities have no JSON and are an error.
func (p Parameters) Encode(w io.Writer) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("microcircuit: writing parameters: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// parametersMember returns where in data the parameters begin: at the member
// "parameters" of a run.json, else at 0. It also checks that data is one JSON
// value, so that what follows need not.
func parametersMember(data []byte) (int, error) {
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
		return 0, e
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return 0, nil // decodeStrict says what is wrong
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return 0, &DecodeError{Problem: err.Error()}
		}
		if key == "parameters" {
			begin := int(dec.InputOffset())
			return begin + bytes.IndexByte(data[begin:], ':') + 1, nil
		}
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			return 0, &DecodeError{Problem: err.Error()}
		}
	}
	return 0, nil
}

// position returns the line and column of a byte offset, from 1.
func position(data []byte, offset int) (line, column int) {
	head := data[:min(max(offset, 0), len(data))]
	return 1 + bytes.Count(head, []byte{'\n'}), len(head) - bytes.LastIndexByte(head, '\n')
}
