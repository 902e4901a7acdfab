package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var file, terminal bytes.Buffer
	for _, p := range []*progress{{w: &file, label: "simulating"}, {w: &terminal, label: "simulating", terminal: true}} {
		p.total, p.start = 300, time.Now().Add(-time.Minute)
		p.modelTime(0)
		p.before = 100 // the next call of Simulate
		for ms := range 100 {
			p.modelTime(float64(ms))
		}
		p.close()
	}
	// A minute and a bit for 199 ms is a factor of 60/0.199 = 301.5.
	const last = "simulating: 199 / 300 ms, real-time factor 301.5"
	if got := file.String(); !strings.HasPrefix(got, last) || strings.Count(got, "\n") != 1 || strings.Contains(got, "\r") {
		t.Errorf("file %q", got)
	}
	got := terminal.String()
	if !strings.HasPrefix(got, "\r\x1b[Ksimulating: 0 / 300 ms\r\x1b[K") || !strings.Contains(got, "\r\x1b[K"+last) || strings.Count(got, "\n") != 1 {
		t.Errorf("terminal %q", got)
	}
	if n := strings.Count(got, "\r"); n > 5 {
		t.Errorf("drawn %d times in no time", n)
	}
}

func TestProgressShare(t *testing.T) {
	var file, terminal bytes.Buffer
	for _, p := range []*progress{{w: &file, label: "building"}, {w: &terminal, label: "building", terminal: true}} {
		p.share(0.257)
		p.clear()
	}
	if file.String() != "" || terminal.String() != "\r\x1b[Kbuilding:  26 %\r\x1b[K" {
		t.Errorf("file %q, terminal %q", &file, &terminal)
	}
}
