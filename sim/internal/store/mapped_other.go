//go:build !unix

package store

import "os"

// readFile returns the contents of a file.
func readFile(path string, _ bool) ([]byte, error) { return os.ReadFile(path) }
