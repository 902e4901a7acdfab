package store

import (
	"fmt"
	"os"
)

// Present reports a network in dir of which a file is missing, without reading
// synapses; without any network the error wraps os.ErrNotExist.
func Present(dir string) (NetworkInfo, error) {
	n, err := InspectNetwork(dir)
	if err != nil {
		return n, err
	}
	if n.Shards < 1 || n.Shards > maxShards {
		return n, fmt.Errorf("%s: damaged: %d shards, must be in [1, %d]", networkPath(dir), n.Shards, maxShards)
	}
	for s := range n.Shards {
		if _, err := os.Stat(rowsPath(dir, s)); err != nil {
			return n, fmt.Errorf("shard %d of %d of the network in %s is not there: %v", s, n.Shards, dir, err)
		}
	}
	return n, nil
}
