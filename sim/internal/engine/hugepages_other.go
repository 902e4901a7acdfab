//go:build !linux

package engine

// preferHugePages does nothing: it is a hint that only Linux takes here.
func preferHugePages[W word]([]W) {}
