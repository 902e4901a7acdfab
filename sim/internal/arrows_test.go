// Package internal has the rooms of the house, whose arrows point one way.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// floors are packages of this module from below; each imports only those of lower
// floors, and of its own those that stand before it.
var floors = [][]string{
	{"sim/fmath", "sim/internal/available", "sim/internal/brief", "sim/internal/clock", "sim/internal/inbox", "sim/internal/suggest",
		"sim/internal/param", "sim/internal/rng", "sim/internal/kernel"},
	{"sim/connect", "sim/device", "sim/neuron", "sim/synapse"},
	{"sim/internal/network"},
	{"sim/internal/exchange"},
	{"sim/internal/wiring"},
	{"sim/internal/delivery"},
	{"sim/internal/engine"},
	{"sim/internal/store"},
	{"sim/spikes", "sim"},
}

// outside are packages that use no more of the simulator than anybody could.
var outside = []string{"analysis", "arrowio", "notebooks", "tools", "sim/microcircuit"}

// An import that points upward is a wall that was broken through.
func TestArrows(t *testing.T) {
	imports := importsOf(t, "../..")
	floor := map[string]int{}
	for _, f := range floors {
		for _, p := range f {
			floor[p] = len(floor)
			if _, ok := imports[p]; !ok {
				t.Errorf("there is no package %s", p)
			}
		}
	}
	for p, of := range imports {
		at, known := floor[p]
		if strings.HasPrefix(p, "sim/internal/") && !known {
			t.Errorf("package %s has no place in floors", p)
		}
		for _, i := range of {
			to, ok := floor[i]
			if known && (!ok || to >= at) {
				t.Errorf("package %s imports %s, which does not stand below it", p, i)
			}
			out := slices.ContainsFunc(outside, func(o string) bool { return p == o || strings.HasPrefix(p, o+"/") })
			if out && strings.HasPrefix(i, "sim/internal/") {
				t.Errorf("package %s imports %s, which nobody outside could", p, i)
			}
		}
	}
	if got := len(imports["sim"]); got < 5 {
		t.Errorf("only %d packages of ours are found that sim imports", got)
	}
}

// importsOf returns, of every package below root, which of this module it imports,
// without its tests.
func importsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	const module = "cortigo/"
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		p := filepath.ToSlash(dir)
		if imports[p] == nil {
			imports[p] = []string{}
		}
		for _, i := range f.Imports {
			if name, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), module); ours && !slices.Contains(imports[p], name) {
				imports[p] = append(imports[p], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
