// Package connect says how populations are connected: which neurons (a Rule)
// and with which parameters (a Synapse of two Distributions).
//
//	rule.go          connection rules
//	distribution.go  distributions that weights, delays and initial values are drawn from
//	source.go        this source as text, which package models reads its help from
package connect
