package sim_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// here returns the line that calls it.
func here() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

// A call that is refused, and whose error nobody looks at, keeps the network from
// running until Err has told.
func TestRefusedCalls(t *testing.T) {
	ctx := context.Background()
	one := neuron.DefaultIafPscExp()
	for _, c := range []struct {
		call string
		do   func(net *sim.Network, a *sim.Nodes) int
		want string
	}{
		{"Create", func(net *sim.Network, a *sim.Nodes) int { net.Create("a", 1, one); return here() }, `"a" already`},
		{"Create", func(net *sim.Network, a *sim.Nodes) int {
			b := net.Create("b", 0, one)
			at := here() - 1
			b.Set(sim.Params{"I_e": 1})
			net.Connect(b, a)
			return at
		}, "0 nodes"},
		{"Connect", func(net *sim.Network, a *sim.Nodes) int {
			net.Connect(a, a.Slice(0, 9))
			return here() - 1
		}, "slice [0, 9)"},
		{"Connect", func(net *sim.Network, a *sim.Nodes) int {
			b, _ := net.Nodes("bb")
			net.Connect(a, b)
			return here() - 1
		}, `no nodes are called "bb"`},
		{"CopyModel", func(net *sim.Network, a *sim.Nodes) int { net.CopyModel("", connect.Synapse{}); return here() }, "must be a new one"},
		{"Set", func(net *sim.Network, a *sim.Nodes) int { a.Set(sim.Params{"tau": 1}); return here() }, `no parameter "tau"`},
		{"Set", func(net *sim.Network, a *sim.Nodes) int { a.At(7).Set(sim.Params{"I_e": 1}); return here() }, "node 7 of a"},
		{"Set", func(net *sim.Network, a *sim.Nodes) int { sim.Set(sim.Join(a, a), one); return here() }, "there twice"},
		{"Set", func(net *sim.Network, a *sim.Nodes) int { sim.Set(a, one, one, one); return here() }, "3 parameter structs"},
		{"SetEach", func(net *sim.Network, a *sim.Nodes) int { a.SetEach(nil); return here() }, "1 sets"},
		{"SetWeights", func(net *sim.Network, a *sim.Nodes) int {
			net.SetWeights([]sim.Connection{{}}, 1.0)
			return here() - 1
		}, "not returned by Connections"},
		{"SetDelays", func(net *sim.Network, a *sim.Nodes) int {
			net.SetDelays([]sim.Connection{{}}, 1.0)
			return here() - 1
		}, "not returned by Connections"},
		{"Record", func(net *sim.Network, a *sim.Nodes) int { net.Record(nil); return here() }, "Record with a <nil>"},
		{"Record", func(net *sim.Network, a *sim.Nodes) int {
			net.Record(device.Multimeter{Interval: -1}).WriteSamplesTo(nil)
			return here() - 1
		}, "interval is -1"},
		{"WriteSpikesTo", func(net *sim.Network, a *sim.Nodes) int { a.WriteSpikesTo(nil); return here() }, "one spike_recorder"},
		{"WriteSamplesTo", func(net *sim.Network, a *sim.Nodes) int { a.WriteSamplesTo(nil); return here() }, "one multimeter"},
		{"Clear", func(net *sim.Network, a *sim.Nodes) int { a.Clear(); return here() }, "must be of recorders"},
	} {
		t.Run(c.call, func(t *testing.T) {
			for _, built := range []bool{false, true} {
				net := mustNew(t)
				a := nodes(t, net, "a", 2, one)
				if built {
					simulate(t, net, 1)
				}
				line := c.do(net, a)
				net.CopyModel(sim.StaticSynapse, connect.Synapse{}) // only the first is remembered
				_, file, _, _ := runtime.Caller(0)
				place := fmt.Sprintf("%s at %s:%d: ", c.call, file, line) // in full, or the kernel of a notebook does not know it
				for range 2 {
					wantError(t, net.Simulate(ctx, 1), place, c.want, "Network.Err")
					wantError(t, net.Build(ctx), place, c.want)
				}
				err := net.Err()
				wantError(t, err, place, c.want)
				var refused *sim.CallError
				if !errors.As(err, &refused) || refused.Call != c.call || refused.Line != line || filepath.Base(refused.File) != "call_test.go" {
					t.Errorf("refused call: %#v, want %s in line %d", refused, c.call, line)
				}
				must(t, net.Err()) // it was told
				simulate(t, net, 1)
			}
		})
	}
}

// Questions, and calls that fail to save or to simulate, leave nothing behind; an
// error that was handled does.
func TestCallsNotRemembered(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, nodesErr := net.Nodes("b")
	_, getErr := a.Get("x")
	_, spikesErr := a.Spikes()
	_, connectionsErr := net.Connections(sim.ConnectionQuery{Model: "x"})
	for i, err := range []error{nodesErr, getErr, spikesErr, connectionsErr, a.At(9).Err(), net.SaveState(t.TempDir()), net.Save(""),
		net.Simulate(t.Context(), 0.05), net.Simulate(canceled, 500), net.EachConnection(sim.ConnectionQuery{}, nil)} {
		if err == nil {
			t.Errorf("call %d: no error", i)
		}
	}
	must(t, net.Err())
	simulate(t, net, 1)
	net.CopyModel("", connect.Synapse{})
	wantError(t, net.Simulate(t.Context(), 1), "CopyModel")
	must(t, net.Save(t.TempDir())) // what there is
	forgive(t, net)
	simulate(t, net, 1)
}

// While one call is at work others are refused, whoever makes them, and the
// spikes are those of the one.
func TestBusy(t *testing.T) {
	type made struct {
		net  *sim.Network
		a    *sim.Nodes
		rec  *sim.Nodes
		inCb func()
	}
	build := func() *made {
		m := &made{inCb: func() {}}
		m.net = mustNew(t, sim.Threads(2), sim.Progress(func(_, _ float64) { m.inCb() }))
		m.a = nodes(t, m.net, "a", 200, neuron.DefaultIafPscExp(), sim.Params{"I_e": connect.Uniform{Min: 300, Max: 500}})
		m.net.Connect(m.a, m.a, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Constant(20)})
		m.rec = recorderOf(t, m.net, m.a)
		return m
	}
	plain := build()
	simulate(t, plain.net, 300)
	want := spikesOf(t, plain.rec)

	m := build()
	must(t, m.net.Build(t.Context()))
	others := func() []error {
		n, a, rec := m.net, m.a, m.rec
		_, getErr := a.Get("V_m")
		_, getsErr := sim.Get[neuron.IafPscExp](a)
		_, spikesErr := rec.Spikes()
		_, samplesErr := rec.Samples()
		_, connectionsErr := n.Connections(sim.ConnectionQuery{})
		_, inErr := n.InDegrees(nil, a)
		_, outErr := n.OutDegrees(a, nil)
		_, startErr := n.StartSave(t.TempDir())
		errs := []error{getErr, getsErr, spikesErr, samplesErr, connectionsErr, inErr, outErr, startErr,
			n.Simulate(t.Context(), 10), n.Build(t.Context()), n.Save(t.TempDir()), n.SaveState(t.TempDir()),
			n.EachConnection(sim.ConnectionQuery{}, func(sim.Connection) bool { return true })}
		for _, call := range []func(){
			n.Reset, func() { n.Connect(a, a) }, func() { n.CopyModel("m", connect.Synapse{}) }, func() { a.Set(sim.Params{"I_e": 0}) }, func() { a.SetEach(nil) },
			func() { sim.Set(a, neuron.DefaultIafPscExp()) }, rec.Clear, rec.WriteToMemory, func() { rec.WriteSpikesTo(nil) }, func() { rec.WriteSamplesTo(nil) },
			func() { n.Record(device.SpikeRecorder{}) }, func() { n.SetWeights(nil, 1) }, func() { n.SetDelays(nil, 1) },
		} {
			call()
			errs = append(errs, n.Err())
		}
		return append(errs, n.Create("x", 1, neuron.Parrot{}).Err())
	}
	var tried sync.WaitGroup
	first := true
	m.inCb = func() {
		check := func() {
			for i, err := range others() {
				if !errors.Is(err, sim.ErrBusy) {
					t.Errorf("call %d: error %v, want ErrBusy", i, err)
				}
			}
			if m.net.Step() != 0 || m.net.TimeMS() != 0 || m.net.Stats().Spikes != 0 || m.net.SynapseCount() != 4000 {
				t.Errorf("step %d, %g ms, %d spikes, %d synapses, want those before Simulate", m.net.Step(), m.net.TimeMS(), m.net.Stats().Spikes, m.net.SynapseCount())
			}
		}
		if first {
			first = false
			check()
			tried.Go(check)
			tried.Wait()
		}
	}
	simulate(t, m.net, 300)
	got := spikesOf(t, m.rec)
	equal(t, "the spikes", fmt.Sprint(got.Step, got.Neuron), fmt.Sprint(want.Step, want.Neuron))
	wantError(t, m.net.Simulate(t.Context(), 1), "Create at ", "sim/call_test.go", "Create was called while Simulate is at work")
	forgive(t, m.net)
	simulate(t, m.net, 1)

	// Who looks may look further, and change nothing.
	must(t, m.net.EachConnection(sim.ConnectionQuery{}, func(sim.Connection) bool {
		_, err := m.a.Get("I_e")
		must(t, err)
		m.a.Set(sim.Params{"I_e": 0})
		wantError(t, m.a.Network().Err(), "Set was called while EachConnection is at work")
		return false
	}))
	// A function of the caller's that panics leaves the network free.
	func() {
		defer func() { _ = recover() }()
		_ = m.net.EachConnection(sim.ConnectionQuery{}, func(sim.Connection) bool { panic("on purpose") })
	}()
	simulate(t, m.net, 1)
}

// Two programs that take turns without knowing of each other get either the whole
// of a call or ErrBusy.
func TestSimulateInTwoGoroutines(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 50, neuron.DefaultIafPscExp(), sim.Params{"I_e": 400.0})
	rec := recorderOf(t, net, a)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range 2 {
		wg.Go(func() {
			for range 50 {
				err := net.Simulate(context.Background(), 5)
				net.Step()
				net.Stats()
				if err == nil {
					mu.Lock()
					done++
					mu.Unlock()
				} else if !errors.Is(err, sim.ErrBusy) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	equal(t, "step", net.Step(), int64(done*50))
	got := spikesOf(t, rec)

	again := mustNew(t)
	b := nodes(t, again, "a", 50, neuron.DefaultIafPscExp(), sim.Params{"I_e": 400.0})
	r := recorderOf(t, again, b)
	simulate(t, again, float64(done*5))
	equal(t, "the spikes", fmt.Sprint(got.Step), fmt.Sprint(spikesOf(t, r).Step))
}

// No method of a network or of nodes that are not there panics, whatever it is
// given: those that can return an error do.
func TestNil(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
	var noNetwork *sim.Network
	var noNodes *sim.Nodes
	empty := noNetwork.Create("a", 1, neuron.Parrot{})
	for _, x := range []struct {
		name    string
		value   any
		missing bool
	}{
		{"nil network", noNetwork, true}, {"zero network", &sim.Network{}, true}, {"network", net, false},
		{"nil nodes", noNodes, true}, {"zero nodes", &sim.Nodes{}, true}, {"nodes of a nil network", empty, true}, {"nodes", a, false},
		{"nil info", (*sim.Info)(nil), true},
	} {
		v := reflect.ValueOf(x.value)
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			t.Run(x.name+" "+name, func(t *testing.T) {
				m := v.Method(i)
				var args []reflect.Value
				for k := range m.Type().NumIn() {
					if !m.Type().IsVariadic() || k < m.Type().NumIn()-1 {
						args = append(args, reflect.Zero(m.Type().In(k)))
					}
				}
				out := m.Call(args)
				if name == "All" {
					return
				}
				if n := len(out); x.missing && n > 0 && out[n-1].Type() == reflect.TypeFor[error]() && out[n-1].IsNil() {
					t.Error("no error")
				}
			})
		}
	}
	for range noNodes.All() {
		t.Error("there are nodes")
	}
	sim.Set(noNodes, neuron.Parrot{})
	for _, err := range []error{sim.Join(nil, nil).Err(), empty.Err()} {
		if err == nil || !strings.Contains(err.Error(), "nil") {
			t.Errorf("error %v, want one that says nil", err)
		}
	}
	if _, err := sim.Get[neuron.Parrot](noNodes); err == nil {
		t.Error("no error")
	}
}

// A script with an error in the middle goes on to its Simulate, which names the
// call and its line: the first that was refused, not what follows from it.
func TestErrorInAScript(t *testing.T) {
	for _, c := range []struct {
		name   string
		script func(net *sim.Network) (call string, line int)
		want   string
	}{
		{"a name twice", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			inh := net.Create("exc", 5, neuron.DefaultIafPscExp())
			line := here() - 1
			inh.Set(sim.Params{"I_e": 100})
			net.Connect(inh, exc, connect.FixedInDegree{N: 2}, connect.Synapse{Weight: -20})
			inh.Slice(0, 2).Set(sim.Params{"tau_x": 1})
			net.Connect(inh, net.Create("spikes", 1, device.SpikeRecorder{}))
			return "Create", line
		}, `"exc" already`},
		{"a parameter", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			exc.Set(sim.Params{"I_e": 300, "tau": 1})
			line := here() - 1
			net.Connect(exc, exc, connect.FixedInDegree{N: 20, Forbid: connect.Forbid{Multapses: true}})
			return "Set", line
		}, "did you mean tau_m"},
		{"a weight that is none", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			net.Connect(exc, exc, connect.Synapse{Weight: "20"})
			return "Connect", here() - 1
		}, "weight: connect: a string is no value"},
		{"a delay that is none", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			strong := net.CopyModel("strong", connect.Synapse{Weight: 100, Delay: true})
			line := here() - 1
			net.Connect(exc, exc, strong) // there is no such model
			return "CopyModel", line
		}, "delay: connect: a bool is no value"},
		{"two rules", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			net.Connect(exc, exc, connect.OneToOne{}, connect.Synapse{Weight: 2}, connect.AllToAll{})
			return "Connect", here() - 1
		}, "two rules, a connect.OneToOne and a connect.AllToAll"},
		{"two synapses", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			net.Connect(exc, exc, connect.Synapse{Weight: 2}, connect.Synapse{Delay: 2})
			return "Connect", here() - 1
		}, "2 synapses, must be at most one"},
		{"a pointer", func(net *sim.Network) (string, int) {
			exc := net.Create("exc", 10, neuron.DefaultIafPscExp())
			net.Connect(exc, exc, &connect.Synapse{Weight: 2})
			return "Connect", here() - 1
		}, "a *connect.Synapse, must be a rule or a synapse of package connect (not a pointer to one)"},
		{"the wrong recorder", func(net *sim.Network) (string, int) {
			net.Create("exc", 10, neuron.DefaultIafPscExp())
			net.Record(device.SpikeRecorder{}).WriteSamplesTo(newMemory())
			return "WriteSamplesTo", here() - 1
		}, "must be of a multimeter"},
		{"an option", func(net *sim.Network) (string, int) {
			*net = *sim.New(sim.Threads(-1))
			line := here() - 1
			net.Create("exc", 10, neuron.DefaultIafPscExp())
			return "New", line
		}, "threads is -1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustNew(t)
			call, line := c.script(net)
			err := net.Simulate(t.Context(), 10)
			wantError(t, err, fmt.Sprintf("sim: %s at ", call), fmt.Sprintf("call_test.go:%d: ", line), c.want)
			if n := strings.Count(fmt.Sprint(err), "call_test.go"); n != 1 || len(fmt.Sprint(err)) > 500 {
				t.Errorf("%d places, want that of the first alone: %v", n, err)
			}
			if net.TimeMS() != 0 {
				t.Errorf("the network is at %g ms", net.TimeMS())
			}
			wantError(t, net.Err(), c.want)
		})
	}
}

// What was refused is looked at once and the script goes on without it, as a
// program that tries things does.
func TestGoOnWithoutWhatWasRefused(t *testing.T) {
	net := mustNew(t)
	a := net.Create("a", 10, neuron.DefaultIafPscExp(), sim.Params{"I_e": 500})
	bad := net.Create("b", -1, neuron.DefaultIafPscExp())
	wantError(t, bad.Err(), "-1 nodes")
	wantError(t, net.Err(), "Create at ", "-1 nodes")
	must(t, net.Err())
	net.Connect(a, bad) // a call of its own: it is remembered again, with why
	wantError(t, net.Simulate(t.Context(), 1), "Connect at ", "-1 nodes")
	wantError(t, net.Err(), "Connect at ", "-1 nodes")
	rec := net.Create("", 1, device.SpikeRecorder{})
	net.Connect(a, rec)
	must(t, net.Simulate(t.Context(), 100))
	if spikesOf(t, rec).Len() == 0 {
		t.Error("no spikes")
	}
}

// A rule and a synapse in any order, or left out, are the same connections; numbers
// and distributions that are always the same one are the same weights.
func TestConnectForms(t *testing.T) {
	rule, list := connect.FixedInDegree{N: 3}, []float64{1, 2, 3, 4}
	for _, c := range []struct {
		name string
		how  [][]connect.Specification
	}{
		{"order", [][]connect.Specification{{rule, connect.Synapse{Weight: 20, Delay: 1.5}}, {connect.Synapse{Weight: 20, Delay: 1.5}, rule}, {nil, rule, connect.Synapse{Weight: connect.Constant(20), Delay: connect.Constant(1.5)}}}},
		{"all to all", [][]connect.Specification{{}, {connect.AllToAll{}}, {connect.Synapse{}}, {connect.Synapse{Weight: 1, Delay: 1.0}}, {nil, nil}}},
		{"numbers", [][]connect.Specification{{connect.Synapse{Weight: 20}}, {connect.Synapse{Weight: 20.0}}, {connect.Synapse{Weight: float32(20)}}, {connect.Synapse{Weight: uint8(20)}}, {connect.Synapse{Weight: connect.Normal{Mean: 20}}}}},
		{"one each", [][]connect.Specification{{connect.OneToOne{}, connect.Synapse{Weight: list}}, {connect.OneToOne{}, connect.Synapse{Weight: connect.Values(list)}}, {connect.OneToOne{}, connect.Synapse{Weight: []int{1, 2, 3, 4}}}}},
	} {
		want := ""
		for i, how := range c.how {
			net := mustNew(t)
			a := nodes(t, net, "a", 4, neuron.DefaultIafPscExp())
			net.Connect(a, a, how...)
			must(t, net.Err())
			cs, err := net.Connections(sim.ConnectionQuery{})
			must(t, err)
			got := ""
			for _, x := range cs {
				got += x.String() + "\n"
			}
			if i == 0 {
				want = got
			}
			if equal(t, fmt.Sprintf("%s, form %d", c.name, i), got, want); len(cs) == 0 {
				t.Errorf("%s: no connections", c.name)
			}
		}
	}
}

// A recorder that is no node records what a node does, and leaves ids, names and
// lists of nodes as they would be without it.
func TestRecordIsNoNode(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 20, neuron.DefaultIafPscExp(), sim.Params{"I_e": connect.Uniform{Min: 400, Max: 600}})
	node := recorderOf(t, net, a)
	free := net.Record(device.SpikeRecorder{})
	meter := net.Record(device.Multimeter{Interval: 0.1}, a.At(3))
	if node.Len() != 1 || free.Len() != 1 || free.First() != 0 || len(net.Recorders()) != 1 {
		t.Errorf("recorders %v and %v, %d are listed, want one", node, free, len(net.Recorders()))
	}
	b := net.Create("b", 2, neuron.Parrot{})
	equal(t, "the next id", b.First(), node.First()+1)
	if _, err := net.Nodes("spike_recorder 2"); err == nil {
		t.Error("there is a node of the name")
	}
	cs, err := net.Connections(sim.ConnectionQuery{})
	must(t, err)
	equal(t, "connections", len(cs), 20) // of the node
	simulate(t, net, 60)
	equal(t, "spikes", fmt.Sprint(spikesOf(t, free).Step, spikesOf(t, free).Neuron), fmt.Sprint(spikesOf(t, node).Step, spikesOf(t, node).Neuron))
	s, err := meter.Samples()
	must(t, err)
	equal(t, "samples", len(s.Step), 600)
	for _, r := range []*sim.Nodes{free, node} {
		r.Set(sim.Params{"start": 70, "stop": 90})
	}
	simulate(t, net, 60)
	equal(t, "spikes of a window", fmt.Sprint(spikesOf(t, free).Step), fmt.Sprint(spikesOf(t, node).Step))
	free.Clear()
	if n, err := free.Get("n_events"); err != nil || n[0] != 0 {
		t.Error(n, err)
	}
	net.Reset()
	if spikesOf(t, node).Len() != 0 {
		t.Error("spikes after Reset")
	}
	net.Connect(net.Create("g", 1, device.Poisson{Rate: 10}), free)
	wantError(t, net.Err(), "of neurons, not of generators: create one")
}
