//go:build !linux

package store

import (
	"errors"
	"os"
)

// errNoLease is the reason for copying a file.
var errNoLease = errors.New("no lease")

// mapFile maps nothing: without leases a mapping could change or end at any time.
func mapFile(*os.File, int64) (data []byte, keep any, err error) { return nil, nil, errNoLease }
