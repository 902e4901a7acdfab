package device

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestSpikeRecorder(t *testing.T) {
	if name := (SpikeRecorder{}).ModelName(); name != "spike_recorder" {
		t.Error(name)
	}
	for _, c := range []struct {
		r    SpikeRecorder
		want string
	}{
		{SpikeRecorder{}, ""},
		{SpikeRecorder{Active{Start: 1, Stop: 2, Origin: -1}}, ""},
		{SpikeRecorder{Active{Start: 2, Stop: 1}}, "spike_recorder: stop 1 ms is before start 2 ms"},
		{SpikeRecorder{Active{Origin: math.NaN()}}, "spike_recorder: origin is NaN ms"},
	} {
		if err := c.r.Validate(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.r, err, c.want)
		}
	}
	if b, err := json.Marshal(SpikeRecorder{Active{Start: 1}}); err != nil || string(b) != `{"start":1}` {
		t.Errorf("%s, %v", b, err)
	}
}

// An interval of 1 ms, and V_m for the voltmeter, are NEST 3.10's defaults.
func TestMeterDefaults(t *testing.T) {
	for want, m := range map[string]Multimeter{
		`{"interval":1}`:                      DefaultMultimeter(),
		`{"interval":1,"quantities":["V_m"]}`: DefaultVoltmeter(),
	} {
		if b, err := json.Marshal(m); err != nil || string(b) != want || m.Validate() != nil {
			t.Errorf("%s, %v, want %s", b, err, want)
		}
	}
}
