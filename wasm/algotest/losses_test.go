// Package algotest trains every algorithm in Chromium, and natively, and compares.
package algotest

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/train"
)

// steps is the number of steps of each run, two epochs and a half.
const steps = 30

// small is a run of little work, at a rate that keeps rounding small: large networks and high rates magnify it fast.
var small = map[string]string{
	"epochs": "3", "batch": "32", "lr": "3e-5", "conv-channels": "8-16", "conv-strides": "2-2", "head-hidden": "32", "head-dim": "16",
	"vit-patch": "8", "vit-dim": "24", "vit-depth": "1", "vit-heads": "2", "vit-hidden": "32",
	"decoder-dim": "16", "text-dim": "24", "text-heads": "2", "text-depth": "1", "directions": "32", "prototypes": "20", "clusters": "10",
}

// record is what a run printed.
type record struct {
	Algo   string
	Losses []float32
}

// losses returns those of the first steps of the algorithm on a few shapes.
func losses(a algos.Algorithm, d *data.Dataset) ([]float32, error) {
	given := maps.Clone(small)
	for key := range given {
		if p, _ := train.Find(key); p.Owned && a.Defaults[key] == nil {
			delete(given, key)
		}
	}
	if a.Defaults["captions"] != nil {
		given["captions"] = "true"
	}
	encoder := "convnet"
	if a.Name == "can" {
		encoder = "vit"
	}
	c, err := algos.Resolve(a.Name, d.Name, encoder, given)
	if err != nil {
		return nil, err
	}
	t, err := algos.Start(c, d)
	if err != nil {
		return nil, err
	}
	var all []float32
	for range steps {
		m, err := t.Step()
		if err != nil {
			return nil, err
		}
		all = append(all, m.Loss)
	}
	return all, nil
}

func shapes() *data.Dataset { return data.Shapes(7, 384, 8) }

// TestLosses prints the losses of every algorithm, a line of JSON each. The other test runs it in the browser.
func TestLosses(t *testing.T) {
	d := shapes()
	for _, a := range algos.All() {
		l, err := losses(a, d)
		if err != nil {
			t.Errorf("%s: %v", a.Name, err)
			continue
		}
		line, err := json.Marshal(record{a.Name, l})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(line))
	}
}
