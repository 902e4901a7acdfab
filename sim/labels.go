package sim

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/spikes"
)

// maxLabel is the largest number of characters of a label or group; longer ones
// would leave no room for the figure.
const maxLabel = 60

// SetLabel sets a short text, of up to 60 characters on one line, that figures
// and tables show for a population of neurons or a group of generators in place
// of its name; "" removes it. A label belongs to all nodes of one call of
// Create, not to a part of them or to several calls.
//
// Recorded spikes have labels, kinds and groups (spikes.Population), and Save
// keeps them. They can be set at any time and change no result.
func (c *Nodes) SetLabel(label string) {
	c.setLabels("SetLabel", func(l *network.Labels) error {
		if len(c.parts) != 1 {
			return fmt.Errorf("%s are several groups of nodes, a label is for one", describeNodes(c))
		}
		l.Label = label
		return checkLabel(label)
	})
}

// SetKind says whether the neurons of populations excite or inhibit others;
// figures choose colours and order by it. "" removes it: the kind then follows
// from the name, see spikes.KindOf.
func (c *Nodes) SetKind(kind spikes.Kind) {
	c.setLabels("SetKind", func(l *network.Labels) error {
		if kind != "" && !slices.Contains(spikes.Kinds(), kind) {
			return fmt.Errorf("kind %s, must be one of %s", brief.Quote(string(kind)), brief.Names(texts(spikes.Kinds())))
		}
		l.Kind = string(kind)
		return nil
	})
}

// SetGroup sets the label of what populations are part of, such as the layer
// "L2/3": neighbours with the same group are shown together in figures. ""
// removes it.
func (c *Nodes) SetGroup(group string) {
	c.setLabels("SetGroup", func(l *network.Labels) error {
		l.Group = group
		return checkLabel(group)
	})
}

func texts(kinds []spikes.Kind) []string {
	s := make([]string, len(kinds))
	for i, k := range kinds {
		s[i] = string(k)
	}
	return s
}

// setLabels changes the labels of all of c, or of none if set refuses one.
func (c *Nodes) setLabels(call string, set func(*network.Labels) error) {
	c.changing(call, func() error {
		for _, s := range c.parts {
			g := &c.net.groups[s.group]
			l := c.net.labels(g)
			switch {
			case l == nil:
				return fmt.Errorf("sim: %s: %s are recorders, neurons and generators have labels", call, brief.Quote(g.name))
			case s.n < g.n:
				return fmt.Errorf("sim: %s: %s[%d:%d] is a part of %s, set it of the whole", call, brief.String(g.name), s.from, s.from+s.n, brief.String(g.name))
			}
			try := *l
			if err := set(&try); err != nil {
				return fmt.Errorf("sim: %s: %w", call, err)
			}
		}
		c.net.desc.Populations, c.net.desc.Generators = slices.Clone(c.net.desc.Populations), slices.Clone(c.net.desc.Generators)
		for _, s := range c.parts {
			if err := set(c.net.labels(&c.net.groups[s.group])); err != nil {
				return err
			}
		}
		return nil
	})
}

// labels returns the labels of a group, nil of recorders.
func (n *Network) labels(g *group) *network.Labels {
	switch g.kind {
	case neurons:
		return &n.desc.Populations[g.at].Labels
	case generators:
		return &n.desc.Generators[g.at].Labels
	}
	return nil
}

// checkLabel reports text that cannot be shown in a figure.
func checkLabel(s string) error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || utf8.RuneCountInString(s) > maxLabel {
		return fmt.Errorf("%s, must be up to %d characters on one line, in UTF-8", brief.Quote(s), maxLabel)
	}
	return nil
}
