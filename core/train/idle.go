package train

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"pushpull/core/augment"
)

// idle tells why a hyperparameter changes nothing in a run of the configuration, "" where it acts.
type idle func(c Config) string

// off is for what does nothing while the switch of one of the keys is off, or its number 0.
func off(keys ...string) idle {
	return func(c Config) string {
		for _, key := range keys {
			switch c.Values[key] {
			case false:
				return key + " is off"
			case 0, 0.0:
				return key + " is 0"
			}
		}
		return "" // they are on, or the algorithm always does what others may leave
	}
}

// either is for what does nothing for one of several reasons.
func either(reasons ...idle) idle {
	return func(c Config) string {
		for _, reason := range reasons {
			if why := reason(c); why != "" {
				return why
			}
		}
		return ""
	}
}

// unless is for what does nothing with other choices than these.
func unless(key string, choices ...string) idle {
	return func(c Config) string {
		if slices.Contains(choices, c.Text(key)) {
			return ""
		}
		return key + " is " + c.Text(key)
	}
}

// below is for what does nothing while a number is smaller than least.
func below(key string, least int) idle {
	return func(c Config) string {
		if n := c.Int(key); n < least {
			return fmt.Sprintf("%s is %d", key, n)
		}
		return ""
	}
}

// noPredictor is off("predictor"), but for a run whose queue is drawn after the predictor's weights: on their number it hangs.
func noPredictor(c Config) string {
	if _, queued := c.Values["queue-size"]; queued {
		return ""
	}
	return off("predictor")(c)
}

// noHeadNorm tells that a projection head has no batch-norm.
func noHeadNorm(c Config) string {
	h := head(c)
	if h.Layers > 1 && h.BatchNorm || h.Layers > 0 && h.FinalNorm {
		return ""
	}
	return "the head has no batch-norm"
}

// Idle tells which hyperparameters change nothing about this run as it is set: by key, why that is so.
func (t *Trainer) Idle() map[string]string {
	idle := t.idleStrengths()
	for _, p := range Params {
		if _, used := t.Config.Values[p.Key]; used && p.Idle != nil {
			if why := p.Idle(t.Config); why != "" {
				idle[p.Key] = why
			}
		}
		if p.Group == "evaluation" && !t.Data.Labelled() {
			idle[p.Key] = "the images have no classes"
		}
	}
	for _, e := range Encoders {
		for _, key := range e.Keys {
			if e.Name != t.Config.Encoder {
				idle[key] = "encoder is " + t.Config.Encoder
			}
		}
	}
	return idle
}

// idleStrengths is Idle for the strengths of the views.
func (t *Trainer) idleStrengths() map[string]string {
	r, idle := t.loader.recipe, map[string]string{}
	var off []string // strengths that may keep others from acting
	for key, v := range r.Strengths {
		if v == 0 {
			off = append(off, key)
		}
	}
	slices.Sort(off)
	for key := range r.Strengths {
		if !r.acts(key, nil) {
			idle[key] = r.whyIdle(key, slices.DeleteFunc(slices.Clone(off), func(o string) bool { return o == key }))
		}
	}
	return idle
}

// whyIdle tells why the strength of the key changes nothing, where those that are off are 0.
func (r recipe) whyIdle(key string, off []string) string {
	if r.C == 1 && slices.Contains(augment.ColourStrengths, key) {
		return "the images are gray"
	}
	if r.views.First == nil {
		return "augment is " + r.Kind
	}
	var each []string // would be enough
	for _, o := range off {
		if r.acts(key, []string{o}) {
			each = append(each, o)
		}
	}
	if each == nil && r.acts(key, off) { // several have to be on
		each = off
		for _, o := range off {
			if rest := slices.DeleteFunc(slices.Clone(each), func(e string) bool { return e == o }); r.acts(key, rest) {
				each = rest
			}
		}
	}
	switch n := len(each); n {
	case 0:
		return "no view of this run uses it"
	case 1:
		return each[0] + " is 0"
	default:
		return strings.Join(each[:n-1], ", ") + " and " + each[n-1] + " are 0"
	}
}

// acts tells whether another value of a strength makes other views, with some strengths switched on.
func (r recipe) acts(key string, on []string) bool {
	s := augment.Strengths{}
	for _, k := range on {
		s[k] = another(k, 0)
	}
	before := r.pipelines(s)
	s[key] = another(key, r.Strengths[key])
	return !reflect.DeepEqual(r.pipelines(s), before)
}

// another returns a value that a hyperparameter may have in the place of v.
func another(key string, v float64) float64 {
	p, _ := Find(key)
	if v == p.Max {
		return p.Min
	}
	return p.Max
}

// pipelines returns how all views of an image are made with some strengths set to other values.
func (r recipe) pipelines(s augment.Strengths) (all []augment.Pipeline) {
	r.Strengths = maps.Clone(r.Strengths)
	maps.Copy(r.Strengths, s)
	if r.C == 1 {
		for _, key := range augment.ColourStrengths {
			r.Strengths[key] = 0
		}
	}
	r.prepare()
	for v := range r.rows(1) {
		all = append(all, r.pipeline(v))
	}
	return all
}
