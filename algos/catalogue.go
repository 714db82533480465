package algos

import "pushpull/core/train"

// Catalogue is everything that a run can be made of: what `pushpull list` prints and the page's controls are made from.
type Catalogue struct {
	Algorithms   []Algorithm             `json:"algorithms"`
	Encoders     []train.EncoderInfo     `json:"encoders"`
	Datasets     []DatasetInfo           `json:"datasets"`
	Params       []train.Param           `json:"params"`
	DataDefaults map[string]train.Values `json:"data_defaults"` // defaults of a data set over those of the params
	ViewDefaults map[string]train.Values `json:"view_defaults"` // defaults of a kind of views (augment) over those
}

// DatasetInfo describes a data set that has a name.
type DatasetInfo struct {
	Name string `json:"name"`
	Help string `json:"help"`
}

// Datasets are the data sets that have a name.
var Datasets = []DatasetInfo{
	{"shapes", "shapes drawn by the program: the shape is the class; colour, size, place, texture and background vary"},
	{"mnist", "60,000 handwritten digits to learn from and 10,000 to evaluate on, 28x28 gray"},
}

// Everything returns the catalogue.
func Everything() Catalogue {
	return Catalogue{All(), train.Encoders, Datasets, train.Params, train.DataDefaults, train.ViewDefaults}
}
