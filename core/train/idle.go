package train

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"pushpull/core/augment"
)

// Idle tells which hyperparameters of the views change nothing about those of this run as it is set: by key, why that is so.
func (t *Trainer) Idle() map[string]string {
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
	if r.Plan.Local.Views == 0 {
		for _, key := range []string{"local-size", "local-crop-min", "local-crop-max"} {
			idle[key] = "local-views is 0"
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
