package ipynb

import (
	"testing"
	"unicode/utf8"
)

func TestScreen(t *testing.T) {
	// What a terminal (xterm, VT100 control functions) leaves on the screen.
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"a\nb", "a\nb"},
		{"a\r\nb\r\n", "a\nb\n"},
		{"10%\r20%\r100%\n", "100%\n"},
		{"a long line\rshort\n", "shortg line\n"}, // what is not overwritten stays
		{"abc\r", "abc"},
		{"abc\r\x1b[Kxy\n", "xy\n"},
		{"abc\x1b[2Kxy\n", "xy\n"}, // column is reset here: progress bars always return
		{"abcdef\rxy\x1b[K\n", "xy\n"},
		{"ab\bc\n", "ac\n"},
		{"\b\bx", "x"},
		{"\x1b[31mred\x1b[0m\n", "\x1b[31mred\x1b[0m\n"},
		{"\x1b", "\x1b"},
		{"\x1bM\n", "\x1bM\n"},
		{"\x1b[\n", "\x1b[\n"},
		{"größer\rkl\n", "klößer\n"},
	} {
		var s Screen
		s.WriteString(tt.in)
		if got := s.String(); got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.in, got, tt.want)
		}
		var pieces Screen
		for _, r := range tt.in {
			pieces.WriteString(string(r))
		}
		if got := pieces.String(); got != tt.want {
			t.Errorf("%q in pieces gives %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzScreen(f *testing.F) {
	f.Add("10%\r20%\r\x1b[K", "abc\n\x1b[2K\bdef")
	f.Fuzz(func(t *testing.T, a, b string) {
		var whole, parts Screen
		whole.WriteString(a + b)
		parts.WriteString(a)
		parts.WriteString(b)
		if utf8.ValidString(a) && whole.String() != parts.String() {
			t.Errorf("%q + %q: %q in one, %q in two", a, b, whole.String(), parts.String())
		}
		if !utf8.ValidString(whole.String()) {
			t.Errorf("%q: not UTF-8", whole.String())
		}
	})
}
