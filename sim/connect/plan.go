package connect

import (
	"fmt"

	"cortigo/sim/internal/rng"
)

// A Plan says which sources each target gets. A rule's Wire fills it in, in one
// of three ways:
//
//   - it says how many synapses each target has (Degree or Degrees) and how their
//     sources are chosen (Choose); these are drawn when they are needed and take no
//     memory;
//   - the same with Draw, which chooses the sources of one target;
//   - it names the connections one by one, in any order (Collect); their sources are
//     kept.
//
// Random numbers must come from the plan's streams alone. Take each stream once: a
// second call starts it from its first number again.
//
// For a rule that makes reverse connections, sources are numbered on with the
// targets, and targets with the sources: source Sources()+k is target k, and
// target Targets()+k is source k.
type Plan struct {
	Pools

	Degree  int      // synapses of every target, where Degrees is nil
	Degrees []uint32 // synapses of each target; those of reverse connections follow the others
	Choose  Choice
	Forbid  Forbid // Autapses: Choose and Draw do not see a target itself among its sources

	// Draw stores the sources of a target, as many as it has synapses, as positions
	// among the Allowed(target) sources that it may have. The stream belongs to this
	// target. Draw is called from several goroutines, and again whenever the
	// connections are asked for.
	Draw func(target int, s *Stream, sources []uint32)

	host    Host
	reverse bool
	valued  bool
	begin   []int64
	source  []uint32
	row     []int32
}

// A Choice is how the sources of a target are chosen.
type Choice uint8

// The choices of a Plan.
const (
	ChooseUniform  Choice = iota // each on its own, uniformly
	ChooseDistinct               // uniformly, without replacement
	ChooseAll                    // all of them, in order
	ChooseSame                   // the one at the target's position
	ChooseListed                 // those that Collect was given
)

// A Host is what a plan needs from the engine, which makes the connections.
type Host interface {
	Pools
	// TargetStream, SourceStream and Stream return the streams of a purpose for a
	// target, a source and all of them.
	TargetStream(purpose rng.Purpose, target int) rng.Stream
	SourceStream(purpose rng.Purpose, source int) rng.Stream
	Stream(purpose rng.Purpose) rng.Stream
	// GoOn reports whether to continue; so does Drawn, which is told how many more
	// degrees have been drawn.
	GoOn() bool
	Drawn(degrees int) bool
}

// NewPlan has a rule fill in a plan, and returns what is wrong with it.
// valued says that weights or delays are listed, so that it must be known which value is
// whose.
func NewPlan(r Rule, h Host, valued bool) (*Plan, error) {
	p := &Plan{Pools: h, host: h, reverse: MakesReverse(r), valued: valued}
	if err := r.Wire(p); err != nil {
		return nil, err
	}
	if !h.GoOn() {
		return p, nil
	}
	if _, n := p.all(); p.Degrees != nil && len(p.Degrees) != n {
		return nil, fmt.Errorf("%T: Degrees has %d entries, must have %d", r, len(p.Degrees), n)
	}
	if p.Degree < 0 || p.Degree > MaxDegree {
		return nil, fmt.Errorf("%T: Degree is %d, must be in [0, %d]", r, p.Degree, MaxDegree)
	}
	if p.reverse && (p.Draw != nil || p.Choose != ChooseSame && p.Choose != ChooseListed) {
		return nil, fmt.Errorf("%T: a rule that makes reverse connections must Collect them, or ChooseSame", r)
	}
	if p.Choose == ChooseListed && p.begin == nil || p.Choose > ChooseListed {
		return nil, fmt.Errorf("%T: Choose is %d, of which nothing was collected", r, p.Choose)
	}
	if f, err := rules.of(r); err != nil || f.own {
		err := p.check()
		if err == nil {
			err = p.checkSize(r.Size(p.Sources(), p.Targets()))
		}
		if err != nil {
			return nil, fmt.Errorf("%T: %w", r, err)
		}
	}
	return p, nil
}

// check reports targets that have more synapses, or others, than Choose can find
// sources for.
func (p *Plan) check() error {
	for t := range p.Targets() {
		n := p.Degree
		if p.Degrees != nil {
			n = int(p.Degrees[t])
		}
		allowed, most := p.Allowed(t), MaxDegree
		switch {
		case p.Draw == nil && (p.Choose == ChooseDistinct || p.Choose == ChooseAll):
			most = allowed
		case p.Draw == nil && p.Choose == ChooseSame:
			most = 0
			if t < p.Sources() {
				most = 1
			}
		case p.Draw == nil && p.Choose == ChooseListed:
		case allowed == 0:
			most = 0
		}
		if n > most {
			return fmt.Errorf("target %d has %d synapses, must have at most %d", t, n, most)
		}
		if p.Draw == nil && p.Choose == ChooseAll && n < allowed {
			return fmt.Errorf("target %d has %d synapses, must have all its %d", t, n, allowed)
		}
	}
	return nil
}

// checkSize reports more synapses than the rule's Size told: memory was found to be
// enough, and sums of weights wide enough, for those.
func (p *Plan) checkSize(s Size) error {
	sum := float64(p.Degree) * float64(p.Targets())
	if p.Degrees != nil {
		sum = 0
	}
	for t, n := range p.Degrees {
		sum += float64(n)
		if t < p.Targets() && float64(n) > s.Largest {
			return fmt.Errorf("target %d has %d synapses, its Size says that Largest is %g", t, n, s.Largest)
		}
	}
	if p.Degrees == nil && float64(p.Degree) > s.Largest {
		return fmt.Errorf("a target has %d synapses, its Size says that Largest is %g", p.Degree, s.Largest)
	}
	if sum > 2*s.Synapses+1000 {
		return fmt.Errorf("there are %g synapses, its Size says that there are %g on average", sum, s.Synapses)
	}
	return nil
}

// all returns how many sources and targets there are with those of reverse
// connections.
func (p *Plan) all() (sources, targets int) {
	if p.reverse {
		return p.Sources() + p.Targets(), p.Targets() + p.Sources()
	}
	return p.Sources(), p.Targets()
}

// Stream returns the stream of the whole rule.
func (p *Plan) Stream() Stream { return p.host.Stream(rng.RuleOfAll) }

// TargetStream returns the stream of a target; the one that Draw gets is different.
func (p *Plan) TargetStream(target int) Stream { return p.host.TargetStream(rng.RuleByTarget, target) }

// SourceStream returns the stream of a source.
func (p *Plan) SourceStream(source int) Stream { return p.host.SourceStream(rng.RuleBySource, source) }

// GoOn is to be called in long loops with the number i of the turn. If it returns
// false, return: the result will not be used. Only every 1024th turn is checked.
func (p *Plan) GoOn(i int) bool { return i&1023 != 0 || p.host.GoOn() }

// Allowed returns how many sources a target may have: all, or all but itself.
func (p *Plan) Allowed(target int) int {
	if p.Forbid.Autapses && p.SourceOf(target) >= 0 {
		return p.Sources() - 1
	}
	return p.Sources()
}

// allowed returns that of each target.
func (p *Plan) allowed() []uint32 {
	n := make([]uint32, p.Targets())
	for t := range n {
		n[t] = uint32(p.Allowed(t))
	}
	return n
}

// Collect takes connections one by one, and sorts them by target. each is called
// twice, to count and to place them, and must add the same ones in the same order both
// times. Values, if they are listed, are for the connections in this order.
func (p *Plan) Collect(each func(add func(source, target int))) error {
	sources, targets := p.all()
	begin := make([]int64, targets+1)
	var wrong error
	n := 0
	each(func(source, target int) {
		if uint(source) >= uint(sources) || uint(target) >= uint(targets) {
			if wrong == nil {
				wrong = fmt.Errorf("connection %d is from source %d to target %d, must be of %d sources and %d targets", n, source, target, sources, targets)
			}
			return
		}
		begin[target+1]++
		n++
	})
	if wrong != nil {
		return wrong
	}
	p.Choose, p.Degrees = ChooseListed, make([]uint32, targets)
	for t := range targets {
		if begin[t+1] > MaxDegree {
			return fmt.Errorf("target %d has %d synapses, must be at most %d", t, begin[t+1], MaxDegree)
		}
		p.Degrees[t] = uint32(begin[t+1])
		begin[t+1] += begin[t]
	}
	p.begin = begin
	if !p.host.GoOn() {
		return nil // the second time would not name the same ones
	}
	p.source = make([]uint32, n)
	if p.valued {
		p.row = make([]int32, n)
	}
	next := make([]int64, targets)
	copy(next, begin)
	k := 0
	each(func(source, target int) {
		if uint(source) >= uint(sources) || uint(target) >= uint(targets) || next[target] == begin[target+1] {
			wrong = fmt.Errorf("connection %d is another when they are named again, must be the same", k)
			return
		}
		p.source[next[target]] = uint32(source)
		if p.valued {
			p.row[next[target]] = int32(k)
		}
		next[target]++
		k++
	})
	if wrong == nil && k != n && p.host.GoOn() {
		wrong = fmt.Errorf("%d connections when they are named again, must be the same %d", k, n)
	}
	return wrong
}

// Listed returns the sources of a target that Collect was given, and which values
// are theirs, nil if none are listed.
func (p *Plan) Listed(target int) (sources []uint32, values []int32) {
	a, b := p.begin[target], p.begin[target+1]
	if p.row != nil {
		values = p.row[a:b]
	}
	return p.source[a:b], values
}
