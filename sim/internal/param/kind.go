package param

import "reflect"

// A Kind is what a parameter holds.
type Kind int

// The kinds of parameters. The zero Kind is of a name that is none.
const (
	Float        Kind = iota + 1 // float64
	Int                          // int
	Bool                         // bool
	String                       // string
	Floats                       // []float64
	Ints                         // []int
	Bools                        // []bool
	Strings                      // []string
	Distribution                 // a connect.Distribution, or a number for a constant
)

var kinds = map[reflect.Type]Kind{
	reflect.TypeFor[float64]():   Float,
	reflect.TypeFor[int]():       Int,
	reflect.TypeFor[bool]():      Bool,
	reflect.TypeFor[string]():    String,
	reflect.TypeFor[[]float64](): Floats,
	reflect.TypeFor[[]int]():     Ints,
	reflect.TypeFor[[]bool]():    Bools,
	reflect.TypeFor[[]string]():  Strings,
}

// distributions is what package connect tells about its distributions: this
// package cannot import it.
var distributions struct {
	constant func(x float64) any
	number   func(d any) (x float64, ok bool)
	is       func(v any) bool
}

// Distributions makes fields of the interface type T parameters that are
// distributions, and fields of type any parameters that may be a distribution or a
// number: constant returns the distribution that is always x, and number returns
// the x of such a one. Package connect calls it once, before there is any table.
func Distributions[T any](constant func(x float64) T, number func(d any) (x float64, ok bool)) {
	kinds[reflect.TypeFor[T]()], kinds[reflect.TypeFor[any]()] = Distribution, Distribution
	distributions.constant = func(x float64) any { return constant(x) }
	distributions.number = number
	distributions.is = func(v any) bool { _, ok := v.(T); return ok }
}

// String says what to give, as messages do: "a number".
func (k Kind) String() string {
	switch k {
	case Float:
		return "a number"
	case Int:
		return "a whole number"
	case Bool:
		return "true or false"
	case String:
		return "a string"
	case Floats:
		return "a slice of numbers"
	case Ints:
		return "a slice of whole numbers"
	case Bools:
		return "a slice of true or false"
	case Strings:
		return "a slice of strings, or one"
	case Distribution:
		return "a number or a distribution of package connect"
	}
	return "no parameter"
}

// element returns the kind of a slice's elements, 0 if k is no slice.
func (k Kind) element() Kind {
	switch k {
	case Floats:
		return Float
	case Ints:
		return Int
	case Bools:
		return Bool
	case Strings:
		return String
	}
	return 0
}
