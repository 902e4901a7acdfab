package brief

import (
	"strings"
	"testing"
)

func TestBrief(t *testing.T) {
	long, wide := strings.Repeat("x", 1e7), strings.Repeat("é", 60)
	for _, c := range []struct{ s, short, quoted string }{
		{"", "", `""`},
		{"L4E", "L4E", `"L4E"`},
		{"a\x00\"b", "a\x00\"b", `"a\x00\"b"`},
		{wide, wide, `"` + wide + `"`},
		{wide + "é", wide + "...", `"` + wide + `"... (61 characters)`},
		{long, long[:60] + "...", `"` + long[:60] + `"... (10000000 characters)`},
		{"\xff\xfe", "\xff\xfe", `"\xff\xfe"`},
		{"ends...", "ends...", `"ends..."`},
	} {
		if got := String(c.s); got != c.short {
			t.Errorf("String: %.80q, want %q", got, c.short)
		}
		if got := Quote(c.s); got != c.quoted {
			t.Errorf("Quote: %.80s, want %s", got, c.quoted)
		}
	}
	if got := Names([]string{"a", long}); got != `"a", `+Quote(long) {
		t.Errorf("Names: %.80s", got)
	}
	if got := Names(nil); got != "none" {
		t.Errorf("Names: %s", got)
	}
	if got := Names(make([]string, 100)); !strings.HasSuffix(got, `"", ... (100 in all)`) {
		t.Errorf("Names: %s", got)
	}
}
