package probe

import (
	"fmt"
	"math"
	"strings"
)

// State is a verdict in a word or two.
type State string

// The states of learning.
const (
	Untrained   State = "untrained"            // no step was taken
	NotYet      State = "not yet"              // nothing is wrong, but nothing is learned either
	Learning    State = "learning"             // more can be read from the representations than before
	Shortcut    State = "shortcut"             // the task is solved without learning what images show
	Dimensional State = "dimensional collapse" // few dimensions are used
	Collapsing  State = "collapsing"           // embeddings run together
	Collapsed   State = "collapsed"            // all embeddings are one
	Diverged    State = "diverged"             // numbers are no longer finite
)

// Evidence is what Judge goes by. Figures that are not known are NaN.
type Evidence struct {
	Step     int
	Diverged bool
	Loss     float64 // of the last steps

	Constant float64 // the loss that one embedding for all images has
	Minimum  bool    // whether no embedding has a lower one

	KNN, Untrained, Raw float64 // kNN accuracy of the representations: now, before training, and of raw pixels; 0 to 1
	Best                float64 // the highest of the run so far
	Queries, Classes    int     // what it was measured on
	Guess               float64 // its value for a classifier that names the most common class for all

	Std, Highest float64 // NormalizedStd of the projections: now, and the highest so far
	Rank         float64 // their EffectiveRank
	Width        int     // their length
	Images       int     // how many of them these figures are of
	Alignment    float64 // Alignment of two views, power 2
	Distance     float64 // the mean squared distance of two images, in the same space
	Before       float64 // Apart before training

	Off               []string // mechanisms that the method relies on and that are switched off
	Temperature, Cool float64  // of the loss: as it is, and as the method has it; 0 where there is none
}

// Verdict is what the evidence amounts to.
type Verdict struct {
	State  State
	Text   string // the verdict, one sentence
	Reason string // the figures that it rests on
	Try    string // what to do; "" where nothing is to be done
}

const (
	// Embeddings whose normalised deviation is below collapsedStd lie about 3° (asin 0.05) or less from one direction.
	// Healthy projections have 0.5 to 1.
	collapsedStd = 0.05
	// A deviation that has fallen to a third of its highest value falls on: nothing but collapse was seen to do so.
	collapsingShare = 1.0 / 3
	// k classes as far apart as they can be are the corners of a simplex, which takes k-1 dimensions. With less than half
	// of these, classes must share directions.
	simplexShare = 0.5
	// Below an effective rank of 2 there is one axis and what rounding or a few stragglers leave beside it; below 1.5 hardly
	// any of these, and then a loss that jumps, since images change sides of the axis, does not speak against it.
	oneAxis, hardlyMore = 2, 1.5
	// A cosine within 0.1 of its extreme is an angle below 26°: with few axes left, that is agreement for no good reason.
	nearMinimum = 0.1
	// Without labels, fewer than 4 dimensions are few for any set of images.
	fewestDimensions = 4
	// Accuracies that differ by less than so many standard errors may differ by chance, as one time in twenty.
	standardErrors = 2
	// Views of an image are told from other images where their distance is below 0.58 of that of two images, a third of the
	// mean square; an untrained encoder has 0.8 to 0.95 where views are cropped and coloured as usual.
	alignedShare = 0.58
	// With views that hardly differ an untrained encoder has less: training must have brought them nearer by a fifth.
	nearerShare = 0.8
	// SimCLR on Shapes uses 21 dimensions at its temperature, 11 at twice and 4 at four times as much.
	warm = 2
	// At a fiftieth of its temperature and below, SimCLR puts images close together, each still in a place of its
	// own: lowered from 0.5 to 0.003 its deviation fell from 0.91 to 0.19 and rose again, and accuracy with it.
	cold = 50
	// Before so many steps a low accuracy, rank or deviation says nothing: the first ones are spent on the scale of the
	// weights and on the statistics of batch-norms. SimSiam's deviation falls to a fifth there and rises again.
	earlySteps = 100
	// Before so many steps views that find each other, while classes do not come nearer yet, may be those of a method that
	// learns slowly: BYOL, SimSiam, DINO and DeepCluster are so for up to 250 steps, with views 0.5 times as far apart as
	// images, or DINO with 0.26 and an accuracy of about that before training. Shortcuts had 0.12 and less accuracy within 100.
	patience = 500
)

// tamer says what to do against numbers without end.
const tamer = "Lower the learning rate, give it a warm-up, or limit the gradient (clip); then Reset."

// Judge says in words how learning goes.
func Judge(e Evidence) Verdict {
	switch {
	case e.Diverged:
		return Verdict{Diverged, "Diverged: the loss is no longer a finite number.",
			"The last step found no finite loss or gradient and changed nothing.",
			tamer}
	case math.IsNaN(e.Std) && e.Step > 0:
		return Verdict{Diverged, "Diverged: the embeddings are no longer finite numbers.",
			"The last steps have left weights that are too large to compute with.", tamer}
	case e.Step == 0:
		return Verdict{Untrained, "Not trained yet: what you see is what random weights make of the images.", e.accuracies(), ""}
	case e.Images < 2:
		return Verdict{NotYet, "Not to be judged: there is one held-out image only.", "How embeddings lie to each other takes two or more; kNN takes many.", ""}
	case e.Std < max(collapsedStd, collapsingShare*e.Highest) && e.Step < earlySteps && !e.atMinimum():
		return e.close()
	case e.Std < collapsedStd:
		return e.collapsed()
	case e.Std < collapsingShare*e.Highest && !e.chilled():
		return Verdict{Collapsing, "Collapsing: the embeddings are running together.",
			fmt.Sprintf("Std has fallen from %.2f to %.2f; at 0 all images have one embedding.", e.Highest, e.Std), e.mechanisms()}
	case e.Minimum && e.Rank < min(oneAxis, e.fewest()) && (e.atMinimum() || e.Step >= earlySteps && e.Rank < hardlyMore):
		return e.onOneAxis()
	case e.lost():
		return Verdict{Collapsing, fmt.Sprintf("Collapsing: the loss nears %.3g, its minimum, but not by telling images apart.", e.Constant),
			fmt.Sprintf("The loss is %.3f, effective rank %.1f of %d, and the best kNN so far was %s. %s", e.Loss, e.Rank, e.Width, percent(e.Best), e.accuracies()), e.mechanisms()}
	case e.Step >= earlySteps && e.Rank < e.fewest():
		return Verdict{Dimensional, "Dimensional collapse: the embeddings use few of their dimensions.",
			fmt.Sprintf("Effective rank %.1f of %d; %s. %s", e.Rank, e.Width, e.needed(), e.accuracies()), e.mechanisms()}
	case math.IsNaN(e.KNN):
		return e.unlabelled()
	case e.KNN > e.Untrained+e.doubt():
		return e.learning()
	case e.easy() && e.KNN > e.Untrained-e.doubt():
		return Verdict{NotYet, "Not to be judged by kNN: it was so high before training that no gain would be more than chance.", e.accuracies(), ""}
	case e.shortcut():
		return Verdict{Shortcut, "A shortcut? The views of an image find each other, but not by what the image shows.",
			fmt.Sprintf("Views of an image are %.2f times as far apart as different images, yet %s", e.Apart(), lower(e.accuracies())),
			"Make what they have in common harder to use: more gray views or stronger colour changes, smaller crops."}
	}
	v := Verdict{NotYet, "Not yet: images of a class are no nearer to each other than before training.", e.accuracies(), ""}
	if e.Best > e.Untrained+e.doubt() && e.KNN < e.Best-2*e.doubt() {
		v.Text = "Lost again: images of a class had come nearer to each other, and are no nearer now than before training."
		v.Reason = e.best() + v.Reason
	}
	if e.Step >= earlySteps {
		v.Try = "Give it time; if it stays so, try another learning rate, a larger batch or other views."
		if len(e.Off) > 0 {
			v.Try = fmt.Sprintf("Give it time; if it stays so, switch %s on again, against collapse, then Reset.", strings.Join(e.Off, " and "))
		}
	}
	return v
}

// close is what embeddings that lie close together amount to in the first steps, while the loss does not say that they are
// one: random weights may put them so, and batch-norms gather the statistics that embeddings outside of a step go by.
func (e Evidence) close() Verdict {
	v := Verdict{NotYet, "Not yet: the embeddings lie close together, as they may in the first steps.",
		fmt.Sprintf("Std %.3f: embeddings lie about %.1f° from one direction%s. %s", e.Std, e.angle(), e.loss(), e.accuracies()), ""}
	if e.Highest < 2*collapsedStd {
		v.Text = "Not yet: the embeddings still lie close together, as random weights put them."
	}
	return v
}

// atMinimum tells whether the loss is near that of one embedding for all, and no embedding has a lower one.
func (e Evidence) atMinimum() bool { return e.Minimum && e.Loss < e.Constant+nearMinimum }

// angle returns how far embeddings are from their common direction, in degrees.
func (e Evidence) angle() float64 { return math.Asin(min(e.Std, 1)) * 180 / math.Pi }

func (e Evidence) collapsed() Verdict {
	v := Verdict{State: Collapsed, Text: "Collapsed: every image gets the same embedding.", Try: e.mechanisms()}
	if e.Minimum {
		v.Text = fmt.Sprintf("Collapsed: every image gets the same embedding; loss %.3g is its minimum.", e.Constant)
	} else if !math.IsNaN(e.Constant) {
		v.Text = fmt.Sprintf("Collapsed: every image gets the same embedding, which has loss %.3g.", e.Constant)
	}
	v.Reason = fmt.Sprintf("Std %.3f: embeddings lie about %.1f° from one direction%s.", e.Std, e.angle(), e.loss()) + e.guessing()
	return v
}

// onOneAxis is the collapse of projections whose batch-norm keeps them from becoming one: they become two, opposite ones.
func (e Evidence) onOneAxis() Verdict {
	v := Verdict{State: Collapsed, Try: e.mechanisms()}
	v.Text = fmt.Sprintf("Collapsed: all images lie on one axis of the embedding; loss %.3g is its minimum.", e.Constant)
	v.Reason = fmt.Sprintf("Effective rank %.1f of %d: of each image, only the side of the axis is left%s.", e.Rank, e.Width, e.loss()) + e.guessing()
	return v
}

// loss tells the loss, where it is known: after another task was set there is none before the next step.
func (e Evidence) loss() string {
	if math.IsNaN(e.Loss) {
		return ""
	}
	return fmt.Sprintf("; the loss is %.3f", e.Loss)
}

// lost tells whether, with a mechanism off, the loss is near its minimum while accuracy has fallen or never rose.
func (e Evidence) lost() bool {
	near := len(e.Off) > 0 && e.Step >= earlySteps && e.atMinimum()
	return near && (e.KNN <= e.Untrained+e.doubt() && !e.easy() || e.KNN < e.Best-2*e.doubt())
}

// shortcut tells whether views find each other by what classes do not share. It goes by accuracy that is no higher than before.
// With a mechanism off they may be near for another reason.
func (e Evidence) shortcut() bool {
	if len(e.Off) > 0 {
		return false
	}
	if e.Step < patience {
		return e.Step >= earlySteps && e.Apart() < alignedShare/2 && e.KNN < e.Untrained-e.doubt()/2
	}
	return e.Apart() < alignedShare
}

// easy tells whether random weights did so well that no accuracy could be told from theirs.
func (e Evidence) easy() bool { return 1-e.Untrained < e.doubt() }

// guessing compares the accuracy with the best of the run, and with those of random weights and of guesses, between which a
// collapsed encoder falls.
func (e Evidence) guessing() string {
	if math.IsNaN(e.KNN) || e.Classes == 0 {
		return ""
	}
	s := " kNN " + percent(e.KNN)
	if e.Best > e.KNN+e.doubt() {
		s += ", after " + percent(e.Best) + " at best"
	}
	s += "; guessing the most common class gives " + percent(e.Guess)
	if !math.IsNaN(e.Untrained) {
		s += ", random weights " + percent(e.Untrained)
	}
	return s + "."
}

func (e Evidence) learning() Verdict {
	v := Verdict{State: Learning, Text: "Learning: images of a class have come nearer to each other.", Reason: e.accuracies()}
	switch {
	case e.KNN < e.Best-2*e.doubt():
		v.Text = "Learned, and lost some of it again: images of a class have been nearer to each other in this run."
		v.Reason = e.best() + v.Reason
	case !math.IsNaN(e.Raw) && e.KNN < e.Raw-e.doubt():
		v.Text = "Learning, but raw pixels still tell the classes apart better."
	}
	return v
}

func (e Evidence) best() string { return fmt.Sprintf("The best kNN so far was %s. ", percent(e.Best)) }

func (e Evidence) unlabelled() Verdict {
	reason := fmt.Sprintf("There are no labels to judge by. Std %.2f, effective rank %.1f of %d; views of an image are %.2f times as far apart as different images, before training %.2f.", e.Std, e.Rank, e.Width, e.Apart(), e.Before)
	switch {
	case e.Apart() == 0:
		return Verdict{NotYet, "Not to be judged: the two views of an image are the same, and there are no labels.",
			fmt.Sprintf("Std %.2f, effective rank %.1f of %d.", e.Std, e.Rank, e.Width), "Let views differ: crop them, or change their colours."}
	case e.Apart() < alignedShare && e.Apart() < nearerShare*e.Before:
		return Verdict{Learning, "Learning: the views of an image find each other, and images stay apart.", reason, ""}
	case e.Apart() < alignedShare:
		return Verdict{NotYet, "Not yet: the views of an image are near to each other, but not more than before training.", reason, ""}
	}
	return Verdict{NotYet, "Not yet: the views of an image are hardly nearer to each other than different images.", reason, ""}
}

// doubt is how much accuracies may differ by chance. Two right and two wrong answers are added to those of each, without
// which a few queries that are all right would leave no doubt (Agresti and Coull 1998).
func (e Evidence) doubt() float64 {
	if e.Queries == 0 {
		return 0
	}
	n := float64(e.Queries)
	variance := func(accuracy float64) float64 {
		p := (accuracy*n + 2) / (n + 4)
		return p * (1 - p) / (n + 4)
	}
	return standardErrors * math.Sqrt(max(variance(e.KNN), variance(e.Untrained)))
}

// Apart returns how far two views of an image are from each other as a share of the distance of two images, both as root
// mean squares.
func (e Evidence) Apart() float64 { return math.Sqrt(e.Alignment / e.Distance) }

// fewest returns the fewest dimensions that are not a collapse.
func (e Evidence) fewest() float64 {
	fewest := float64(fewestDimensions)
	if e.Classes > 1 {
		fewest = simplexShare * float64(e.Classes-1)
	}
	return min(fewest, float64(e.Width)/2, simplexShare*float64(e.Images-1)) // few images span few dimensions
}

func (e Evidence) needed() string {
	if e.Classes > 1 {
		return fmt.Sprintf("%d classes that are equally far apart take %d", e.Classes, e.Classes-1)
	}
	return "any set of images takes a few"
}

// mechanisms says what to do against a collapse.
func (e Evidence) mechanisms() string {
	if len(e.Off) > 0 {
		return fmt.Sprintf("Switch %s on again, then Reset: a collapsed encoder rarely finds back.", strings.Join(e.Off, " and "))
	}
	if e.Temperature >= warm*e.Cool && e.Cool > 0 {
		return fmt.Sprintf("Lower the temperature, which is %.3g where %.3g is usual, then Reset: the higher it is, the less a loss minds which images are near.", e.Temperature, e.Cool)
	}
	if e.chilled() {
		return fmt.Sprintf("Raise the temperature, which is %.3g where %.3g is usual, then Reset: the lower it is, the nearer images may lie to each other.", e.Temperature, e.Cool)
	}
	if !e.Minimum && !math.IsNaN(e.Constant) { // the method has something against collapse
		return "Lower the learning rate or widen the batch; then Reset."
	}
	return "Lower the learning rate, widen the batch, or choose a method with negatives; then Reset."
}

// chilled tells whether images may lie close together since the temperature is low, with nothing off that keeps them apart.
func (e Evidence) chilled() bool {
	return len(e.Off) == 0 && e.Temperature*cold <= e.Cool && e.Cool > 0
}

// accuracies compares those that are known.
func (e Evidence) accuracies() string {
	if math.IsNaN(e.KNN) {
		return "There are no labels to judge by."
	}
	s := "kNN " + percent(e.KNN)
	if e.Step > 0 && !math.IsNaN(e.Untrained) {
		s += fmt.Sprintf(", untrained %s", percent(e.Untrained))
	}
	if !math.IsNaN(e.Raw) {
		s += fmt.Sprintf(", raw pixels %s", percent(e.Raw))
	}
	if e.Step > 0 && e.Queries > 0 {
		s += fmt.Sprintf("; a difference below %.1f points may be chance", max(100*e.doubt(), 0.1)) // accuracies tell no less
	}
	return s + "."
}

func percent(x float64) string { return fmt.Sprintf("%.1f%%", 100*x) }

// lower returns s as the middle of a sentence.
func lower(s string) string {
	if strings.HasPrefix(s, "There") {
		return "t" + s[1:]
	}
	return s
}
