package store

import (
	"encoding/json"
	"math"
)

// A number is one of a column of parameters in JSON, which knows no infinity: -Inf is
// null, +Inf is "+Inf".
type number float64

func (x number) MarshalJSON() ([]byte, error) {
	switch {
	case math.IsInf(float64(x), -1):
		return []byte("null"), nil
	case math.IsInf(float64(x), 1):
		return []byte(`"+Inf"`), nil
	}
	return json.Marshal(float64(x))
}

func (x *number) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "null":
		*x = number(math.Inf(-1))
		return nil
	case `"+Inf"`:
		*x = number(math.Inf(1))
		return nil
	}
	return json.Unmarshal(b, (*float64)(x))
}

// converted returns columns as JSON has them, or as the network has them.
func converted[To, From ~float64](columns map[string][]From) map[string][]To {
	if len(columns) == 0 {
		return nil
	}
	out := make(map[string][]To, len(columns))
	for name, from := range columns {
		to := make([]To, len(from))
		for i, x := range from {
			to[i] = To(x)
		}
		out[name] = to
	}
	return out
}
