package connect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
)

// A form says how values of one type of rule or distribution are written and
// read.
type form[T any] struct {
	typ    reflect.Type
	names  []string // that encode gives; one but for an Expression
	own    bool     // registered by a user
	encode func(v T) (name string, params any, err error)
	decode func(name string, params json.RawMessage, depth int) (T, error)
	copy   func(v T) (T, error) // with arrays of its own; nil: it has none
}

// A registry has the forms of all types that are known.
type registry[T any] struct {
	what     string // rule or distribution
	register string // the function that registers one

	mu     sync.RWMutex
	byName map[string]*form[T]
	byType map[reflect.Type]*form[T]
}

var (
	distributions = newRegistry[Distribution]("distribution", "RegisterDistribution")
	rules         = newRegistry[Rule]("rule", "RegisterRule")
)

func newRegistry[T any](what, register string) *registry[T] {
	return &registry[T]{what: what, register: register, byName: map[string]*form[T]{}, byType: map[reflect.Type]*form[T]{}}
}

func typeOf[V any]() reflect.Type { return reflect.TypeFor[V]() }

// plain is the form of a type V whose JSON is all of it.
func plain[T, V any](name string) *form[T] {
	return &form[T]{
		typ:    typeOf[V](),
		names:  []string{name},
		encode: func(v T) (string, any, error) { return name, v, nil },
		decode: func(_ string, params json.RawMessage, _ int) (T, error) {
			var v V
			if err := strictly(params, &v); err != nil {
				var none T
				return none, err
			}
			return any(v).(T), nil
		},
	}
}

// strictly reads JSON without fields that v does not have.
func strictly(params json.RawMessage, v any) error {
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// add registers a form; one of the same type and name is replaced by itself.
func (r *registry[T]) add(f *form[T]) error {
	name := f.names[0]
	if k := f.typ.Kind(); k == reflect.Pointer || k == reflect.Interface {
		return fmt.Errorf("connect: %s: type %v, must be a struct or another type of values (not a pointer)", r.register, f.typ)
	}
	if err := param.CheckName(name); err != nil {
		return fmt.Errorf("connect: %s: %v: %w", r.register, f.typ, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if before := r.byType[f.typ]; before != nil && !slices.Equal(before.names, f.names) {
		return fmt.Errorf("connect: %s: %v is registered as %s already", r.register, f.typ, brief.Quote(before.names[0]))
	}
	for _, name := range f.names {
		if before := r.byName[name]; before != nil && before.typ != f.typ {
			return fmt.Errorf("connect: %s: %s is the name of %v, must be another", r.register, brief.Quote(name), before.typ)
		}
	}
	for _, name := range f.names {
		r.byName[name] = f
	}
	r.byType[f.typ] = f
	return nil
}

// builtIn registers a type of this package, whose name no other has.
func (r *registry[T]) builtIn(f *form[T]) {
	if err := r.add(f); err != nil {
		panic(err) // before a program begins, for whoever changes this package
	}
}

// of returns the form of a value, which must not be nil.
func (r *registry[T]) of(v T) (*form[T], error) {
	t := reflect.TypeOf(v)
	r.mu.RLock()
	defer r.mu.RUnlock()
	if f := r.byType[t]; f != nil {
		return f, nil
	}
	if t.Kind() == reflect.Pointer {
		return nil, fmt.Errorf("%s of type %v, must be a value (not a pointer to one)", r.what, t)
	}
	return nil, fmt.Errorf("%s of type %v is not registered: call connect.%s[%v](\"a name for files\") first", r.what, t, r.register, t)
}

// write returns the name and the JSON of a value.
func (r *registry[T]) write(v T) (string, json.RawMessage, error) {
	if any(v) == nil {
		return "", nil, fmt.Errorf("connect: no %s", r.what)
	}
	f, err := r.of(v)
	if err != nil {
		return "", nil, err
	}
	name, params, err := f.encode(v)
	if err != nil {
		return "", nil, err
	}
	b, err := json.Marshal(params)
	if err != nil {
		return "", nil, fmt.Errorf("connect: %T cannot be written: %w", v, err)
	}
	return name, b, nil
}

// read returns the value of that name and JSON.
func (r *registry[T]) read(name string, params json.RawMessage, depth int) (T, error) {
	r.mu.RLock()
	f := r.byName[name]
	r.mu.RUnlock()
	var none T
	if f == nil {
		return none, param.Unregistered(r.what, name, "connect."+r.register)
	}
	v, err := f.decode(name, params, depth)
	if err != nil {
		return none, fmt.Errorf("%s: %w", name, err)
	}
	return v, nil
}

// checkForm reports a value of a user's own type that files would not give back
// unchanged.
func (f *form[T]) checkForm(v T) error {
	if !f.own {
		return nil
	}
	_, err := f.backOf(v)
	return err
}

// copyOf returns v with arrays of its own; errors in v are reported elsewhere.
func (r *registry[T]) copyOf(v T) T {
	if any(v) == nil {
		return v
	}
	if f, err := r.of(v); err == nil && f.copy != nil {
		if c, err := f.copy(v); err == nil {
			return c
		}
	}
	return v
}

// backOf returns a value after writing and reading it, if nothing is lost.
func (f *form[T]) backOf(v T) (T, error) {
	name, params, err := f.encode(v)
	var b []byte
	if err == nil {
		b, err = json.Marshal(params)
	}
	var back T
	if err == nil {
		back, err = f.decode(name, b, 0)
	}
	if err != nil {
		return back, fmt.Errorf("%v cannot be written to files and read again: %w", f.typ, err)
	}
	if !reflect.DeepEqual(v, back) {
		return back, fmt.Errorf("%v is lost in files: %s of it is read as %s; export its fields, or give it MarshalJSON and UnmarshalJSON",
			f.typ, brief.String(fmt.Sprintf("%+v", v)), brief.String(fmt.Sprintf("%+v", back)))
	}
	return back, nil
}

// RegisterDistribution makes a type of your own known to this program, by its name
// in files. Call it before a network that uses the type is connected or opened.
// The JSON of the type is its form on disk, so its fields must be exported, or it
// needs MarshalJSON and UnmarshalJSON. It is an error if another type has the
// name; the same type may be registered again.
func RegisterDistribution[T Distribution](name string) error {
	f := plain[Distribution, T](name)
	f.own = true
	f.copy = f.backOf
	return distributions.add(f)
}

// EncodeDistribution returns the name of a distribution's type and its parameters
// as JSON, for DecodeDistribution.
func EncodeDistribution(d Distribution) (name string, params json.RawMessage, err error) {
	return distributions.write(d)
}

// DecodeDistribution returns the distribution for a name and parameters of
// EncodeDistribution. It does not validate it.
func DecodeDistribution(name string, params json.RawMessage) (Distribution, error) {
	return distributions.read(name, params, 0)
}

// CopyDistribution returns d with arrays of its own, as far as it has any.
func CopyDistribution(d Distribution) Distribution { return distributions.copyOf(d) }

// RegisterRule is RegisterDistribution for rules.
func RegisterRule[T Rule](name string) error {
	f := plain[Rule, T](name)
	f.own = true
	f.copy = f.backOf
	return rules.add(f)
}

// EncodeRule returns the name of a rule's type and its parameters as JSON, for
// DecodeRule.
func EncodeRule(r Rule) (name string, params json.RawMessage, err error) { return rules.write(r) }

// DecodeRule returns the rule for a name and parameters of EncodeRule. It does not
// validate it.
func DecodeRule(name string, params json.RawMessage) (Rule, error) {
	return rules.read(name, params, 0)
}

// CopyRule returns r with arrays of its own, as far as it has any.
func CopyRule(r Rule) Rule { return rules.copyOf(r) }

// A tagged value is a distribution within another on disk.
type tagged struct {
	Type   string          `json:"type"`
	Params json.RawMessage `json:"params,omitempty"`
}

func encodeNested(d Distribution) (*tagged, error) {
	if d == nil {
		return nil, nil
	}
	name, params, err := distributions.write(d)
	return &tagged{name, params}, err
}

// maxNesting bounds how deep distributions on disk may be nested.
const maxNesting = 100

func decodeNested(t *tagged, depth int) (Distribution, error) {
	if t == nil {
		return nil, nil
	}
	if depth > maxNesting {
		return nil, fmt.Errorf("a distribution of more than %d others within another", maxNesting)
	}
	return distributions.read(t.Type, t.Params, depth)
}
