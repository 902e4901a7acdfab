package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"testing"
)

// Regenerating changes nothing.
func TestGenerated(t *testing.T) {
	want, err := generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../texts.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the documentation of models is not what sim/models/texts.go says: run go generate ./sim/models")
	}
	if _, err := generate(t.TempDir()); err == nil {
		t.Error("no packages, and no error")
	}
}

func TestTexts(t *testing.T) {
	const src = `package x

// A T is a thing, NEST's x_y: more
//
//	a = b*c
type T struct {
	A int
	In
	*other
}

// In is within.
type In struct{ B float64 }

func (T) ModelName() string { return "x_y" }

// DefaultT returns the defaults.
func DefaultT() T { return T{} }

// DefaultU returns a thing of its own, NEST's u_v.
func DefaultU() T { return T{} }

// DefaultIn returns no model.
func DefaultIn() In { return In{} }

type number int

func (number) ModelName() string { return "" }
`
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	s := source{map[string]structDoc{}, nil, map[string]string{}, map[string]string{}}
	s.read(file)
	plain := "A T is a thing, NEST's x_y: more\n\n    a = b*c\n\nIn is within.\n"
	markdown := "A T is a thing, NEST's x\\_y: more\n\n\ta = b*c\n\nIn is within.\n"
	want := map[string]text{
		"x.T":        {"x.DefaultT", "thing", plain, markdown},
		"x.DefaultU": {"x.DefaultU", "thing of its own", "DefaultU returns a thing of its own, NEST's u_v.\n\n" + plain, "DefaultU returns a thing of its own, NEST's u\\_v.\n\n" + markdown},
	}
	if got := s.texts(); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{"DC is a constant\ncurrent, NEST's x_y. More.", "constant current"},
		{"A Synapse is an open door, NEST's x_y: more", "open door"},
		{"Parrot repeats every spike (Smith et al. 2001), NEST's x_y.", "repeats every spike (Smith et al. 2001)"},
		{"DefaultX returns a meter. More.", "meter"},
		{"Noise is NEST's x_y: a current that changes\nevery Dt, for each target.", "current that changes every Dt"},
		{"Noise is NEST's x_y.", ""},
		{"", ""},
	} {
		if got := summary(c.doc); got != c.want {
			t.Errorf("%q: %q, want %q", c.doc, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	if got, want := lines("a\n\n\"b\"\n"), "\"a\\n\" +\n\"\\n\" +\n\"\\\"b\\\"\\n\""; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
