//go:build !linux

package available

func memory() (int64, string, bool) { return 0, "", false }
