package microcircuit

import (
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
)

// normal is a normal distribution without bounds.
func normal(mean, sd float64) connect.Distribution {
	if sd == 0 {
		return connect.Constant(mean)
	}
	return connect.Normal{Mean: mean, SD: sd}
}

// weight is normal, redrawn until the sign is that of the mean; zero is allowed.
func weight(mean, sd float64) connect.Distribution {
	switch {
	case sd == 0:
		return connect.Constant(mean)
	case mean < 0:
		return connect.Below(connect.Normal{Mean: mean, SD: sd}, 0)
	}
	return connect.Above(connect.Normal{Mean: mean, SD: sd}, 0)
}

// delay is normal, redrawn until it rounds to at least one step of h ms.
func delay(mean, relativeSD, h float64) connect.Distribution {
	if mean*relativeSD == 0 {
		return connect.Constant(mean)
	}
	return connect.Above(connect.Normal{Mean: mean, SD: mean * relativeSD}, h/2)
}

// connectRecurrent connects every pair of populations that has synapses.
func (m *Microcircuit) connectRecurrent() {
	for t, post := range m.pops {
		for s, pre := range m.pops {
			mean := m.p.DelayExc
			if Population(s).Inhibitory() {
				mean = m.p.DelayInh
			}
			syn := connect.Synapse{
				Weight: weight(m.d.Weight[t][s], m.d.WeightSD[t][s]),
				Delay:  delay(mean, m.p.DelayRelativeSD, m.p.Resolution),
			}
			if m.d.Synapses[t][s] == 0 {
				continue
			}
			m.net.Connect(pre, post, connect.FixedTotalNumber{N: m.d.Synapses[t][s]}, syn)
		}
	}
}

// connectBackground gives every neuron its Poisson input; DC background is part
// of the neurons.
func (m *Microcircuit) connectBackground() {
	syn := connect.Synapse{Weight: m.d.WeightExt, Delay: m.p.PoissonDelay}
	for t, post := range m.pops {
		if m.d.PoissonRate[t] == 0 {
			continue
		}
		m.drive(names[t]+" background", device.Poisson{Rate: m.d.PoissonRate[t]}, post, syn)
	}
}

// drive creates a generator and connects it to all of post.
func (m *Microcircuit) drive(name string, generator sim.Model, post *sim.Nodes, syn connect.Synapse) {
	m.net.Connect(m.net.Create(name, 1, generator), post, syn)
}

// connectThalamus drives every thalamic neuron with a Poisson train of its own,
// which it repeats to all its targets. The generator's connection has the
// default delay, 1 ms, as in the reference implementation.
func (m *Microcircuit) connectThalamus() {
	th := m.p.Thalamus
	if !th.On {
		return
	}
	pulse := device.Poisson{Rate: th.Rate, Active: device.Active{Start: th.Start, Stop: th.Start + th.Duration}}
	m.drive(Thalamus+" stimulus", pulse, m.thalamus, connect.Synapse{})
	syn := connect.Synapse{
		Weight: weight(m.d.ThalamicWeight, m.d.ThalamicWeightSD),
		Delay:  delay(th.Delay, th.DelayRelativeSD, m.p.Resolution),
	}
	for t, post := range m.pops {
		if m.d.ThalamicSynapses[t] == 0 {
			continue
		}
		m.net.Connect(m.thalamus, post, connect.FixedTotalNumber{N: m.d.ThalamicSynapses[t]}, syn)
	}
}

// connectTransient gives every population its current step, through a
// connection of weight 1 and the default delay, 1 ms.
func (m *Microcircuit) connectTransient() {
	s := m.p.DCTransient
	if !s.On {
		return
	}
	for t, post := range m.pops {
		dc := device.DC{Amplitude: m.d.TransientDC[t], Active: device.Active{Start: s.Start, Stop: s.Start + s.Duration}}
		m.drive(names[t]+" transient", dc, post, connect.Synapse{})
	}
}
