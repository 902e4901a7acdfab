package plots

import (
	"errors"
	"reflect"
	"testing"

	"cortigo/sim/spikes"
)

// sampled has a sample at 1 and 2 ms of the neurons that it lists.
type sampled map[int32]float64

func (s sampled) Of(neuron int32, quantity string) (timesMS, values []float64, err error) {
	v, ok := s[neuron]
	if !ok || quantity != "V_m" {
		return nil, nil, errors.New("not recorded")
	}
	return []float64{1, 2}, []float64{v, v + 1}, nil
}

func TestTracesOf(t *testing.T) {
	times := []float64{1, 2}
	// Neuron 9 is recorded by the spike recorder alone.
	d := &spikes.Data{Resolution: 0.5, End: 20, Step: []int64{3, 5, 5, 12}, Neuron: []int32{4, 4, 9, 4}}
	for _, c := range []struct {
		name   string
		spikes *spikes.Data
		ids    []int32
		want   []Trace
	}{
		{"none", d, nil, []Trace{}},
		{"without spikes", nil, []int32{4}, []Trace{{Label: "neuron 4", TimesMS: times, Values: []float64{-70, -69}}}},
		{"with spikes, in the order asked for", d, []int32{7, 4}, []Trace{
			{"neuron 7", times, []float64{-60, -59}, []float64{}},
			{"neuron 4", times, []float64{-70, -69}, []float64{1.5, 2.5, 6}},
		}},
	} {
		got, err := TracesOf(sampled{4: -70, 7: -60}, "V_m", c.spikes, c.ids...)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct {
		id       int32
		quantity string
	}{{9, "V_m"}, {4, "I_syn_ex"}} {
		if got, err := TracesOf(sampled{4: -70}, c.quantity, d, c.id); err == nil {
			t.Errorf("%d, %s: %v, want an error", c.id, c.quantity, got)
		}
	}
}
