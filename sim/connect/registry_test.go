package connect

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

// shifted is a user's distribution that holds others, and writes them itself.
type shifted struct {
	By []float64 `json:"by"`
}

func (d shifted) Validate() error                   { return nil }
func (d shifted) Bounds() (lo, hi float64)          { return Values(d.By).Bounds() }
func (d shifted) Sample(s *Stream) (float64, error) { return d.By[0] + s.Float64(), nil }

type other struct{ shifted }

// everywhere connects as AllToAll does.
type everywhere struct{ AllToAll }

func TestRegister(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a distribution", RegisterDistribution[shifted]("shifted"), ""}, {"the same again", RegisterDistribution[shifted]("shifted"), ""},
		{"another name", RegisterDistribution[shifted]("moved"), `connect.shifted is registered as "shifted" already`}, {"a name that is taken", RegisterDistribution[other]("shifted"), `"shifted" is the name of connect.shifted`},
		{"a built-in name", RegisterDistribution[other]("mul"), `"mul" is the name of connect.Expression`}, {"a built-in type", RegisterDistribution[Normal]("gauss"), `connect.Normal is registered as "normal" already`},
		{"a pointer", RegisterDistribution[*shifted]("pointer"), "not a pointer"}, {"no name", RegisterDistribution[other](""), `the name is "", must be of 1 to 100 letters`}, {"a name in lines", RegisterDistribution[other]("a\nb"), `the name is "a\nb", must be`}, {"an interface", RegisterDistribution[Distribution]("any"), "must be a struct"},
		{"a rule", RegisterRule[everywhere]("everywhere"), ""}, {"a rule's name", RegisterRule[everywhere]("list"), `connect.everywhere is registered as "everywhere" already`},
	} {
		t.Run(c.name, func(t *testing.T) { checkError(t, c.err, c.want) })
	}
	d := shifted{By: []float64{1, 2}}
	checkError(t, CheckDistribution(d), "")
	checkError(t, CheckDistribution(Redraw{Of: shifted{By: []float64{math.NaN()}}, Max: 1}), "connect.shifted cannot be written to files")
	checkError(t, CheckDistribution(shifted{By: []float64{math.Inf(1)}}), "cannot be written to files")
	checkError(t, CheckDistribution(other{}), "connect.other is not registered: call connect.RegisterDistribution[connect.other]")
	checkError(t, CheckDistribution(Add(other{}, Constant(1))), "connect.other is not registered")
	checkError(t, CheckDistribution(&d), "must be a value (not a pointer to one)")
	checkError(t, CheckDistribution((*Normal)(nil)), "must be a value (not a pointer to one)")
	checkError(t, CheckDistribution(nil), "no distribution")
	checkError(t, CheckDrawn(Values{1}), "Values are one for each connection")
	_, err := DecodeRule("small_world", []byte(`{}`))
	checkError(t, err, `unknown rule "small_world", not registered in this program: if it is one of your own, register it before opening`)

	c := CopyDistribution(d).(shifted)
	v := Values{1, 2}
	cv := CopyDistribution(v).(Values)
	l := List{Pre: []int32{1}, Post: []int32{2}, Delay: []float64{3}}
	cl := CopyRule(l).(List)
	d.By[0], v[0], l.Pre[0], l.Delay[0] = 9, 9, 9, 9
	if c.By[0] != 1 || cv[0] != 1 || cl.Pre[0] != 1 || cl.Delay[0] != 3 || cl.Weight != nil {
		t.Errorf("copies change with what they are of: %v %v %v", c, cv, cl)
	}
	if CopyDistribution(nil) != nil || CopyRule(nil) != nil {
		t.Error("copies of nothing")
	}
}

// Every rule is written as it always was and comes back.
func TestRuleForms(t *testing.T) {
	for _, c := range []struct {
		r          Rule
		name, text string
	}{
		{FixedTotalNumber{N: 7}, "fixed_total_number", `{"n":7}`}, {FixedInDegree{N: 7, Forbid: Forbid{Autapses: true}}, "fixed_indegree", `{"n":7,"forbid_autapses":true}`},
		{FixedOutDegree{N: 7, Forbid: Forbid{Multapses: true}}, "fixed_outdegree", `{"n":7,"forbid_multapses":true}`}, {PairwiseBernoulli{P: 0.5}, "pairwise_bernoulli", `{"p":0.5}`},
		{SymmetricPairwiseBernoulli{P: 0.5}, "symmetric_pairwise_bernoulli", `{"p":0.5}`}, {AllToAll{}, "all_to_all", `{}`}, {OneToOne{Symmetric: true}, "one_to_one", `{"make_symmetric":true}`},
		{List{Pre: []int32{1}, Post: []int32{0}, Weight: []float64{2}}, "list", `{"pre":[1],"post":[0],"weight":[2]}`},
	} {
		name, b, err := EncodeRule(c.r)
		if err != nil || name != c.name || string(b) != c.text {
			t.Errorf("%+v: %s %s, %v, want %s %s", c.r, name, b, err, c.name, c.text)
		}
		if got, err := DecodeRule(c.name, []byte(c.text)); err != nil || !reflect.DeepEqual(got, c.r) {
			t.Errorf("%s: %+v, %v, want %+v", c.text, got, err, c.r)
		}
	}
	_, err := DecodeRule("all_to_all", []byte(`{"n":1}`))
	checkError(t, err, "all_to_all: ")
}

// Sizes of rules, by hand: 6 sources and 4 targets.
func TestSize(t *testing.T) {
	for _, c := range []struct {
		r                        Rule
		synapses, largest, bytes float64
		values                   int64
	}{
		{FixedTotalNumber{N: 16}, 16, 4 + 10*2 + 50, 16, 16}, {FixedInDegree{N: 3}, 12, 3, 0, 12}, {FixedOutDegree{N: 6}, 36, 9 + 10*3 + 50, 12*4 + 4*36, 36},
		{PairwiseBernoulli{P: 0.5}, 12, 12, 16, -1}, {SymmetricPairwiseBernoulli{P: 0.5}, 24, 20, 12*10 + 4*24, -1}, {AllToAll{}, 24, 12, 0, 24}, {OneToOne{}, 4, 2, 0, 4}, {OneToOne{Symmetric: true}, 8, 2, 0, 4},
		{List{Pre: []int32{0, 1, 2}, Post: []int32{3, 1, 3}}, 3, 2, 12*4 + 8*3, 3},
	} {
		s := c.r.Size(6, 4)
		if s.Synapses != c.synapses || s.Largest != c.largest || s.Bytes != c.bytes || s.Values != c.values || (s.Values >= 0) != (s.ValuesAre != "") {
			t.Errorf("%+v: %+v, want %g synapses, %g of a target, %g bytes, %d values", c.r, s, c.synapses, c.largest, c.bytes, c.values)
		}
		checkError(t, CheckRuleSynapse(c.r, 6, 4, Values(make([]float64, max(c.values, 0))), Constant(1)), map[bool]string{true: "makes a random number of connections"}[c.values < 0])
		if c.values > 0 {
			checkError(t, CheckRuleSynapse(c.r, 6, 4, Constant(1), Values{}), fmt.Sprintf("delay: connect: Values: 0 values, must be %d (", c.values))
		}
	}
}
