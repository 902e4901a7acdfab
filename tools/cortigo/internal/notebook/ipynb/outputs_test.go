package ipynb

import (
	"bytes"
	"encoding/json"
	"testing"
)

// encoded returns the outputs as compact JSON.
func encoded(t *testing.T, o *Outputs) string {
	t.Helper()
	var e encoder
	e.value(o.encode())
	var b bytes.Buffer
	if err := json.Compact(&b, e.buf); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func display(t *testing.T, content string) Display {
	t.Helper()
	d, err := UnmarshalDisplay([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestStreamsAreMerged(t *testing.T) {
	var o Outputs
	o.AddStream("stdout", "a\n5%\r")
	o.AddStream("stderr", "oh")
	o.AddStream("stdout", "10%")
	o.AddDisplay(display(t, `{"data":{"text/html":"<b>x\ny</b>"},"metadata":{}}`))
	o.AddStream("stdout", "after")
	want := `[{"name":"stdout","output_type":"stream","text":["a\n","10%"]},` +
		`{"name":"stderr","output_type":"stream","text":["oh"]},` +
		`{"data":{"text/html":["<b>x\n","y</b>"]},"metadata":{},"output_type":"display_data"},` +
		`{"name":"stdout","output_type":"stream","text":["after"]}]`
	if got := encoded(t, &o); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := o.Text("stdout"); got != "a\n10%after" {
		t.Errorf("Text = %q", got)
	}
}

func TestDisplayIsUpdatedInPlace(t *testing.T) {
	var o Outputs
	o.AddDisplay(display(t, `{"data":{"text/plain":"0"},"transient":{"display_id":"p"}}`))
	o.AddStream("stdout", "x")
	o.AddDisplay(display(t, `{"data":{"text/plain":"0"},"transient":{"display_id":"p"}}`))
	if !o.Update(display(t, `{"data":{"text/plain":"9"},"metadata":{"a":1},"transient":{"display_id":"p"}}`)) {
		t.Error("no display found")
	}
	if o.Update(display(t, `{"data":{"text/plain":"9"},"transient":{"display_id":"q"}}`)) ||
		o.Update(display(t, `{"data":{"text/plain":"9"}}`)) {
		t.Error("a display found that is not there")
	}
	// The display_id is not stored: nbformat has no place for it.
	d := `{"data":{"text/plain":["9"]},"metadata":{"a":1},"output_type":"display_data"}`
	want := `[` + d + `,{"name":"stdout","output_type":"stream","text":["x"]},` + d + `]`
	if got := encoded(t, &o); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestErrorResultAndClear(t *testing.T) {
	var o Outputs
	o.AddError(ErrorOutput{"E", "v", []string{"a", "b"}})
	o.AddResult(display(t, `{"data":{"text/plain":"3"}}`), 7)
	want := `[{"ename":"E","evalue":"v","output_type":"error","traceback":["a","b"]},` +
		`{"data":{"text/plain":["3"]},"execution_count":7,"metadata":{},"output_type":"execute_result"}]`
	if got := encoded(t, &o); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	o.ClearOutput(true)
	if o.Len() != 2 {
		t.Errorf("clear with wait left %d, want 2 until the next output", o.Len())
	}
	o.AddStream("stdout", "new")
	if o.Len() != 1 {
		t.Errorf("%d outputs after it, want 1", o.Len())
	}
	o.ClearOutput(false)
	if got := encoded(t, &o); got != "[]" {
		t.Errorf("cleared: %s", got)
	}
}

func TestUnmarshalDisplayErrors(t *testing.T) {
	for _, content := range []string{``, `{`, `{}`, `{"data":3}`} {
		if d, err := UnmarshalDisplay([]byte(content)); err == nil {
			t.Errorf("UnmarshalDisplay(%s) = %v, want an error", content, d)
		}
	}
}
