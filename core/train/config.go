package train

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"pushpull/core/suggest"
)

// Values holds hyperparameters by key: float64, int, bool or string, as their kind wants.
type Values map[string]any

// Config is everything that determines a run.
type Config struct {
	Algo    string `json:"algo"`
	Data    string `json:"data"`
	Encoder string `json:"encoder"`
	Probe   string `json:"probe_data,omitempty"` // the data set to evaluate on, where it is another
	Values  Values `json:"values"`               // one for each hyperparameter the run can use
}

// Resolve returns the configuration of an algorithm with the given defaults: what is given, as text, over the
// algorithm's own default, over that of the kind of views, over that of the data set, over that of the table. It fails
// on an unknown key, a key that neither the algorithm nor the kind of views uses, and a value outside its range.
func Resolve(algo, dataset, encoder string, defaults Values, given map[string]string) (Config, error) {
	c := Config{Algo: algo, Data: dataset, Encoder: encoder, Values: Values{}}
	for _, p := range Params {
		if _, own := defaults[p.Key]; own || !p.Owned {
			c.Values[p.Key] = p.Default
		}
	}
	maps.Copy(c.Values, DataDefaults[dataset])
	if views, ok := given["augment"]; ok {
		if err := c.Set("augment", views); err != nil {
			return Config{}, err
		}
	}
	maps.Copy(c.Values, ViewDefaults[c.Text("augment")]) // with those that only this kind of views has
	maps.Copy(c.Values, defaults)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if err := c.Set(key, given[key]); err != nil {
			return Config{}, err
		}
	}
	return c, c.check()
}

// check returns an error where values do not fit together.
func (c Config) check() error {
	if _, err := findEncoder(c.Encoder); err != nil {
		return err
	}
	if a, b := len(c.Ints("conv-channels")), len(c.Ints("conv-strides")); a != b {
		return fmt.Errorf("conv-channels names %d convolutions and conv-strides %d: give both the same number", a, b)
	}
	return nil
}

// Set changes one value, given as text.
func (c Config) Set(key, text string) error {
	p, ok := Find(key)
	if !ok {
		keys := make([]string, len(Params))
		for i, p := range Params {
			keys[i] = p.Key
		}
		return suggest.Unknown("hyperparameter", key, keys)
	}
	if _, used := c.Values[key]; !used {
		if kinds := KindsOfViews(key); kinds != nil {
			return fmt.Errorf("views of the kind %s do not use %s: set augment to %s", c.Text("augment"), key, strings.Join(kinds, " or "))
		}
		return fmt.Errorf("%s does not use %s", c.Algo, key)
	}
	v, err := p.Parse(text)
	if err != nil {
		return err
	}
	c.Values[key] = v
	return nil
}

// Clone returns a configuration of its own with the same values.
func (c Config) Clone() Config {
	c.Values = maps.Clone(c.Values)
	return c
}

// TextOf returns a value as a user types it.
func TextOf(v any) string {
	if x, ok := v.(float64); ok {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// Limits returns the range of a number in words: "0 to 1".
func (p Param) Limits() string {
	plain := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return plain(p.Min) + " to " + plain(p.Max)
}

// Parse returns the value that text stands for.
func (p Param) Parse(text string) (any, error) {
	wrong := func(want string) error { return fmt.Errorf("%s is %q: give %s", p.Key, text, want) }
	inRange := func(v float64) bool { return v >= p.Min && v <= p.Max }
	limits := "from " + p.Limits()
	switch p.Kind {
	case Float:
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(v) || !inRange(v) {
			return nil, wrong("a number " + limits)
		}
		return v, nil
	case Int:
		v, err := strconv.ParseFloat(text, 64) // 1e6 is a whole number too
		if err != nil || v != math.Trunc(v) || !inRange(v) {
			return nil, wrong("a whole number " + limits)
		}
		return int(v), nil
	case Bool:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, wrong("true or false")
		}
		return v, nil
	case Choice:
		if !slices.Contains(p.Choices, text) {
			hint := "one of " + strings.Join(p.Choices, ", ")
			if near := suggest.Nearest(text, p.Choices); near != "" {
				hint += fmt.Sprintf(" (did you mean %s?)", near)
			}
			return nil, wrong(hint)
		}
		return text, nil
	case Widths:
		for part := range strings.SplitSeq(text, "-") {
			v, err := strconv.Atoi(part)
			if err != nil || !inRange(float64(v)) {
				return nil, wrong("whole numbers " + limits + " joined by dashes, such as " + p.Default.(string))
			}
		}
		return text, nil
	}
	panic("train: hyperparameter " + p.Key + " has no kind")
}

// Float returns a number. Like its siblings it panics where the run has no such value: a programmer's mistake.
func (c Config) Float(key string) float32 { return float32(get[float64](c, key)) }

// Int returns a whole number.
func (c Config) Int(key string) int { return get[int](c, key) }

// Bool returns a switch.
func (c Config) Bool(key string) bool { return get[bool](c, key) }

// Text returns a choice.
func (c Config) Text(key string) string { return get[string](c, key) }

// Ints returns the numbers of a value of kind Widths.
func (c Config) Ints(key string) []int {
	var ns []int
	for part := range strings.SplitSeq(c.Text(key), "-") {
		n, err := strconv.Atoi(part)
		if err != nil {
			panic("train: " + key + " is " + c.Text(key))
		}
		ns = append(ns, n)
	}
	return ns
}

func get[T any](c Config, key string) T {
	v, ok := c.Values[key].(T)
	if !ok {
		panic(fmt.Sprintf("train: %s is %v in the configuration of %s", key, c.Values[key], c.Algo))
	}
	return v
}

// UnmarshalJSON reads values with the types of the table, and refuses what Set would. Those that every run has and text
// lacks, since it is older than they are, get the defaults of the kind of views or the table.
func (c *Config) UnmarshalJSON(text []byte) error {
	var plain struct {
		Algo, Data, Encoder string
		Probe               string `json:"probe_data"`
		Values              map[string]any
	}
	if err := json.Unmarshal(text, &plain); err != nil {
		return err
	}
	*c = Config{plain.Algo, plain.Data, plain.Encoder, plain.Probe, Values{}}
	for key, v := range plain.Values {
		p, ok := Find(key)
		if !ok {
			return fmt.Errorf("unknown hyperparameter %q", key)
		}
		parsed, err := p.Parse(TextOf(v))
		if err != nil {
			return err
		}
		c.Values[key] = parsed
	}
	add := func(key string, v any) {
		if _, given := c.Values[key]; !given {
			c.Values[key] = v
		}
	}
	views, _ := Find("augment")
	add(views.Key, views.Default)
	for key, v := range ViewDefaults[c.Text("augment")] {
		add(key, v)
	}
	for _, p := range Params {
		if !p.Owned {
			add(p.Key, p.Default)
		}
	}
	return nil
}
