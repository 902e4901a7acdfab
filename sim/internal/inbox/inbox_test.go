package inbox

import (
	"slices"
	"testing"
)

// Input goes to the port of its sign, to the first where there is one, and to
// both signs where they are followed.
func TestAdd(t *testing.T) {
	for _, c := range []struct {
		onePort bool
		x       float64
		port    int
		sign    int
	}{{true, 4, 0, 0}, {true, -4, 0, 1}, {false, 4, 0, 0}, {false, -4, 1, 1}, {false, 0, 1, 1}} {
		in := Inbox{First: 1, Stride: 3, N: 2, OnePort: c.onePort}
		if in.Open(); (in.Ports[1] == nil) != c.onePort || in.Index(1) != 4 {
			t.Errorf("%+v: ports %v, element 1 is neuron %d", c, in.Ports, in.Index(1))
		}
		in.Add(1, c.x)
		if d := in.Direct(c.x); &d[0] != &in.Ports[c.port][0] {
			t.Errorf("%+v: goes directly to %v of %v", c, d, in.Ports)
		}
		in.FollowSigns()
		if in.Direct(c.x) != nil {
			t.Errorf("%+v: signs are followed, yet there is a direct way", c)
		}
		in.Open() // changes nothing
		in.Add(1, c.x)
		if in.Ports[c.port][1] != 2*c.x || in.Signs[c.sign][1] != c.x || in.Signs[1-c.sign][1] != 0 {
			t.Errorf("%+v: ports %v, signs %v", c, in.Ports, in.Signs)
		}
		in.Clear()
		for _, x := range slices.Concat(in.Ports[:], in.Signs[:]) {
			if slices.ContainsFunc(x, func(x float64) bool { return x != 0 }) {
				t.Errorf("%+v: %v left", c, x)
			}
		}
	}
}
