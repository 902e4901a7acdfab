// Package runs is what the cells of a notebook use to look at a run: a
// simulation whose network, state and spikes are in a directory as package
// arrowio describes it.
//
//   - create.go the run of a microcircuit: created or kept, opened and
//     continued by later cells
//   - rates.go   the table of firing rates
//   - spread.go a number of NEST compared with the same number of several seeds
//   - nest.go    NEST's results for the same microcircuit
//   - files.go   the table of a run's files, and paths as they are printed
//
// It links Arrow and gonum, so cells that only draw or compute something link
// faster if they import package nb alone.
package runs
