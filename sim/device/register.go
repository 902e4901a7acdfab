package device

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"cortigo/sim/internal/brief"
)

// registered has the types of devices by their names.
var registered = struct {
	sync.RWMutex
	byName map[string]reflect.Type
}{byName: map[string]reflect.Type{}}

func init() {
	for _, d := range []Device{DC{}, InhomogeneousPoisson{}, Noise{}, Poisson{}, SpikeGenerator{}, StepCurrent{}} {
		if err := Register(d); err != nil {
			panic(err) // one of ours, the first time that anything runs
		}
	}
}

// Register makes a type of device known by its ModelName, so that networks can
// have it and be saved and opened with it: a struct that is an Emitter, a
// CurrentSource or an OwnCurrentSource. Its parameters are its fields, by the name
// of their json tag; what is in other fields is lost when a network is saved. A
// program that opens a network must have registered the types of its devices. The
// same type may be registered again. It is an error if another type has the
// name, or if the type is none that can be used.
func Register(d Device) error {
	t := reflect.TypeOf(d)
	if t == nil || t.Kind() != reflect.Struct {
		return fmt.Errorf("device: Register: device of type %T, must be a struct", d)
	}
	name := d.ModelName()
	switch name {
	case "":
		return fmt.Errorf("device: Register: %T has no ModelName", d)
	case SpikeRecorder{}.ModelName(), Multimeter{}.ModelName():
		return fmt.Errorf("device: Register: %T is called %s, which is a recorder", d, name)
	}
	kinds := 0
	for _, is := range []bool{is[Emitter](d), is[CurrentSource](d), is[OwnCurrentSource](d)} {
		if is {
			kinds++
		}
	}
	if kinds != 1 {
		return fmt.Errorf("device: Register: %T must have the methods of one of Emitter, CurrentSource and OwnCurrentSource, has those of %d", d, kinds)
	}
	registered.Lock()
	defer registered.Unlock()
	if of, ok := registered.byName[name]; ok && of != t {
		return fmt.Errorf("device: Register: %s is called %s, as is %s", t, brief.Quote(name), of)
	}
	registered.byName[name] = t
	return nil
}

func is[T any](d Device) bool {
	_, ok := d.(T)
	return ok
}

// Check reports a device whose type is not registered, or the pointer to one.
func Check(d Device) error {
	t := reflect.TypeOf(d)
	if t == nil || t.Kind() != reflect.Struct {
		return fmt.Errorf("device of type %T, must be a struct of package device or one that was registered (not a pointer to one)", d)
	}
	registered.RLock()
	defer registered.RUnlock()
	switch of := registered.byName[d.ModelName()]; of {
	case t:
		return nil
	case nil:
		return fmt.Errorf("device of type %s (%s) is not registered: call device.Register(%s{}) first", t, d.ModelName(), t)
	default:
		return fmt.Errorf("device of type %s is called %s, as is the registered %s: one of them needs another ModelName", t, brief.Quote(d.ModelName()), of)
	}
}

// Decode returns the device of a name from its parameters in JSON.
func Decode(name string, params []byte) (Device, error) {
	registered.RLock()
	t := registered.byName[name]
	registered.RUnlock()
	if t == nil {
		return nil, fmt.Errorf("unknown device %s: if it is of your own, call device.Register before you open the network", brief.Quote(name))
	}
	v := reflect.New(t)
	d := json.NewDecoder(bytes.NewReader(params))
	d.DisallowUnknownFields()
	if err := d.Decode(v.Interface()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return v.Elem().Interface().(Device), nil
}

// Registered returns the names of all devices, in alphabetical order.
func Registered() []string {
	registered.RLock()
	defer registered.RUnlock()
	var names []string
	for name := range registered.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
