package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type testHeader struct {
	Name string `json:"name"`
}

func writeSample(t testing.TB, path string) {
	t.Helper()
	err := writeContainer(path, "sample", testHeader{"x"}, []array{
		newArray("words", []uint32{1, 2, math.MaxUint32}), newArray("none", []uint64(nil)),
		newArray("longs", []uint64{math.MaxUint64}), newArray("floats", []float64{math.Pi, math.Inf(-1), 0})})
	if err != nil {
		t.Fatal(err)
	}
}

func TestContainerRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	for range 2 { // the second replaces the first
		writeSample(t, path)
		for _, mapped := range []bool{false, true} {
			c, err := readContainer(path, "sample", mapped)
			if err != nil {
				t.Fatal(err)
			}
			var h testHeader
			if err := c.header(&h); err != nil || h.Name != "x" {
				t.Errorf("header %+v, %v", h, err)
			}
			words, err1 := take[uint32](c, "words")
			longs, err2 := take[uint64](c, "longs")
			floats, err3 := take[float64](c, "floats")
			none, err4 := take[uint64](c, "none")
			absent, err5 := take[uint64](c, "absent")
			if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(words, []uint32{1, 2, math.MaxUint32}) || !slices.Equal(longs, []uint64{math.MaxUint64}) ||
				!slices.Equal(floats, []float64{math.Pi, math.Inf(-1), 0}) || none != nil || absent != nil {
				t.Errorf("mapped %v: %v %v %v %v %v", mapped, words, longs, floats, none, absent)
			}
			if _, err := take[uint64](c, "words"); err == nil || !strings.Contains(err.Error(), `"words" is of type "uint32", not "uint64"`) {
				t.Errorf("the wrong type: %v", err)
			}
			if _, err := readContainer(path, "other", mapped); err == nil || !strings.Contains(err.Error(), path+`: it holds a "sample", not a "other"`) {
				t.Errorf("the wrong kind: %v", err)
			}
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files %v, %v", left, err)
	}
}

// Every bit of a file matters, but for padding and what JSON lets pass: a change
// is an error or changes nothing that is read.
func TestContainerDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	writeSample(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for _, b := range [][]byte{whole[:i], append(append(slices.Clone(whole[:i]), whole[i]^1), whole[i+1:]...)} {
			c, err := parse(b, "sample")
			if err != nil {
				continue
			}
			words, err := take[uint32](c, "words")
			if err == nil && words != nil && !slices.Equal(words, []uint32{1, 2, math.MaxUint32}) {
				t.Fatalf("byte %d: %v", i, words)
			}
		}
	}
	if _, err := readContainer(filepath.Join(t.TempDir(), "absent"), "sample", true); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{empty, t.TempDir()} {
		for _, mapped := range []bool{true, false} {
			if _, err := readContainer(p, "sample", mapped); err == nil || !strings.Contains(err.Error(), p) {
				t.Errorf("%s: %v", p, err)
			}
		}
	}
}

// Replace leaves what was there until all is written, and no rest of it.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	broken := errors.New("broken")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"one", nil, "one"}, {"two, at length", broken, "one"}, {"3", nil, "3"}} {
		err := Replace(path, func(w io.Writer) error {
			_, err := io.WriteString(w, c.text)
			return errors.Join(err, c.err)
		})
		got, readErr := os.ReadFile(path)
		if (err != nil) != (c.err != nil) || readErr != nil || string(got) != c.want {
			t.Errorf("%q: %v, %q", c.text, err, got)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
	if err := Replace(filepath.Join(dir, "no", "f"), nil); err == nil {
		t.Error("into a directory that is not there")
	}
}

// Whatever a file holds, reading it gives an error or its arrays, and never more
// of them than it has bytes.
func FuzzContainer(f *testing.F) {
	path := filepath.Join(f.TempDir(), "c")
	writeSample(f, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(magic))
	f.Add(append([]byte(magic), 255, 255, 255, 255, 255, 255, 255, 127))
	for _, table := range []string{`{}`, `null`, `{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":4611686018427387904,"offset":0}]}`,
		`{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":1,"offset":-64}]}`,
		`{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":-1,"offset":9223372036854775744}]}`} {
		f.Add(append(append([]byte(magic), byte(len(table)), 0, 0, 0, 0, 0, 0, 0), table...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data, "sample")
		if err != nil {
			return
		}
		c.path = "file"
		var h testHeader
		_ = c.header(&h)
		for _, a := range c.table.Arrays {
			words, _ := take[uint32](c, a.Name)
			longs, _ := take[uint64](c, a.Name)
			floats, _ := take[float64](c, a.Name)
			if 4*len(words) > len(data) || 8*len(longs) > len(data) || 8*len(floats) > len(data) {
				t.Errorf("%d, %d, %d values from %d bytes", len(words), len(longs), len(floats), len(data))
			}
		}
	})
}

// Whatever a description's JSON says, decoding it gives an error or a
// description that says the same again.
func FuzzDescription(f *testing.F) {
	j, err := encodeDescription(everything())
	if err != nil {
		f.Fatal(err)
	}
	b, err := json.Marshal(j)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"populations":[{"name":"a","n":1,"model":{"type":"parrot_neuron"}}],"projections":[{"pre":{"population":0,"from":9223372036854775807,"n":1}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var j descriptionJSON
		if json.Unmarshal(data, &j) != nil {
			return
		}
		d, err := j.decode()
		if err != nil {
			return
		}
		again, err := encodeDescription(d)
		if err != nil {
			t.Fatalf("decoded, not encoded: %v", err)
		}
		one, err := json.Marshal(again)
		if err != nil {
			t.Fatalf("decoded, not written: %v", err)
		}
		var k descriptionJSON
		if err := json.Unmarshal(one, &k); err != nil {
			t.Fatal(err)
		}
		e, err := k.decode()
		if err != nil {
			t.Fatalf("%s: %v", one, err)
		}
		last, err := encodeDescription(e)
		if err != nil {
			t.Fatal(err)
		}
		if two, err := json.Marshal(last); err != nil || !bytes.Equal(one, two) {
			t.Errorf("%s becomes %s, %v", one, two, err)
		}
	})
}
