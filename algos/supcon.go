package algos

import (
	"fmt"
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "supcon",
		Title: "SupCon",
		Paper: "https://arxiv.org/abs/2004.11362",
		Help:  "SimCLR with labels: every view of the same class is a positive",
		Equation: `L = −mean_i mean_{p∈P(i)} log {exp s_{ip}}/{Σ_{k≠i} exp s_{ik}}
s_{ik} = z_i·z_k/τ,  |z| = 1
P(i): "other views of the class of" i`,
		Flow: flow.Chart{Loss: "find all views of the class", Branches: []flow.Branch{
			flow.From("all views", flow.Encoder, flow.Head), flow.From("labels"),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.1},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(2*c.Int("batch") - 1)), false },
		New:      func(train.Config) (train.Objective, error) { return SupCon{}, nil },
	})
}

// SupCon (Khosla et al. 2020) attracts all views of one class and repels the others. It is supervised: the ceiling to
// hold the other methods against. Both branches receive gradient; there is no state.
type SupCon struct{}

// Build refuses data without labels.
func (SupCon) Build(b *train.Build) error {
	if b.Images.Labels == nil {
		return fmt.Errorf("SupCon learns from labels and these images have none: choose labelled data or another algorithm, such as simclr")
	}
	return nil
}

// Loss returns SupConLoss of the step's two projections and labels.
func (SupCon) Loss(s *train.Step) *ad.Value {
	return SupConLoss(s.Tape, s.Project(0), s.Project(1), s.Labels, s.Float("temperature"))
}

// SupConLoss returns the mean over the 2n rows of z = [z1; z2], scaled to length 1, in nats (Khosla et al. 2020, equation
// 2, L_out):
//
//	−1/|P(i)| Σ_{p∈P(i)} log( exp(zᵢ·z_p/τ) / Σ_{k≠i} exp(zᵢ·z_k/τ) )
//
// P(i) are the other rows with the label of row i. With all labels different it is NTXent.
func SupConLoss(t *ad.Tape, z1, z2 *ad.Value, labels []int32, tau float32) *ad.Value {
	n := z1.Rows()
	z := t.NormalizeRows(t.ConcatRows(z1, z2))
	s := t.Scale(t.MatMulT(z, z), 1/tau) // [2n, 2n]
	share := t.Floats(4 * n * n)         // of each similarity in the mean over positives
	for i := range n {
		same := 0
		for j := range n {
			if labels[i] == labels[j] {
				same++
			}
		}
		each := 1 / float32(2*n*(2*same-1))
		for j := range n {
			v := float32(0)
			if labels[i] == labels[j] {
				v = each
			}
			for _, at := range [4]int{i*2*n + j, i*2*n + n + j, (n+i)*2*n + j, (n+i)*2*n + n + j} {
				share[at] = v
			}
		}
		share[i*2*n+i], share[(n+i)*2*n+n+i] = 0, 0
	}
	positives := t.Sum(t.Mul(s, t.Input(share, 2*n, 2*n)))
	return t.Sub(t.Mean(t.LogSumExp(t.MaskDiagonal(s))), positives)
}
