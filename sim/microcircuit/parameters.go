package microcircuit

// Parameters are everything that decides what the microcircuit does: the same
// parameters give the same spikes, on any machine and with any number of
// threads. What cannot change a result (threads, shards, the directory of the
// data) is not a parameter but an option of package sim or of the program that
// runs the model.
//
// Sizes, in-degrees and rates are those of the full-scale circuit; NScaling and
// KScaling make it smaller, see [Derive].
type Parameters struct {
	NScaling float64 `json:"n_scaling"` // factor on the numbers of neurons, > 0
	KScaling float64 `json:"k_scaling"` // factor on the in-degrees, > 0

	Seed       uint64  `json:"seed"`          // of all random numbers
	Resolution float64 `json:"resolution_ms"` // h, a multiple of 0.001 ms
	TPresim    float64 `json:"t_presim_ms"`   // warm-up, ms, a multiple of h
	TSim       float64 `json:"t_sim_ms"`      // ms, a multiple of h

	Neurons               PerPopulation[int]     `json:"full_neurons"`           // at full scale
	ConnectionProbability Matrix[float64]        `json:"connection_probability"` // [target][source], that a pair has at least one synapse
	MeanRate              PerPopulation[float64] `json:"full_mean_rate_hz"`      // spikes/s at full scale, for the compensation of KScaling

	PSP              float64            `json:"psp_mv"`             // mean amplitude of an excitatory postsynaptic potential
	G                float64            `json:"g"`                  // inhibitory PSP relative to PSP, <= 0
	L4EToL23E        float64            `json:"l4e_to_l23e_factor"` // PSP from L4E to L23E relative to PSP
	WeightRelativeSD float64            `json:"weight_relative_sd"` // SD of weights relative to their mean
	DelayExc         float64            `json:"delay_exc_ms"`       // mean delay of excitatory synapses
	DelayInh         float64            `json:"delay_inh_ms"`       // mean delay of inhibitory synapses
	DelayRelativeSD  float64            `json:"delay_relative_sd"`  // SD of delays relative to their mean
	KExt             PerPopulation[int] `json:"k_ext"`              // external in-degrees at full scale
	BgRate           float64            `json:"bg_rate_hz"`         // rate of each external source, spikes/s
	Background       string             `json:"background"`         // BackgroundDC or BackgroundPoisson
	PoissonDelay     float64            `json:"poisson_delay_ms"`   // of Poisson background

	Neuron      Neuron           `json:"neuron"`
	V0          InitialPotential `json:"v0"`
	Thalamus    ThalamicStimulus `json:"thalamus"`
	DCTransient TransientDC      `json:"dc_transient"`
	Record      Recorders        `json:"record"`
}

// Values of Parameters.Background.
const (
	// BackgroundDC replaces each neuron's external input by its mean, a
	// constant current.
	BackgroundDC = "dc"
	// BackgroundPoisson gives each neuron a Poisson train of its own.
	BackgroundPoisson = "poisson"
)

// Neuron holds the parameters of the leaky integrate-and-fire neurons with
// exponential synaptic currents, the same in all populations.
type Neuron struct {
	EL     float64 `json:"e_l_mv"`     // resting potential
	Vth    float64 `json:"v_th_mv"`    // threshold
	Vreset float64 `json:"v_reset_mv"` // reset potential, below Vth
	Cm     float64 `json:"c_m_pf"`     // membrane capacitance, > 0
	TauM   float64 `json:"tau_m_ms"`   // membrane time constant, > 0
	TauSyn float64 `json:"tau_syn_ms"` // of excitatory and inhibitory currents, > 0
	TRef   float64 `json:"t_ref_ms"`   // refractory time, >= 0
}

// Values of InitialPotential.Type.
const (
	// V0Optimized draws with a mean and SD for each population, which avoids
	// the burst of activity at the start.
	V0Optimized = "optimized"
	// V0Original draws with one mean and SD for all populations, as in the paper.
	V0Original = "original"
)

// InitialPotential says how membrane potentials are drawn: from a normal
// distribution that is not clipped.
type InitialPotential struct {
	Type          string                 `json:"type"` // V0Optimized or V0Original
	OptimizedMean PerPopulation[float64] `json:"optimized_mean_mv"`
	OptimizedSD   PerPopulation[float64] `json:"optimized_sd_mv"`
	OriginalMean  float64                `json:"original_mean_mv"`
	OriginalSD    float64                `json:"original_sd_mv"`
}

// Values of ThalamicStimulus.Synapses.
const (
	// ThalamicScaled scales the number of thalamic synapses with NScaling and
	// KScaling, so that a neuron's thalamic in-degree scales with KScaling alone.
	ThalamicScaled = "scaled"
	// ThalamicReference scales it with KScaling alone, as the PyNEST reference
	// implementation does: thalamic in-degrees are 1/NScaling times too large.
	ThalamicReference = "reference"
)

// ThalamicStimulus is a pulse of activity of thalamic neurons: each emits a
// Poisson train, and all its targets receive the same train.
type ThalamicStimulus struct {
	On                    bool                   `json:"on"`
	Neurons               int                    `json:"neurons"` // not scaled
	Rate                  float64                `json:"rate_hz"` // spikes/s
	Start                 float64                `json:"start_ms"`
	Duration              float64                `json:"duration_ms"`
	ConnectionProbability PerPopulation[float64] `json:"connection_probability"` // [target]
	PSP                   float64                `json:"psp_mv"`
	WeightRelativeSD      float64                `json:"weight_relative_sd"`
	Delay                 float64                `json:"delay_ms"`
	DelayRelativeSD       float64                `json:"delay_relative_sd"`
	Synapses              string                 `json:"synapses"` // ThalamicScaled or ThalamicReference
}

// TransientDC is a current step into all neurons, KExt times Amplitude in each
// population.
type TransientDC struct {
	On        bool    `json:"on"`
	Amplitude float64 `json:"amplitude_pa"` // for each external synapse
	Start     float64 `json:"start_ms"`
	Duration  float64 `json:"duration_ms"`
}

// Recorders says what a run records.
type Recorders struct {
	Spikes          bool    `json:"spikes"`              // of the eight populations
	Thalamus        bool    `json:"thalamus"`            // also those of the thalamic neurons; needs Spikes and Thalamus.On
	Voltages        bool    `json:"voltages"`            // membrane potentials of all neurons
	VoltageInterval float64 `json:"voltage_interval_ms"` // between two samples, a multiple of h
}
