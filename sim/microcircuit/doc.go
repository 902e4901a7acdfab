// Package microcircuit is the model of a cortical microcircuit by Potjans &
// Diesmann (2014), "PD14": the neurons under 1 mm² of early sensory cortex in
// four layers, 77,169 of them with 298,880,968 synapses.
//
//	populations.go  the eight populations and values per population
//	parameters.go   everything that decides what the model does
//	defaults.go     the published values
//	validate.go     what makes no sense
//	decode.go       parameters from and to JSON; strict.go: the reading
//	scaling.go      formulas
//	derive.go       the numbers of which the network is made
//	network.go      create, record, simulate; connect.go: connections and stimuli
//	errors.go       errors and warnings; compare.go: differences between parameters
//	describe.go     the report at the start of a run
//	open.go         a microcircuit on disk; saved.go: its parameters there
//
// # The model
//
// Each of the layers L2/3, L4, L5 and L6 has an excitatory and an inhibitory
// population of leaky integrate-and-fire neurons with exponentially decaying
// synaptic currents (iaf_psc_exp), the same for all. Two populations are
// connected by a fixed total number of synapses, drawn at random with
// replacement; a neuron may have synapses onto itself and several onto another
// one. The number follows from the probability that a pair of neurons has at
// least one synapse. Weights are normal with an SD of 10 % of the mean and keep
// their sign, delays are normal with an SD of 50 % of the mean and last at least
// one step. Input from outside the circuit is a Poisson spike train for each
// neuron or, by default, its mean as a constant current.
//
// Two stimuli can be switched on: a pulse of thalamic activity onto L4 and L6,
// and a current step into all neurons.
//
// # Scale
//
// NScaling makes the populations smaller, KScaling the in-degrees. In-degrees
// are made up for by larger weights, which keep the variance of the input, and a
// constant current, which keeps its mean; rates stay about right, correlations
// do not. With constant background and small in-degrees that current can be
// below the rheobase, which Warnings reports.
//
// # Differences from the PyNEST reference implementation
//
// Names and units of the parameters are in their JSON keys. C_m and tau_m are
// those of the neurons too, not of the weights alone. The number of thalamic
// synapses scales with NScaling, unless ThalamicReference is chosen. Random
// numbers differ, so that networks and spikes agree in their statistics, not
// one by one. The number of threads and the directory of the data are not
// parameters: they do not change what is simulated.
//
// # Sources
//
// Potjans TC, Diesmann M (2014). The cell-type specific cortical microcircuit:
// relating structure and activity in a full-scale spiking network model.
// Cerebral Cortex 24:785-806. doi:10.1093/cercor/bhs358
//
// van Albada SJ, Helias M, Diesmann M (2015). Scalability of asynchronous
// networks is limited by one-to-one mapping between effective connectivity and
// correlations. PLoS Computational Biology 11:e1004490.
// doi:10.1371/journal.pcbi.1004490
package microcircuit
