package train

// Stage is a part of a step of training.
type Stage string

// The stages of a step, in their order. An objective that encodes several kinds of images goes through StageEncoder to
// StageLoss for each.
const (
	StageViews     Stage = "views"      // images become random views
	StageEncoder   Stage = "encoder"    // views become representations h
	StageHead      Stage = "head"       // h become projections z
	StageLoss      Stage = "loss"       // z are compared
	StageBackward  Stage = "backward"   // the gradient flows back to the weights
	StageOptimiser Stage = "optimiser"  // the weights move
	StageAfterStep Stage = "after-step" // the objective's own state follows: moving averages, queue, centre
)

// OnStage makes the trainer call f as each stage of a step begins, for slow motion. f must not use the trainer.
func (t *Trainer) OnStage(f func(Stage)) { t.stage = f }

func (t *Trainer) at(s Stage) {
	if t.stage != nil {
		t.stage(s)
	}
}
