package store

import (
	"encoding/json"
	"fmt"
	"math"

	"cortigo/sim/connect"
)

// redrawJSON leaves out a bound that is infinite, which JSON cannot write.
type redrawJSON struct {
	Of  *tagged  `json:"of"`
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

func encodeDistribution(d connect.Distribution) (*tagged, error) {
	if d == nil {
		return nil, nil
	}
	var t tagged
	var err error
	switch d := d.(type) {
	case connect.Constant:
		t, err = tag("constant", d)
	case connect.Normal:
		t, err = tag("normal", d)
	case connect.Uniform:
		t, err = tag("uniform", d)
	case connect.LogNormal:
		t, err = tag("lognormal", d)
	case connect.Exponential:
		t, err = tag("exponential", d)
	case connect.Values:
		t, err = tag("values", d)
	case connect.Redraw:
		var j redrawJSON
		if j.Of, err = encodeDistribution(d.Of); err != nil {
			return nil, err
		}
		if !math.IsInf(d.Min, -1) {
			j.Min = &d.Min
		}
		if !math.IsInf(d.Max, 1) {
			j.Max = &d.Max
		}
		t, err = tag("redraw", j)
	case connect.Expression:
		args := make([]*tagged, len(d.Args))
		for i, a := range d.Args {
			if args[i], err = encodeDistribution(a); err != nil {
				return nil, err
			}
		}
		t, err = tag(string(d.Op), args)
	default:
		err = fmt.Errorf("a distribution of type %T cannot be stored", d)
	}
	return &t, err
}

// maxNesting bounds how deep a stored distribution is made of others.
const maxNesting = 100

func decodeDistribution(t *tagged) (connect.Distribution, error) { return decodeNested(t, 0) }

func decodeNested(t *tagged, depth int) (connect.Distribution, error) {
	if t == nil {
		return nil, nil
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("a distribution of more than %d others within another", maxNesting)
	}
	switch t.Type {
	case "constant":
		return untag[connect.Constant](*t)
	case "normal":
		return untag[connect.Normal](*t)
	case "uniform":
		return untag[connect.Uniform](*t)
	case "lognormal":
		return untag[connect.LogNormal](*t)
	case "exponential":
		return untag[connect.Exponential](*t)
	case "values":
		return untag[connect.Values](*t)
	case "redraw":
		j, err := untag[redrawJSON](*t)
		if err != nil {
			return nil, err
		}
		d := connect.Redraw{Min: math.Inf(-1), Max: math.Inf(1)}
		if j.Min != nil {
			d.Min = *j.Min
		}
		if j.Max != nil {
			d.Max = *j.Max
		}
		d.Of, err = decodeNested(j.Of, depth+1)
		return d, err
	case string(connect.OpAdd), string(connect.OpSub), string(connect.OpMul), string(connect.OpDiv),
		string(connect.OpPow), string(connect.OpExp), string(connect.OpMin), string(connect.OpMax):
		var args []*tagged
		if err := json.Unmarshal(t.Params, &args); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Type, err)
		}
		d := connect.Expression{Op: connect.Op(t.Type), Args: make([]connect.Distribution, len(args))}
		for i, a := range args {
			var err error
			if d.Args[i], err = decodeNested(a, depth+1); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	return nil, fmt.Errorf("unknown distribution %q", t.Type)
}
