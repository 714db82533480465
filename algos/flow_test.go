package algos

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pushpull/algos/flow"
	"pushpull/core/safetensors"
	"pushpull/core/train"
)

// Every algorithm says what it computes and how the data flow through it, by parts that the page can draw and switches
// that it has.
func TestEveryAlgorithmHasEquationAndFlow(t *testing.T) {
	kinds := []flow.Kind{flow.Learned, flow.Slow, flow.Operation, flow.Kept, flow.Stop}
	for _, a := range All() {
		t.Run(a.Name, func(t *testing.T) {
			formulas := []string{a.Formula(a.Defaults)}
			for _, key := range heeded(a.Equation) {
				formulas = append(formulas, a.Formula(flipped(a, key, false)), a.Formula(flipped(a, key, true)))
			}
			for _, formula := range formulas {
				lines := strings.Split(formula, "\n")
				if !strings.Contains(lines[0], "L = ") {
					t.Errorf("the equation %q does not begin with what the loss L is", formula)
				}
				for _, line := range lines {
					if strings.Count(line, "{") != strings.Count(line, "}") || strings.Count(line, `"`)%2 != 0 || strings.ContainsAny(line, "[;]") {
						t.Errorf("%q: braces or quotes do not match", line)
					}
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
			for _, p := range a.Flow.Inputs {
				check(p)
			}
			if !learns {
				t.Error("nothing learns")
			}
		})
	}
}

// A switch that an algorithm flips mid-run to show what it is for must change its diagram.
func TestMechanismsAreDrawn(t *testing.T) {
	for _, key := range []string{"stop-gradient", "predictor", "momentum-encoder", "negatives", "centring", "sharpening", "sinkhorn", "nearest-neighbour", "symmetric", "normalise", "learn-temperature"} {
		for _, a := range All() {
			if _, owned := a.Defaults[key]; owned && !slices.Contains(switches(a.Flow), key) {
				t.Errorf("%s has %s, and its diagram does not show it", a.Name, key)
			}
		}
	}
}

// A switch that changes the diagram changes the equation, too, and the other way round.
func TestEquationsHeedTheSwitchesOfTheDiagram(t *testing.T) {
	// What makes projections, and of which views there are, has no place in what is computed of them.
	networks := []string{"head-layers", "local-views", "separate-encoders", "captions"}
	// What changes the loss alone is no way of the data.
	lossAlone := map[string][]string{"triplet": {"swap"}, "instdisc": {"noise"}, "mmcr": {"nuclear-weight"}}
	for _, a := range All() {
		drawn, told := switches(a.Flow), heeded(a.Equation)
		for _, key := range drawn {
			if key == "" || key == flow.Always || slices.Contains(networks, key) {
				continue
			}
			if on, off := a.Formula(flipped(a, key, true)), a.Formula(flipped(a, key, false)); on == off {
				t.Errorf("%s: %s changes the diagram, and the equation stays\n%s", a.Name, key, on)
			}
		}
		for _, key := range told {
			if _, owned := a.Defaults[key]; !owned {
				t.Errorf("%s: the equation hangs on %q, which is none of its hyperparameters", a.Name, key)
			}
			if !slices.Contains(drawn, key) && !slices.Contains(lossAlone[a.Name], key) {
				t.Errorf("%s: %s changes the equation, and the diagram stays", a.Name, key)
			}
		}
	}
}

// heeded returns the switches that an equation hangs on.
func heeded(equation string) (keys []string) {
	for _, m := range regexp.MustCompile(`\[([^:\][]*): `).FindAllStringSubmatch(equation, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// flipped returns the algorithm's defaults with one switch on or off.
func flipped(a Algorithm, key string, on bool) train.Values {
	v := maps.Clone(a.Defaults)
	if v[key] = on; on && a.Defaults[key] == 0 {
		v[key] = 1
	}
	return v
}

// switches returns the hyperparameters that change a chart.
func switches(c flow.Chart) []string {
	keys := append(slices.Collect(maps.Keys(c.Without)), c.Exchanged)
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
	for _, p := range c.Inputs {
		visit(p)
	}
	return keys
}

// shown returns a flow as a configuration's switches make it: the parts that are on, of them the names of those that learn
// and whose gradient nothing stops, and the branches.
func shown(c flow.Chart, config train.Config) (parts []flow.Part, reached map[string]bool, branches []flow.Branch) {
	off := func(key string) bool {
		v := config.Values[key]
		return v == false || v == 0 || v == 0.0
	}
	var resolve func(p flow.Part) (flow.Part, bool)
	resolve = func(p flow.Part) (flow.Part, bool) {
		for _, s := range p.Switches {
			if off(s.Key) {
				if s.Else == nil {
					return p, false
				}
				return resolve(*s.Else)
			}
		}
		return p, true
	}
	reached = map[string]bool{}
	add := func(all []flow.Part) {
		first := len(parts)
		for _, p := range all {
			if p, on := resolve(p); on {
				parts = append(parts, p)
			}
		}
		for _, p := range slices.Backward(parts[first:]) {
			if p.Kind == flow.Stop || p.Kind == flow.Slow || p.Kind == flow.Kept {
				return
			}
			if p.Kind == flow.Learned {
				reached[p.Name] = true
			}
		}
	}
	for _, b := range c.Branches {
		if b.Switch == "" || !off(b.Switch) {
			branches = append(branches, b)
			add(b.Parts)
		}
	}
	for _, p := range c.Inputs {
		add([]flow.Part{p})
	}
	return parts, reached, branches
}

// moved returns the parts, as names calls them, whose weights differ between two checkpoints.
func moved(t *testing.T, before, after []safetensors.Tensor, names map[string]string) map[string]bool {
	m := map[string]bool{}
	for i, x := range before {
		if strings.HasPrefix(x.Name, "optimiser.") || strings.Contains(x.Name, ".running_") || slices.Equal(x.Data, after[i].Data) {
			continue
		}
		part := "" // the longest name counts: text.head is not text
		for p := range names {
			if strings.HasPrefix(x.Name, p+".") && len(p) > len(part) {
				part = p
			}
		}
		m[names[part]] = true
	}
	delete(m, "") // what is kept
	return m
}

// kept returns what a checkpoint of the run holds.
func kept(t *testing.T, tr *train.Trainer) []safetensors.Tensor {
	var file bytes.Buffer
	if err := tr.Write(&file); err != nil {
		t.Fatal(err)
	}
	tensors, _, err := safetensors.Read(&file, int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return tensors
}

// The stages that a step goes through are those in which the diagram has something to do, in an order that the page's
// strip of stages keeps; and the weights that a step moves are those that the diagram's gradient reaches, with the switches
// as they are.
func TestDiagramsAreWhatRuns(t *testing.T) {
	order := []train.Stage{train.StageEpoch, train.StageViews, train.StageEncoder, train.StageHead, train.StageMomentum, train.StageText,
		train.StageLoss, train.StageBackward, train.StageOptimiser, train.StageAfterStep}
	always := []train.Stage{train.StageViews, train.StageLoss, train.StageBackward, train.StageOptimiser}
	names := map[string]string{"encoder": "encoder", "head": "head", "predictor": "predictor", "prototypes": "prototypes", "classifier": "classifier",
		"decoder": "decoder", "text": "text encoder", "text.head": "linear", "temperature": "learned τ", "logit_bias": "learned bias b",
		"view2.encoder": "its own encoder", "view2.head": "its own head", "view3.encoder": "its own encoder", "view3.head": "its own head"}
	check := func(t *testing.T, a Algorithm, given map[string]string, off string) {
		given = maps.Clone(given)
		given["optimiser"], given["weight-decay"], given["lr"] = "sgd", "0", "1" // what has no gradient stays as it is
		tr := begin(t, a, smallSet(), given)
		before := kept(t, tr)
		var told []train.Stage
		tr.OnStage(func(s train.Stage) { told = append(told, s) })
		losses(t, tr, 1)
		parts, reached, branches := shown(a.Flow, tr.Config)
		for _, s := range order {
			want := slices.Contains(always, s)
			for _, p := range parts {
				want = want || p.Stage == s || s == train.StageAfterStep && p.Kind == flow.Slow
			}
			for _, b := range branches {
				kept := slices.ContainsFunc(b.Parts, func(p flow.Part) bool {
					return p.Kind == flow.Kept && !slices.ContainsFunc(p.Switches, func(s flow.Switch) bool {
						v := tr.Config.Values[s.Key]
						return v == false || v == 0
					})
				})
				want = want || s == train.StageAfterStep && kept && (b.FilledBy > 0 || !b.Before) || s == train.StageEpoch && b.Before
			}
			if s == train.StageAfterStep && off != "" {
				continue // what nothing uses while a switch is off is kept up to date, for when it is on again
			}
			if got := slices.Contains(told, s); got != want {
				t.Errorf("%s stage %q: a step goes through it: %t, the diagram says %t", off, s, got, want)
			}
		}
		last := -1
		for i, s := range told {
			at := slices.Index(order, s)
			if again := s == train.StageEncoder && i > 0 && told[i-1] == train.StageHead; at < last && !again {
				t.Errorf("the stages %q are not in order", told)
			}
			last = at
		}

		moves := moved(t, before, kept(t, tr), names)
		for name := range reached {
			if !moves[name] {
				t.Errorf("%s gradient reaches %q in the diagram, and the step leaves it as it is", off, name)
			}
		}
		for name := range moves {
			if !reached[name] {
				t.Errorf("%s the step moves %q, which gradient does not reach in the diagram", off, name)
			}
		}
	}
	for _, a := range All() {
		t.Run(a.Name, func(t *testing.T) {
			check(t, a, small, "")
			if v := variants[a.Name]; v != nil {
				check(t, a, v, "")
			}
			for key, def := range a.Defaults {
				if def == true {
					check(t, a, with(key, "false"), key)
				}
			}
			for key, zero := range map[string]string{"local-views": "0", "mask-ratio": "0"} {
				if _, owned := a.Defaults[key]; owned {
					check(t, a, with(key, zero), key)
				}
			}
			headless := with("head-layers", "0")
			headless["batch"], headless["separate-encoders"] = "16", "true"
			check(t, a, headless, "head-layers")
		})
	}
}
