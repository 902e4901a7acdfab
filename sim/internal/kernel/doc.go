// Package kernel has the inner loops of the simulator. The loops in plain Go
// are the specification: what replaces one on some processor must give the same
// bits. Every product that is added to something is rounded first, float64(a*b)
// + c, since a fused multiply-add would change the last bit.
//
//	deliver.go     synapse rows into input sums
//	packed.go      the same where sources have few different weights
//	ring.go        the same for shards of few neurons
//	input.go       what arrives at neurons in a step
//	exp.go         iaf_psc_exp over one step
//	alpha.go       iaf_psc_alpha
//	delta.go       iaf_psc_delta
//	*_each.go      the same for neurons that differ in their parameters
//	refractory.go  which neurons are refractory, and until when
//	poisson.go     Poisson counts by the alias method; poisson_vector.go: several at a time
//	philox.go      random words, many at a time
//	loops.go       which implementation of the loops is in use
//	*_amd64.*      assembly, made by _asm
package kernel
