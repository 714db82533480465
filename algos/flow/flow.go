// Package flow tells the way of the data through an algorithm, so that the page can draw it: branches side by side, each
// from what it starts with, through parts, down to the loss, which may have learned numbers of its own. Gradient comes back
// up from the loss; it ends where a branch stops it, and at what is kept constant.
package flow

import "pushpull/core/train"

// Chart is the way of the data through an algorithm.
type Chart struct {
	Branches  []Branch `json:"branches"`            // from left to right, three at most
	Loss      string   `json:"loss"`                // how their ends are compared, in a few words
	Inputs    []Part   `json:"inputs,omitempty"`    // learned numbers that the loss takes besides
	Exchanged string   `json:"exchanged,omitempty"` // switch by which the views also change places; Always without one

	Without map[string]string `json:"without,omitempty"` // what Loss is while the switch of a key is off
}

// Always is Chart.Exchanged where no switch ends it.
const Always = "always"

// Branch is one column of the chart.
type Branch struct {
	From     string `json:"from,omitempty"` // what enters it; nothing enters a branch that only keeps something
	Parts    []Part `json:"parts,omitempty"`
	Switch   string `json:"switch,omitempty"`    // without which there is no such branch
	FilledBy int    `json:"filled_by,omitempty"` // number of the branch, from 1, whose end enters this one after each step
	Before   bool   `json:"before,omitempty"`    // it is computed before an epoch; in a step its numbers are only used
}

// Kind is what a part is to the gradient.
type Kind string

// The kinds of parts.
const (
	Learned   Kind = "learned"   // weights that the optimiser changes
	Slow      Kind = "slow"      // weights that follow the learned ones beside them after each step
	Operation Kind = "operation" // no weights
	Kept      Kind = "kept"      // numbers that are kept from step to step, constants to the gradient
	Stop      Kind = "stop"      // a bar: no gradient passes
)

// Part is a box of a branch. Equal parts of neighbouring branches are drawn as one: they share their weights.
type Part struct {
	Kind     Kind        `json:"kind"`
	Name     string      `json:"name"`
	Stage    train.Stage `json:"stage,omitempty"` // of a step in which it works; train.StageLoss where it is not told
	Switches []Switch    `json:"switches,omitempty"`
}

// Switch is a hyperparameter that takes a part away while it is off or 0.
type Switch struct {
	Key  string `json:"key"`
	Else *Part  `json:"else,omitempty"` // what is in the part's place then
}

// If returns the part with a switch more. Of several, the first one that is off decides what is drawn.
func (p Part) If(key string, otherwise ...Part) Part {
	s := Switch{Key: key}
	if len(otherwise) > 0 {
		s.Else = &otherwise[0]
	}
	p.Switches = append(p.Switches[:len(p.Switches):len(p.Switches)], s)
	return p
}

// Unless returns the part with a switch before its others, and what takes its place while that is off.
func (p Part) Unless(key string, otherwise Part) Part {
	p.Switches = append([]Switch{{Key: key, Else: &otherwise}}, p.Switches...)
	return p
}

// From returns a branch.
func From(what string, parts ...Part) Branch { return Branch{From: what, Parts: parts} }

// Keep returns a branch that holds what the end of another one, numbered from 1, was in past steps; 0 for none.
func Keep(what string, filledBy int) Branch {
	return Branch{Parts: []Part{Store(what)}, FilledBy: filledBy}
}

// If returns the branch with a switch.
func (b Branch) If(key string) Branch {
	b.Switch = key
	return b
}

// BeforeEpoch returns the branch as one that is computed before an epoch.
func (b Branch) BeforeEpoch() Branch {
	b.Before = true
	return b
}

// Do returns an operation, Learn a part with weights, Store one that is kept.
func Do(name string) Part    { return Part{Kind: Operation, Name: name} }
func Learn(name string) Part { return Part{Kind: Learned, Name: name} }
func Store(name string) Part { return Part{Kind: Kept, Name: name} }

// The parts that several algorithms have.
var (
	Encoder      = Part{Kind: Learned, Name: "encoder", Stage: train.StageEncoder}
	Head         = Part{Kind: Learned, Name: "head", Stage: train.StageHead}.If("head-layers")
	Predictor    = Learn("predictor").If("predictor")
	Prototypes   = Learn("prototypes")
	StopGradient = Part{Kind: Stop, Name: "stop-gradient"}
	Normalise    = Do("length 1").If("normalise")

	SlowEncoder = Part{Kind: Slow, Name: "momentum encoder", Stage: train.StageMomentum}.If("momentum-encoder", Part{Kind: Slow, Name: "copied encoder", Stage: train.StageMomentum})
	SlowHead    = Part{Kind: Slow, Name: "its head", Stage: train.StageMomentum}.If("head-layers")

	Temperature = Learn("learned τ").If("learn-temperature")
	Bias        = Learn("learned bias b")

	TextEncoder = Part{Kind: Learned, Name: "text encoder", Stage: train.StageText}
	TextHead    = Part{Kind: Learned, Name: "linear", Stage: train.StageText}
)
