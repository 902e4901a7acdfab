// Package available tells how much memory a process may still take.
package available

// Memory returns how many bytes the process may still take, and what bounds them,
// for a message: the machine, a control group, or a limit of the process. ok is
// false where it is not known.
func Memory() (bytes int64, bound string, ok bool) { return memory() }
