package notebook

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
)

// script is what a cell shows in the tests below.
func script(p *progress) {
	p.text("a\nhalf ")
	p.text("a line\n10%")
	p.text("\r100%\n")
	p.display(ipynb.Display{Data: map[string]any{"image/png": strings.Repeat("A", 4000), "text/plain": "a raster"}}, false)
	p.display(ipynb.Display{Data: map[string]any{"text/html": "<b>x</b>"}}, false)
	bar := func(text string) ipynb.Display {
		return ipynb.Display{ID: "p", Data: map[string]any{"text/html": "<progress>", "text/plain": text}}
	}
	p.display(bar("1 / 2 ms"), false)
	p.display(bar("2 / 2 ms"), true)
	p.text("no end")
	p.end(errors.New("x"))
}

// withoutTime removes the time from the closing line.
func withoutTime(s string) string { return strings.ReplaceAll(s, "0.00 s", "TIME") }

func TestProgressInFile(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, false, 2, 12, "\n%%\nx := 1\ny := 2")
	script(p)
	want := `[2/12] x := 1
       a
       half a line
       100%
       a raster
       (image/png, 3 kB)
       (text/html, 8 bytes)
       no end
       2 / 2 ms
[2/12] TIME, failed
`
	if got := withoutTime(b.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgressOnTerminal(t *testing.T) {
	var b bytes.Buffer
	script(newProgress(&b, true, 2, 12, "x"))
	var screen ipynb.Screen // what a terminal makes of it
	screen.WriteString(b.String())
	var file bytes.Buffer
	script(newProgress(&file, false, 2, 12, "x"))
	if screen.String() != file.String() {
		t.Errorf("terminal ends with\n%s\nfile has\n%s", screen.String(), &file)
	}
	for _, want := range []string{"10%", "1 / 2 ms\r", "half "} { // on the way
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %q", want, &b)
		}
	}
}

func TestProgressIsLimited(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b, false, 1, 1, "x")
	p.text(strings.Repeat("line\n", 1000))
	p.end(nil)
	if n := strings.Count(b.String(), "line\n"); n != mostLines || !strings.Contains(b.String(), "the rest is in the notebook") {
		t.Errorf("%d lines:\n%s", n, &b)
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct{ in, want string }{{"", ""}, {"äöü", "äöü"}, {"äöüß", "äö…"}} {
		if got := shorten(tt.in, 3); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}
