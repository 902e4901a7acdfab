package microcircuit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// most is how many characters of a user's text an error shows.
const most = 60

// shortened returns s, or its start if it is long.
func shortened(s string) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "..."
		}
		n++
	}
	return s
}

// quoted returns s in quotes, or its start and its length if it is long.
func quoted(s string) string {
	short := shortened(s)
	if short == s {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s... (%d characters)", strconv.Quote(strings.TrimSuffix(short, "...")), utf8.RuneCountInString(s))
}

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
		value = quoted(s)
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

// A StimulusWarning says that a stimulus is not, or only partly, within the
// time after the warm-up. All times are model time in ms.
type StimulusWarning struct {
	Stimulus    string  // "thalamic stimulus" or "transient DC stimulus"
	Start, Stop float64 // of the stimulus
	Begin, End  float64 // of the time after the warm-up
}

// Error says what is missing.
func (w *StimulusWarning) Error() string {
	what := fmt.Sprintf("The %s, from %s to %s ms,", w.Stimulus, decimal(w.Start), decimal(w.Stop))
	switch {
	case w.Start >= w.End:
		return fmt.Sprintf("%s is never given: the run ends at %s ms.", what, decimal(w.End))
	case w.Stop <= w.Begin:
		return fmt.Sprintf("%s is over when the warm-up ends, at %s ms: what is analysed does not show it.", what, decimal(w.Begin))
	case w.Start < w.Begin:
		what += fmt.Sprintf(" begins before the warm-up ends, at %s ms", decimal(w.Begin))
		if w.Stop <= w.End {
			return what + "."
		}
		what += ", and"
	}
	return fmt.Sprintf("%s is cut short: the run ends at %s ms.", what, decimal(w.End))
}

// decimal writes a time, a multiple of 0.001 ms, as in parameters.
func decimal(ms float64) string { return strconv.FormatFloat(math.Round(ms*1000)/1000, 'f', -1, 64) }
