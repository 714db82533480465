package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/probe"
	"pushpull/core/random"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "deepcluster",
		Title: "DeepCluster",
		Paper: "https://arxiv.org/abs/1807.05520",
		Help:  "before each epoch groups all images by k-means, then learns to tell the groups apart",
		Equation: `L = −mean_i log softmax_{c_i}(o_i/τ)
o_i = W z_i + b
c = "k-means"(h) "before each epoch"`,
		Flow: flow.Chart{Loss: "cross-entropy with the cluster", Branches: []flow.Branch{
			flow.From("one view", flow.Encoder, flow.Head, flow.Learn("classifier")),
			flow.From("all, each epoch", flow.Encoder, flow.Do("whiten, k-means"), flow.Store("clusters")).BeforeEpoch(),
		}},
		MinBatch: 2,
		Defaults: train.Values{"clusters": 100, "uniform-clusters": true, "temperature": 1.0}, // the paper's 10000 are for 1000 classes
		New:      func(train.Config) (train.Objective, error) { return &DeepCluster{}, nil },
	})
}

// DeepCluster (Caron et al. 2018) takes turns in clustering and in classification.
//
//	before an epoch: all images → encoder → h, whitened, rows of length 1 → k-means → assignment; a new classifier
//	each step: one view → encoder → head → classifier → cross-entropy with the image's cluster
//
// Memory: a cluster number for each image and, before an epoch, the representations of all. An epoch shows all clusters
// equally often, so that a few large ones cannot swallow everything; k-means re-seeds empty ones. Since clusters of two
// epochs have nothing to do with one another, the classifier starts afresh.
type DeepCluster struct {
	classifier *nn.Linear
	clusters   []float32 // [N], the cluster of each image: whole numbers; −1 before the first epoch
	k          int
	uniform    bool
}

// Build makes the classifier.
func (a *DeepCluster) Build(b *train.Build) error {
	b.Views = 1
	a.k = noMoreThanImages(b, "clusters")
	a.uniform = b.Bool("uniform-clusters")
	a.classifier = nn.NewLinear(b.Width, a.k, true, &b.Random)
	a.clusters = make([]float32, b.Images.Len())
	for i := range a.clusters {
		a.clusters[i] = -1
	}
	b.Learn("classifier", a.classifier)
	b.Keep("clusters", a)
	return nil
}

// Visit visits the assignment.
func (a *DeepCluster) Visit(v nn.Visitor) { v.Whole("assignment", a.clusters, -1, a.k-1) }

// StartEpoch clusters all images and makes a new classifier.
func (a *DeepCluster) StartEpoch(e *train.Epoch) error {
	e.At(train.StageEpoch)
	h := e.Represent()
	d := len(h) / e.Images.Len()
	if h, d = whiten(h, d); d == 0 {
		return nil // collapsed: every image is alike, and the clusters of before are as good as others
	}
	found, err := probe.KMeans{K: a.k, Iterations: 20, Seed: uint64(e.Random.Uint32())}.Fit(h, d)
	if err != nil {
		return err
	}
	for i, c := range found.Assignment {
		a.clusters[i] = float32(c)
	}
	// As in the authors' code, weights are small at first: all clusters are about as likely.
	for i := range a.classifier.Weight.Data {
		a.classifier.Weight.Data[i] = 0.01 * e.Random.Normal()
	}
	clear(a.classifier.Bias.Data)
	e.Forget("classifier")
	return nil
}

// whiten returns x [n, d] along its principal axes with variance 1 along each, rows of length 1, and the number of axes
// that vary at all.
func whiten(x []float32, d int) ([]float32, int) {
	n := len(x) / d
	axes, err := probe.FitPCA(x, d, min(n, d))
	if err != nil {
		return nil, 0
	}
	all := axes.Project(x)
	k := 0
	for _, v := range axes.Variance {
		if !(v > 1e-5*axes.Variance[0]) {
			break
		}
		k++
	}
	if k == 0 {
		return nil, 0
	}
	y := make([]float32, n*k)
	from := len(all) / n
	for i := range n {
		for j := range k {
			y[i*k+j] = all[i*from+j] / float32(math.Sqrt(axes.Variance[j]))
		}
	}
	unitRows(y, k)
	return y, k
}

// Order draws each image from a cluster that is drawn first.
func (a *DeepCluster) Order(order []int32, r *random.Stream) {
	if !a.uniform {
		return
	}
	members := make([][]int32, a.k)
	for i, c := range a.clusters {
		if c >= 0 {
			members[int(c)] = append(members[int(c)], int32(i))
		}
	}
	var filled [][]int32
	for _, m := range members {
		if len(m) > 0 {
			filled = append(filled, m)
		}
	}
	if filled == nil {
		return // before the first epoch
	}
	for i := range order {
		m := filled[r.IntN(len(filled))]
		order[i] = m[r.IntN(len(m))]
	}
}

// Loss returns the cross-entropy of the classifier with the images' clusters.
func (a *DeepCluster) Loss(s *train.Step) *ad.Value {
	target := s.Tape.Ints(s.Size())
	for i, at := range s.Samples {
		target[i] = int32(a.clusters[at])
	}
	logits := a.classifier.Forward(s.Tape, s.Project(0))
	return DeepClusterLoss(s.Tape, logits, target, s.Float("temperature"))
}

// DeepClusterLoss returns the mean cross-entropy, in nats, of logits/τ [n, K] with the assignment [n]. A row with
// assignment −1 is left out.
func DeepClusterLoss(t *ad.Tape, logits *ad.Value, assignment []int32, tau float32) *ad.Value {
	return t.CrossEntropy(t.Scale(logits, 1/tau), assignment)
}

// ClusterStep is one step of k-means: it assigns each row of x [n, d] to the nearest of centroids [k, d] and moves these to
// the means of their rows; a centroid without rows stays. Spherical, rows and means are scaled to length 1 and the nearest
// is the one with the largest cosine; x is changed, then. It returns the assignment and the rows of each centroid.
func ClusterStep(x, centroids []float32, d int, spherical bool) (assignment []int32, counts []int) {
	if spherical {
		unitRows(x, d)
	}
	assignment, _ = probe.Assign(x, centroids, d)
	counts = probe.Recenter(centroids, x, assignment, d)
	if spherical {
		unitRows(centroids, d)
	}
	return assignment, counts
}
