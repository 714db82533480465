package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"

	"pushpull/core/train"
)

// Settings determine a fine-tuning. Params has the meaning, range and default of each.
type Settings struct {
	Labels      float64 `json:"labels"`
	Validation  float64 `json:"validation"`
	Epochs      int     `json:"epochs"`
	Batch       int     `json:"batch"`
	HeadLR      float32 `json:"head-lr"`
	BackboneLR  float32 `json:"backbone-lr"`
	ScratchLR   float32 `json:"scratch-lr"`
	WeightDecay float32 `json:"weight-decay"`
	CropMin     float32 `json:"crop-min"`
	Mixup       float32 `json:"mixup"`
	CutMix      float32 `json:"cutmix"`
	Seed        int     `json:"seed"`
}

// Params is the table of the settings; its keys are their JSON names.
var Params = []train.Param{
	{Key: "labels", Kind: train.Float, Group: "labels", Default: 1.0, Min: 0.0001, Max: 1, Unit: "of the images", Help: "how many training images have a label, of every class alike"},
	{Key: "validation", Kind: train.Float, Group: "labels", Default: 0.2, Min: 0.01, Max: 0.9, Unit: "of those", Help: "how many of them are not learned from but choose the epoch"},
	{Key: "seed", Kind: train.Int, Group: "labels", Default: 1, Min: 0, Max: 1 << 31, Help: "which images have a label, their order and their views"},

	{Key: "epochs", Kind: train.Int, Group: "training", Default: 20, Min: 1, Max: 100_000, Unit: "passes", Help: "passes over the labelled images"},
	{Key: "batch", Kind: train.Int, Group: "training", Default: 64, Min: 2, Max: 65_536, Unit: "images", Help: "images a step, at most"},
	{Key: "head-lr", Kind: train.Float, Group: "training", Default: 1e-3, Min: 0, Max: 1e6, Help: "learning rate of the classifier, which starts as a linear probe; at the top of its cosine"},
	{Key: "backbone-lr", Kind: train.Float, Group: "training", Default: 1e-3, Min: 0, Max: 1e6, Help: "learning rate of the trained encoder; 0 keeps its weights"},
	{Key: "scratch-lr", Kind: train.Float, Group: "training", Default: 3e-3, Min: 0, Max: 1e6, Help: "learning rate of both where they start with random weights (-scratch)"},
	{Key: "weight-decay", Kind: train.Float, Group: "training", Default: 1e-4, Min: 0, Max: 1, Help: "pull of weights towards 0"},
	{Key: "crop-min", Kind: train.Float, Group: "training", Default: 0.5, Min: 0.05, Max: 1, Unit: "of the area", Help: "smallest random crop to learn from"},
	{Key: "mixup", Kind: train.Float, Group: "training", Default: 0.0, Min: 0, Max: 100, Help: "mixes each image and its label with another's, by a share drawn from Beta(A, A); 0 does not (Zhang et al. 2018)"},
	{Key: "cutmix", Kind: train.Float, Group: "training", Default: 0.0, Min: 0, Max: 100, Help: "puts a box of another image into each, and mixes their labels by its area, drawn from Beta(A, A); 0 does not, and with mixup as well a step does either (Yun et al. 2019)"},
}

// L2 is the penalty of the linear probe, on standardised columns.
var L2 = train.Param{Key: "l2", Kind: train.Float, Group: "evaluation", Default: 1e-3, Min: 0, Max: 1e6, Help: "penalty of the linear probe: L2/2 times its squared weights, per image"}

// Resolve returns the settings that are given, as text by key, over the defaults. It fails on an unknown key and on a
// value outside its range.
func Resolve(given map[string]string) (Settings, error) {
	values, known := train.Values{}, 0
	for _, p := range Params {
		values[p.Key] = p.Default
		if text, ok := given[p.Key]; ok {
			known++
			v, err := p.Parse(text)
			if err != nil {
				return Settings{}, err
			}
			values[p.Key] = v
		}
	}
	if known < len(given) {
		return Settings{}, fmt.Errorf("fine-tuning has no such settings as all of %v", given)
	}
	var s Settings
	text, err := json.Marshal(values)
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return s, d.Decode(&s)
}
