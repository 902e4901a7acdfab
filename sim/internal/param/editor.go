package param

import "reflect"

// An Editor changes a copy of a model. It is faster than With where many
// parameters or many nodes are set; for the parameters of each neuron in turn,
// Slots are faster still.
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

// Model returns the model as it is now; later changes do not reach it.
func (e *Editor) Model() any {
	if !e.v.IsValid() {
		return nil
	}
	return e.v.Interface()
}

// Pointer returns a pointer to the copy itself, a *T for a model of type T,
// which shows the changes of Set and Slots at once. It has T's methods, such as
// Validate. It is nil if the model is nil.
func (e *Editor) Pointer() any {
	if !e.v.IsValid() {
		return nil
	}
	return e.v.Addr().Interface()
}

// Slot returns the place of a parameter that is a number or a truth value. Other
// parameters, and unknown names, are errors.
func (e *Editor) Slot(name string) (Slot, error) {
	f, err := e.set.field(name)
	if err != nil {
		return Slot{}, err
	}
	s := Slot{model: e.set.model, name: name}
	at := e.v.FieldByIndex(f.path)
	switch f.kind {
	case Float:
		s.float = at.Addr().Interface().(*float64)
	case Int:
		s.int = at.Addr().Interface().(*int)
	case Bool:
		s.bool = at.Addr().Interface().(*bool)
	default:
		return Slot{}, wrong(e.set.model, name, at.Interface(), "one number")
	}
	return s, nil
}

// A Slot is where a model that is edited has one parameter: a number, or a truth
// value, which is 1 or 0 here.
type Slot struct {
	model, name string
	float       *float64
	int         *int
	bool        *bool
}

// Get returns the value.
func (s Slot) Get() float64 {
	switch {
	case s.float != nil:
		return *s.float
	case s.int != nil:
		return float64(*s.int)
	case *s.bool:
		return 1
	}
	return 0
}

// Set sets the value. A value that the parameter cannot hold is an error (a
// number that is not whole, or a truth value that is neither 0 nor 1) and
// leaves the old value.
func (s Slot) Set(x float64) error {
	if s.float != nil {
		*s.float = x
		return nil
	}
	return s.setWhole(x)
}

func (s Slot) setWhole(x float64) error {
	switch {
	case s.int != nil:
		n, ok := toInt(x)
		if !ok {
			return wrong(s.model, s.name, x, Int.String())
		}
		*s.int = int(n)
	case x == 0 || x == 1:
		*s.bool = x == 1
	default:
		return wrong(s.model, s.name, x, "0 or 1")
	}
	return nil
}

// Float returns a pointer to the value, nil if the parameter is not a float64.
func (s Slot) Float() *float64 { return s.float }
