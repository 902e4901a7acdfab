package ipynb

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A file that Jupyter wrote (nbformat 5.5.0, nbformat.writes) must come out
// as it was, to the byte.
func TestRoundTripOfJupytersFile(t *testing.T) {
	data, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Bytes(); !bytes.Equal(got, data) {
		t.Errorf("changed:\n%s\nwas:\n%s", got, data)
	}
}

func TestReadOldMinor(t *testing.T) {
	const old = `{"nbformat":4,"nbformat_minor":2,"metadata":{"x":1.50},"cells":[
		{"cell_type":"code","source":"a\nb","metadata":{"tags":["t","raises-exception"]},"outputs":[],"execution_count":3},
		{"cell_type":"markdown","id":"ok","source":["c\n","d"]},
		{"cell_type":"raw","id":"ok","source":""},
		{"cell_type":"markdown","id":"not an id","source":""}]}`
	nb, err := Read([]byte(old))
	if err != nil {
		t.Fatal(err)
	}
	text := string(nb.Bytes())
	for _, want := range []string{`"nbformat_minor": 5`, `"x": 1.50`, `"id": "ok"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	ids := map[string]bool{}
	for _, c := range nb.Cells {
		if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(c.ID) || ids[c.ID] {
			t.Errorf("id %q is wrong or not unique", c.ID)
		}
		ids[c.ID] = true
	}
	if nb.Cells[0].Source != "a\nb" || nb.Cells[1].Source != "c\nd" || nb.Cells[0].ExecutionCount != 3 {
		t.Errorf("cells %+v", nb.Cells)
	}
	if !nb.Cells[0].HasTag("raises-exception") || nb.Cells[1].HasTag("t") {
		t.Error("tags are wrong")
	}
	again, err := Read([]byte(old))
	if err != nil || string(again.Bytes()) != text {
		t.Errorf("ids differ when the same file is read again (%v)", err)
	}
}

func TestReadErrors(t *testing.T) {
	head := `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[`
	for _, tt := range []struct{ text, want string }{
		{"", "the file is empty"},
		{" \n", "the file is empty"},
		{"[1]", "not an object"},
		{"\x89PNG", "JSON on line 1"},
		{"{\n\n \"a\": x}", "JSON on line 3"},
		{head + "{", "cut short"},
		{"{}", "no nbformat"},
		{`{"nbformat":"4"}`, "no nbformat"},
		{`{"nbformat":3,"nbformat_minor":0,"worksheets":[]}`, "nbformat is 3"},
		{`{"nbformat":4}`, "no nbformat_minor"},
		{`{"nbformat":4,"nbformat_minor":5}`, "no list of cells"},
		{`{"nbformat":4,"nbformat_minor":5,"metadata":[],"cells":[]}`, "metadata is not"},
		{head + `]} x`, "more text"},
		{head + `3]}`, "cell 1: is not an object"},
		{head + `{}]}`, "cell 1: no cell_type"},
		{head + `{"cell_type":"heading","source":""}]}`, `cell 1: cell_type "heading"`},
		{head + `{"cell_type":"raw","source":""},{"cell_type":"code"}]}`, "cell 2: source"},
		{head + `{"cell_type":"code","source":[1]}]}`, "cell 1: source"},
		{head + `{"cell_type":"code","source":"","outputs":{}}]}`, "outputs is not a list"},
		{head + `{"cell_type":"code","source":"","outputs":[{}]}]}`, `output 1: output_type ""`},
		{head + `{"cell_type":"code","source":"","outputs":[{"output_type":"stream"}]}]}`, "output 1: a stream without"},
		{head + `{"cell_type":"code","source":"","outputs":[{"output_type":"display_data"}]}]}`, "output 1: display_data without"},
	} {
		_, err := Read([]byte(tt.text))
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Read(%q): %v, want %q", tt.text, err, tt.want)
		}
	}
}

// Python 3: "a\r\nb\rc\vd\u2028e".splitlines(True)
func TestSplitLines(t *testing.T) {
	got := splitLines("a\r\nb\rc\vd\u2028e\n")
	want := []string{"a\r\n", "b\r", "c\v", "d\u2028", "e\n"}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: %q, want %q", i, got[i], want[i])
		}
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("testdata/jupyter.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":2,"cells":[{"cell_type":"code","source":["\u2028"],"outputs":[{"output_type":"stream","name":"x","text":"\r"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Read(data)
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) {
				t.Errorf("error %T: %v", err, err)
			}
			return
		}
		once := nb.Bytes()
		again, err := Read(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		if twice := again.Bytes(); !bytes.Equal(once, twice) {
			t.Errorf("writing what was read changes it:\n%s\n%s", once, twice)
		}
	})
}
