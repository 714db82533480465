package protocol

// Start makes the trainer build a run: it answers with Progress while it loads, then Images, Ready and References.
// A run in progress is dropped. Values are hyperparameters by key, as a user types them.
type Start struct {
	bare
	Algo    string            `json:"algo"`
	Data    string            `json:"data"`
	Encoder string            `json:"encoder"`
	Values  map[string]string `json:"values"`
}

// Play trains until Pause, until the run's last step, or until an error.
type Play struct{ bare }

// Pause stops after the step in progress.
type Pause struct{ bare }

// Step trains N steps, then pauses. State.Did tells when, by the ID.
type Step struct {
	bare
	N  int `json:"n"`
	ID int `json:"id"`
}

// Reset starts the same run again from its first step.
type Reset struct{ bare }

// Set changes hyperparameters of the run in progress. Those that shape the run cannot change: see Error.
type Set struct {
	bare
	Values map[string]string `json:"values"`
}

// Pace sets how long the trainer stays at each stage of a step, and says so by a Stage each, at any time: slow motion.
// At 0 it trains as fast as it can and says nothing.
type Pace struct {
	bare
	Milliseconds int `json:"milliseconds"`
}

// Inspect makes the trainer tell the Batch of a step about every second while On, and at once.
type Inspect struct {
	bare
	On bool `json:"on"`
}

// View tells the view how to draw. Empty fields leave things as they are. The view answers with one when it has started, and
// where a key changes the projection.
type View struct {
	bare
	Wish       int    `json:"wish"`                 // the page counts how often it tells its state; the view tells the last number that it had
	Theme      string `json:"theme,omitempty"`      // "light" or "dark"
	Projection string `json:"projection,omitempty"` // a name of Snapshot.Names
	Motion     string `json:"motion,omitempty"`     // "smooth", or "none" for people who prefer less of it
	Hide       []int  `json:"hide"`                 // groups of the legend that are not drawn; null leaves them
	Colour     string `json:"colour,omitempty"`     // "class", a factor's name, or a name of Snapshot.Figures
	Points     string `json:"points,omitempty"`     // "markers", or "pictures" of the images in their stead
	Pairs      string `json:"pairs,omitempty"`      // "none", "springs" or "forces", of the last Pairs
	Drag       string `json:"drag,omitempty"`       // what a drag does: "turn" the scene or "catch" points
	Marked     []int  `json:"marked"`               // points that stand out; null leaves them
	Chosen     *int   `json:"chosen,omitempty"`     // the point in focus, -1 for none
}

func (*Start) Kind() Kind   { return KindStart }
func (*Play) Kind() Kind    { return KindPlay }
func (*Pause) Kind() Kind   { return KindPause }
func (*Step) Kind() Kind    { return KindStep }
func (*Reset) Kind() Kind   { return KindReset }
func (*Set) Kind() Kind     { return KindSet }
func (*View) Kind() Kind    { return KindView }
func (*Pace) Kind() Kind    { return KindPace }
func (*Inspect) Kind() Kind { return KindInspect }
