package algos

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/train"
)

// first takes the first step of a run without batch statistics, in which a momentum encoder still makes what the encoder
// does, and returns the run, the projections of both views as rows of length 1, and the loss. before is called ahead of the
// step.
func first(t *testing.T, name string, given map[string]string, before func(train.Objective)) (tr *train.Trainer, a, b [][]float64, loss float64) {
	t.Helper()
	all := with("head-norm", "false")
	all["head-final-norm"] = "false"
	maps.Copy(all, given)
	tr = beginWith(t, registry[name], smallSet(), "mlp", all)
	if before != nil {
		before(tr.Objective)
	}
	loss = float64(losses(t, tr, 1)[0])
	seen, _ := tr.Seen()
	twin, tape := beginWith(t, registry[name], smallSet(), "mlp", all), &ad.Tape{}
	size := tr.Data.Train.H * tr.Data.Train.W * tr.Data.Train.C
	images := tape.Input(seen.Images, len(seen.Images)/size, size)
	z := unit64(wide(twin.Head.Forward(tape, twin.Encoder.Forward(tape, images)).Data), tr.Width())
	return tr, z[:len(z)/2], z[len(z)/2:], loss
}

// Every view that passes the encoder with the others teaches it.
func TestEveryViewTeaches(t *testing.T) {
	for _, a := range All() {
		tr := begin(t, a, smallSet(), with("head-norm", "false"))
		tr.KeepGradients(true)
		losses(t, tr, 1)
		seen, _ := tr.Seen()
		size := len(seen.GradZ) / seen.Views // 0 where views are encoded one at a time
		for v := range seen.Views {
			view := seen.GradZ[v*size : (v+1)*size]
			if size > 0 && !slices.ContainsFunc(view, func(g float32) bool { return g != 0 }) {
				t.Errorf("%s: no gradient at view %d", a.Name, v+1)
			}
		}
	}
}

// The loss of a step is its definition, of the views that the step shows.
func TestFirstStepIsTheDefinition(t *testing.T) {
	cosine := func(a, b [][]float64) (mean float64) {
		for i := range a {
			mean += cosine64(a[i], b[i]) / float64(len(a))
		}
		return mean
	}
	uniformity := func(z [][]float64, scale float64) float64 {
		var all []float64
		for i := range z {
			for j := range i {
				d := distance64(z[i], z[j])
				all = append(all, -scale*d*d)
			}
		}
		return logSumExp64(all) - math.Log(float64(len(all)))
	}
	among := func(a, b [][]float64, tau float64) (mean float64) { // cross-entropy of finding a's row among those of b
		for i := range a {
			var logits []float64
			for j := range b {
				logits = append(logits, dot64(a[i], b[j])/tau)
			}
			mean += (logSumExp64(logits) - logits[i]) / float64(len(a))
		}
		return mean
	}
	off := map[string]string{"predictor": "false"}
	half := map[string]string{"predictor": "false", "symmetric": "false"}
	for _, tc := range []struct {
		algo  string
		given map[string]string
		want  func(a, b [][]float64, c train.Config) float64
	}{
		{"align_uniform", map[string]string{"uniform-weight": "3", "uniform-scale": "1.5"}, func(a, b [][]float64, c train.Config) float64 {
			return 2 - 2*cosine(a, b) + 1.5*(uniformity(a, 1.5)+uniformity(b, 1.5))
		}},
		{"byol", off, func(a, b [][]float64, c train.Config) float64 { return 4 - 4*cosine(a, b) }},
		{"byol", half, func(a, b [][]float64, c train.Config) float64 { return 2 - 2*cosine(a, b) }},
		{"simsiam", off, func(a, b [][]float64, c train.Config) float64 { return -cosine(a, b) }},
		{"simsiam", half, func(a, b [][]float64, c train.Config) float64 { return -cosine(a, b) }},
		{"moco_v3", off, func(a, b [][]float64, c train.Config) float64 {
			tau := float64(c.Float("temperature"))
			return 2 * tau * (among(a, b, tau) + among(b, a, tau))
		}},
		{"moco_v3", half, func(a, b [][]float64, c train.Config) float64 {
			tau := float64(c.Float("temperature"))
			return 2 * tau * among(a, b, tau)
		}},
		{"nnclr", map[string]string{"predictor": "false", "nearest-neighbour": "false"}, func(a, b [][]float64, c train.Config) float64 {
			tau := float64(c.Float("temperature"))
			return (among(a, b, tau) + among(b, a, tau)) / 2
		}},
		{"debiased", map[string]string{"temperature": "0.1", "class-prior": "0.05"}, func(a, b [][]float64, c train.Config) float64 {
			return hardNegative("", len(a), len(a[0]), 0.1, 0.05, 0).want([][]float64{slices.Concat(a...), slices.Concat(b...)})
		}},
		{"hard_negative", map[string]string{"temperature": "0.1", "class-prior": "0.05", "hardness": "2"}, func(a, b [][]float64, c train.Config) float64 {
			return hardNegative("", len(a), len(a[0]), 0.1, 0.05, 2).want([][]float64{slices.Concat(a...), slices.Concat(b...)})
		}},
		{"mmcr", map[string]string{"views": "2", "nuclear-weight": "0"}, func(a, b [][]float64, c train.Config) float64 {
			var centroids []float64
			for i := range a {
				for j := range a[i] {
					centroids = append(centroids, (a[i][j]+b[i][j])/2)
				}
			}
			return -nuclear64(centroids, len(a[0])) / float64(len(a))
		}},
	} {
		tr, a, b, got := first(t, tc.algo, tc.given, nil)
		if want := tc.want(a, b, tr.Config); !(math.Abs(got-want) < 1e-4*(1+math.Abs(want))) {
			t.Errorf("%s, %v: loss %v, want %v", tc.algo, tc.given, got, want)
		}
	}
}

// What an algorithm looks up in a queue is what it kept there, and after the step there are the step's own rows, too.
func TestFirstStepWithItsQueue(t *testing.T) {
	contrast := func(q, k []float64, queue [][]float64, tau float64) float64 {
		logits := []float64{dot64(q, k) / tau}
		for _, other := range queue {
			logits = append(logits, dot64(q, other)/tau)
		}
		return logSumExp64(logits) - logits[0]
	}
	relations := func(z []float64, queue [][]float64, tau float64) (logits []float64) {
		for _, other := range queue {
			logits = append(logits, dot64(z, other)/tau)
		}
		return logits
	}
	moco := func(o train.Objective) *queue { return o.(*MoCo).queue }
	for _, tc := range []struct {
		algo, symmetric string
		kept            func(o train.Objective) *queue
		new             func(a, b [][]float64) [][]float64 // what comes into the queue
		want            func(a, b, queue [][]float64, c train.Config) float64
	}{
		{"moco", "false", moco, func(a, b [][]float64) [][]float64 { return b }, func(a, b, queue [][]float64, c train.Config) (mean float64) {
			for i := range a {
				mean += contrast(a[i], b[i], queue, float64(c.Float("temperature"))) / float64(len(a))
			}
			return mean
		}},
		{"moco", "true", moco, func(a, b [][]float64) [][]float64 { return slices.Concat(a, b) }, func(a, b, queue [][]float64, c train.Config) (mean float64) {
			for i := range a {
				tau := float64(c.Float("temperature"))
				mean += (contrast(a[i], b[i], queue, tau) + contrast(b[i], a[i], queue, tau)) / float64(2*len(a))
			}
			return mean
		}},
		{"ressl", "", func(o train.Objective) *queue { return o.(*ReSSL).queue }, func(a, b [][]float64) [][]float64 { return b },
			func(a, b, queue [][]float64, c train.Config) (mean float64) {
				for i := range a {
					student := relations(a[i], queue, float64(c.Float("temperature")))
					for j, p := range softmax64(relations(b[i], queue, float64(c.Float("teacher-temperature")))) {
						mean -= p * (student[j] - logSumExp64(student)) / float64(len(a))
					}
				}
				return mean
			}},
		{"nnclr", "", func(o train.Objective) *queue { return o.(*NNCLR).support }, func(a, b [][]float64) [][]float64 { return a },
			func(a, b, queue [][]float64, c train.Config) (mean float64) {
				for i := range a {
					for _, pair := range [][2][][]float64{{a, b}, {b, a}} {
						near := relations(pair[0][i], queue, 1)
						nearest := queue[slices.Index(near, slices.Max(near))]
						logits := relations(nearest, pair[1], float64(c.Float("temperature")))
						mean += (logSumExp64(logits) - logits[i]) / float64(2*len(a))
					}
				}
				return mean
			}},
	} {
		var held [][]float64
		given := map[string]string{"predictor": "false", "symmetric": tc.symmetric}
		if tc.symmetric == "" {
			delete(given, "symmetric")
		}
		tr, a, b, got := first(t, tc.algo, given, func(o train.Objective) {
			q := tc.kept(o)
			held = rows64(wide(q.rows), q.d)
		})
		if want := tc.want(a, b, held, tr.Config); !(math.Abs(got-want) < 1e-4*(1+want)) {
			t.Errorf("%s, symmetric %s: loss %v, want %v", tc.algo, tc.symmetric, got, want)
		}
		rows, fresh := rows64(wide(tc.kept(tr.Objective).rows), tr.Width()), tc.new(a, b)
		for i, row := range rows {
			want := held[i]
			if i < len(fresh) {
				want = fresh[i]
			}
			if !(distance64(row, want) < 1e-5) {
				t.Errorf("%s: row %d of the queue is %v, want %v", tc.algo, i, row, want)
			}
		}
	}
}

// TiCo's covariance takes in one view after the other, and each counts in the loss.
func TestFirstStepOfTiCo(t *testing.T) {
	for _, symmetric := range []string{"true", "false"} {
		tr, a, b, got := first(t, "tico", map[string]string{"symmetric": symmetric}, nil)
		d, n := tr.Width(), float64(len(a))
		beta, rho := float64(tr.Config.Float("covariance-momentum")), float64(tr.Config.Float("covariance-weight"))
		covariance := make([]float64, d*d)
		one := func(z, other [][]float64) float64 {
			for at := range covariance {
				covariance[at] *= beta
				for _, row := range z {
					covariance[at] += (1 - beta) / n * row[at/d] * row[at%d]
				}
			}
			l := 1.0
			for i, row := range z {
				l -= dot64(row, other[i]) / n
				for at, c := range covariance {
					l += rho / n * c * row[at/d] * row[at%d]
				}
			}
			return l
		}
		want := one(a, b)
		if symmetric == "true" {
			want = (want + one(b, a)) / 2
		}
		if !(math.Abs(got-want) < 1e-4) {
			t.Errorf("symmetric %s: loss %v, want %v", symmetric, got, want)
		}
		for at, c := range tr.Objective.(*TiCo).covariance {
			if !(math.Abs(float64(c)-covariance[at]) < 1e-5) {
				t.Errorf("symmetric %s: covariance %v, want %v", symmetric, c, covariance[at])
			}
		}
	}
}

// Rows that an algorithm keeps for each image are the projections of that image, and an image's clusters are its own: without
// learning and without changes to the views, a whole epoch tells what one pass over the images does.
func TestRowsAreOfTheirImages(t *testing.T) {
	d := smallSet()
	for name, kept := range map[string]func(o train.Objective) []float32{
		"instdisc":       func(o train.Objective) []float32 { return o.(*InstDisc).bank },
		"deepcluster_v2": func(o train.Objective) []float32 { return o.(*DeepClusterV2).memory },
	} {
		given := with("head-norm", "false")
		maps.Copy(given, map[string]string{"head-final-norm": "false", "lr": "0", "augment": "none", "local-views": "0", "bank-momentum": "0"})
		tr := beginWith(t, registry[name], d, "mlp", given)
		index := make([]int32, d.Train.Len())
		for i := range index {
			index[i] = int32(i)
		}
		_, z := tr.Embed(d.Train, index)
		want, width := unit64(wide(z), tr.Width()), tr.Width()
		rows := kept(tr.Objective)
		check := func(when string) (empty int) {
			for i, row := range rows64(wide(rows), width) {
				if dot64(row, row) == 0 {
					empty++
				} else if !(distance64(row, want[i]) < 1e-5) {
					t.Fatalf("%s, %s: the row of image %d is %v, want %v", name, when, i, row, want[i])
				}
			}
			return empty
		}
		all := losses(t, tr, 1)
		if empty := check("filled before the first epoch"); empty > 0 {
			t.Errorf("%s: %d rows are empty", name, empty)
		}
		clear(rows)
		all = append(all, losses(t, tr, 4)...)
		if empty := check("at the end of the epoch"); empty != 8 {
			t.Errorf("%s: %d rows are empty, want the first step's 8", name, empty)
		}
		if o, ok := tr.Objective.(*DeepClusterV2); ok {
			got, loss := 0.0, 0.0
			for _, l := range all {
				got += float64(l) / float64(len(all))
			}
			for p, centroids := range o.centroids {
				for i, row := range want {
					var logits []float64
					for _, c := range rows64(wide(centroids), width) {
						logits = append(logits, dot64(row, c)/float64(tr.Config.Float("temperature")))
					}
					loss += (logSumExp64(logits) - logits[int(o.clusters[p][i])]) / float64(len(want)*len(o.centroids))
				}
			}
			if !(math.Abs(got-loss) < 1e-4) {
				t.Errorf("%s: the mean loss is %v, want %v", name, got, loss)
			}
		}
		losses(t, tr, 1)
		if check("in the next epoch") == 0 {
			t.Errorf("%s: the rows are filled before the second epoch, too", name)
		}
	}
}
