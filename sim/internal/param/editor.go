package param

import "reflect"

// An Editor changes a copy of a model, which is faster than With when many
// parameters or many nodes are set.
type Editor struct {
	set *Set
	v   reflect.Value // addressable
}

// Edit returns an Editor of a copy of model. It reports a model of another type
// than the Set's.
func (s *Set) Edit(model any) (*Editor, error) {
	if err := s.fits(model); err != nil {
		return nil, err
	}
	e := &Editor{set: s}
	if s.typ != nil {
		e.v = reflect.New(s.typ).Elem()
		e.v.Set(reflect.ValueOf(model))
	}
	return e, nil
}

// Set sets a parameter as With does; after an error the copy is as it was.
func (e *Editor) Set(name string, value any) error {
	f, err := e.set.field(name)
	if err != nil {
		return err
	}
	return assign(e.v.FieldByIndex(f.path), f.kind, value, e.set.model, name)
}

// SetFloat is Set for one number, which for truth values must be 0 or 1.
func (e *Editor) SetFloat(name string, x float64) error {
	f, err := e.set.field(name)
	if err != nil {
		return err
	}
	v := e.v.FieldByIndex(f.path)
	switch {
	case f.kind == Float:
		v.SetFloat(x)
		return nil
	case f.kind == Bool && (x == 0 || x == 1):
		v.SetBool(x == 1)
		return nil
	case f.kind == Bool:
		return wrong(e.set.model, name, x, "0 or 1")
	}
	return assign(v, f.kind, x, e.set.model, name)
}

// Model returns the model as it is now; later changes do not reach it.
func (e *Editor) Model() any {
	if !e.v.IsValid() {
		return nil
	}
	return e.v.Interface()
}
