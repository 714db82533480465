// Package algos holds the algorithms, one file each: paper, equation, loss, state and registration. Losses are
// functions of their inputs alone, exported, so that they can be checked and used without a trainer.
package algos

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pushpull/algos/flow"
	"pushpull/core/data"
	"pushpull/core/suggest"
	"pushpull/core/train"
)

// Algorithm is an entry of the registry.
type Algorithm struct {
	Name     string       `json:"name"`      // flag, file, URL and prefix of the golden cases
	Title    string       `json:"title"`     // as the paper writes it
	Paper    string       `json:"paper"`     // where to read it
	Help     string       `json:"help"`      // the idea, in one sentence
	Equation string       `json:"equation"`  // of the loss, in the notation of static/js/equation.js
	Flow     flow.Chart   `json:"flow"`      // the way of the data, from which the page draws a diagram
	MinBatch int          `json:"min_batch"` // images a step that the loss needs
	Defaults train.Values `json:"defaults"`  // the hyperparameters it owns, and its own defaults of others

	// Constant returns the loss of an encoder that gives every image the same embedding, and whether no loss is lower: NaN
	// where it hangs on which one that is. It is nil where nobody has worked it out.
	Constant func(c train.Config) (loss float64, minimum bool) `json:"-"`

	New func(c train.Config) (train.Objective, error) `json:"-"`
}

var registry = map[string]Algorithm{}

func register(a Algorithm) {
	if _, twice := registry[a.Name]; twice {
		panic("algos: two algorithms are named " + a.Name)
	}
	registry[a.Name] = a
}

// All returns every algorithm in the order of their names.
func All() []Algorithm {
	var all []Algorithm
	for _, name := range slices.Sorted(maps.Keys(registry)) {
		all = append(all, registry[name])
	}
	return all
}

// Find returns the algorithm of the name.
func Find(name string) (Algorithm, error) {
	if a, ok := registry[name]; ok {
		return a, nil
	}
	return Algorithm{}, suggest.Unknown("algorithm", name, slices.Sorted(maps.Keys(registry)))
}

// Formula returns the equation as the switches of v make it: of each of its pieces [key: a; b] a while the switch of the key
// is on, and b, which may be left out, while it is off.
func (a Algorithm) Formula(v train.Values) string {
	text := a.Equation
	for {
		before, after, more := strings.Cut(text, "]") // of the first piece that holds no other
		if !more {
			return strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" }), "\n")
		}
		at := strings.LastIndexByte(before, '[')
		key, piece, _ := strings.Cut(before[at+1:], ": ")
		on, otherwise, _ := strings.Cut(piece, "; ")
		if off(v[key]) {
			on = otherwise
		}
		text = before[:at] + on + after
	}
}

// off tells whether a switch of the value is off.
func off(v any) bool { return v == nil || v == false || v == 0 || v == 0.0 }

// Off returns the mechanisms against collapse that the configuration's algorithm has by default and that are switched off,
// in the order of the table.
func Off(c train.Config) []string {
	a, err := Find(c.Algo)
	if err != nil {
		return nil
	}
	var gone []string
	for _, p := range train.Params {
		usual, own := a.Defaults[p.Key]
		if !own && !p.Owned {
			usual = p.Default
		}
		if p.Guard && !off(usual) && off(c.Values[p.Key]) {
			gone = append(gone, p.Key)
		}
	}
	return gone
}

// Resolve returns the configuration of a run; see train.Resolve.
func Resolve(algo, dataset, encoder string, given map[string]string) (train.Config, error) {
	a, err := Find(algo)
	if err != nil {
		return train.Config{}, err
	}
	return train.Resolve(algo, dataset, encoder, a.Defaults, given)
}

// Start prepares training with the configuration's algorithm. Values that the algorithm uses and c lacks, since it was
// written before they came, get the algorithm's defaults.
func Start(c train.Config, d *data.Dataset) (*train.Trainer, error) {
	a, err := Find(c.Algo)
	if err != nil {
		return nil, err
	}
	c = c.Clone()
	for key, v := range a.Defaults {
		if _, has := c.Values[key]; !has {
			c.Values[key] = v
		}
	}
	if n := c.Int("batch"); n < a.MinBatch {
		return nil, fmt.Errorf("%s needs at least %d images a step: set batch to %d or more, not %d", a.Title, a.MinBatch, a.MinBatch, n)
	}
	o, err := a.New(c)
	if err != nil {
		return nil, err
	}
	return train.New(c, d, o)
}
