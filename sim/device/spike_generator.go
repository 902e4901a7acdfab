package device

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/param"
)

// SpikeGenerator emits spikes at given times, NEST's spike_generator. Times
// must lie on the grid: one within half a microsecond of a step is that step,
// any other an error unless AllowOffgridTimes or PreciseTimes is set. A time
// may repeat. The three options are NEST's, with the defaults and names of 3.10
// (older versions have allow_offgrid_spikes):
//
//	1.0, 1.9999, 3.0001                      steps 10, 20, 30 at a resolution of 0.1 ms
//	1.0, 1.05                                an error
//	1.0, 1.05, 3.0001, AllowOffgridTimes     steps 10, 11, 30
//	1.0, 1.05, 3.0001, PreciseTimes          steps 10, 11, 31
//
// The start of the simulation is NEST's "now": a time of 0, or one that rounds
// to it, is an error without ShiftNowSpikes. (NEST drops the latter without a
// message.)
type SpikeGenerator struct {
	Times          []float64 `json:"spike_times" unit:"ms" allowed:">= 0; > 0 unless shift_now_spikes, not decreasing" help:"times of the spikes"`
	Weights        []float64 `json:"spike_weights,omitempty" unit:"dimensionless" allowed:"finite; as many as times, none: 1" help:"factors on the connection's weight"`
	Multiplicities []int     `json:"spike_multiplicities,omitempty" unit:"dimensionless" allowed:">= 0; as many as times, none: 1" help:"how many spikes each time stands for"`
	// AllowOffgridTimes rounds times that are not on the grid up to the end of
	// their step.
	AllowOffgridTimes bool `json:"allow_offgrid_times,omitempty" allowed:"true or false" help:"rounds times that are not on the grid up to the end of their step"`
	// ShiftNowSpikes delays spikes at the start of the simulation (Origin
	// included) by one step; a time of 0 is then allowed.
	ShiftNowSpikes bool `json:"shift_now_spikes,omitempty" allowed:"true or false" help:"moves spikes at the beginning of the simulation (origin included) one step on; a time of 0 is then allowed"`
	// PreciseTimes takes times without the tolerance of half a microsecond: a
	// spike is stamped with the end of the step that it lies in. The offset
	// within the step, which NEST's precise models use, is lost: the models of
	// package neuron take spikes on the grid, like NEST's models of the same
	// names. It excludes the two options above.
	PreciseTimes bool `json:"precise_times,omitempty" allowed:"true or false; not together with the two options above" help:"takes times as they are, without the tolerance of half a microsecond: a spike is stamped with the end of the step that it lies in"`
	Active
}

// ModelName returns "spike_generator".
func (SpikeGenerator) ModelName() string { return "spike_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, negative multiplicities, values that are not finite, and options that
// exclude each other.
func (d SpikeGenerator) Validate() error {
	name := d.ModelName()
	if err := CheckTable(d); err != nil {
		return err
	}
	if d.PreciseTimes && (d.AllowOffgridTimes || d.ShiftNowSpikes) {
		return fmt.Errorf("%s: precise_times cannot be set together with allow_offgrid_times or shift_now_spikes", name)
	}
	if len(d.Weights) > 0 && len(d.Weights) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_weights, must be as many", name, len(d.Times), len(d.Weights))
	}
	if len(d.Multiplicities) > 0 && len(d.Multiplicities) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_multiplicities, must be as many", name, len(d.Times), len(d.Multiplicities))
	}
	for i, t := range d.Times {
		if t == 0 && !d.ShiftNowSpikes {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must be > 0", name, i, t)
		}
		if i > 0 && t < d.Times[i-1] {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must not be before the one before (%g)", name, i, t, d.Times[i-1])
		}
	}
	return d.CheckTimes(name)
}

// MarshalJSON writes the parameters by NEST's names.
func (d SpikeGenerator) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// maxGeneratorMultiplicity is the largest multiplicity of a generator's spike.
const maxGeneratorMultiplicity = 1 << 15

// Fit reports times that do not fit the resolution, multiplicities that are too
// large, and factors that are too large with the weight.
func (d SpikeGenerator) Fit(c Clock, weight float64) error {
	for i, x := range d.Weights {
		if err := inbox.CheckMagnitude(fmt.Sprintf("spike_weights[%d] times weight", i), x*weight); err != nil {
			return err
		}
	}
	_, _, err := d.spikes(c)
	return err
}

// spikes returns what the generator emits, by step.
func (d SpikeGenerator) spikes(c Clock) (step []int64, value []float64, err error) {
	begin, end, origin, err := d.Steps(c)
	if err != nil {
		return nil, nil, err
	}
	for i, ms := range d.Times {
		var s int64
		if d.PreciseTimes {
			s, err = c.PreciseSteps(ms)
		} else {
			s, err = c.StampSteps(ms, d.AllowOffgridTimes)
		}
		if err != nil {
			_, err = c.GridSteps(fmt.Sprintf("spike_times[%d]", i), ms) // says why, with the name
			return nil, nil, err
		}
		if s < 0 || s == 0 && !d.ShiftNowSpikes {
			return nil, nil, fmt.Errorf("spike_times[%d] is %g ms, must be a positive multiple of the resolution (%g ms)", i, ms, c.H)
		}
		s += origin
		if s == 0 && d.ShiftNowSpikes {
			s = 1
		}
		if s <= begin || s > end || s < 1 {
			continue
		}
		x := 1.0
		if len(d.Weights) > 0 {
			x = d.Weights[i]
		}
		if len(d.Multiplicities) > 0 {
			if d.Multiplicities[i] > maxGeneratorMultiplicity {
				return nil, nil, fmt.Errorf("spike_multiplicities[%d] is %d, must be at most %d", i, d.Multiplicities[i], maxGeneratorMultiplicity)
			}
			x *= float64(d.Multiplicities[i])
		}
		step, value = append(step, s), append(value, x)
	}
	return step, value, nil
}

// MostSpikes returns the largest number of spikes in one step.
func (d SpikeGenerator) MostSpikes(c Clock) float64 {
	d.Weights = nil
	step, times, err := d.spikes(c)
	if err != nil {
		return 0
	}
	most, x := 0.0, 0.0
	for i, s := range step {
		if i > 0 && s != step[i-1] {
			x = 0
		}
		x += times[i]
		most = math.Max(most, x)
	}
	return most
}

// Train returns what a recorder gets: every spike, whatever its weight.
func (d SpikeGenerator) Train(c *Connections) (Train, error) {
	d.Weights = nil
	step, times, err := d.spikes(c.Clock)
	return &eventTrain{step, times}, err
}

type eventTrain struct {
	step  []int64
	times []float64 // multiplicities
}

func (t *eventTrain) Spikes(begin, end int64, emit func(step int64, n int)) {
	i, _ := slices.BinarySearch(t.step, begin+1)
	for ; i < len(t.step) && t.step[i] <= end; i++ {
		emit(t.step[i], int(t.times[i]))
	}
}

// Input returns what the generator sends to some neurons.
func (d SpikeGenerator) Input(c *Connections) (Input, error) {
	if c.Repeated {
		d.Weights = nil
	}
	step, value, err := d.spikes(c.Clock)
	if err != nil {
		return nil, err
	}
	begin, end := c.passes(0, never)
	i, _ := slices.BinarySearch(step, begin+1)
	j, _ := slices.BinarySearch(step, end+1)
	step, value = step[i:max(i, j)], value[i:max(i, j)]
	in := &eventInput{last: math.MinInt64}
	for k := range c.N {
		g := groupOf(&in.group, c.DelayOf(k), func(g *eventGroup) int64 { return g.delay },
			func(d int64) eventGroup { return eventGroup{delay: d, step: step, value: value} })
		g.element = append(g.element, c.From+k)
		g.weight = append(g.weight, c.WeightOf(k))
	}
	return in, nil
}

// groupOf returns the group of a delay among groups in order of delay; if there
// is none, it makes one.
func groupOf[G any](groups *[]G, delay int64, of func(*G) int64, make func(int64) G) *G {
	i, ok := slices.BinarySearchFunc(*groups, delay, func(g G, d int64) int { return cmp.Compare(of(&g), d) })
	if !ok {
		*groups = slices.Insert(*groups, i, make(delay))
	}
	return &(*groups)[i]
}

// eventInput is spike generators' connections to some neurons, grouped by
// generator and delay. In a step in which nothing arrives, only the group that
// is due first is looked at.
type eventInput struct {
	group []eventGroup // in the order in which they add
	heap  []int32      // groups that have spikes left, by step of the next arrival, then order
	last  int64        // the step that was added last; math.MinInt64: none
}

type eventGroup struct {
	delay   int64
	step    []int64   // stamps of the generator's spikes
	value   []float64 // weight times multiplicity of each
	element []int
	weight  []float64
	next    int   // first spike not delivered yet
	due     int64 // when it arrives
}

// eventClass is that of all spike generators.
type eventClass struct{}

func (in *eventInput) Class() any { return eventClass{} }

// Join appends another input's connections.
func (in *eventInput) Join(other Input) Input {
	in.group = append(in.group, other.(*eventInput).group...)
	in.last = math.MinInt64
	return in
}

func (in *eventInput) Add(to *Inbox, step int64) {
	if step != in.last+1 {
		in.seek(step - 1)
	}
	in.last = step
	for len(in.heap) > 0 && in.group[in.heap[0]].due <= step {
		g := &in.group[in.heap[0]]
		for g.next < len(g.step) && g.step[g.next]+g.delay <= step {
			if g.step[g.next]+g.delay == step {
				for j, k := range g.element {
					to.Add(k, float64(g.weight[j]*g.value[g.next]))
				}
			}
			g.next++
		}
		if g.next < len(g.step) {
			g.due = g.step[g.next] + g.delay
		} else {
			last := len(in.heap) - 1
			in.heap[0] = in.heap[last]
			in.heap = in.heap[:last]
		}
		in.sink(0)
	}
}

// seek starts delivery after step.
func (in *eventInput) seek(step int64) {
	in.heap = in.heap[:0]
	for i := range in.group {
		g := &in.group[i]
		if g.next, _ = slices.BinarySearch(g.step, step+1-g.delay); g.next < len(g.step) {
			g.due = g.step[g.next] + g.delay
			in.heap = append(in.heap, int32(i))
		}
	}
	for i := len(in.heap)/2 - 1; i >= 0; i-- {
		in.sink(i)
	}
}

// sink restores the heap's order below place i.
func (in *eventInput) sink(i int) {
	before := func(i, j int32) bool {
		g, h := &in.group[i], &in.group[j]
		return g.due < h.due || g.due == h.due && i < j
	}
	h := in.heap
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if before(h[c], h[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
