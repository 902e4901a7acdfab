// Package synapse is the contract for synapses with a state of their own: weights
// that change, resources that deplete, or anything else that a synapse keeps from
// one spike of its source to the next. Synapses that never change
// (static_synapse) are built into the simulator and do not use this package.
//
// A kind of synapses is a struct of parameters with a name (Model), and a Spec
// that says what each synapse keeps, how large its weights can become and what it
// does with a spike. Once registered, it is used like a model of NEST:
//
//	type Depressing struct {
//		U      float64 `json:"U" default:"0.5" allowed:"in [0, 1]" help:"share of the resources that a spike uses"`
//		TauRec float64 `json:"tau_rec" unit:"ms" default:"800" allowed:"> 0" help:"recovery of the resources"`
//	}
//
//	synapse.Register(synapse.Spec{
//		Defaults: synapse.Defaults[Depressing](),
//		Columns:  []synapse.Column{{Name: "x", Start: 1}},
//		Bound:    func(_ synapse.Model, weight float64) float64 { return weight },
//		New:      func(c *synapse.Config) (synapse.Sender, error) { ... },
//	})
//
//	net.CopyModel("depressing", connect.Synapse{Model: "my_synapse"}, sim.Params{"U": 0.3})
//	net.Connect(a, b, connect.Synapse{Model: "depressing", Weight: ...})
//
// Its synapses are drawn by the same rules and distributions as static ones, and
// the weights drawn are their initial weights. What they deliver is rounded to the
// population's grid of exact weights, 2^-40 of the largest that may occur, and
// added up as integers, so that nothing depends on the order of synapses, on
// threads or on shards. Weights and columns are saved with the state of a network,
// by name, and stay as they are when more is connected.
//
// A kind sees the spikes of its sources only. The spikes of its targets, and a
// third factor, are not available yet; Spec and Synapses will get fields for
// them.
package synapse
