package connect

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/fmath"
)

// An Op is the operation of an Expression.
type Op string

// The operations of an Expression.
const (
	OpAdd Op = "add"
	OpSub Op = "sub"
	OpMul Op = "mul"
	OpDiv Op = "div"
	OpPow Op = "pow"
	OpExp Op = "exp"
	OpMin Op = "min"
	OpMax Op = "max"
)

// An Expression is a value computed from draws of other distributions, like
// arithmetic with NEST's parameters. Make one with Add, Sub, Mul, Div, Pow, Exp,
// Min or Max; constants are given as Constant. Each draw of an Expression makes a
// new draw of every distribution in it.
type Expression struct {
	Op   Op
	Args []Distribution // one for OpExp, else two
}

// Add is a + b. A Normal or Uniform plus a Constant is again a Normal or Uniform.
func Add(a, b Distribution) Distribution {
	if c, ok := a.(Constant); ok {
		if d, ok := affine(b, 1, float64(c)); ok {
			return d
		}
	}
	if c, ok := b.(Constant); ok {
		if d, ok := affine(a, 1, float64(c)); ok {
			return d
		}
	}
	return expression(OpAdd, a, b)
}

// Sub is a - b.
func Sub(a, b Distribution) Distribution {
	if c, ok := b.(Constant); ok {
		if d, ok := affine(a, 1, -float64(c)); ok {
			return d
		}
	}
	if c, ok := a.(Constant); ok {
		if d, ok := affine(b, -1, float64(c)); ok {
			return d
		}
	}
	return expression(OpSub, a, b)
}

// Mul is a * b. A Normal or Uniform times a Constant is again a Normal or Uniform.
func Mul(a, b Distribution) Distribution {
	if c, ok := a.(Constant); ok {
		if d, ok := affine(b, float64(c), 0); ok {
			return d
		}
	}
	if c, ok := b.(Constant); ok {
		if d, ok := affine(a, float64(c), 0); ok {
			return d
		}
	}
	return expression(OpMul, a, b)
}

// Div is a / b. The Bounds of b must not include 0: bound it by Within, Above
// or Below if they do.
func Div(a, b Distribution) Distribution {
	if c, ok := b.(Constant); ok && c != 0 {
		if q := over(a, float64(c)); q != nil {
			return q
		}
	}
	return expression(OpDiv, a, b)
}

// Pow is a to the power of b: a must not be negative, unless b is a whole Constant.
func Pow(a, b Distribution) Distribution { return expression(OpPow, a, b) }

// Exp is e to the power of a.
func Exp(a Distribution) Distribution {
	if d, ok := a.(Normal); ok {
		return LogNormal(d)
	}
	return expression(OpExp, a)
}

// Min is the smaller of a and b.
func Min(a, b Distribution) Distribution { return expression(OpMin, a, b) }

// Max is the larger of a and b.
func Max(a, b Distribution) Distribution { return expression(OpMax, a, b) }

// expression computes what is constant and keeps the rest.
func expression(op Op, args ...Distribution) Distribution {
	var x [2]float64
	for i, a := range args {
		c, ok := a.(Constant)
		if !ok {
			return Expression{op, args}
		}
		x[i] = float64(c)
	}
	e := Expression{op, args}
	if e.Validate() != nil {
		return e // for whoever validates it
	}
	return Constant(op.Apply(x[0], x[1]))
}

// affine returns times*d + plus where that is a distribution of the same kind.
func affine(d Distribution, times, plus float64) (Distribution, bool) {
	if a, ok := d.(interface {
		affine(times, plus float64) (Distribution, bool)
	}); ok {
		return a.affine(times, plus)
	}
	return nil, false
}

// over returns d/x where that is a distribution of the same kind, else nil.
func over(d Distribution, x float64) Distribution {
	if o, ok := d.(interface{ over(x float64) Distribution }); ok {
		return o.over(x)
	}
	return nil
}

// arity returns how many arguments an operation has, 0 for one that is unknown.
func (op Op) arity() int {
	switch op {
	case OpAdd, OpSub, OpMul, OpDiv, OpPow, OpMin, OpMax:
		return 2
	case OpExp:
		return 1
	}
	return 0
}

// Apply computes the operation for two numbers, of which OpExp takes the first.
func (op Op) Apply(x, y float64) float64 {
	switch op {
	case OpAdd:
		return x + y
	case OpSub:
		return x - y
	case OpMul:
		return float64(x * y)
	case OpDiv:
		return x / y
	case OpPow:
		return power(x, y)
	case OpExp:
		return fmath.Exp(x)
	case OpMin:
		return math.Min(x, y)
	case OpMax:
		return math.Max(x, y)
	}
	return math.NaN()
}

// power is x**y; NaN for a negative x whose power is not whole.
func power(x, y float64) float64 {
	whole := y == math.Trunc(y)
	switch {
	case whole && math.Abs(y) <= 64:
		return fmath.PowInt(x, int(y))
	case x > 0:
		return fmath.Pow(x, y)
	case x == 0 && y < 0:
		return math.Inf(1)
	case x == 0:
		return 0
	case !whole:
		return math.NaN()
	case math.Mod(y, 2) != 0:
		return -fmath.Pow(-x, y)
	}
	return fmath.Pow(-x, y)
}

// Validate reports an operation that is unknown or has the wrong number of
// arguments, arguments that are not valid or not drawn, a divisor that may be 0,
// a negative number to a power that is no whole Constant, and values that leave
// the range of float64.
func (d Expression) Validate() error {
	n := d.Op.arity()
	if n == 0 || len(d.Args) != n {
		return fmt.Errorf("connect: %s of %d distributions, must be add, sub, mul, div, pow, min or max of two or exp of one", d.Op, len(d.Args))
	}
	for _, a := range d.Args {
		if err := drawn(string(d.Op), a); err != nil {
			return err
		}
	}
	if d.Op == OpDiv {
		if lo, hi := d.Args[1].Bounds(); lo <= 0 && hi >= 0 {
			return fmt.Errorf("connect: div: the divisor reaches from %g to %g, must keep away from 0 (Redraw it)", lo, hi)
		}
	}
	if d.Op == OpPow {
		lo, hi := d.Args[0].Bounds()
		y, constant := IsConstant(d.Args[1])
		whole := constant && y == math.Trunc(y)
		low, _ := d.Args[1].Bounds()
		if lo < 0 && !whole {
			return fmt.Errorf("connect: pow: the base reaches from %g to %g, must not be negative for a power that is no whole Constant", lo, hi)
		}
		if lo <= 0 && hi >= 0 && low < 0 {
			return fmt.Errorf("connect: pow: the base reaches from %g to %g, must keep away from 0 for a negative power (Redraw it)", lo, hi)
		}
	}
	if lo, hi := d.Bounds(); math.IsInf(lo, 0) || math.IsInf(hi, 0) || math.IsNaN(lo) || math.IsNaN(hi) {
		return fmt.Errorf("connect: %s: values reach from %g to %g, must be finite", d.Op, lo, hi)
	}
	return nil
}

// Bounds returns what the operation makes of the bounds of its arguments.
func (d Expression) Bounds() (lo, hi float64) {
	if len(d.Args) != d.Op.arity() {
		return math.NaN(), math.NaN()
	}
	a, b := d.Args[0], Distribution(Constant(0))
	if len(d.Args) == 2 {
		b = d.Args[1]
	}
	al, ah := a.Bounds()
	bl, bh := b.Bounds()
	// Every operation is monotone in each argument, so that its extremes are
	// among the corners; except even powers, which turn at 0.
	corner := []float64{d.Op.Apply(al, bl), d.Op.Apply(al, bh), d.Op.Apply(ah, bl), d.Op.Apply(ah, bh)}
	if d.Op == OpPow && al < 0 && ah > 0 {
		corner = append(corner, 0)
	}
	for _, x := range corner {
		if math.IsNaN(x) {
			return x, x
		}
	}
	return slices.Min(corner), slices.Max(corner)
}

// String writes the expression as the calls in Go that make it.
func (d Expression) String() string {
	s := string(d.Op) + "("
	for i, a := range d.Args {
		if i > 0 {
			s += ", "
		}
		s += describe(a)
	}
	return s + ")"
}

// Sample draws the arguments in their order and computes.
func (d Expression) Sample(s *Stream) (float64, error) {
	var x [2]float64
	for i, a := range d.Args {
		var err error
		if x[i], err = a.Sample(s); err != nil {
			return 0, err
		}
	}
	return d.Op.Apply(x[0], x[1]), nil
}

// Typical returns what the operation makes of typical values of its arguments.
func (d Expression) Typical() float64 {
	var x [2]float64
	for i, a := range d.Args {
		x[i] = Typical(a)
	}
	if y := d.Op.Apply(x[0], x[1]); !math.IsNaN(y) && !math.IsInf(y, 0) {
		return y
	}
	lo, hi := d.Bounds()
	return math.Max(math.Abs(lo), math.Abs(hi))
}

func init() {
	f := &form[Distribution]{typ: typeOf[Expression](), encode: encodeExpression, decode: decodeExpression, copy: copyExpression}
	for _, op := range []Op{OpAdd, OpSub, OpMul, OpDiv, OpPow, OpExp, OpMin, OpMax} {
		f.names = append(f.names, string(op))
	}
	distributions.builtIn(f)
}

func copyExpression(d Distribution) (Distribution, error) {
	e := Expression{Op: d.(Expression).Op}
	for _, a := range d.(Expression).Args {
		e.Args = append(e.Args, CopyDistribution(a))
	}
	return e, nil
}

func encodeExpression(d Distribution) (string, any, error) {
	e := d.(Expression)
	args := make([]*tagged, len(e.Args))
	for i, a := range e.Args {
		var err error
		if args[i], err = encodeNested(a); err != nil {
			return "", nil, err
		}
	}
	return string(e.Op), args, nil
}

func decodeExpression(op string, params json.RawMessage, depth int) (Distribution, error) {
	var args []*tagged
	if err := json.Unmarshal(params, &args); err != nil {
		return nil, err
	}
	d := Expression{Op: Op(op), Args: make([]Distribution, len(args))}
	for i, a := range args {
		var err error
		if d.Args[i], err = decodeNested(a, depth+1); err != nil {
			return nil, err
		}
	}
	return d, nil
}
