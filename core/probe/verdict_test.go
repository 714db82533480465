package probe

import (
	"math"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	nan := math.NaN()
	healthy := Evidence{Step: 200, Loss: 3, Constant: nan, KNN: 0.7, Untrained: 0.2, Raw: 0.25, Queries: 1000, Classes: 10, Guess: 0.1,
		Std: 0.9, Highest: 0.95, Rank: 40, Width: 128, Images: 1000, Alignment: 0.3, Distance: 1.62, Before: 0.8}
	with := func(change func(*Evidence)) Evidence {
		e := healthy
		change(&e)
		return e
	}
	unlabelled := func(alignment, before float64) Evidence {
		return with(func(e *Evidence) {
			e.KNN, e.Untrained, e.Raw, e.Queries, e.Classes, e.Alignment, e.Before = nan, nan, nan, 0, 0, alignment, before
		})
	}
	for _, tc := range []struct {
		name  string
		e     Evidence
		state State
		words []string // that the whole verdict has
	}{
		{"healthy", healthy, Learning, []string{"have come nearer", "kNN 70.0%, untrained 20.0%, raw pixels 25.0%"}},
		{"better than before, worse than pixels", with(func(e *Evidence) { e.KNN, e.Raw = 0.5, 0.878 }), Learning, []string{"raw pixels still"}},
		{"as well as pixels, but for chance", with(func(e *Evidence) { e.Raw = 0.705 }), Learning, []string{"have come nearer"}},
		{"better than ever", with(func(e *Evidence) { e.Best = 0.7 }), Learning, []string{"have come nearer"}},
		{"hardly better once, by chance", with(func(e *Evidence) { e.KNN, e.Best, e.Alignment = 0.2, 0.25, 1.2 }), NotYet, []string{"Not yet"}},
		{"half of the highest deviation", with(func(e *Evidence) { e.Std, e.Highest = 0.3, 0.6 }), Learning, nil},
		{"half of the highest deviation, early", with(func(e *Evidence) { e.Step, e.Std, e.Highest = 10, 0.3, 0.6 }), Learning, nil},
		{"before the first step", with(func(e *Evidence) { e.Step, e.Std, e.KNN = 0, 0.01, 0.2 }), Untrained, []string{"random weights"}},
		{"within chance", with(func(e *Evidence) { e.KNN, e.Alignment = 0.22, 1.2 }), NotYet, []string{"learning rate"}},
		{"early", with(func(e *Evidence) { e.Step, e.KNN, e.Alignment = 10, 0.2, 0.1 }), NotYet, nil},
		{"views agree, classes do not", with(func(e *Evidence) { e.Step, e.KNN, e.Alignment = 500, 0.2, 0.1 }), Shortcut, []string{"0.25 times", "gray"}},
		{"DINO that learns later", with(func(e *Evidence) { e.Step, e.KNN, e.Untrained, e.Alignment, e.Distance = 150, 0.238, 0.24, 0.068, 1 }), NotYet, []string{"Give it time"}},
		{"DeepCluster v2 that learns later", with(func(e *Evidence) { e.Step, e.KNN, e.Untrained, e.Alignment, e.Distance = 150, 0.178, 0.212, 0.27, 1 }), NotYet, nil},
		{"SwAV without Sinkhorn", with(func(e *Evidence) { e.KNN, e.Untrained, e.Alignment, e.Off = 0.162, 0.212, 1.2, []string{"sinkhorn"} }), NotYet, []string{"switch sinkhorn on again"}},
		{"TiCo without its covariance", with(func(e *Evidence) {
			e.Step, e.KNN, e.Untrained, e.Alignment, e.Distance, e.Off = 100, 0.182, 0.212, 0.068, 1, []string{"covariance-weight"}
		}), NotYet, []string{"switch covariance-weight on again"}},
		{"MoCo that learned, without its momentum encoder", with(func(e *Evidence) {
			e.KNN, e.Untrained, e.Best, e.Off = 0.223, 0.212, 0.462, []string{"momentum-encoder"}
		}), NotYet, []string{"Lost again", "The best kNN so far was 46.2%. kNN 22.3%", "switch momentum-encoder on again"}},
		{"worse than random weights, never better", with(func(e *Evidence) { e.Step, e.KNN, e.Untrained, e.Best, e.Alignment = 60, 0.156, 0.212, 0.212, 1.2 }), NotYet, []string{"Not yet"}},
		{"SimCLR at a temperature that was lowered", with(func(e *Evidence) { e.Std, e.Temperature, e.Cool = 0.19, 0.003, 0.5 }), Learning, nil},
		{"the same without negatives", with(func(e *Evidence) {
			e.Std, e.Temperature, e.Cool, e.Off = 0.19, 0.003, 0.5, []string{"negatives"}
		}), Collapsing, []string{"Switch negatives on again"}},
		{"one embedding for all at a low temperature", with(func(e *Evidence) { e.Std, e.Constant, e.Temperature, e.Cool = 0.04, 4.84, 0.003, 0.5 }), Collapsed, []string{"Raise the temperature"}},
		{"SimCLR, views of one colour", with(func(e *Evidence) { e.Step, e.KNN, e.Untrained, e.Alignment, e.Distance = 100, 0.185, 0.212, 0.0144, 1 }), Shortcut, []string{"0.12 times"}},
		{"SimSiam without stop-gradient", with(func(e *Evidence) {
			e.Std, e.KNN, e.Loss, e.Constant, e.Minimum, e.Off = 0.004, 0.1, -0.9996, -1, true, []string{"stop-gradient"}
		}), Collapsed, []string{"every image gets the same embedding; loss -1 is its minimum", "about 0.2°", "guessing the most common class gives 10.0%", "Switch stop-gradient on"}},
		{"a constant embedding that is not best", with(func(e *Evidence) { e.Std, e.Constant = 0.01, math.Log(127) }), Collapsed, []string{"which has loss 4.84", "learning rate"}},
		{"as close together as random weights put them", with(func(e *Evidence) { e.Step, e.Std, e.Highest, e.KNN = 1, 0.038, 0.041, 0.2 }), NotYet, []string{"random weights", "about 2.2°"}},
		{"closer together than random weights put them, in the first steps", with(func(e *Evidence) {
			e.Step, e.Std, e.Highest, e.KNN, e.Loss, e.Constant, e.Minimum = 5, 0.049, 0.22, 0.186, -0.014, -1, true
		}), NotYet, []string{"in the first steps", "the loss is -0.014"}},
		{"running together in the first steps", with(func(e *Evidence) {
			e.Step, e.Std, e.Highest, e.KNN, e.Loss, e.Constant, e.Minimum = 3, 0.114, 0.361, 0.19, -0.003, -1, true
		}), NotYet, []string{"in the first steps"}},
		{"collapsed early", with(func(e *Evidence) { e.Step, e.Std, e.Loss, e.Constant, e.Minimum = 60, 0.01, -0.99, -1, true }), Collapsed, nil},
		{"close together after many steps", with(func(e *Evidence) { e.Std, e.Highest = 0.038, 0.041 }), Collapsed, nil},
		{"on the way there", with(func(e *Evidence) { e.Std = 0.2 }), Collapsing, []string{"from 0.95 to 0.20"}},
		{"SimSiam without stop-gradient, but with batch-norm on its projections", with(func(e *Evidence) {
			e.Std, e.Rank, e.KNN, e.Best, e.Loss, e.Constant, e.Minimum, e.Off = 0.999, 1.5, 0.23, 0.7, -0.98, -1, true, []string{"stop-gradient"}
		}), Collapsed, []string{"one axis of the embedding; loss -1 is its minimum", "rank 1.5", "kNN 23.0%, after 70.0% at best; guessing the most common class gives 10.0%, random weights 20.0%.", "Switch stop-gradient on"}},
		{"on one axis whose sides images change", with(func(e *Evidence) { e.Rank, e.Loss, e.Constant, e.Minimum = 1.3, -0.7, -1, true }), Collapsed, []string{"one axis"}},
		{"on one axis, early", with(func(e *Evidence) { e.Step, e.Rank, e.Loss, e.Constant, e.Minimum = 10, 1.5, -0.4, -1, true }), Learning, nil},
		{"stop-gradient off, before one axis is left", with(func(e *Evidence) {
			e.KNN, e.Best, e.Rank, e.Loss, e.Constant, e.Minimum, e.Off = 0.266, 0.42, 4.3, -0.96, -1, true, []string{"stop-gradient"}
		}), Collapsing, []string{"nears -1", "best kNN so far was 42.0%", "Switch stop-gradient on"}},
		{"stop-gradient off from the start", with(func(e *Evidence) {
			e.KNN, e.Best, e.Loss, e.Constant, e.Minimum, e.Off = 0.21, 0.22, -0.95, -1, true, []string{"stop-gradient"}
		}), Collapsing, nil},
		{"a predictor off that was not needed", with(func(e *Evidence) {
			e.Best, e.Loss, e.Constant, e.Minimum, e.Off = 0.71, -0.95, -1, true, []string{"predictor"}
		}), Learning, nil},
		{"few images", with(func(e *Evidence) { e.Rank, e.Images = 3.1, 5 }), Learning, nil},
		{"two images are on one axis", with(func(e *Evidence) { e.Rank, e.Images, e.Loss, e.Constant, e.Minimum = 1, 2, -0.97, -1, true }), Learning, nil},
		{"one image", with(func(e *Evidence) { e.Std, e.Rank, e.Images = 0, 0, 1 }), NotYet, []string{"one held-out image"}},
		{"on few axes", with(func(e *Evidence) { e.Rank = 3.1 }), Dimensional, []string{"Effective rank 3.1 of 128", "10 classes", "take 9", "kNN 70.0%, untrained 20.0%"}},
		{"two classes on one axis are no collapse", with(func(e *Evidence) { e.Rank, e.Classes = 1.4, 2 }), Learning, nil},
		{"a narrow projection", with(func(e *Evidence) { e.Rank, e.Width = 2.5, 4 }), Learning, nil},
		{"not finite", with(func(e *Evidence) { e.Diverged, e.Std = true, nan }), Diverged, []string{"Lower the learning rate"}},
		{"embeddings are not finite", with(func(e *Evidence) { e.Std, e.Rank, e.Distance = nan, nan, nan }), Diverged, []string{"embeddings are no longer finite"}},
		{"collapsed, with a loss that is not known yet", with(func(e *Evidence) { e.Std, e.Loss = 0.004, nan }), Collapsed, []string{"from one direction. kNN"}},
		{"collapsed, with one class for nine in ten", with(func(e *Evidence) { e.Std, e.KNN, e.Classes, e.Guess = 0.004, 0.9, 2, 0.9 }), Collapsed, []string{"common class gives 90.0%"}},
		{"a contrastive loss that collapses", with(func(e *Evidence) { e.Std, e.Constant = 0.01, 4.8 }), Collapsed, []string{"Lower the learning rate or widen the batch"}},
		{"a warm loss on few axes", with(func(e *Evidence) { e.Rank, e.Temperature, e.Cool = 3.1, 2, 0.5 }), Dimensional, []string{"Lower the temperature, which is 2 where 0.5 is usual"}},
		{"on few axes for another reason", with(func(e *Evidence) { e.Rank, e.Temperature, e.Cool = 3.1, 0.6, 0.5 }), Dimensional, []string{"Lower the learning rate"}},
		{"few queries, all right before and now", with(func(e *Evidence) { e.KNN, e.Untrained, e.Queries = 1, 1, 4 }), NotYet, []string{"Not to be judged", "below 30.6 points may be chance"}},
		{"many queries, all right before and now", with(func(e *Evidence) { e.KNN, e.Untrained, e.Queries = 1, 1, 10_000 }), NotYet, []string{"Not to be judged", "below 0.1 points may be chance"}},
		{"classes that random weights tell apart", with(func(e *Evidence) { e.KNN, e.Untrained, e.Alignment = 0.999, 0.998, 0.1 }), NotYet, []string{"so high before training"}},
		{"the same with a mechanism off", with(func(e *Evidence) {
			e.KNN, e.Untrained, e.Best, e.Loss, e.Constant, e.Minimum, e.Off = 0.999, 0.998, 1, -0.95, -1, true, []string{"predictor"}
		}), NotYet, []string{"so high before training"}},
		{"falling from what was learned", with(func(e *Evidence) { e.KNN, e.Best = 0.5, 0.7 }), Learning, []string{"lost some of it", "best kNN so far was 70.0%"}},
		{"no labels, views agree", unlabelled(0.2, 0.8), Learning, []string{"no labels", "0.35 times", "before training 0.80"}},
		{"no labels, views differ", unlabelled(1.5, 0.95), NotYet, []string{"no labels"}},
		{"no labels, views that differ little", unlabelled(0.02, 0.12), NotYet, []string{"not more than before training"}},
		{"no labels, views that are the same", unlabelled(0, 0), NotYet, []string{"are the same"}},
	} {
		v := Judge(tc.e)
		whole := v.Text + " " + v.Reason + " " + v.Try
		if v.State != tc.state || v.Text == "" || v.Reason == "" || strings.Contains(whole, "NaN") {
			t.Errorf("%s: %q: %s", tc.name, v.State, whole)
		}
		for _, w := range tc.words {
			if !strings.Contains(whole, w) {
				t.Errorf("%s: %q is not in %q", tc.name, w, whole)
			}
		}
		if bad := v.State == Collapsed || v.State == Collapsing || v.State == Dimensional || v.State == Diverged || v.State == Shortcut; bad != (v.Try != "" && v.State != NotYet) {
			t.Errorf("%s: %q and to try %q", tc.name, v.State, v.Try)
		}
	}
}
