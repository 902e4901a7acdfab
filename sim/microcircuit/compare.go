package microcircuit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Published reports whether p are the published parameters, with one scale for
// neurons and in-degrees and either background: those of NEST's reference
// results. Seed, times and what is recorded may be any.
func (p Parameters) Published() bool {
	q := Default()
	q.NScaling, q.KScaling, q.Background = p.NScaling, p.NScaling, p.Background
	q.Seed, q.TPresim, q.TSim, q.Record = p.Seed, p.TPresim, p.TSim, p.Record
	return p == q
}

// Difference says in which parameters p differs from those that a network was
// made from, by their names in JSON: "seed is 1, there 2"; "" if in none. If
// there are more than three, it gives their number. How long a network is
// simulated and what is recorded does not count.
func (p Parameters) Difference(saved Parameters) string {
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

// members returns the parameters by their names in JSON, with the group's name
// before those of a group.
func members(p Parameters) map[string]string {
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
