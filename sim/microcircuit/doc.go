// Package microcircuit is the model of the cortical microcircuit of Potjans &
// Diesmann (2014), "PD14".
package microcircuit
