package train

// Stage is a part of a step of training.
type Stage string

// The stages of a step, in their order. An objective that encodes several kinds of images goes through StageEncoder and
// StageHead for each, and only through those stages that it has something to do in.
const (
	StageEpoch     Stage = "epoch"      // before the first step of an epoch: the objective looks at all images
	StageViews     Stage = "views"      // images become random views
	StageEncoder   Stage = "encoder"    // views become representations h
	StageHead      Stage = "head"       // h become projections z
	StageMomentum  Stage = "momentum"   // views become targets, by an encoder and head that no gradient reaches
	StageText      Stage = "text"       // captions become projections
	StageLoss      Stage = "loss"       // z are compared
	StageBackward  Stage = "backward"   // the gradient flows back to the weights
	StageOptimiser Stage = "optimiser"  // the weights move
	StageAfterStep Stage = "after-step" // the objective's own state follows: moving averages, queue, centre
)

// OnStage makes the trainer call f as each stage of a step begins, for slow motion. Of StageLoss it is told once the loss
// is there: only then nothing is left to be encoded. f must not use the trainer.
func (t *Trainer) OnStage(f func(Stage)) { t.stage = f }

// at tells that a stage begins, unless it goes on.
func (t *Trainer) at(s Stage) {
	if t.stage != nil && s != t.during {
		t.during = s
		t.stage(s)
	}
}

// At tells that a stage begins. An objective calls it for what it computes by networks of its own, and for what it does in
// AfterStep.
func (s *Step) At(stage Stage) { s.trainer.at(stage) }
