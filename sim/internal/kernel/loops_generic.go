//go:build !amd64 || noasm

package kernel

func assembly() []loops { return nil }
