package ipynb

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Outputs are the outputs of a code cell. Text of one stream is gathered into
// one output until something else is shown: the order in which stdout and
// stderr arrive is chance, and would make each run's file differ.
type Outputs struct {
	list      []*output
	clearNext bool
}

// output is one output: of stream text, or anything else as it is stored.
type output struct {
	stream    string // stdout or stderr; empty if it is no stream
	text      Screen
	object    object
	displayID string
}

func readOutputs(list []any) (*Outputs, error) {
	o := &Outputs{}
	for i, raw := range list {
		root, ok := raw.(object)
		if !ok {
			return nil, fmt.Errorf("output %d is not an object", i+1)
		}
		switch kind, _ := root["output_type"].(string); kind {
		case "stream":
			text, ok := joinLines(root["text"])
			name, _ := root["name"].(string)
			if !ok || name == "" {
				return nil, fmt.Errorf("output %d: a stream without name or text", i+1)
			}
			// What is in the file stays as it is: no Screen.
			root["text"] = text
		case "display_data", "execute_result":
			data, ok := root["data"].(object)
			if !ok {
				return nil, fmt.Errorf("output %d: %s without data", i+1, kind)
			}
			joinBundle(data)
		case "error":
		default:
			return nil, fmt.Errorf("output %d: output_type %q, want stream, display_data, execute_result or error", i+1, kind)
		}
		o.list = append(o.list, &output{object: root})
	}
	return o, nil
}

// joinBundle joins the lists of lines in a bundle of MIME types.
func joinBundle(data object) {
	for mime, value := range data {
		if _, isList := value.([]any); isList && !isJSON(mime) {
			if text, ok := joinLines(value); ok {
				data[mime] = text
			}
		}
	}
}

// isJSON says whether the data of a MIME type are JSON, in which a list is a
// list and not lines of text.
func isJSON(mime string) bool {
	return mime == "application/json" || strings.HasPrefix(mime, "application/") && strings.HasSuffix(mime, "+json")
}

// Clear removes all outputs.
func (o *Outputs) Clear() { *o = Outputs{} }

// Len returns the number of outputs.
func (o *Outputs) Len() int { return len(o.list) }

// Text returns all text that the cell wrote to a stream, stdout or stderr.
func (o *Outputs) Text(stream string) string {
	var b strings.Builder
	for _, out := range o.list {
		if out.stream == stream {
			b.WriteString(out.text.String())
		}
	}
	return b.String()
}

// ErrorOutput is what a kernel reports about a cell that failed.
type ErrorOutput struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// AddError adds an error.
func (o *Outputs) AddError(e ErrorOutput) {
	traceback := make([]any, len(e.Traceback))
	for i, line := range e.Traceback {
		traceback[i] = line
	}
	o.add(&output{object: object{"output_type": "error", "ename": e.Name, "evalue": e.Value, "traceback": traceback}})
}

// AddStream adds text that the cell wrote to the stream, stdout or stderr.
func (o *Outputs) AddStream(stream, text string) {
	o.clearIfAsked()
	for i := len(o.list) - 1; i >= 0 && o.list[i].stream != ""; i-- {
		if o.list[i].stream == stream {
			o.list[i].text.WriteString(text)
			return
		}
	}
	out := &output{stream: stream}
	out.text.WriteString(text)
	o.list = append(o.list, out)
}

// Display is something that a cell showed: the same thing as several MIME
// types. A display with an ID can be updated later.
type Display struct {
	Data     map[string]any
	Metadata map[string]any
	ID       string
}

// UnmarshalDisplay reads the content of a display_data, update_display_data or
// execute_result message.
func UnmarshalDisplay(content []byte) (Display, error) {
	var raw struct {
		Data      object
		Metadata  object
		Transient struct {
			DisplayID string `json:"display_id"`
		}
	}
	dec := json.NewDecoder(strings.NewReader(string(content)))
	dec.UseNumber()
	if err := dec.Decode(&raw); err != nil {
		return Display{}, err
	}
	if raw.Data == nil {
		return Display{}, errors.New("display without data")
	}
	return Display{raw.Data, raw.Metadata, raw.Transient.DisplayID}, nil
}

// AddDisplay adds something that the cell showed.
func (o *Outputs) AddDisplay(d Display) {
	o.add(&output{displayID: d.ID, object: object{
		"output_type": "display_data", "data": d.Data, "metadata": orEmpty(d.Metadata)}})
}

// AddResult adds the value that a cell returned.
func (o *Outputs) AddResult(d Display, executionCount int) {
	o.add(&output{displayID: d.ID, object: object{
		"output_type": "execute_result", "data": d.Data, "metadata": orEmpty(d.Metadata),
		"execution_count": number(executionCount)}})
}

// Update replaces what the displays with d's ID show, and says whether there
// was one.
func (o *Outputs) Update(d Display) bool {
	found := false
	for _, out := range o.list {
		if d.ID != "" && out.displayID == d.ID {
			// A copy: two displays with one ID must not share their maps.
			out.object["data"], out.object["metadata"] = maps.Clone(d.Data), orEmpty(maps.Clone(d.Metadata))
			found = true
		}
	}
	return found
}

// ClearOutput does what a clear_output message asks: remove all outputs now,
// or, with wait, when the next one arrives.
func (o *Outputs) ClearOutput(wait bool) {
	if wait {
		o.clearNext = true
		return
	}
	o.Clear()
}

func (o *Outputs) add(out *output) {
	o.clearIfAsked()
	o.list = append(o.list, out)
}

func (o *Outputs) clearIfAsked() {
	if o.clearNext {
		o.Clear()
	}
}

func orEmpty(m object) object {
	if m == nil {
		return object{}
	}
	return m
}
