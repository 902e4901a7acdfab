package microcircuit

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"cortigo/sim"
)

// tic is NEST's smallest unit of time, in ms: all times are whole numbers of it.
const tic = 0.001

// maxResolution is the longest step, in ms.
const maxResolution = 1000

// maxTime bounds times, in ms (31 years), so that steps and tics fit integers.
const maxTime = 1e12

// maxSynapses bounds the synapses of a pair of populations: beyond it a float64
// does not hold every whole number.
const maxSynapses = 1 << 53

// Validate reports every parameter that makes no sense, each as a
// *ParameterError, joined by errors.Join; nil when there is none. A scaling
// factor above 1 is allowed (and is among the warnings of Derive). Parameters
// of a stimulus, a background or an initial potential that is not chosen must
// be finite and have the right sign, no more.
func (p Parameters) Validate() error {
	v := validator{h: p.Resolution}
	v.finiteFields(reflect.ValueOf(p), "", "", "")
	v.scaling(p)
	v.time(p)
	v.connectivity(p)
	v.background(p)
	v.neuron(p.Neuron)
	v.v0(p.V0)
	v.thalamus(p)
	v.transient(p.DCTransient)
	v.record(p)
	return errors.Join(v.errs...)
}

type validator struct {
	h    float64 // ms; times are checked against it only if it is usable itself
	errs []error
}

func (v *validator) add(parameter string, value any, allowed string) {
	v.errs = append(v.errs, &ParameterError{Parameter: parameter, Value: value, Allowed: allowed})
}

// of adds an error of population i.
func (v *validator) of(i int, parameter string, value any, allowed string) {
	v.errs = append(v.errs, &ParameterError{Population: names[i], Parameter: parameter, Value: value, Allowed: allowed})
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// finiteFields reports every NaN and infinity. The rules below do not report
// these again.
func (v *validator) finiteFields(x reflect.Value, path, target, source string) {
	switch x.Kind() {
	case reflect.Float64:
		if !finite(x.Float()) {
			v.errs = append(v.errs, &ParameterError{Population: target, Source: source, Parameter: path, Value: x.Float(), Allowed: "a finite number"})
		}
	case reflect.Struct:
		for i := range x.NumField() {
			v.finiteFields(x.Field(i), join(path, x.Type().Field(i).Tag.Get("json")), "", "")
		}
	case reflect.Array:
		for i := range Count {
			if target == "" {
				v.finiteFields(x.Index(i), path, names[i], "")
			} else {
				v.finiteFields(x.Index(i), path, target, names[i])
			}
		}
	}
}

func (v *validator) positive(parameter string, x float64) {
	if finite(x) && x <= 0 {
		v.add(parameter, x, "> 0")
	}
}

func (v *validator) notNegative(parameter string, x float64) {
	if finite(x) && x < 0 {
		v.add(parameter, x, ">= 0")
	}
}

// probability reports whether x is one; source is -1 where there is none.
func (v *validator) probability(target, source int, parameter string, x float64) bool {
	if finite(x) && (x < 0 || x >= 1) {
		e := &ParameterError{Population: names[target], Parameter: parameter, Value: x, Allowed: "in [0, 1)"}
		if source >= 0 {
			e.Source = names[source]
		}
		v.errs = append(v.errs, e)
	}
	return x >= 0 && x < 1
}

// synapses reports a scaling with more synapses, k in all, than can be counted.
func (v *validator) synapses(what string, p Parameters, k float64) {
	if finite(p.KScaling) && finite(p.NScaling) && k > maxSynapses {
		v.add("k_scaling", p.KScaling, fmt.Sprintf("what makes at most %d %s synapses (%g asked for)", maxSynapses, what, k))
	}
}

func (v *validator) scaling(p Parameters) {
	v.positive("n_scaling", p.NScaling)
	v.positive("k_scaling", p.KScaling)
	total := 0.0
	for i, n := range p.Neurons {
		if n < 1 || n > math.MaxInt32 {
			v.of(i, "full_neurons", n, fmt.Sprintf("1 to %d", math.MaxInt32))
			continue
		}
		scaled := scaleRound(n, p.NScaling)
		if scaled < 1 && p.NScaling > 0 {
			v.of(i, "n_scaling", p.NScaling, fmt.Sprintf("large enough to leave at least one of its %d neurons", n))
		}
		total += scaled
	}
	if finite(p.NScaling) && total > math.MaxInt32 {
		v.add("n_scaling", p.NScaling, fmt.Sprintf("at most %d neurons in all (%.0f asked for)", math.MaxInt32, total))
	}
}

func (v *validator) time(p Parameters) {
	h := p.Resolution
	if tics := math.RoundToEven(h / tic); finite(h) && (h <= 0 || h > maxResolution || tics < 1 || !nearly(h/tic, tics)) {
		v.add("resolution_ms", h, fmt.Sprintf("a multiple of %g ms, up to %d ms", tic, maxResolution))
		v.h = 0
	}
	v.onGrid("t_presim_ms", p.TPresim)
	v.duration("t_sim_ms", p.TSim)
	if !(v.h > 0) || !finite(v.h) {
		return
	}
	switch most := float64(float64(sim.MaxSteps) * v.h); {
	case !(p.TPresim <= maxTime && p.TSim <= maxTime): // which was said
	case p.TPresim > most:
		v.add("t_presim_ms", p.TPresim, fmt.Sprintf("0 to %.13g ms, the longest that can be simulated in steps of %g ms", most, v.h))
	case p.TPresim+p.TSim > most:
		v.add("t_sim_ms", p.TSim, fmt.Sprintf("up to %.13g ms, the longest that can be simulated in steps of %g ms after t_presim_ms", most-p.TPresim, v.h))
	}
}

// nearly reports whether x is the whole number n, up to the rounding of decimal
// fractions in binary.
func nearly(x, n float64) bool { return math.Abs(x-n) <= 1e-6+float64(math.Abs(n)*1e-12) }

// onGrid reports a time that is negative or not a multiple of the resolution.
func (v *validator) onGrid(parameter string, t float64) {
	if !finite(t) {
		return
	}
	if t < 0 || t > maxTime {
		v.add(parameter, t, fmt.Sprintf("0 to %g ms", maxTime))
		return
	}
	if !finite(v.h) || v.h <= 0 {
		return
	}
	tics := math.RoundToEven(t / tic)
	if !nearly(t/tic, tics) || tics == 0 && t > 0 || math.Mod(tics, math.RoundToEven(v.h/tic)) != 0 {
		v.add(parameter, t, fmt.Sprintf("multiples of the resolution, %g ms", v.h))
	}
}

// duration reports a time that is not positive or not a multiple of the
// resolution.
func (v *validator) duration(parameter string, t float64) {
	if finite(t) && t <= 0 {
		v.add(parameter, t, "> 0")
		return
	}
	v.onGrid(parameter, t)
}

// delay reports a delay that rounds to no step. Drawn delays are redrawn until
// they are at least half a step: with a mean below that, hardly any draw would
// be.
func (v *validator) delay(parameter string, d float64) {
	if !finite(d) || !finite(v.h) || v.h <= 0 {
		return
	}
	if d < v.h/2 || d > maxTime {
		v.add(parameter, d, fmt.Sprintf("at least half a step of the resolution, %g ms, and at most %g ms", v.h/2, maxTime))
	}
}

func (v *validator) connectivity(p Parameters) {
	total := 0.0
	for t, row := range p.ConnectionProbability {
		for s, c := range row {
			if v.probability(t, s, "connection_probability", c) {
				total += fullSynapses(c, p.Neurons[s], p.Neurons[t])
			}
		}
	}
	v.synapses("recurrent", p, total*p.NScaling*p.KScaling)
	for i, r := range p.MeanRate {
		if finite(r) && r < 0 {
			v.of(i, "full_mean_rate_hz", r, ">= 0")
		}
	}
	v.notNegative("psp_mv", p.PSP)
	if finite(p.G) && p.G > 0 {
		v.add("g", p.G, "<= 0: inhibition")
	}
	v.notNegative("l4e_to_l23e_factor", p.L4EToL23E)
	v.notNegative("weight_relative_sd", p.WeightRelativeSD)
	v.delay("delay_exc_ms", p.DelayExc)
	v.delay("delay_inh_ms", p.DelayInh)
	v.notNegative("delay_relative_sd", p.DelayRelativeSD)
}

func (v *validator) background(p Parameters) {
	for i, k := range p.KExt {
		if scaled := scaleRound(k, p.KScaling); k < 0 || scaled > math.MaxInt32 {
			v.of(i, "k_ext", k, fmt.Sprintf("0 to %d, also after scaling", math.MaxInt32))
		}
	}
	v.notNegative("bg_rate_hz", p.BgRate)
	v.notNegative("poisson_delay_ms", p.PoissonDelay)
	switch p.Background {
	case BackgroundDC:
	case BackgroundPoisson:
		v.delay("poisson_delay_ms", p.PoissonDelay)
	default:
		v.add("background", p.Background, oneOf(BackgroundDC, BackgroundPoisson))
	}
}

func oneOf(a, b string) string { return fmt.Sprintf("%q, %q", a, b) }

func (v *validator) neuron(n Neuron) {
	v.positive("neuron.c_m_pf", n.Cm)
	v.positive("neuron.tau_m_ms", n.TauM)
	v.positive("neuron.tau_syn_ms", n.TauSyn)
	v.notNegative("neuron.t_ref_ms", n.TRef)
	if n.TRef > maxTime && finite(n.TRef) {
		v.add("neuron.t_ref_ms", n.TRef, fmt.Sprintf("at most %g ms", maxTime))
	}
	if finite(n.Vth) && finite(n.Vreset) && n.Vreset >= n.Vth {
		v.add("neuron.v_reset_mv", n.Vreset, fmt.Sprintf("below neuron.v_th_mv, %g", n.Vth))
	}
}

func (v *validator) v0(v0 InitialPotential) {
	if v0.Type != V0Optimized && v0.Type != V0Original {
		v.add("v0.type", v0.Type, oneOf(V0Optimized, V0Original))
	}
	for i, sd := range v0.OptimizedSD {
		if finite(sd) && sd < 0 {
			v.of(i, "v0.optimized_sd_mv", sd, ">= 0")
		}
	}
	v.notNegative("v0.original_sd_mv", v0.OriginalSD)
}

func (v *validator) thalamus(p Parameters) {
	s := p.Thalamus
	if s.Neurons < 1 || s.Neurons > math.MaxInt32/2 {
		v.add("thalamus.neurons", s.Neurons, fmt.Sprintf("1 to %d", math.MaxInt32/2))
	}
	total := 0.0
	for t, c := range s.ConnectionProbability {
		if v.probability(t, -1, "thalamus.connection_probability", c) {
			total += fullSynapses(c, s.Neurons, p.Neurons[t])
		}
	}
	v.notNegative("thalamus.rate_hz", s.Rate)
	v.notNegative("thalamus.psp_mv", s.PSP)
	v.notNegative("thalamus.weight_relative_sd", s.WeightRelativeSD)
	v.notNegative("thalamus.delay_relative_sd", s.DelayRelativeSD)
	if s.Synapses != ThalamicScaled && s.Synapses != ThalamicReference {
		v.add("thalamus.synapses", s.Synapses, oneOf(ThalamicScaled, ThalamicReference))
	}
	if s.On {
		v.synapses("thalamic", p, total*p.KScaling*math.Max(1, p.NScaling))
		v.onGrid("thalamus.start_ms", s.Start)
		v.duration("thalamus.duration_ms", s.Duration)
		v.delay("thalamus.delay_ms", s.Delay)
	}
}

func (v *validator) transient(s TransientDC) {
	if s.On {
		v.onGrid("dc_transient.start_ms", s.Start)
		v.duration("dc_transient.duration_ms", s.Duration)
	}
}

func (v *validator) record(p Parameters) {
	r := p.Record
	switch {
	case r.Thalamus && !p.Thalamus.On:
		v.add("record.thalamus", true, "false while thalamus.on is false: there are no thalamic neurons")
	case r.Thalamus && !r.Spikes:
		v.add("record.thalamus", true, "false while record.spikes is false")
	}
	if r.Voltages {
		v.duration("record.voltage_interval_ms", r.VoltageInterval)
	}
}
