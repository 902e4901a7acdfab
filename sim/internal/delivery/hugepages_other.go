//go:build !linux

package delivery

// PreferHugePages does nothing: it is a hint that only Linux takes here.
func PreferHugePages[W any]([]W) {}
