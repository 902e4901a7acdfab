package neuron

import (
	"fmt"

	"cortigo/sim/internal/param"
)

// CheckTable reports every parameter of a model that the tag `allowed` of its
// field does not allow, with its value and what is allowed. A model's Validate
// calls it before it looks at rules between parameters. See the package's
// documentation for the tags.
func CheckTable(m Model) error { return param.Check(m, false) }

// Defaults returns the parameters of model T that the tags `default` of its
// fields give, 0 where there is none.
func Defaults[T Model]() T { return param.Defaults[T]() }

// below reports a parameter that is not below another.
func below(model, name string, x float64, limitName string, limit float64) error {
	if x < limit {
		return nil
	}
	return fmt.Errorf("%s: %s is %g, must be below %s (%g)", model, name, x, limitName, limit)
}
