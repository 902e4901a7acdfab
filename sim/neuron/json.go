package neuron

import (
	"bytes"
	"encoding/json"
	"math"
)

// JSON has no infinity: a V_min of -Inf is left out, and one that is left out
// keeps the value that is there.

// MarshalJSON writes the parameters under NEST's names.
func (p IafPscAlpha) MarshalJSON() ([]byte, error) {
	type plain IafPscAlpha
	return json.Marshal(struct {
		plain
		Vmin *float64 `json:"V_min,omitempty"`
	}{plain(p), finiteOrNil(p.Vmin)})
}

// UnmarshalJSON reads parameters under NEST's names; those left out stay as
// they are, unknown ones are an error.
func (p *IafPscAlpha) UnmarshalJSON(b []byte) error {
	type plain IafPscAlpha
	j := struct {
		*plain
		Vmin *float64 `json:"V_min"`
	}{(*plain)(p), nil}
	if err := strict(b, &j); err != nil {
		return err
	}
	if j.Vmin != nil {
		p.Vmin = *j.Vmin
	}
	return nil
}

// MarshalJSON writes the parameters under NEST's names.
func (p IafPscDelta) MarshalJSON() ([]byte, error) {
	type plain IafPscDelta
	return json.Marshal(struct {
		plain
		Vmin *float64 `json:"V_min,omitempty"`
	}{plain(p), finiteOrNil(p.Vmin)})
}

// UnmarshalJSON reads parameters under NEST's names; those left out stay as
// they are, unknown ones are an error.
func (p *IafPscDelta) UnmarshalJSON(b []byte) error {
	type plain IafPscDelta
	j := struct {
		*plain
		Vmin *float64 `json:"V_min"`
	}{(*plain)(p), nil}
	if err := strict(b, &j); err != nil {
		return err
	}
	if j.Vmin != nil {
		p.Vmin = *j.Vmin
	}
	return nil
}

func finiteOrNil(x float64) *float64 {
	if math.IsInf(x, -1) {
		return nil
	}
	return &x
}

func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
