package jupyter

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestSignature checks the signature against a value from another
// implementation: Python's
//
//	hmac.new(b"key", b'{"a":1}' + b"{}" + b"{}" + b'{"code":"x"}', "sha256").hexdigest()
func TestSignature(t *testing.T) {
	frames := [][]byte{[]byte(`{"a":1}`), []byte("{}"), []byte("{}"), []byte(`{"code":"x"}`)}
	const want = "a5aaacf20fe2368de7cecf9f9c9894a75358cb8420fc39c7b1e5717154ec2743"
	if got := string(sign([]byte("key"), frames)); got != want {
		t.Errorf("sign = %s, want %s", got, want)
	}
	if got := sign(nil, frames); len(got) != 0 {
		t.Errorf("sign without key = %s, want nothing", got)
	}
}

func TestFramesRoundTrip(t *testing.T) {
	key := []byte("secret")
	m, err := NewRequest("session", "execute_request", map[string]any{"code": "1 < 2"})
	if err != nil {
		t.Fatal(err)
	}
	m.Parent = Header{MsgID: "p", MsgType: "q"}
	frames, err := m.Frames(key)
	if err != nil {
		t.Fatal(err)
	}
	// A kernel puts routing frames in front and may add buffers at the end.
	wire := append([][]byte{[]byte("identity"), []byte("another")}, frames...)
	wire = append(wire, []byte("a buffer"))
	got, err := Parse(wire, key)
	if err != nil {
		t.Fatal(err)
	}
	if got.Header != m.Header || got.Parent != m.Parent || !bytes.Equal(got.Content, m.Content) {
		t.Errorf("Parse(Frames()) = %+v, want %+v", got, m)
	}
	if _, err := Parse(wire, []byte("other")); !errors.Is(err, ErrSignature) {
		t.Errorf("Parse with another key: %v, want ErrSignature", err)
	}
	if _, err := Parse(wire, nil); err != nil {
		t.Errorf("Parse without key: %v, want no check", err)
	}
	for i := 4; i < len(wire)-1; i++ { // every signed frame counts
		changed := append([][]byte(nil), wire...)
		changed[i] = append([]byte(" "), changed[i]...)
		if _, err := Parse(changed, key); !errors.Is(err, ErrSignature) {
			t.Errorf("Parse with frame %d changed: %v, want ErrSignature", i, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	b := func(s ...string) (f [][]byte) {
		for _, x := range s {
			f = append(f, []byte(x))
		}
		return f
	}
	for _, tt := range []struct {
		frames [][]byte
		want   string
	}{
		{b(), "without the delimiter"},
		{b("a", "b"), "without the delimiter"},
		{b("<IDS|MSG>", "", "{}", "{}"), "want at least 5"},
		{b("<IDS|MSG>", "", "no", "{}", "{}", "{}"), "message header"},
		{b("<IDS|MSG>", "", `{"msg_type":"status"}`, "[", "{}", "{}"), "status: parent header"},
		{b("<IDS|MSG>", "", `{"msg_type":"status"}`, "{}", "{}", "{"), "status: content"},
	} {
		_, err := Parse(tt.frames, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q): %v, want %q", tt.frames, err, tt.want)
		}
	}
}

func TestRequestWithoutParent(t *testing.T) {
	m, err := NewRequest("s", "kernel_info_request", map[string]any{})
	if err != nil {
		t.Fatal(err)
	}
	frames, err := m.Frames(nil)
	if err != nil {
		t.Fatal(err)
	}
	// The protocol wants an empty object, not a header of empty strings.
	if got := string(frames[3]); got != "{}" {
		t.Errorf("parent header %s, want {}", got)
	}
	if !json.Valid(frames[2]) || len(frames) != 6 {
		t.Errorf("frames %q", frames)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("id"), []byte("<IDS|MSG>"), []byte(""), []byte("{}"), []byte("{}"))
	f.Add([]byte("<IDS|MSG>"), []byte("sig"), []byte(`{"msg_id":"1"}`), []byte("{}"), []byte(`{"a":[1]}`))
	f.Fuzz(func(t *testing.T, a, b, c, d, e []byte) {
		for _, frames := range [][][]byte{{a, b, c, d, e}, {delimiter, a, b, c, d, e}} {
			m, err := Parse(frames, nil)
			if (m == nil) == (err == nil) {
				t.Errorf("Parse = %v, %v", m, err)
			}
		}
	})
}
