package arrowio

import (
	"fmt"
	"slices"
	"strings"
)

// A difference is something in which two runs differ.
type difference struct {
	what      string
	got, want any
}

// differences returns in what of that which never changes r differs from other.
func (r *Run) differences(other *Run) []difference {
	var ds []difference
	for _, d := range []struct {
		difference
		same bool
	}{
		{difference{"model", r.Model, other.Model}, r.Model == other.Model},
		{difference{"seed", r.Seed, other.Seed}, r.Seed == other.Seed},
		{difference{"resolution", r.ResolutionMS, other.ResolutionMS}, r.ResolutionMS == other.ResolutionMS},
		{difference{"time of creation", r.Created, other.Created}, r.Created.Equal(other.Created)},
		{difference{"list of populations", describe(r.Populations), describe(other.Populations)}, slices.EqualFunc(r.Populations, other.Populations, sameNeurons)},
	} {
		if !d.same {
			ds = append(ds, d.difference)
		}
	}
	return ds
}

// differs says what tells r from another run, "" if they are the same one at
// different times.
func (r *Run) differs(other *Run) string {
	for _, d := range r.differences(other) {
		return fmt.Sprintf("its %s is %v, not %v", d.what, short(d.got), short(d.want))
	}
	return ""
}

// short returns what is long as a message can hold it.
func short(x any) string {
	const most = 100
	s := strings.ToValidUTF8(fmt.Sprint(x), "?")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..." // the end may be within a character
}
