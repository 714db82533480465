package probe_test

import (
	"fmt"

	"pushpull/core/probe"
)

// Four embeddings of length 2: two of class 0 to the right, two of class 1 above.
var (
	bank   = []float32{1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9}
	labels = []int32{0, 0, 1, 1}
)

func ExampleKNN() {
	query := []float32{2, 0.5, 0.3, 3}
	votes, err := probe.KNN{K: 3}.Classify(bank, labels, query, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("classes", votes.Class, "by", votes.K, "neighbours")
	fmt.Printf("accuracy %.0f%%\n", 100*probe.Accuracy(votes.Class, []int32{0, 1}))
	// Output:
	// classes [0 1] by 3 neighbours
	// accuracy 100%
}

func ExampleNearest() {
	index, cosine, k, err := probe.Nearest([]float32{1, 1.2}, bank, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for j := range k {
		fmt.Printf("row %d, cosine %.2f\n", index[j], cosine[j])
	}
	// Output:
	// row 3, cosine 0.83
	// row 2, cosine 0.77
}

// Captions of the classes make a classifier of images: zero-shot classification is the nearest caption.
func ExampleNearest_zeroShot() {
	captions := []string{"a circle", "a square"}
	captionEmbeddings := []float32{1, 0.1, 0, 1}
	imageEmbeddings := []float32{0.2, 2, 3, 0}
	index, _, _, err := probe.Nearest(imageEmbeddings, captionEmbeddings, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, c := range index {
		fmt.Printf("image %d: %s\n", i, captions[c])
	}
	// Output:
	// image 0: a square
	// image 1: a circle
}

// A probe is fitted on one split and scored on another.
func ExampleLinearProbe() {
	classifier, err := probe.LinearProbe{L2: 0.01, Standardize: true}.Fit(bank, labels, 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	heldOut := []float32{0.8, 0.3, 0.2, 0.7}
	fmt.Println(classifier.Predict(heldOut))
	// Output: [0 1]
}

// A collapsed encoder maps all images to one point; each measure shows it in its own way.
func ExampleNormalizedStd() {
	healthy := []float32{1, 0, 0, 1, -1, 0, 0, -1}
	collapsed := []float32{3, 4, 3, 4, 3, 4, 3, 4}
	for _, z := range [][]float32{healthy, collapsed} {
		fmt.Printf("std %.2f, effective rank %.2f, uniformity %.2f\n",
			probe.NormalizedStd(z, 2), probe.EffectiveRank(z, 2), probe.Uniformity(z, 2, 2))
	}
	// Output:
	// std 1.15, effective rank 2.00, uniformity -4.40
	// std 0.00, effective rank 0.00, uniformity 0.00
}

func ExampleFitPCA() {
	x := []float32{-2, -1, 0, 0, 2, 1} // three points on a line
	pca, err := probe.FitPCA(x, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("direction %.2f, %.0f%% of the variance\n", pca.Components, 100*pca.Ratio[0])
	fmt.Printf("coordinates %.2f\n", pca.Project(x))
	// Output:
	// direction [0.89 0.45], 100% of the variance
	// coordinates [-2.24 0.00 2.24]
}

// The sphere of the live view: three coordinates a row, again and again while the embeddings change.
func ExampleView() {
	view := probe.View{Sphere: true}
	points := make([]float32, 4*3)
	for range 3 { // frames
		view.Project(points, bank, 2)
	}
	for i := 0; i < len(points); i += 3 {
		p := points[i:][:3]
		fmt.Printf("length %.2f\n", p[0]*p[0]+p[1]*p[1]+p[2]*p[2])
	}
	// Output:
	// length 1.00
	// length 1.00
	// length 1.00
	// length 1.00
}

func ExampleKMeans() {
	clusters, err := probe.KMeans{K: 2}.Fit(bank, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("agreement with the labels: NMI %.2f, adjusted Rand %.2f\n",
		probe.NMI(clusters.Assignment, labels), probe.AdjustedRand(clusters.Assignment, labels))
	// Output: agreement with the labels: NMI 1.00, adjusted Rand 1.00
}

func ExamplePairedRanks() {
	images := []float32{1, 0, 0, 1, 1, 1}
	captions := []float32{1, 0.1, 0, 1, 1, -0.5} // both others suit the last image better than its own
	ranks, _ := probe.PairedRanks(images, captions, 2)
	fmt.Printf("ranks %v, recall@1 %.2f, median rank %.0f\n", ranks, probe.Recall(ranks, 1), probe.MedianRank(ranks))
	// Output: ranks [1 1 3], recall@1 0.67, median rank 1
}

func ExampleTSNE() {
	var x []float32 // twenty points in two groups
	for i := range 20 {
		x = append(x, float32(i%2*9), float32(i)/10, float32(i*i%7)/10)
	}
	layout, err := probe.NewTSNE(x, 3, 2, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	before := layout.KL()
	for range 500 {
		layout.Step()
	}
	fmt.Println("better than at the start:", layout.KL() < before)
	// Output: better than at the start: true
}
