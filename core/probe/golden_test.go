package probe

import (
	"strings"
	"testing"

	"pushpull/core/golden"
)

func TestGoldenEvaluate(t *testing.T) {
	golden.Run(t, "evaluate.json", map[string]func(*testing.T, golden.Case){
		"knn":              goldenKNN,
		"linear_probe":     goldenLinearProbe,
		"kmeans":           goldenKMeans,
		"pca":              goldenPCA,
		"rank":             goldenRank,
		"cka":              goldenCKA,
		"retrieval/paired": goldenPaired,
		"retrieval/labels": goldenLabels,
		"agreement":        goldenAgreement,
		"trustworthiness":  goldenTrustworthiness,
		"tsne":             goldenTSNE,
	})
}

// scalar compares one number with the case's output of that name.
func scalar(t *testing.T, c golden.Case, name string, got float64) {
	t.Helper()
	series(t, c, name, []float64{got})
}

// series compares numbers in float64.
func series(t *testing.T, c golden.Case, name string, got []float64) {
	t.Helper()
	want, ok := c.Outputs[name]
	if !ok {
		t.Fatalf("%s: no output %q", c.Name, name)
	}
	golden.Compare(t, c, name, got, want)
}

// whole compares labels exactly.
func whole(t *testing.T, c golden.Case, name string, got []int32) {
	t.Helper()
	numbers := make([]float64, len(got))
	for i, v := range got {
		numbers[i] = float64(v)
	}
	series(t, c, name, numbers)
}

func goldenKNN(t *testing.T, c golden.Case) {
	bank := c.Input(t, "bank")
	v, err := KNN{K: c.Int(t, "k"), Temperature: c.Float(t, "temperature")}.Classify(
		bank.F32(), c.Input(t, "bank_labels").I32(), c.Input(t, "query").F32(), bank.Shape[1], c.Int(t, "classes"))
	if err != nil {
		t.Fatal(err)
	}
	whole(t, c, "prediction", v.Class)
	c.Output(t, "score_share", v.Share)
	scalar(t, c, "accuracy", Accuracy(v.Class, c.Input(t, "query_labels").I32()))
}

func goldenLinearProbe(t *testing.T, c golden.Case) {
	train, test := c.Input(t, "train"), c.Input(t, "test")
	labels := c.Input(t, "train_labels").I32()
	m, err := LinearProbe{L2: c.Float(t, "l2")}.Fit(train.F32(), labels, train.Shape[1], c.Int(t, "classes"))
	if err != nil {
		t.Fatal(err)
	}
	c.Output(t, "weight", m.Weight)
	c.Output(t, "bias", m.Bias)
	scalar(t, c, "objective", m.Objective)
	scalar(t, c, "train_accuracy", Accuracy(m.Predict(train.F32()), labels))
	scalar(t, c, "test_accuracy", Accuracy(m.Predict(test.F32()), c.Input(t, "test_labels").I32()))
}

func goldenKMeans(t *testing.T, c golden.Case) {
	x, centroids := c.Input(t, "x"), c.Input(t, "centroids").F32()
	d := x.Shape[1]
	var after []float32
	var inertia []float64
	for range c.Int(t, "iterations") {
		assignment, before := Assign(x.F32(), centroids, d)
		Recenter(centroids, x.F32(), assignment, d)
		inertia = append(inertia, before)
		after = append(after, centroids...)
	}
	assignment, final := Assign(x.F32(), centroids, d)
	c.Output(t, "centroids", after)
	series(t, c, "inertia", inertia)
	whole(t, c, "assignment", assignment)
	scalar(t, c, "final_inertia", final)
}

func goldenPCA(t *testing.T, c golden.Case) {
	x, k := c.Input(t, "x"), c.Int(t, "components")
	d := x.Shape[1]
	p, err := FitPCA(x.F32(), d, k)
	if err != nil {
		t.Fatal(err)
	}
	projection := p.Project(x.F32())
	for i := range k { // the sign of a component is free
		var dot float64
		for j := range d {
			dot += float64(p.Components[i*d+j]) * c.Outputs["components"].Data[i*d+j]
		}
		if dot < 0 {
			for j := range d {
				p.Components[i*d+j] *= -1
			}
			for r := i; r < len(projection); r += k {
				projection[r] *= -1
			}
		}
	}
	c.Output(t, "components", p.Components)
	c.Output(t, "mean", p.Mean)
	c.Output(t, "projection", projection)
	series(t, c, "explained_variance", p.Variance)
	series(t, c, "explained_variance_ratio", p.Ratio)
}

func goldenRank(t *testing.T, c golden.Case) {
	z, eps := c.Input(t, "z"), c.Float(t, "eps")
	x, d := z.F32(), z.Shape[1]
	series(t, c, "singular_values", SingularValues(x, d))
	scalar(t, c, "rankme", entropyRank(SingularValues(x, d), eps))
	scalar(t, c, "effective_rank_centered", entropyRank(singular(x, columnMeans(x, d)), eps))
	if eps == rankEps {
		scalar(t, c, "rankme", RankMe(x, d))
		scalar(t, c, "effective_rank_centered", EffectiveRank(x, d))
	}
	scalar(t, c, "participation_ratio", ParticipationRatio(x, d))
	scalar(t, c, "normalized_std", NormalizedStd(x, d))
	series(t, c, "normalized_std_per_dimension", Std(x, d))
}

func goldenCKA(t *testing.T, c golden.Case) {
	x, y := c.Input(t, "x"), c.Input(t, "y")
	scalar(t, c, "cka", CKA(x.F32(), x.Shape[1], y.F32(), y.Shape[1]))
}

func goldenPaired(t *testing.T, c golden.Case) {
	image, text := c.Input(t, "image"), c.Input(t, "text")
	check := func(direction string, query, target golden.Tensor) {
		ranks, _ := PairedRanks(query.F32(), target.F32(), query.Shape[1])
		scalar(t, c, direction+"_recall1", Recall(ranks, 1))
		scalar(t, c, direction+"_recall5", Recall(ranks, 5))
		scalar(t, c, direction+"_median_rank", MedianRank(ranks))
	}
	check("image_to_text", image, text)
	check("text_to_image", text, image)
}

func goldenLabels(t *testing.T, c golden.Case) {
	z := c.Input(t, "z")
	ranks := LabelRanks(z.F32(), c.Input(t, "labels").I32(), z.Shape[1])
	scalar(t, c, "recall1", Recall(ranks, 1))
	scalar(t, c, "recall5", Recall(ranks, 5))
}

func goldenAgreement(t *testing.T, c golden.Case) {
	a, b := c.Input(t, "a").I32(), c.Input(t, "b").I32()
	scalar(t, c, "nmi", NMI(a, b))
	scalar(t, c, "adjusted_rand", AdjustedRand(a, b))
}

func goldenTrustworthiness(t *testing.T, c golden.Case) {
	x, y := c.Input(t, "x"), c.Input(t, "y")
	got, err := Trustworthiness(x.F32(), x.Shape[1], y.F32(), y.Shape[1], c.Int(t, "k"))
	if err != nil {
		t.Fatal(err)
	}
	scalar(t, c, "trustworthiness", got)
}

func goldenTSNE(t *testing.T, c golden.Case) {
	x, layout := c.Input(t, "x"), c.Input(t, "layout")
	n, dims := layout.Shape[0], layout.Shape[1]
	conditional, precision, err := Affinities(x.F32(), x.Shape[1], c.Float(t, "perplexity"))
	if err != nil {
		t.Fatal(err)
	}
	joint := Joint(conditional, n)
	gradient := make([]float32, n*dims)
	TSNEGradient(gradient, joint, layout.F32(), dims)
	c.Output(t, "conditional", conditional)
	series(t, c, "precision", precision)
	c.Output(t, "joint", joint)
	scalar(t, c, "kl", KL(joint, layout.F32(), dims))
	c.Output(t, "gradient", gradient)
}

// The losses' vectors hold measures of this package, too.
func TestGoldenLosses(t *testing.T) {
	seen := 0
	for _, c := range golden.Load(t, "losses.json") {
		kind, name, _ := strings.Cut(c.Name, "/")
		switch {
		case kind == "alignment":
			z := c.Input(t, "z1")
			scalar(t, c, "loss", Alignment(z.F32(), c.Input(t, "z2").F32(), z.Shape[1], c.Float(t, "alpha")))
		case kind == "uniformity":
			z := c.Input(t, "z")
			scalar(t, c, "loss", Uniformity(z.F32(), z.Shape[1], c.Float(t, "t")))
		case kind == "deepcluster" && strings.HasPrefix(name, "assign") && c.Params["spherical"] == false:
			x, centroids := c.Input(t, "x"), c.Input(t, "centroids").F32()
			assignment, _ := Assign(x.F32(), centroids, x.Shape[1])
			counts := Recenter(centroids, x.F32(), assignment, x.Shape[1])
			whole(t, c, "assignment", assignment)
			c.Output(t, "centroids_after", centroids)
			for i, n := range counts {
				if float64(n) != c.Outputs["counts"].Data[i] {
					t.Errorf("%s: counts %v, want %v", c.Name, counts, c.Outputs["counts"].Data)
				}
			}
		default:
			continue
		}
		seen++
	}
	if seen < 3 {
		t.Errorf("%d cases of alignment, uniformity and k-means; want at least 3", seen)
	}
}
