package store

import (
	"bytes"
	"encoding/binary"
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
	_, err := writeContainer(path, "sample", testHeader{"x"}, []array{
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
		c, err := openContainer(path, "sample")
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
		if err := errors.Join(err1, err2, err3, err4, err5, c.verify()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(words, []uint32{1, 2, math.MaxUint32}) || !slices.Equal(longs, []uint64{math.MaxUint64}) ||
			!slices.Equal(floats, []float64{math.Pi, math.Inf(-1), 0}) || none != nil || absent != nil {
			t.Errorf("%v %v %v %v %v", words, longs, floats, none, absent)
		}
		if _, err := take[uint64](c, "words"); err == nil || !strings.Contains(err.Error(), `"words" is of type "uint32", not "uint64"`) {
			t.Errorf("the wrong type: %v", err)
		}
		c.Close()
		if _, err := openContainer(path, "other"); err == nil || !strings.Contains(err.Error(), path+`: it holds a "sample", not a "other"`) {
			t.Errorf("the wrong kind: %v", err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); err != nil || len(left) > 0 {
		t.Errorf("temporary files %v, %v", left, err)
	}
}

// parseWhole reads a container that b holds, and all its arrays.
func parseWhole(b []byte) (*container, error) {
	c, err := readTable(bytes.NewReader(b), int64(len(b)), "sample")
	if err != nil {
		return nil, err
	}
	return c, c.verify()
}

// Every bit of a file but those of padding matters: a change is an error.
func TestContainerDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	writeSample(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseWhole(whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		if _, err := parseWhole(whole[:i]); err == nil {
			t.Fatalf("cut short to %d of %d bytes: not found", i, len(whole))
		}
		for bit := range 8 {
			b := slices.Clone(whole)
			b[i] ^= 1 << bit
			if _, err := parseWhole(b); err == nil && whole[i] != 0 {
				t.Fatalf("byte %d, bit %d: not found", i, bit)
			}
		}
	}
	if _, err := parseWhole(append(slices.Clone(whole), make([]byte, 64)...)); err == nil || !strings.Contains(err.Error(), "bytes long, must be") {
		t.Errorf("longer than it is: %v", err)
	}
	if _, err := openContainer(filepath.Join(t.TempDir(), "absent"), "sample"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{empty, t.TempDir()} {
		if _, err := openContainer(p, "sample"); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("%s: %v", p, err)
		}
	}
}

// A container of the first form has no checksum of its table.
func TestContainerFirstForm(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	writeSample(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := firstForm(whole)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := parseWhole(b); err != nil || len(c.table.Arrays) != 4 {
		t.Errorf("%+v, %v", c, err)
	}
}

// firstForm returns a container as an earlier version wrote it.
func firstForm(whole []byte) ([]byte, error) {
	c, err := readTable(bytes.NewReader(whole), int64(len(whole)), "")
	if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(whole[8:])
	b := append([]byte(magicFirst), whole[8:16]...)
	b = append(b, whole[24:24+n]...)
	b = append(b, make([]byte, padding(int64(len(b))))...)
	return append(b, whole[c.begin:]...), nil
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
	first, err := firstForm(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(first)
	for _, table := range []string{`{}`, `null`, `{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":4611686018427387904,"offset":0}]}`,
		`{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":1,"offset":-64}]}`,
		`{"kind":"sample","arrays":[{"name":"words","type":"uint32","len":-1,"offset":9223372036854775744}]}`} {
		f.Add(append(append([]byte(magicFirst), byte(len(table)), 0, 0, 0, 0, 0, 0, 0), table...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := readTable(bytes.NewReader(data), int64(len(data)), "sample")
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
