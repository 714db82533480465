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

func (*Start) Kind() Kind   { return KindStart }
func (*Play) Kind() Kind    { return KindPlay }
func (*Pause) Kind() Kind   { return KindPause }
func (*Step) Kind() Kind    { return KindStep }
func (*Reset) Kind() Kind   { return KindReset }
func (*Set) Kind() Kind     { return KindSet }
func (*Pace) Kind() Kind    { return KindPace }
func (*Inspect) Kind() Kind { return KindInspect }
