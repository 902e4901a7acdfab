// Command asm generates the assembly of package kernel. It is run by go
// generate there, once for each of the files:
//
//	deliver.go  deliver_amd64.s: synapse rows into input sums
//	packed.go   packed_amd64.s: packed rows into input sums
//	ring.go     ring_amd64.s: rows into rings
//	neuron.go   neuron_amd64.s: neuron models over one step
//	philox.go   philox_amd64.s: the generator
//	poisson.go  poisson_amd64.s: Poisson numbers
package main

import (
	"flag"
	"log"

	"github.com/mmcloughlin/avo/build"
)

func main() {
	kernel := flag.String("kernel", "", "what to generate: deliver, packed, ring, neuron, philox or poisson")
	flag.Parse()
	build.ConstraintExpr("!noasm")
	switch *kernel {
	case "deliver":
		deliver()
	case "packed":
		packed()
	case "ring":
		ring()
	case "neuron":
		neurons()
	case "philox":
		philox()
	case "poisson":
		poisson()
	default:
		log.Fatalf("-kernel is %q, must be deliver, packed, ring, neuron, philox or poisson", *kernel)
	}
	build.Generate()
}
