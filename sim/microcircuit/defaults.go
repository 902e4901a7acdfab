package microcircuit

// Default returns the published parameters, scaled down to a tenth of the
// neurons and of the in-degrees so that a first run takes a moment. For the
// full circuit set NScaling and KScaling to 1.
//
// Source, where none is named at the value: Potjans & Diesmann (2014), Cerebral
// Cortex 24:785, doi:10.1093/cercor/bhs358.
func Default() Parameters {
	return Parameters{
		NScaling: 0.1,
		KScaling: 0.1,

		// The PyNEST reference implementation's.
		Seed:       55,
		Resolution: 0.1,
		TPresim:    500,
		TSim:       1000,

		Neurons: PerPopulation[int]{20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948},
		ConnectionProbability: Matrix[float64]{
			// from L23E, L23I, L4E, L4I, L5E, L5I, L6E, L6I
			L23E: {.1009, .1689, .0437, .0818, .0323, .0, .0076, .0},
			L23I: {.1346, .1371, .0316, .0515, .0755, .0, .0042, .0},
			L4E:  {.0077, .0059, .0497, .135, .0067, .0003, .0453, .0},
			L4I:  {.0691, .0029, .0794, .1597, .0033, .0, .1057, .0},
			L5E:  {.1004, .0622, .0505, .0057, .0831, .3726, .0204, .0},
			L5I:  {.0548, .0269, .0257, .0022, .06, .3158, .0086, .0},
			L6E:  {.0156, .0066, .0211, .0166, .0572, .0197, .0396, .2252},
			L6I:  {.0364, .001, .0034, .0005, .0277, .008, .0658, .1443},
		},
		// Simulated at full scale by the authors of the reference implementation.
		MeanRate: PerPopulation[float64]{.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829},

		PSP:              0.15,
		G:                -4,
		L4EToL23E:        2,
		WeightRelativeSD: 0.1,
		DelayExc:         1.5,
		DelayInh:         0.75,
		DelayRelativeSD:  0.5,
		KExt:             PerPopulation[int]{1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100},
		BgRate:           8,
		Background:       BackgroundDC,
		PoissonDelay:     1.5,

		Neuron: Neuron{EL: -65, Vth: -50, Vreset: -65, Cm: 250, TauM: 10, TauSyn: 0.5, TRef: 2},
		V0: InitialPotential{
			Type: V0Optimized,
			// Simulated, by the authors of the reference implementation.
			OptimizedMean: PerPopulation[float64]{-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43},
			OptimizedSD:   PerPopulation[float64]{5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48},
			OriginalMean:  -58,
			OriginalSD:    10,
		},

		Thalamus: ThalamicStimulus{
			Neurons:               902,
			Rate:                  120,
			Start:                 700,
			Duration:              10,
			ConnectionProbability: PerPopulation[float64]{0, 0, .0983, .0619, 0, 0, .0512, .0196},
			PSP:                   0.15,
			WeightRelativeSD:      0.1,
			Delay:                 1.5,
			DelayRelativeSD:       0.5,
			Synapses:              ThalamicScaled,
		},
		// The reference implementation's.
		DCTransient: TransientDC{Amplitude: 0.3, Start: 650, Duration: 100},
		Record:      Recorders{Spikes: true, VoltageInterval: 1},
	}
}
