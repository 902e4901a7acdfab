package nb

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"
)

// capture returns what is said outside of a notebook.
func capture(t *testing.T) *bytes.Buffer {
	t.Helper()
	if InNotebook() {
		t.Skip("runs in a notebook")
	}
	var b bytes.Buffer
	old := outside
	outside = &b
	t.Cleanup(func() { outside = old })
	return &b
}

func pngBytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestShowOutsideOfANotebook(t *testing.T) {
	const svg = `<?xml version="1.0"?><svg width="1"></svg>`
	for _, tt := range []struct {
		name string
		show func() error
		want string
	}{
		{"PNG", func() error { return showPNG(pngBytes(t), "a raster", 100) }, "[image/png: a raster (shown in a notebook only)]\n"},
		{"SVG", func() error { return showSVG([]byte(svg), "a raster") }, "[image/svg+xml: a raster (shown in a notebook only)]\n"},
		{"Show PNG", func() error { return showPicture(bytes.NewReader(pngBytes(t)), "x", 0) }, "[image/png: x (shown in a notebook only)]\n"},
		{"Show SVG", func() error { return showPicture(strings.NewReader(svg), "x", 0) }, "[image/svg+xml: x (shown in a notebook only)]\n"},
		{"Markdown", func() error { return showMarkdown("**b**") }, "**b**\n"},
	} {
		b := capture(t)
		if err := tt.show(); err != nil || b.String() != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.name, b, err, tt.want)
		}
	}
}

type failing struct{}

func (failing) WriteTo(io.Writer) (int64, error) { return 0, errors.New("no ink") }

func TestShowErrors(t *testing.T) {
	b := capture(t)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{showPNG([]byte("GIF89a..."), "a map", 0), `picture "a map": not a PNG`},
		{showPNG(nil, "a map", 0), "not a PNG"},
		{showPNG(pngBytes(t), "a map", -1), "width -1 pixels"},
		{showSVG(nil, "x"), "neither PNG nor SVG"},
		{showSVG([]byte("<html>"), "x"), "neither PNG nor SVG"},
		{showPicture(failing{}, "x", 0), `picture "x": no ink`},
		{showTable("t", []string{"a"}, [][]string{{"1"}, {"1", "2"}}), "row 2 has 2 cells, the header has 1"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("error %v, want %q", tt.err, tt.want)
		}
	}
	if b.Len() > 0 {
		t.Errorf("something was shown: %s", b)
	}
}

func TestTable(t *testing.T) {
	header := []string{"population", "rate (spikes/s)"}
	rows := [][]string{{"L23E", "0.9"}, {"L<4>", "12.25"}, {"none", "-"}}
	wantText := "rates\n" +
		"population  rate (spikes/s)\n" +
		"L23E                    0.9\n" +
		"L<4>                  12.25\n" +
		"none                      -"
	if got := tableText("rates", header, rows); got != wantText {
		t.Errorf("text\n%s\nwant\n%s", got, wantText)
	}
	html := tableHTML("rates & more", header, rows)
	for _, want := range []string{
		"<caption>rates &amp; more</caption>",
		`<th style="text-align:left">population</th><th style="text-align:right">rate`,
		`<td style="text-align:left">L&lt;4&gt;</td><td style="text-align:right">12.25</td>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in\n%s", want, html)
		}
	}
	if got := tableText("", []string{"a"}, nil); got != "a" {
		t.Errorf("empty table %q", got)
	}
}

func TestNumberColumns(t *testing.T) {
	for _, tt := range []struct {
		cells []string
		want  bool
	}{
		{[]string{"1", "-2.5", "1e-3", "±3 %"}, true},
		{[]string{"1", "-", ""}, true},
		{[]string{"−70.2"}, true},
		{[]string{"1", "x"}, false},
		{[]string{"E"}, false},
		{[]string{"1 kB"}, false},
		{nil, false},
	} {
		var rows [][]string
		for _, c := range tt.cells {
			rows = append(rows, []string{c})
		}
		if got := numberColumns(1, rows)[0]; got != tt.want {
			t.Errorf("%q: %v, want %v", tt.cells, got, tt.want)
		}
	}
}

type drawing struct {
	png   []byte
	notes []string
	err   error
}

func (d *drawing) PNG() ([]byte, error)     { return d.png, d.err }
func (d *drawing) Size() (int, int)         { return 2, 2 }
func (d *drawing) Text() (string, []string) { return "a raster", d.notes }

func TestFigure(t *testing.T) {
	const picture = "[image/png: a raster (shown in a notebook only)]\n"
	failure := errors.New("no ink")
	for _, c := range []struct {
		name string
		d    *drawing
		err  error
		says string
		want error
	}{
		{"plain", &drawing{png: pngBytes(t)}, nil, picture, nil},
		{"with notes", &drawing{png: pngBytes(t), notes: []string{"one", "two"}}, nil, picture + "one\ntwo\n", nil},
		{"not made", nil, failure, "", failure},
		{"not drawn", &drawing{err: failure}, nil, "", failure},
	} {
		b := capture(t)
		if err := showFigure(c.d, c.err); !errors.Is(err, c.want) || b.String() != c.says {
			t.Errorf("%s: %q, %v, want %q, %v", c.name, b, err, c.says, c.want)
		}
	}
}
