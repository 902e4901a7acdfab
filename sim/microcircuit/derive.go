package microcircuit

import (
	"errors"
	"fmt"
	"math"
)

// Derived is what follows from Parameters: the numbers of which the network is
// made. Matrices are indexed [target][source].
type Derived struct {
	Neurons  PerPopulation[int] // after scaling
	Synapses Matrix[int64]      // of each pair of populations, after scaling

	FullInDegree Matrix[float64]    // mean number of synapses of a target neuron from a source population, full scale
	KExt         PerPopulation[int] // external in-degrees after scaling; they set Poisson rates only

	PSCOverPSP float64         // pA/mV
	Weight     Matrix[float64] // mean, pA
	WeightSD   Matrix[float64] // pA
	WeightExt  float64         // of Poisson background, pA

	DC          PerPopulation[float64] // constant current into each neuron: background, and compensation of KScaling; pA
	PoissonRate PerPopulation[float64] // of each neuron's background, spikes/s; 0 with DC background
	Rheobase    float64                // pA

	V0Mean PerPopulation[float64] // mV
	V0SD   PerPopulation[float64] // mV

	ThalamicSynapses PerPopulation[int64]   // 0 when the stimulus is off
	ThalamicWeight   float64                // mean, pA
	ThalamicWeightSD float64                // pA
	TransientDC      PerPopulation[float64] // pA, 0 when the stimulus is off

	Warnings []error // *SubThresholdWarning, *UpscalingWarning
}

// TotalNeurons returns the number of neurons of the eight populations.
func (d *Derived) TotalNeurons() int {
	sum := 0
	for _, n := range d.Neurons {
		sum += n
	}
	return sum
}

// TotalSynapses returns the number of recurrent synapses.
func (d *Derived) TotalSynapses() int64 {
	var sum int64
	for _, row := range d.Synapses {
		for _, k := range row {
			sum += k
		}
	}
	return sum
}

// Derive computes the numbers of which the network is made. Numbers of neurons scale with
// NScaling, numbers of synapses with NScaling*KScaling, so that in-degrees scale with
// KScaling. If KScaling is not 1, weights are multiplied by 1/sqrt(KScaling), which keeps
// the variance of the input, and a constant current replaces the mean input that is lost
// (van Albada et al. 2015). The error is that of Validate.
func (p Parameters) Derive() (*Derived, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	d := &Derived{
		PSCOverPSP: pscOverPSP(p.Neuron.TauM, p.Neuron.TauSyn, p.Neuron.Cm),
		Rheobase:   rheobase(p.Neuron),
		V0Mean:     p.V0.OptimizedMean,
		V0SD:       p.V0.OptimizedSD,
	}
	if !finite(d.PSCOverPSP) || d.PSCOverPSP <= 0 {
		return nil, &ParameterError{Parameter: "neuron.tau_syn_ms", Value: p.Neuron.TauSyn,
			Allowed: fmt.Sprintf("near enough to neuron.tau_m_ms (%g) for a finite current per mV of PSP", p.Neuron.TauM)}
	}
	if p.V0.Type == V0Original {
		d.V0Mean, d.V0SD = Uniform(p.V0.OriginalMean), Uniform(p.V0.OriginalSD)
	}
	d.sizes(p)
	d.weights(p)
	d.currents(p)
	d.stimuli(p)
	d.warn(p)
	if err := d.check(); err != nil {
		return nil, err
	}
	return d, nil
}

// check reports numbers that are too large although every parameter makes sense
// by itself.
func (d *Derived) check() error {
	var errs []error
	report := func(population, source int, what string, x float64) {
		if finite(x) {
			return
		}
		e := &ParameterError{Population: names[population], Parameter: what, Value: x, Allowed: "parameters from which a finite number follows"}
		if source >= 0 {
			e.Source = names[source]
		}
		errs = append(errs, e)
	}
	for t := range Count {
		report(t, -1, "constant current (pA)", d.DC[t])
		report(t, -1, "background rate (spikes/s)", d.PoissonRate[t])
		report(t, -1, "transient current (pA)", d.TransientDC[t])
		for s := range Count {
			report(t, s, "weight (pA)", d.Weight[t][s])
			report(t, s, "SD of weights (pA)", d.WeightSD[t][s])
		}
	}
	report(0, -1, "background weight (pA)", d.WeightExt)
	report(0, -1, "rheobase (pA)", d.Rheobase)
	report(0, -1, "thalamic weight (pA)", d.ThalamicWeight)
	report(0, -1, "SD of thalamic weights (pA)", d.ThalamicWeightSD)
	return errors.Join(errs...)
}

func (d *Derived) sizes(p Parameters) {
	for t := range Count {
		d.Neurons[t] = int(scaleRound(p.Neurons[t], p.NScaling))
		d.KExt[t] = int(scaleRound(p.KExt[t], p.KScaling))
		for s := range Count {
			k := fullSynapses(p.ConnectionProbability[t][s], p.Neurons[s], p.Neurons[t])
			d.Synapses[t][s] = int64(math.RoundToEven(k * p.NScaling * p.KScaling))
			d.FullInDegree[t][s] = k / float64(p.Neurons[t])
		}
	}
}

// fullWeights returns the mean weights at full scale, in pA.
func (d *Derived) fullWeights(p Parameters) Matrix[float64] {
	var w Matrix[float64]
	for t := range Count {
		for s := range Count {
			w[t][s] = p.PSP * d.PSCOverPSP
			if Population(s).Inhibitory() {
				w[t][s] *= p.G
			}
		}
	}
	w[L23E][L4E] *= p.L4EToL23E
	return w
}

func (d *Derived) weights(p Parameters) {
	d.WeightExt = p.PSP * d.PSCOverPSP / math.Sqrt(p.KScaling)
	d.Weight = d.fullWeights(p)
	for t := range Count {
		for s := range Count {
			d.Weight[t][s] /= math.Sqrt(p.KScaling)
			d.WeightSD[t][s] = math.Abs(d.Weight[t][s] * p.WeightRelativeSD)
		}
	}
}

func (d *Derived) currents(p Parameters) {
	full := d.fullWeights(p)
	pscExt := p.PSP * d.PSCOverPSP
	lost := 1 - math.Sqrt(p.KScaling) // share of the mean input that scaling takes away
	for t := range Count {
		if p.Background == BackgroundPoisson {
			d.PoissonRate[t] = p.BgRate * float64(d.KExt[t])
		} else {
			d.DC[t] = poissonMean(p.BgRate, p.KExt[t], pscExt, p.Neuron.TauSyn)
		}
		if p.KScaling == 1 {
			continue
		}
		recurrent := 0.0
		for s := range Count {
			recurrent += float64(full[t][s] * d.FullInDegree[t][s] * p.MeanRate[s])
		}
		d.DC[t] += float64(0.001 * p.Neuron.TauSyn * lost * recurrent)
		if p.Background == BackgroundPoisson {
			external := pscExt * float64(p.KExt[t]) * p.BgRate
			d.DC[t] += float64(0.001 * p.Neuron.TauSyn * lost * external)
		}
	}
}

func (d *Derived) stimuli(p Parameters) {
	if th := p.Thalamus; th.On {
		d.ThalamicWeight = th.PSP * d.PSCOverPSP / math.Sqrt(p.KScaling)
		d.ThalamicWeightSD = math.Abs(d.ThalamicWeight * th.WeightRelativeSD)
		for t, c := range th.ConnectionProbability {
			k := fullSynapses(c, th.Neurons, p.Neurons[t]) * p.KScaling
			if th.Synapses == ThalamicScaled {
				k *= p.NScaling
			}
			d.ThalamicSynapses[t] = int64(math.RoundToEven(k))
		}
	}
	if p.DCTransient.On {
		for t, k := range p.KExt {
			d.TransientDC[t] = p.DCTransient.Amplitude * float64(k)
		}
	}
}

func (d *Derived) warn(p Parameters) {
	if p.NScaling > 1 {
		d.Warnings = append(d.Warnings, &UpscalingWarning{"n_scaling", p.NScaling})
	}
	if p.KScaling > 1 {
		d.Warnings = append(d.Warnings, &UpscalingWarning{"k_scaling", p.KScaling})
	}
	d.warnOfStimulus("thalamic stimulus", p.Thalamus.On, p.Thalamus.Start, p.Thalamus.Duration, p)
	d.warnOfStimulus("transient DC stimulus", p.DCTransient.On, p.DCTransient.Start, p.DCTransient.Duration, p)
	if p.Background != BackgroundDC || p.KScaling == 1 {
		return
	}
	for t, dc := range d.DC {
		if dc < d.Rheobase {
			d.Warnings = append(d.Warnings, &SubThresholdWarning{Population(t), dc, d.Rheobase})
		}
	}
}

// warnOfStimulus warns of a stimulus that is not within the time after the
// warm-up.
func (d *Derived) warnOfStimulus(name string, on bool, start, duration float64, p Parameters) {
	exact := func(ms float64) float64 { return math.Round(ms/tic) * tic } // sums of decimals are not
	begin, end := exact(p.TPresim), exact(p.TPresim+p.TSim)
	start, stop := exact(start), exact(start+duration)
	if on && (stop > end || start < begin) {
		d.Warnings = append(d.Warnings, &StimulusWarning{name, start, stop, begin, end})
	}
}
