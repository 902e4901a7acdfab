package models

import (
	"fmt"
	"strings"
)

// Markdown returns all that is known as Markdown, with a table of the
// parameters and one of what is recorded.
func (m Info) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s, `%s`\n\n%s", escape(m.Name), m.Kind, m.Go, m.markdown)
	if len(m.Parameters) > 0 {
		rows := [][]string{{"parameter", "default", "unit", "Go field", "meaning"}}
		for _, p := range m.Parameters {
			rows = append(rows, []string{code(p.Name), escape(value(p.Default)), p.Unit, code(p.Field), escape(p.meaning())})
		}
		b.WriteString("\n" + markdownTable(rows))
	}
	if len(m.Recordables) > 0 {
		rows := [][]string{{"recordable", "unit", "meaning"}}
		for _, r := range m.Recordables {
			rows = append(rows, []string{code(r.Name), r.Unit, escape(r.Help)})
		}
		b.WriteString("\n" + markdownTable(rows))
	}
	return b.String()
}

// Markdown returns a table with a row for each model.
func (l List) Markdown() string {
	rows := [][]string{{"model", "kind", "what it is", "Go"}}
	for _, m := range l {
		rows = append(rows, []string{code(m.Name), m.Kind.String(), escape(m.Summary), code(m.Go)})
	}
	return markdownTable(rows)
}

func markdownTable(rows [][]string) string {
	var b strings.Builder
	for i, r := range rows {
		b.WriteString("| " + strings.Join(r, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(r)) + "|\n")
		}
	}
	return b.String()
}

func code(s string) string { return "`" + s + "`" }

var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "|", `\|`, "$", `\$`, "#", `\#`)

// escape makes Markdown show s as it is, in a cell of a table too.
func escape(s string) string { return marks.Replace(s) }
