package microcircuit

import (
	"fmt"
	"strings"

	"cortigo/sim/internal/brief"
)

// A ParameterError is a parameter whose value makes no sense.
type ParameterError struct {
	Population string // "" when the parameter is not one population's
	Source     string // the source population of a pair, else ""
	Parameter  string // its path in JSON, for example "neuron.tau_m_ms"
	Value      any
	Allowed    string // what would do
}

// Error names the population, the parameter, the value and what is allowed.
func (e *ParameterError) Error() string {
	var b strings.Builder
	b.WriteString("microcircuit: ")
	switch {
	case e.Source != "":
		fmt.Fprintf(&b, "from %s to %s: ", e.Source, e.Population)
	case e.Population != "":
		fmt.Fprintf(&b, "population %s: ", e.Population)
	}
	value := fmt.Sprint(e.Value)
	if s, ok := e.Value.(string); ok {
		value = brief.Quote(s)
	}
	fmt.Fprintf(&b, "parameter %s is %s; allowed: %s", e.Parameter, value, e.Allowed)
	return b.String()
}

// A DecodeError is a place in a parameter file that cannot be read.
type DecodeError struct {
	Line, Column int      // of the place, from 1; 0 when unknown
	Path         string   // the JSON path of the object or value, "" for the whole
	Problem      string   // what is wrong
	Allowed      []string // the keys or forms that would do, if any
}

// Error names the line, the path, the problem and what is allowed.
func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString("microcircuit: parameters")
	if e.Line > 0 {
		fmt.Fprintf(&b, " line %d column %d", e.Line, e.Column)
	}
	if e.Path != "" {
		fmt.Fprintf(&b, ", in %s", e.Path)
	}
	fmt.Fprintf(&b, ": %s", e.Problem)
	if len(e.Allowed) > 0 {
		fmt.Fprintf(&b, "; allowed: %s", strings.Join(e.Allowed, ", "))
	}
	return b.String()
}

// A SubThresholdWarning says that scaling down left a population's DC input
// below the rheobase.
type SubThresholdWarning struct {
	Population Population
	DC         float64 // pA
	Rheobase   float64 // pA
}

// Error returns the message that users of the reference implementation know.
func (w *SubThresholdWarning) Error() string {
	return fmt.Sprintf("Population %s is sub-threshold with downscaled DC input amplitude and may not fire.", w.Population)
}

// An UpscalingWarning says that a scaling factor makes the circuit larger than
// the published one.
type UpscalingWarning struct {
	Parameter string // "n_scaling" or "k_scaling"
	Value     float64
}

// Error names the factor.
func (w *UpscalingWarning) Error() string {
	return fmt.Sprintf("Parameter %s is %g: above 1 the circuit is larger than the published one.", w.Parameter, w.Value)
}
