package store

import (
	"fmt"
	"math"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
)

// changesJSON has the changed synapses as columns; null is a weight or delay
// that did not change.
type changesJSON struct {
	Target []uint32   `json:"target"`
	Index  []uint32   `json:"index"`
	Weight []*float64 `json:"weight"`
	Delay  []*float64 `json:"delay"`
	Since  []int64    `json:"since_step,omitempty"` // none: all 0
}

func encodeChanges(changed []network.SynapseChange) *changesJSON {
	if len(changed) == 0 {
		return nil
	}
	number := func(x float64) *float64 {
		if math.IsNaN(x) {
			return nil
		}
		return &x
	}
	j := &changesJSON{}
	for _, c := range changed {
		j.Target, j.Index = append(j.Target, c.Target), append(j.Index, c.Index)
		j.Weight, j.Delay = append(j.Weight, number(c.Weight)), append(j.Delay, number(c.Delay))
		if c.Since != 0 && j.Since == nil {
			j.Since = make([]int64, len(changed))
		}
	}
	for i := range j.Since {
		j.Since[i] = changed[i].Since
	}
	return j
}

func (j *changesJSON) decode() ([]network.SynapseChange, error) {
	if j == nil {
		return nil, nil
	}
	n := len(j.Target)
	if len(j.Index) != n || len(j.Weight) != n || len(j.Delay) != n || j.Since != nil && len(j.Since) != n {
		return nil, fmt.Errorf("changed synapses in columns of %d, %d, %d and %d rows", n, len(j.Index), len(j.Weight), len(j.Delay))
	}
	number := func(x *float64) float64 {
		if x == nil {
			return math.NaN()
		}
		return *x
	}
	changed := make([]network.SynapseChange, n)
	for i := range changed {
		changed[i] = network.SynapseChange{Target: j.Target[i], Index: j.Index[i], Weight: number(j.Weight[i]), Delay: number(j.Delay[i])}
	}
	for i, step := range j.Since {
		if step < 0 || step > clock.MaxSteps {
			return nil, fmt.Errorf("a synapse changed at step %d, must be in [0, %d]", step, int64(clock.MaxSteps))
		}
		changed[i].Since = step
	}
	return changed, nil
}
