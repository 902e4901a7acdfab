// Package connect says how collections of neurons are connected: which neurons (a Rule)
// and with which parameters (a Synapse of two Distributions).
//
//	rule.go, plan.go what a rule is, and what it fills in
//	fixed_total_number.go, fixed_indegree.go, fixed_outdegree.go, pairwise_bernoulli.go,
//	all_to_all.go, one_to_one.go, list.go  the rules, a file each
//	distribution.go  what a distribution is; streams of random numbers
//	constant.go      a constant, values for each connection
//	normal.go, uniform.go, skewed.go  what weights, delays and parameters are drawn from
//	redraw.go        bounds for all of them
//	expression.go    arithmetic with distributions
//	registry.go      names and forms on disk, of one's own types, too
//	from.go          numbers where a distribution is meant
package connect
