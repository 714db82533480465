package algos

import (
	"slices"
	"strings"
	"testing"

	"pushpull/algos/flow"
	"pushpull/core/train"
)

// Every algorithm says what it computes and how the data flow through it, by parts that the page can draw and switches
// that it has.
func TestEveryAlgorithmHasEquationAndFlow(t *testing.T) {
	kinds := []flow.Kind{flow.Learned, flow.Slow, flow.Operation, flow.Kept, flow.Stop}
	for _, a := range All() {
		t.Run(a.Name, func(t *testing.T) {
			lines := strings.Split(a.Equation, "\n")
			if !strings.Contains(lines[0], "L = ") {
				t.Errorf("the equation %q does not begin with what the loss L is", a.Equation)
			}
			for _, line := range lines {
				if strings.Count(line, "{") != strings.Count(line, "}") || strings.Count(line, `"`)%2 != 0 {
					t.Errorf("%q: braces or quotes do not match", line)
				}
			}

			has := func(key string) bool {
				p, known := train.Find(key)
				_, owned := a.Defaults[key]
				return known && (owned || !p.Owned) && (p.Kind == train.Bool || p.Kind == train.Int || p.Kind == train.Float)
			}
			if n := len(a.Flow.Branches); n < 1 || n > 3 {
				t.Errorf("%d branches: the panel has room for one to three", n)
			}
			losses := []string{a.Flow.Loss}
			for key, loss := range a.Flow.Without {
				losses = append(losses, loss)
				if !has(key) {
					t.Errorf("the loss hangs on %q, which is none of its hyperparameters", key)
				}
			}
			for _, loss := range losses {
				if n := len([]rune(loss)); n == 0 || n > 40 {
					t.Errorf("how the ends of the branches are compared is said in %d characters; there is room for 40", n)
				}
			}
			if x := a.Flow.Exchanged; x != "" && x != flow.Always && !has(x) {
				t.Errorf("exchanged %q is none of its hyperparameters", x)
			}
			learns := false
			var check func(p flow.Part)
			check = func(p flow.Part) {
				learns = learns || p.Kind == flow.Learned
				if !slices.Contains(kinds, p.Kind) || p.Name == "" {
					t.Errorf("the part %+v has no kind or no name that there is", p)
				}
				if n := len([]rune(p.Name)); n > 22 {
					t.Errorf("%q: %d characters do not fit a box", p.Name, n)
				}
				for _, s := range p.Switches {
					if !has(s.Key) {
						t.Errorf("%q hangs on %q, which is none of its hyperparameters", p.Name, s.Key)
					}
					if s.Else != nil {
						check(*s.Else)
					}
				}
			}
			for i, b := range a.Flow.Branches {
				if b.From == "" && len(b.Parts) == 0 {
					t.Errorf("branch %d is empty", i+1)
				}
				if b.Switch != "" && !has(b.Switch) {
					t.Errorf("branch %d hangs on %q, which is none of its hyperparameters", i+1, b.Switch)
				}
				if b.FilledBy < 0 || b.FilledBy > len(a.Flow.Branches) || b.FilledBy == i+1 {
					t.Errorf("branch %d is filled by branch %d", i+1, b.FilledBy)
				}
				for _, p := range b.Parts {
					check(p)
				}
			}
			if !learns {
				t.Error("nothing learns")
			}
		})
	}
}

// A switch that an algorithm flips mid-run to show what it is for must change its diagram.
func TestMechanismsAreDrawn(t *testing.T) {
	for _, key := range []string{"stop-gradient", "predictor", "momentum-encoder", "negatives", "centring", "sharpening", "sinkhorn", "nearest-neighbour", "symmetric", "normalise"} {
		for _, a := range All() {
			if _, owned := a.Defaults[key]; owned && !slices.Contains(switches(a.Flow), key) {
				t.Errorf("%s has %s, and its diagram does not show it", a.Name, key)
			}
		}
	}
}

// switches returns the hyperparameters that change a chart.
func switches(c flow.Chart) []string {
	keys := []string{c.Exchanged}
	var visit func(p flow.Part)
	visit = func(p flow.Part) {
		for _, s := range p.Switches {
			keys = append(keys, s.Key)
			if s.Else != nil {
				visit(*s.Else)
			}
		}
	}
	for _, b := range c.Branches {
		keys = append(keys, b.Switch)
		for _, p := range b.Parts {
			visit(p)
		}
	}
	return keys
}
