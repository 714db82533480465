package algos

import (
	"maps"
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/train"
)

// Each method that needs a mechanism against collapse collapses without it, in a run that is otherwise the same. Heads
// have no batch-norm where it would hide that for a while.

// collapsing is a run of 120 quick steps.
var collapsing = map[string]string{
	"epochs": "15", "batch": "32", "conv-channels": "8-16", "conv-strides": "2-2", "head-hidden": "32", "head-dim": "16",
	"head-norm": "false", "predictor-hidden": "8", "prototypes": "32", "local-views": "0", "lr": "0.01", "target-momentum": "0.9",
}

// run trains the algorithm with the given changes to collapsing and returns its last loss.
func run(t *testing.T, d *data.Dataset, name string, given map[string]string) (*train.Trainer, float32) {
	t.Helper()
	a, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	all := maps.Clone(collapsing)
	maps.Copy(all, given)
	tr := begin(t, a, d, all)
	l := losses(t, tr, tr.TotalSteps())
	return tr, l[len(l)-1]
}

// deviation returns the standard deviation of normalised projections: 1 where they spread, 0 where they are all alike.
func deviation(t *testing.T, tr *train.Trainer) float64 {
	t.Helper()
	m, err := tr.Evaluate(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m.Std
}

func collapseData() *data.Dataset { return data.Shapes(5, 256, 128) }

func TestSimSiamCollapsesWithoutStopGradient(t *testing.T) {
	d := collapseData()
	given := map[string]string{"optimiser": "sgd", "lr": "0.2", "head-norm": "true", "head-final-norm": "false"}
	tr, _ := run(t, d, "simsiam", given)
	healthy := deviation(t, tr)
	given["stop-gradient"] = "false"
	tr, loss := run(t, d, "simsiam", given)
	if got := deviation(t, tr); !(healthy > 0.5 && got < 0.1*healthy) || !(loss < -0.99) {
		t.Errorf("deviation %v, want less than a tenth of %v; loss %v, want about -1", got, healthy, loss)
	}
}

func TestBYOLCollapsesWithoutPredictor(t *testing.T) {
	d := collapseData()
	given := map[string]string{"head-final-norm": "false"}
	tr, _ := run(t, d, "byol", given)
	healthy := deviation(t, tr)
	given["predictor"] = "false"
	tr, loss := run(t, d, "byol", given)
	if got := deviation(t, tr); !(healthy > 0.3 && got < 0.1*healthy) || !(loss < 0.02) {
		t.Errorf("deviation %v, want less than a tenth of %v; loss %v, want about 0", got, healthy, loss)
	}
}

func TestNTXentDoesNotCollapseButForItsNegatives(t *testing.T) {
	d := collapseData()
	tr, _ := run(t, d, "simclr", nil)
	healthy := deviation(t, tr)
	tr, loss := run(t, d, "simclr", map[string]string{"negatives": "false"})
	if got := deviation(t, tr); !(healthy > 0.7 && got < 0.1*healthy) || !(loss < -1.98) {
		t.Errorf("deviation %v, want less than a tenth of %v; loss %v, want about -2", got, healthy, loss)
	}
}

// Without centring one dimension wins for all images; without sharpening all dimensions become alike. Either way the
// teacher tells nothing of the image (Caron et al. 2021, section 5.3).
func TestDINOCollapsesWithoutCentringOrSharpening(t *testing.T) {
	d := collapseData()
	teacher := func(given map[string]string) (information, entropy float64) {
		given["lr"] = "0.003"
		tr, _ := run(t, d, "dino", given)
		a := tr.Objective.(*DINO)
		k := len(a.centre)
		tau := tr.Config.Float("teacher-temperature-end")
		if !tr.Config.Bool("sharpening") {
			tau = tr.Config.Float("temperature")
		}
		mean, each := make([]float64, k), 0.0
		rows := rows64(wide(a.scores.Data), k)
		for _, row := range rows {
			for j := range row {
				row[j] = (row[j] - float64(a.centre[j])) / float64(tau)
			}
			p := softmax64(row)
			each += entropy64(p) / float64(len(rows))
			for j, v := range p {
				mean[j] += v / float64(len(rows))
			}
		}
		return entropy64(mean) - each, each
	}
	healthy, _ := teacher(map[string]string{})
	if healthy < 0.05 {
		t.Errorf("the teacher tells %v nats of an image, want 0.05 or more", healthy)
	}
	if told, entropy := teacher(map[string]string{"centring": "false"}); !(told < 0.1*healthy && entropy < 0.05) {
		t.Errorf("without centring it tells %v nats, want less than a tenth of %v; entropy %v, want about 0", told, healthy, entropy)
	}
	if told, entropy := teacher(map[string]string{"sharpening": "false"}); !(told < 0.1*healthy && entropy > math.Log(32)-0.05) {
		t.Errorf("without sharpening it tells %v nats, want less than a tenth of %v; entropy %v, want about log 32", told, healthy, entropy)
	}
}

func TestSwAVCollapsesToOnePrototypeWithoutSinkhorn(t *testing.T) {
	d := collapseData()
	popular := func(given map[string]string) float64 { // share of the projections nearest to the prototype that most are nearest to
		given["lr"] = "0.003"
		tr, _ := run(t, d, "swav", given)
		a := tr.Objective.(*SwAV)
		scores := a.prototypes.scores(&ad.Tape{}, a.z)
		counts, most := map[int]int{}, 0
		for _, row := range rows64(wide(scores.Data), scores.Cols()) {
			best := 0
			for j, v := range row {
				if v > row[best] {
					best = j
				}
			}
			counts[best]++
			most = max(most, counts[best])
		}
		return float64(most) / float64(scores.Rows())
	}
	if share := popular(map[string]string{}); share > 0.4 {
		t.Errorf("one prototype has a share of %v", share)
	}
	if share := popular(map[string]string{"sinkhorn": "false"}); share != 1 {
		t.Errorf("without Sinkhorn one prototype has a share of %v, want 1", share)
	}
}

// entropy64 is the entropy of a distribution, in nats.
func entropy64(p []float64) float64 {
	h := 0.0
	for _, v := range p {
		if v > 0 {
			h -= v * math.Log(v)
		}
	}
	return h
}
