package protocol

import "encoding/json"

// Ready tells what the run is: when it is built, and again when a hyperparameter has changed.
type Ready struct {
	bare
	Config        json.RawMessage `json:"config"` // every hyperparameter of the run, resolved
	Backend       string          `json:"backend"`
	StepsPerEpoch int             `json:"steps_per_epoch"`
	TotalSteps    int             `json:"total_steps"`
	Parameters    int             `json:"parameters"` // trained weights
	TrainImages   int             `json:"train_images"`
	TestImages    int             `json:"test_images"`
	Stacks        json.RawMessage `json:"stacks"` // what learns, layer by layer: a list of train.Stack
	Memory        []Memory        `json:"memory"` // what the algorithm keeps beside encoder and head
	Notes         []string        `json:"notes"`  // what was decided for this run, a sentence each
	Opened        bool            `json:"opened"` // a saved run, which is built
}

// Memory is what a part of the algorithm takes throughout the run.
type Memory struct {
	Name  string `json:"name"` // "queue", "momentum", "predictor"
	Bytes int    `json:"bytes"`
}

// Progress tells how far the loading of a data set is. Total is 0 when it is not known.
type Progress struct {
	bare
	What  string `json:"what"` // name of the data set
	Done  int    `json:"done"`
	Total int    `json:"total"`
	Unit  string `json:"unit"`
}

// State tells what the trainer does: "loading", "paused", "playing", "finished" or "failed"; "crashed" comes from the
// worker when its program has ended.
type State struct {
	bare
	Phase string `json:"phase"`
	Step  int    `json:"step"` // steps taken
	Did   int    `json:"did"`  // ID of the last Step command that is done with: taken, or given up
}

// Metrics are figures after a step. Those that are not measured at every step are nil when they were not.
type Metrics struct {
	bare
	Step            int       `json:"step"`
	Epoch           float64   `json:"epoch"`
	Loss            *float64  `json:"loss"`
	LearningRate    float64   `json:"lr"`
	KNN             *float64  `json:"knn_top1"` // share of held-out images, 0 to 1
	Std             *float64  `json:"std"`
	EffectiveRank   *float64  `json:"effective_rank"`
	Alignment       *float64  `json:"alignment"`                   // mean squared distance of the two views of held-out images
	Uniformity      *float64  `json:"uniformity"`                  // log mean exp(-2 |zi-zj|²)
	Spectrum        []float64 `json:"spectrum,omitempty"`          // eigenvalues of the covariance of normalised z, greatest first
	ImagesPerSecond float64   `json:"images_per_second,omitempty"` // 0 where nobody measured it
	Ahead           int       `json:"ahead"`                       // steps whose views a helper had made while the step before was computed
}

// Stage tells which stage of a step begins, in slow motion, by its name in package train; "" when the step is over.
type Stage struct {
	bare
	Step int    `json:"step"` // the step in progress, from 1
	Name string `json:"name"`
}

// Mark tells of a change that acts from the step after Step on.
type Mark struct {
	bare
	Step     int    `json:"step"`
	Text     string `json:"text"`               // "stop-gradient off"
	Replaces bool   `json:"replaces,omitempty"` // the mark before, which was of the same setting a moment ago
}

// Verdict says in words how learning goes. State is short and stable, for colours and programs.
type Verdict struct {
	bare
	Step   int    `json:"step"`
	State  string `json:"verdict"`
	Text   string `json:"text"`   // the verdict, a sentence
	Reason string `json:"reason"` // the figures that it rests on
	Try    string `json:"try"`    // what to try; "" where nothing needs trying
}

// References are kNN accuracies to compare with, under the protocol of Metrics.KNN.
type References struct {
	bare
	RawPixels float64 `json:"raw_pixels"`
	Untrained float64 `json:"untrained"`
	Bank      int     `json:"bank"`
	Queries   int     `json:"queries"`
	Voters    int     `json:"voters"` // of the bank, nearest to each query
}

// Error tells what went wrong in one sentence, and what to do about it in another. After a fatal one only Start and
// Reset help.
type Error struct {
	bare
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Fatal   bool   `json:"fatal"`
	Files   bool   `json:"files,omitempty"` // it is about the user's files
}

func (*Ready) Kind() Kind      { return KindReady }
func (*Progress) Kind() Kind   { return KindProgress }
func (*State) Kind() Kind      { return KindState }
func (*Metrics) Kind() Kind    { return KindMetrics }
func (*References) Kind() Kind { return KindReferences }
func (*Error) Kind() Kind      { return KindError }
func (*Stage) Kind() Kind      { return KindStage }
func (*Mark) Kind() Kind       { return KindMark }
func (*Verdict) Kind() Kind    { return KindVerdict }
