package plots

import (
	"fmt"
	"image/color"

	"cortigo/sim/spikes"
)

// A Theme is a set of colours. Colour is never the only sign: excitatory is
// drawn above inhibitory, and a reference is an open box.
type Theme struct {
	Name       string
	Excitatory color.RGBA // spikes and boxes of excitatory neurons
	Inhibitory color.RGBA // of inhibitory neurons
	Other      color.RGBA // of neurons that are neither
	Total      color.RGBA // rate of all neurons
	Rule       color.RGBA // lines between groups, axes' grid
	Mark       color.RGBA // band of a stimulus
	Text       color.RGBA // text and axes
	// Lines are the colours of traces, in turn. If the first is transparent, as
	// in a Theme made without them, those of Default are used.
	Lines  [MaxLabelled]color.RGBA
	Dashed bool // traces also differ in their dashes
}

// MaxLabelled is how many traces of one figure can be told apart.
const MaxLabelled = 10

// colourful are lines that are told apart with any colour vision and on paper:
// high in contrast first, then of Tol's "muted" scheme (Tol 2021, Colour
// schemes, SRON/EPS/TN/09-002), without those too pale or too like the first.
var colourful = [MaxLabelled]color.RGBA{
	rgb(0x004488), rgb(0xBB5566), rgb(0xDDAA33), rgb(0x44AA99), rgb(0xAA4499),
	rgb(0x117733), rgb(0x5BB0E0), rgb(0x882255), rgb(0x8A8A2B), rgb(0x1A1A1A),
}

// greys are lines of black and grey; their dashes tell them apart.
var greys = [MaxLabelled]color.RGBA{
	rgb(0x000000), rgb(0x8A8A8A), rgb(0x000000), rgb(0x8A8A8A), rgb(0x000000),
	rgb(0x8A8A8A), rgb(0x000000), rgb(0x8A8A8A), rgb(0x000000), rgb(0x8A8A8A),
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

var themes = []Theme{
	{"default", rgb(0x004488), rgb(0xBB5566), rgb(0x4D4D4D), rgb(0x5A5A5A), rgb(0xBDBDBD), rgb(0xF3E3B3), rgb(0x1A1A1A), colourful, false},
	{"paper", rgb(0x000000), rgb(0x8A8A8A), rgb(0x4D4D4D), rgb(0x5A5A5A), rgb(0xB0B0B0), rgb(0xE6E6E6), rgb(0x000000), greys, true},
}

// Default returns the theme "default": #004488 and #BB5566, which survive
// greyscale and colour-blindness.
func Default() Theme { return themes[0] }

// Paper returns the theme "paper": black and grey.
func Paper() Theme { return themes[1] }

// ThemeByName returns the theme called "default" or "paper".
func ThemeByName(name string) (Theme, error) {
	for _, t := range themes {
		if t.Name == name {
			return t, nil
		}
	}
	return Theme{}, fmt.Errorf("plots: no theme %q, there are default and paper", name)
}

func (t Theme) color(k spikes.Kind) color.RGBA {
	switch k {
	case spikes.Excitatory:
		return t.Excitatory
	case spikes.Inhibitory:
		return t.Inhibitory
	}
	return t.Other
}

// line returns the colour of trace i.
func (t Theme) line(i int) color.RGBA {
	lines := t.Lines
	if lines[0].A == 0 {
		lines = colourful
	}
	return lines[i%len(lines)]
}
