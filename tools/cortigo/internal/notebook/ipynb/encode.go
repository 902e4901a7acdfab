package ipynb

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bytes returns the notebook as Jupyter writes it: JSON with sorted keys,
// indented by one space, not escaped beyond what JSON demands, multi-line text
// as a list of lines, a newline at the end.
func (nb *Notebook) Bytes() []byte {
	root := maps.Clone(nb.root)
	cells := make([]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = c.encode()
	}
	root["cells"] = cells
	var e encoder
	e.value(root)
	e.buf = append(e.buf, '\n')
	return e.buf
}

func (c *Cell) encode() object {
	root := maps.Clone(c.root)
	root["id"] = c.ID
	root["source"] = splitLines(c.Source)
	if c.Type == "code" {
		root["execution_count"] = nil
		if c.ExecutionCount > 0 {
			root["execution_count"] = number(c.ExecutionCount)
		}
		root["outputs"] = c.Outputs.encode()
	}
	return root
}

func (o *Outputs) encode() []any {
	list := []any{}
	for _, out := range o.list {
		root := maps.Clone(out.object)
		if out.stream != "" {
			root = object{"output_type": "stream", "name": out.stream, "text": out.text.String()}
		}
		if text, ok := root["text"].(string); ok {
			root["text"] = splitLines(text)
		}
		if data, ok := root["data"].(object); ok {
			data = maps.Clone(data)
			for mime, value := range data {
				if text, ok := value.(string); ok && isMultiline(mime) {
					data[mime] = splitLines(text)
				}
			}
			root["data"] = data
		}
		list = append(list, root)
	}
	return list
}

// isMultiline says whether Jupyter stores the data of a MIME type as lines.
func isMultiline(mime string) bool {
	return strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript"
}

// splitLines cuts text into lines that keep their ends, where Python's
// str.splitlines does, which is what Jupyter uses.
func splitLines(text string) []any {
	lines := []any{}
	start := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		i += size
		switch r {
		case '\r':
			if i < len(text) && text[i] == '\n' {
				i++
			}
		case '\n', '\v', '\f', '\x1c', '\x1d', '\x1e', '\u0085', '\u2028', '\u2029':
		default:
			continue
		}
		lines = append(lines, text[start:i])
		start = i
	}
	if start < len(text) {
		lines = append(lines, text[start:])
	}
	return lines
}

func number(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// encoder writes JSON as Python's json.dumps(indent=1, sort_keys=True,
// ensure_ascii=False) does; encoding/json always escapes U+2028 and U+2029.
type encoder struct {
	buf   []byte
	depth int
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.buf = append(e.buf, "null"...)
	case bool:
		e.buf = strconv.AppendBool(e.buf, v)
	case json.Number:
		e.buf = append(e.buf, v...)
	case string:
		e.text(v)
	case []any:
		e.sequence('[', ']', len(v), func(i int) { e.value(v[i]) })
	case object:
		keys := slices.Sorted(maps.Keys(v))
		e.sequence('{', '}', len(v), func(i int) {
			e.text(keys[i])
			e.buf = append(e.buf, ": "...)
			e.value(v[keys[i]])
		})
	default:
		// Only what encoding/json decodes to gets into a notebook.
		panic(fmt.Sprintf("ipynb: value of type %T in a notebook", v))
	}
}

func (e *encoder) sequence(open, end byte, n int, item func(int)) {
	e.buf = append(e.buf, open)
	if n > 0 {
		e.depth++
		for i := range n {
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			e.newline()
			item(i)
		}
		e.depth--
		e.newline()
	}
	e.buf = append(e.buf, end)
}

func (e *encoder) newline() {
	e.buf = append(e.buf, '\n')
	for range e.depth {
		e.buf = append(e.buf, ' ')
	}
}

func (e *encoder) text(s string) {
	e.buf = append(e.buf, '"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			e.buf = append(e.buf, '\\', byte(r))
		case '\n':
			e.buf = append(e.buf, `\n`...)
		case '\r':
			e.buf = append(e.buf, `\r`...)
		case '\t':
			e.buf = append(e.buf, `\t`...)
		case '\b':
			e.buf = append(e.buf, `\b`...)
		case '\f':
			e.buf = append(e.buf, `\f`...)
		default:
			if r < ' ' {
				e.buf = fmt.Appendf(e.buf, `\u%04x`, r)
			} else {
				e.buf = utf8.AppendRune(e.buf, r)
			}
		}
	}
	e.buf = append(e.buf, '"')
}
