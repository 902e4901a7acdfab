// Package synapse is the contract of synapses with a state of their own: weights
// that change, resources that deplete, whatever a synapse keeps from one spike of
// its source to the next. Those that never change, static_synapse, are the
// simulator's own and need nothing of this.
//
// A kind of synapses is a struct of parameters with a name (Model), and a Spec
// that says what each synapse keeps, how large its weights can become and what it
// does with a spike. Registered, it is used like a model of NEST:
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
//	net.Connect(a, b, nil, connect.Synapse{Model: "depressing", Weight: ...})
//
// Its synapses are drawn by the same rules and distributions as static ones, and
// the weights drawn are those they begin with. What they deliver is rounded to the
// grid of exact weights of the population, 2^-40 of the largest that may occur, and
// added up in integers: so nothing depends on the order of synapses, on threads or
// on shards. Weights and columns are saved with the state of a network, by the name
// of the column, and stay what they are when more is connected.
//
// A kind is told of the spikes of its sources alone: not yet of those of its
// targets, nor of a third factor. A Spec and Synapses will get fields for them.
package synapse
