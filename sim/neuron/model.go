package neuron

import (
	"errors"
	"fmt"
	"math"
)

// A Model is one of this package's parameter structs.
type Model interface {
	// ModelName returns NEST's name of the model.
	ModelName() string
	// Validate reports every parameter that makes no sense, with its value and
	// what is allowed.
	Validate() error
}

// check collects what is wrong with a model's parameters.
type check struct {
	model string
	errs  []error
}

func (c *check) fail(name string, value float64, allowed string) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s is %g, must be %s", c.model, name, value, allowed))
}

func (c *check) finite(name string, x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		c.fail(name, x, "finite")
	}
}

func (c *check) positive(name string, x float64) {
	if !(x > 0) || math.IsInf(x, 0) {
		c.fail(name, x, "> 0 and finite")
	}
}

func (c *check) below(name string, x float64, limitName string, limit float64) {
	if !(x < limit) {
		c.fail(name, x, fmt.Sprintf("below %s (%g)", limitName, limit))
	}
}

func (c *check) tRef(x float64) {
	if !(x >= 0) || math.IsInf(x, 0) {
		c.fail("t_ref", x, ">= 0 and finite")
	}
}

func (c *check) vMin(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 1) {
		c.fail("V_min", x, "a number or -Inf")
	}
}

func (c *check) err() error { return errors.Join(c.errs...) }
