package models

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// width is how many columns a text may have.
const width = 100

// String returns all that is known, as plain text of up to 100 columns.
func (m Info) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s), in Go %s\n\n%s", m.Name, m.Kind, m.Go, m.Help)
	if len(m.Parameters) > 0 {
		rows := [][]string{{"parameter", "default", "unit", "Go field", "meaning"}}
		for _, p := range m.Parameters {
			rows = append(rows, []string{p.Name, value(p.Default), p.Unit, p.Field, p.meaning()})
		}
		b.WriteString("\n" + columns(rows))
	}
	if len(m.Recordables) > 0 {
		rows := [][]string{{"recordable", "unit", "meaning"}}
		for _, r := range m.Recordables {
			rows = append(rows, []string{r.Name, r.Unit, r.Help})
		}
		b.WriteString("\n" + columns(rows))
	}
	return b.String()
}

// String returns a line for each model, as plain text of up to 100 columns.
func (l List) String() string {
	rows := [][]string{{"model", "kind", "what it is"}}
	for _, m := range l {
		rows = append(rows, []string{m.Name, m.Kind.String(), m.Summary})
	}
	return columns(rows)
}

func (p Parameter) meaning() string {
	allowed := strings.TrimPrefix(p.Allowed, "finite; ")
	if allowed == "" || allowed == "finite" {
		return p.Help
	}
	return p.Help + "; " + allowed
}

// value writes a default.
func value(v any) string {
	if x, ok := v.(float64); ok {
		return fmt.Sprintf("%g", x) // -Inf, 1e+20
	}
	return fmt.Sprint(v)
}

// columns aligns rows; the last column is wrapped.
func columns(rows [][]string) string {
	last := len(rows[0]) - 1
	widths := make([]int, last)
	left := 0
	for i := range widths {
		for _, r := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
		left += widths[i] + 2
	}
	var b strings.Builder
	for _, r := range rows {
		for i, w := range widths {
			b.WriteString(r[i] + strings.Repeat(" ", w+2-utf8.RuneCountInString(r[i])))
		}
		b.WriteString(strings.Join(wrap(r[last], width-left), "\n"+strings.Repeat(" ", left)) + "\n")
	}
	return b.String()
}

// wrap breaks a text at spaces into lines of at most n columns, if its words are
// no longer.
func wrap(text string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, w := range strings.Fields(text) {
		k := utf8.RuneCountInString(w)
		if line != "" && used+1+k > n {
			lines, line, used = append(lines, line), "", 0
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+w, used+k
	}
	return append(lines, line)
}
