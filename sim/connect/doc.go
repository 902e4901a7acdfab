// Package connect says how collections of neurons are connected: which neurons (a Rule)
// and with which parameters (a Synapse of two Distributions).
//
//	rule.go          connection rules
//	distribution.go  distributions that weights, delays and initial values are drawn from
//	skewed.go        more of them: lognormal, exponential, redrawn
//	expression.go    arithmetic with distributions
//	from.go          numbers where a distribution is meant
//	json.go          a normal distribution as JSON
//	source.go        this source as text, which package models reads its help from
package connect
