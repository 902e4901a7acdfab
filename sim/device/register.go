package device

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
)

// registered has the types of devices by their names.
var registered = struct {
	sync.RWMutex
	byName map[string]reflect.Type
}{byName: map[string]reflect.Type{}}

func init() {
	for _, d := range []Device{DC{}, InhomogeneousPoisson{}, Noise{}, Poisson{}, SpikeGenerator{}, StepCurrent{}} {
		if err := Register(d); err != nil {
			panic(err) // of this package: the first program run would show it
		}
	}
}

// Register makes a type of device known by its ModelName, so that networks can
// have it and be saved and opened with it. It must be a struct that is an Emitter,
// a CurrentSource or an OwnCurrentSource. Its parameters are its exported fields,
// with the tags that package neuron's documentation explains; those of an embedded
// Active are among them. A program must register the types of a network's devices
// before it opens the network. The same type may be registered again. It is an
// error if another type has the name, or if the type does not fulfil this.
func Register(d Device) error {
	t := reflect.TypeOf(d)
	if t == nil || t.Kind() != reflect.Struct {
		return fmt.Errorf("device: Register: device of type %T, must be a struct", d)
	}
	name := d.ModelName()
	if err := param.CheckName(name); err != nil {
		return fmt.Errorf("device: Register: %T: %w", d, err)
	}
	switch name {
	case SpikeRecorder{}.ModelName(), Multimeter{}.ModelName():
		return fmt.Errorf("device: Register: %T is called %s, which is a recorder", d, name)
	}
	if _, err := param.Marshal(d); err != nil {
		return fmt.Errorf("device: Register: %T: %w", d, err)
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

// Encode returns the name of a device and its parameters as JSON, for Decode.
func Encode(d Device) (name string, params json.RawMessage, err error) {
	if err := Check(d); err != nil {
		return "", nil, err
	}
	params, err = param.Marshal(d)
	return d.ModelName(), params, err
}

// Decode returns the device for a name and parameters of Encode. It does not
// validate it.
func Decode(name string, params json.RawMessage) (Device, error) {
	registered.RLock()
	t := registered.byName[name]
	registered.RUnlock()
	if t == nil {
		return nil, param.Unregistered("device", name, "device.Register")
	}
	set := param.Of(reflect.Zero(t).Interface())
	if len(params) == 0 {
		params = json.RawMessage("{}")
	}
	d, err := set.Unmarshal(params, set.Defaults())
	if err != nil {
		return nil, err
	}
	return d.(Device), nil
}

// Registered returns a generator of each type that is registered, with its
// defaults, in order of their names.
func Registered() []Device {
	registered.RLock()
	defer registered.RUnlock()
	var all []Device
	for _, name := range slices.Sorted(maps.Keys(registered.byName)) {
		all = append(all, param.Of(reflect.Zero(registered.byName[name]).Interface()).Defaults().(Device))
	}
	return all
}
