package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Mode is the way in which a raster shows spikes.
type Mode int

const (
	// Auto chooses Sample if the sample has up to AutoSpikes spikes in the window,
	// else Density.
	Auto Mode = iota
	// Sample shows all spikes of a stratified sample of the neurons: the same
	// fraction of every population, at least one neuron.
	Sample
	// Density shows all neurons, as the number of spikes per pixel.
	Density
)

// String returns "auto", "sample" or "density".
func (m Mode) String() string { return [...]string{"auto", "sample", "density"}[min(max(m, 0), 2)] }

// AutoSpikes is the number of spikes of the sample up to which Auto chooses
// Sample.
const AutoSpikes = 100_000

// Scale maps the number of spikes per pixel to darkness.
type Scale int

const (
	// Log darkens with the logarithm of the number of spikes.
	Log Scale = iota
	// Equalised darkens with the rank among the pixels that have spikes.
	Equalised
)

// A Mark is a marked time span, such as a stimulus.
type Mark struct {
	BeginMS, EndMS float64
	Label          string // printed beside it, may be empty
}

type config struct {
	given         []string // options, by their names
	theme         Theme
	title         string
	width, height vg.Length
	mode          Mode
	neurons       int
	seed          uint64
	scale         Scale
	groupName     string
	binMS         float64
	marks         []Mark
	own           string
	quantity      string
	threshold     float64
	spikesBelow   bool
	upwards       bool // neuron ids ascend upwards
}

// An Option changes how a figure or plotter looks. One that a figure cannot use
// is an error.
type Option func(*config) error

// option returns an Option that is called name in errors.
func option(name string, set func(c *config) error) Option {
	return func(c *config) error {
		c.given = append(c.given, name)
		return set(c)
	}
}

// WithTheme sets the colours. Default: Default().
func WithTheme(t Theme) Option {
	return option("WithTheme", func(c *config) error { c.theme = t; return nil })
}

// WithTitle sets the title of a figure. Default: what is shown, in words.
func WithTitle(title string) Option {
	return option("WithTitle", func(c *config) error { c.title = title; return nil })
}

// WithSize sets width and height of a figure in inches, 2 to 20 each. Default: 6.5 wide and,
// by figure, 2 to 5 high.
func WithSize(width, height float64) Option {
	return option("WithSize", func(c *config) error {
		if !(width >= 2 && width <= 20 && height >= 2 && height <= 20) {
			return fmt.Errorf("plots: size %g x %g inches, must be 2 to 20 each", width, height)
		}
		c.width, c.height = vg.Length(width)*vg.Inch, vg.Length(height)*vg.Inch
		return nil
	})
}

// WithMode sets the way a raster shows spikes. Default: Auto.
func WithMode(m Mode) Option {
	return option("WithMode", func(c *config) error {
		if m < Auto || m > Density {
			return fmt.Errorf("plots: mode %d, must be Auto, Sample or Density", int(m))
		}
		c.mode = m
		return nil
	})
}

// WithNeurons sets about how many neurons a sample has, at least 1. Default: 1000.
func WithNeurons(n int) Option {
	return option("WithNeurons", func(c *config) error {
		if n < 1 {
			return fmt.Errorf("plots: a sample of %d neurons, must be at least 1", n)
		}
		c.neurons = n
		return nil
	})
}

// WithSeed sets the seed that the sample is drawn with. Default: 1.
func WithSeed(seed uint64) Option {
	return option("WithSeed", func(c *config) error { c.seed = seed; return nil })
}

// WithScale sets how density becomes darkness. Default: Log.
func WithScale(s Scale) Option {
	return option("WithScale", func(c *config) error {
		if s < Log || s > Equalised {
			return fmt.Errorf("plots: scale %d, must be Log or Equalised", int(s))
		}
		c.scale = s
		return nil
	})
}

// WithGroupName sets what the axis of a raster calls its rows, such as "layer" or
// "area". Default: "population".
func WithGroupName(name string) Option {
	return option("WithGroupName", func(c *config) error { c.groupName = name; return nil })
}

// WithBin sets the bin of a population rate in ms, a multiple of the resolution.
// Default: a round number that gives 200 to 500 bins.
func WithBin(ms float64) Option {
	return option("WithBin", func(c *config) error {
		if !(ms > 0) || math.IsInf(ms, 1) {
			return fmt.Errorf("plots: bin of %g ms, must be > 0", ms)
		}
		c.binMS = ms
		return nil
	})
}

// WithMark marks the time from beginMS to endMS, such as a stimulus, with a
// label that may be empty. It can be given several times.
func WithMark(beginMS, endMS float64, label string) Option {
	return option("WithMark", func(c *config) error {
		if !(beginMS <= endMS) || math.IsInf(endMS-beginMS, 0) {
			return fmt.Errorf("plots: mark from %g to %g ms, its end must not be before its start", beginMS, endMS)
		}
		c.marks = append(c.marks, Mark{beginMS, endMS, label})
		return nil
	})
}

// WithLabel sets what a box plot's legend calls the data. Default: "simulation".
func WithLabel(label string) Option {
	return option("WithLabel", func(c *config) error { c.own = label; return nil })
}

// WithQuantity sets what traces show, with its unit, such as "I_syn_ex (pA)".
// Default: "V_m (mV)".
func WithQuantity(label string) Option {
	return option("WithQuantity", func(c *config) error { c.quantity = label; return nil })
}

// WithThreshold draws a line at the threshold of traces, in their unit, and
// spikes on it. Default: no line, and spikes on the highest value.
func WithThreshold(value float64) Option {
	return option("WithThreshold", func(c *config) error {
		if !(math.Abs(value) <= 1e300) {
			return fmt.Errorf("plots: threshold %g, must be finite and below 1e300", value)
		}
		c.threshold = value
		return nil
	})
}

// WithSpikesBelow draws the spikes of traces as ticks in a panel of their own
// below. Default: as strokes on the threshold.
func WithSpikesBelow() Option {
	return option("WithSpikesBelow", func(c *config) error { c.spikesBelow = true; return nil })
}

// The options that plotters know; figures also know those of their own.
var (
	rasterOptions = []string{"WithTheme", "WithMode", "WithNeurons", "WithSeed", "WithScale", "WithGroupName", "WithMark"}
	rateOptions   = []string{"WithTheme", "WithBin", "WithMark"}
	boxOptions    = []string{"WithTheme"}
	traceOptions  = []string{"WithTheme", "WithQuantity", "WithThreshold", "WithSpikesBelow"}
	figureOptions = []string{"WithTitle", "WithSize"}
)

// configure returns the options given to the figure or plotter called what,
// which accepts the named ones. height is the default, in inches.
func configure(what string, height float64, opts []Option, known ...[]string) (*config, error) {
	c := &config{
		theme: Default(), width: 6.5 * vg.Inch, height: vg.Length(height) * vg.Inch,
		neurons: 1000, seed: 1, groupName: "population", own: "simulation",
		quantity: "V_m (mV)", threshold: math.NaN(),
	}
	for _, o := range opts {
		if o == nil {
			return nil, fmt.Errorf("plots: an option is nil")
		}
		if err := o(c); err != nil {
			return nil, err
		}
	}
	names := slices.Compact(slices.Sorted(slices.Values(slices.Concat(known...))))
	for _, name := range c.given {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("plots: %s has no use for the option %s; allowed: %s", what, name, strings.Join(names, ", "))
		}
	}
	// Whole pixels of a page.
	c.width = vg.Length(pixels(c.width)) / screenDPI * vg.Inch
	c.height = vg.Length(pixels(c.height)) / screenDPI * vg.Inch
	return c, nil
}
