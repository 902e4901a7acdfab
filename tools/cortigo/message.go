package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// packagePrefix is the name of a package at the start of an error or of one
// that it wraps: useful for programs, not for users.
var packagePrefix = regexp.MustCompile(`(^|: )(?:microcircuit|sim|arrowio|nest|analysis|pd14|reference|plots): `)

// message returns an error for users, a line for each problem.
func message(err error) string {
	var stop *stoppedError
	if errors.As(err, &stop) {
		return message(stop.err) + "; " + stop.kept
	}
	return strings.Join(distinct(problems(err)), "\n")
}

// distinct leaves out what another line includes: a failed write, say, ends the
// simulation and is reported again when the file is closed.
func distinct(lines []string) []string {
	var kept []string
	for i, line := range lines {
		said := slices.ContainsFunc(lines[:i], func(other string) bool { return strings.HasSuffix(other, line) }) ||
			slices.ContainsFunc(lines[i+1:], func(other string) bool { return other != line && strings.HasSuffix(other, line) })
		if !said {
			kept = append(kept, line)
		}
	}
	return kept
}

// problems returns the texts of joined errors, each with what was wrapped
// around all of them, without the names of packages.
func problems(err error) []string {
	var found []string
	for _, p := range leaves(err) {
		line := p.around + p.err.Error()
		for packagePrefix.MatchString(line) {
			line = packagePrefix.ReplaceAllString(line, "$1")
		}
		found = append(found, shortened(line))
	}
	return found
}

// maxLine bounds a line of a message, in bytes: two paths of the longest kind
// fit.
const maxLine = 10000

// shortened leaves out the middle of a line that quotes what is too long to be
// read, such as a file of one line in the place of a name.
func shortened(line string) string {
	if len(line) <= maxLine {
		return line
	}
	const head, tail = maxLine / 10, maxLine / 20
	return strings.ToValidUTF8(line[:head], "") + fmt.Sprintf(" [... %d bytes ...] ", len(line)-head-tail) + strings.ToValidUTF8(line[len(line)-tail:], "")
}

// counted writes a number of things: 1 part, 2 parts.
func counted[T int | int64](n T, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// A leaf is one of the errors that were joined.
type leaf struct {
	around string // what was wrapped around the joined errors
	err    error
}

// leaves takes apart errors that errors.Join joined, also where they were
// wrapped as a whole.
func leaves(err error) []leaf {
	text := err.Error()
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var own []string
		var all []leaf
		for _, e := range joined.Unwrap() {
			own = append(own, e.Error())
			all = append(all, leaves(e)...)
		}
		if text == strings.Join(own, "\n") { // errors.Join
			return all
		}
		return []leaf{{"", err}}
	}
	inner := errors.Unwrap(err)
	if inner == nil {
		return []leaf{{"", err}}
	}
	around, ok := strings.CutSuffix(text, inner.Error())
	all := leaves(inner)
	if !ok || len(all) == 1 {
		return []leaf{{"", err}}
	}
	for i := range all {
		all[i].around = around + all[i].around
	}
	return all
}
