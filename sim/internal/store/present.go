package store

import (
	"fmt"
	"os"
)

// Present reports if a file of the network in dir is missing, without reading
// synapses; if there is no network, the error wraps os.ErrNotExist.
func Present(dir string) (NetworkInfo, error) {
	n, err := InspectNetwork(dir)
	if err != nil {
		return n, err
	}
	for s := range n.Shards {
		if _, err := os.Stat(rowsPath(dir, s)); err != nil {
			return n, fmt.Errorf("shard %d of %d of the network in %s is not there: %v", s, n.Shards, dir, err)
		}
	}
	return n, nil
}
