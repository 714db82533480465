package algos

import (
	"fmt"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "deepcluster_v2",
		Title: "DeepCluster v2",
		Paper: "https://arxiv.org/abs/2006.09882",
		Help:  "DeepCluster whose classifier is the centroids themselves, several clusterings at a time, from projections kept while training",
		Equation: `L = −mean_i log {exp s_{i,c(i)}}/{Σ_k exp s_{ik}}
s_{ik} = z_i·μ_k/τ,  |z| = |μ| = 1
μ, c = "k-means"(z) "before each epoch"`,
		Flow: flow.Chart{Loss: "find the cluster's centroid", Branches: []flow.Branch{
			flow.From("small views", flow.Encoder, flow.Head).If("local-views"), flow.From("views 1 and 2", flow.Encoder, flow.Head),
			flow.Keep("k-means of past z", 2).BeforeEpoch(),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"clusters": 50, "cluster-heads": 3, "temperature": 0.2, "head-final-norm": true,
			"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.4,
		},
		New: func(train.Config) (train.Objective, error) { return &DeepClusterV2{}, nil },
	})
}

// DeepClusterV2 (Caron et al. 2020, appendix C) needs no pass over the data before an epoch: it clusters the projections
// that the last epoch made on its way.
//
//	before an epoch: memory of all images' z → spherical k-means, once a head → assignments and centroids, constants
//	each step: views → encoder → head → z → cosines with each head's centroids → cross-entropy with its assignment
//
// Memory: a row for each training image, and for each head the centroids and a number for each image.
type DeepClusterV2 struct {
	memory    []float32   // [N, d], rows of length 1
	centroids [][]float32 // of each head [K, d], rows of length 1
	clusters  [][]float32 // of each head [N]: whole numbers; −1 before the first epoch
	d, k      int
	z         *ad.Value // of this step's first view, rows of length 1
}

// Build makes the memory and the heads, and asks for local views.
func (a *DeepClusterV2) Build(b *train.Build) error {
	n := b.Images.Len()
	a.d, a.k = b.Width, noMoreThanImages(b, "clusters")
	a.memory = make([]float32, n*a.d)
	for range b.Int("cluster-heads") {
		a.centroids = append(a.centroids, make([]float32, a.k*a.d))
		clusters := make([]float32, n)
		for i := range clusters {
			clusters[i] = -1
		}
		a.clusters = append(a.clusters, clusters)
	}
	b.Keep("clusters", a)
	return b.AskForLocal()
}

// Visit visits memory, centroids and assignments.
func (a *DeepClusterV2) Visit(v nn.Visitor) {
	v.State("memory", a.memory, len(a.memory)/a.d, a.d)
	for p := range a.centroids {
		v.State(fmt.Sprintf("%d.centroids", p), a.centroids[p], a.k, a.d)
		v.Whole(fmt.Sprintf("%d.assignment", p), a.clusters[p], -1, a.k-1)
	}
}

// StartEpoch clusters the memory, which is filled before the first epoch.
func (a *DeepClusterV2) StartEpoch(e *train.Epoch) error {
	e.At(train.StageEpoch)
	if e.Index == 0 {
		copy(a.memory, e.Project())
		unitRows(a.memory, a.d)
	}
	order := make([]int32, len(a.memory)/a.d)
	for p, centroids := range a.centroids {
		e.Random.Permute(order)
		for c := range a.k {
			copy(centroids[c*a.d:(c+1)*a.d], a.memory[int(order[c])*a.d:])
		}
		var assignment []int32
		for i := range 10 {
			var counts []int
			assignment, counts = ClusterStep(a.memory, centroids, a.d, true)
			for c, count := range counts {
				if count == 0 && i < 9 { // re-seed an empty cluster
					copy(centroids[c*a.d:(c+1)*a.d], a.memory[e.Random.IntN(len(order))*a.d:])
				}
			}
		}
		for i, c := range assignment {
			a.clusters[p][i] = float32(c)
		}
	}
	return nil
}

// Loss returns DeepClusterV2Loss of all views.
func (a *DeepClusterV2) Loss(s *train.Step) *ad.Value {
	t, n := s.Tape, s.Size()
	z := t.NormalizeRows(s.AllProjections())
	a.z = s.View(z, 0)
	if s.Local() > 0 {
		_, local := s.Encode(s.LocalImages())
		z = t.ConcatRows(z, t.NormalizeRows(local))
	}
	views := 2 + s.Local()
	var total *ad.Value
	for p, centroids := range a.centroids {
		target := t.Ints(n)
		for i, at := range s.Samples {
			target[i] = int32(a.clusters[p][at])
		}
		logits := t.MatMulT(z, t.Input(centroids, a.k, a.d)) // [V·n, K]
		l := DeepClusterV2Loss(t, t.Reshape(logits, 1, views, n, a.k), target, s.Float("temperature"))
		total = plus(t, total, l)
	}
	return t.Scale(total, 1/float32(len(a.centroids)))
}

// AfterStep keeps the first view's projections.
func (a *DeepClusterV2) AfterStep(s *train.Step) {
	s.At(train.StageAfterStep)
	for i, at := range s.Samples {
		copy(a.memory[int(at)*a.d:][:a.d], a.z.Data[i*a.d:])
	}
}

// DeepClusterV2Loss returns the mean over heads of the cross-entropy, in nats, of logits/τ [P, V, n, K] with the assignment
// [P, n], which all views of an image share. A row with assignment −1 is left out.
func DeepClusterV2Loss(t *ad.Tape, logits *ad.Value, assignment []int32, tau float32) *ad.Value {
	heads, views, n, k := logits.Dim(0), logits.Dim(1), logits.Dim(2), logits.Dim(3)
	var total *ad.Value
	for p := range heads {
		target := t.Ints(views * n)
		for v := range views {
			copy(target[v*n:], assignment[p*n:(p+1)*n])
		}
		l := DeepClusterLoss(t, t.Reshape(t.At(logits, p), views*n, k), target, tau)
		total = plus(t, total, l)
	}
	return t.Scale(total, 1/float32(heads))
}
