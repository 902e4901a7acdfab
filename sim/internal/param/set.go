package param

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/suggest"
)

// A Set is the parameters of one type of model. It may be used by several
// goroutines at a time.
type Set struct {
	typ     reflect.Type
	model   string // as messages name it
	fields  []field
	names   []string
	index   map[string]int
	members map[string]int // by their name in JSON
	err     error          // what is wrong with the tags
}

type field struct {
	name string
	path []int // for reflect.Value.FieldByIndex
	kind Kind
	goes []string // the field's other names: Go's and JSON's

	inJSON   string        // its name there, "": it is not
	optional bool          // left out of JSON where it has its default
	value    reflect.Value // the default
	unit     string
	help     string
	allowed  string  // for people
	rule     rule    // for Check
	zero     string  // what 0 stands for
	infinity float64 // zero, if that is infinite; else 0
}

var sets sync.Map // of *Set by reflect.Type

// Of returns the parameters of model's type. A model that is no struct, as a
// pointer to one, has none.
func Of(model any) *Set {
	t := reflect.TypeOf(model)
	if s, ok := sets.Load(t); ok {
		return s.(*Set)
	}
	s := &Set{typ: t, model: modelName(model), index: map[string]int{}, members: map[string]int{}}
	if t != nil && t.Kind() == reflect.Struct {
		s.add(t, nil)
	} else {
		s.err = fmt.Errorf("%s: must be a struct", s.model)
	}
	got, _ := sets.LoadOrStore(t, s)
	return got.(*Set)
}

// ErrUnregistered is wrapped by errors about a name that this program does not know
// since nobody has registered what it stands for.
var ErrUnregistered = errors.New("not registered in this program")

// Unregistered returns the error of a name in a file: of what there is none, which
// register would make known.
func Unregistered(what, name, register string) error {
	return fmt.Errorf("unknown %s %s, %w: if it is one of your own, register it before opening (%s)", what, brief.Quote(name), ErrUnregistered, register)
}

// CheckName reports a name that files, messages and tables cannot show as it is.
func CheckName(name string) error {
	plain := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.", r) }
	if name == "" || len(name) > 100 || strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return fmt.Errorf("the name is %s, must be of 1 to 100 letters, digits, dots, _ and -", brief.Quote(name))
	}
	return nil
}

func modelName(model any) string {
	t := reflect.TypeOf(model)
	if t == nil || t.Kind() != reflect.Struct {
		return fmt.Sprintf("model of type %T", model)
	}
	if m, ok := reflect.Zero(t).Interface().(interface{ ModelName() string }); ok {
		return m.ModelName()
	}
	return t.String()
}

// add appends the fields of t, which lies at path within the model.
func (s *Set) add(t reflect.Type, path []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(slices.Clone(path), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			s.add(f.Type, at)
			continue
		}
		name, also := names(f)
		kind, ok := kinds[f.Type]
		if !f.IsExported() || name == "-" {
			continue
		}
		if _, twice := s.index[name]; twice || !ok {
			why := fmt.Sprintf("a %v can be no parameter; if it is to be none, give it the tag json:\"-\"", f.Type)
			if twice {
				why = fmt.Sprintf("there is a parameter %s already", name)
			}
			s.err = errors.Join(s.err, fmt.Errorf("%s: field %s: %s", s.model, f.Name, why))
			continue
		}
		one := field{name: name, path: at, kind: kind, goes: also, inJSON: name}
		if inJSON := also[1]; inJSON == "-" {
			one.inJSON = ""
		} else if inJSON != "" {
			one.inJSON = inJSON
		}
		if err := one.read(f); err != nil {
			s.err = errors.Join(s.err, fmt.Errorf("%s: %w", s.model, err))
		}
		s.index[name] = len(s.fields)
		if one.inJSON != "" {
			s.members[one.inJSON] = len(s.fields)
		}
		s.names = append(s.names, name)
		s.fields = append(s.fields, one)
	}
}

// names returns a parameter's name and other names that somebody might use for it.
func names(f reflect.StructField) (name string, also []string) {
	inJSON, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Tag.Get("nest") != "":
		name = f.Tag.Get("nest")
	case inJSON != "":
		name = inJSON
	default:
		name = strings.ToLower(f.Name)
	}
	return name, []string{f.Name, inJSON}
}

// Model returns NEST's name of the model.
func (s *Set) Model() string { return s.model }

// Names returns the parameters in the order of their fields.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Kind returns what the parameter holds, 0 for a name that is none.
func (s *Set) Kind(name string) Kind {
	if i, ok := s.index[name]; ok {
		return s.fields[i].kind
	}
	return 0
}

// Field returns the Go name of the parameter's field, "" for a name that is
// none.
func (s *Set) Field(name string) string {
	if i, ok := s.index[name]; ok {
		return s.typ.FieldByIndex(s.fields[i].path).Name
	}
	return ""
}

// Get returns the parameter: a float64, int, bool, string, a slice of these (a
// copy), or a connect.Distribution.
func (s *Set) Get(model any, name string) (any, error) {
	f, v, err := s.find(model, name)
	if err != nil {
		return nil, err
	}
	v = v.FieldByIndex(f.path)
	return ownSlice(v).Interface(), nil
}

// Float returns a parameter that is one number, true being 1 and false 0. A
// distribution must be constant; nil, which stands for NEST's default, is 1.
func (s *Set) Float(model any, name string) (float64, error) {
	f, v, err := s.find(model, name)
	if err != nil {
		return 0, err
	}
	v = v.FieldByIndex(f.path)
	switch f.kind {
	case Float:
		return v.Float(), nil
	case Int:
		return float64(v.Int()), nil
	case Bool:
		if v.Bool() {
			return 1, nil
		}
		return 0, nil
	case Distribution:
		if v.IsNil() {
			return 1, nil
		}
		if x, ok := distributions.number(v.Interface()); ok {
			return x, nil
		}
	}
	return 0, fmt.Errorf("%s: %s is %s, must be one number", s.model, name, show(v.Interface()))
}

// With returns a copy of model, of the same type, with the parameter set to
// value. Numbers of any type will do for float64, and for int if they are whole;
// truth values only for bool; slices of these, which are copied, for slices, an
// empty one being nil. Whether the model makes sense is not checked: its
// Validate does, when all is set.
func (s *Set) With(model any, name string, value any) (any, error) {
	e, err := s.Edit(model)
	if err != nil {
		return nil, err
	}
	if err := e.Set(name, value); err != nil {
		return nil, err
	}
	return e.Model(), nil
}

// Clone returns a copy of model that shares no slice with it. It reports a model
// of another type than the Set's.
func (s *Set) Clone(model any) (any, error) {
	e, err := s.Edit(model)
	if err != nil {
		return nil, err
	}
	for _, f := range s.fields {
		v := e.v.FieldByIndex(f.path)
		v.Set(ownSlice(v))
	}
	return e.Model(), nil
}

func (s *Set) find(model any, name string) (*field, reflect.Value, error) {
	if err := s.fits(model); err != nil {
		return nil, reflect.Value{}, err
	}
	f, err := s.field(name)
	return f, reflect.ValueOf(model), err
}

func (s *Set) fits(model any) error {
	if reflect.TypeOf(model) != s.typ {
		return fmt.Errorf("%s: the model is of type %T, must be %v", s.model, model, s.typ)
	}
	return nil
}

func (s *Set) field(name string) (*field, error) {
	if i, ok := s.index[name]; ok {
		return &s.fields[i], nil
	}
	return nil, s.Unknown(name)
}

// Unknown returns the error for an unknown parameter: it names the one that was
// probably meant, else all.
func (s *Set) Unknown(name string) error {
	if len(s.fields) == 0 {
		return fmt.Errorf("%s: no parameter %s, it has none", s.model, brief.Quote(name))
	}
	candidates, of := slices.Clone(s.names), make([]int, len(s.names))
	for i := range s.fields {
		of[i] = i
	}
	for i, f := range s.fields {
		for _, n := range f.goes {
			candidates, of = append(candidates, n), append(of, i)
		}
	}
	if i := suggest.Nearest(name, candidates); i >= 0 {
		return fmt.Errorf("%s: no parameter %s, did you mean %s?", s.model, brief.Quote(name), s.names[of[i]])
	}
	return fmt.Errorf("%s: no parameter %s, must be one of %s", s.model, brief.Quote(name), strings.Join(s.names, ", "))
}

// Element returns x[k], or the one value that stands for all: what is given of all
// of some things, or of each.
func Element[T any](x []T, k int) T {
	if len(x) == 1 {
		return x[0]
	}
	return x[k]
}
