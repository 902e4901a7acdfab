package runs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cortigo/sim/microcircuit"
)

// difference says in which parameters p differs from those that a network was
// made from, "" if in none. How long it is simulated and what is recorded does
// not count.
func difference(p, saved microcircuit.Parameters) string {
	saved.TPresim, saved.TSim, saved.Record = p.TPresim, p.TSim, p.Record
	if saved == p {
		return ""
	}
	now, then := members(p), members(saved)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if now[name] != then[name] {
			parts = append(parts, fmt.Sprintf("%s is %s, there %s", name, now[name], then[name]))
		}
	}
	const most = 3
	if n := len(parts) - most; n > 0 {
		parts = append(parts[:most], fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, ", ")
}

// members returns the parameters by their names in JSON, those of a group with
// the group's.
func members(p microcircuit.Parameters) map[string]string {
	out := map[string]string{}
	b, err := json.Marshal(p)
	if err != nil { // not a number: no network has such parameters
		return out
	}
	flatten(out, "", b)
	return out
}

func flatten(out map[string]string, name string, value json.RawMessage) {
	var group map[string]json.RawMessage
	if json.Unmarshal(value, &group) != nil {
		out[name] = string(value)
		return
	}
	for k, v := range group {
		flatten(out, strings.TrimPrefix(name+"."+k, "."), v)
	}
}
