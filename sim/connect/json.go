package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
)

// normalJSON leaves out a bound that is infinite, which JSON cannot write.
type normalJSON struct {
	Mean float64  `json:"mean"`
	SD   float64  `json:"sd"`
	Min  *float64 `json:"min,omitempty"`
	Max  *float64 `json:"max,omitempty"`
}

// MarshalJSON writes mean, sd and those of min and max that bound something.
func (d Normal) MarshalJSON() ([]byte, error) {
	j := normalJSON{Mean: d.Mean, SD: d.SD}
	lo, hi := d.limits()
	if !math.IsInf(lo, -1) {
		j.Min = &lo
	}
	if !math.IsInf(hi, 1) {
		j.Max = &hi
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes; unknown fields are an error.
func (d *Normal) UnmarshalJSON(b []byte) error {
	var j normalJSON
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return err
	}
	if j.Min != nil && j.Max != nil && *j.Min == 0 && *j.Max == 0 {
		return errors.New("connect: Normal: bounds are [0, 0], which leave no draws") // and would mean none in a Normal
	}
	*d = Normal{Mean: j.Mean, SD: j.SD}
	if j.Min == nil && j.Max == nil {
		return nil
	}
	d.Min, d.Max = math.Inf(-1), math.Inf(1)
	if j.Min != nil {
		d.Min = *j.Min
	}
	if j.Max != nil {
		d.Max = *j.Max
	}
	return nil
}
