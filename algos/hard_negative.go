package algos

import (
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "hard_negative",
		Title: "Hard negatives (HCL)",
		Paper: "https://arxiv.org/abs/2010.04592",
		Help:  "SimCLR in which similar negatives count more, less the share that is likely of the same class",
		Equation: "L = −{1}/{2n} Σ_i log {e_i}/{e_i + g_i}\n" +
			"g_i = max( {a_i − πN e_i}/{1 − π}, N exp(−1/τ) )\n" +
			"a_i = Σ_{k≠i,p(i)} w_{ik} e_{ik}\n" +
			"w_{ik} = N softmax_k(β z_i·z_k/τ)\n" +
			"e_{ik} = exp(z_i·z_k/τ),  |z| = 1\n" +
			"e_i = e_{i,p(i)},  N = 2n − 2",
		Flow: flow.Chart{Loss: "find the view, alike ones weigh more", Branches: []flow.Branch{
			flow.From("view 1", flow.Encoder, flow.Head), flow.From("view 2", flow.Encoder, flow.Head), flow.From("other images", flow.Encoder, flow.Head),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.5, "class-prior": 0.1, "hardness": 1.0},
		Constant: func(c train.Config) (float64, bool) { return math.Log(float64(2*c.Int("batch") - 1)), false },
		New:      func(train.Config) (train.Objective, error) { return HardNegative{}, nil },
	})
}

// HardNegative (Robinson et al. 2021) reweighs SimCLR's negatives by their similarity. Both branches receive gradient;
// there is no state.
type HardNegative struct{}

// Loss returns HardNegativeLoss of the step's two projections.
func (HardNegative) Loss(s *train.Step) *ad.Value {
	return HardNegativeLoss(s.Tape, s.Project(0), s.Project(1), s.Float("temperature"), s.Float("class-prior"), s.Float("hardness"))
}

// HardNegativeLoss returns the mean over the 2n rows of z = [z1; z2], scaled to length 1, in nats (Robinson et al. 2021,
// equation 4), of
//
//	−log pos/(pos + g),  g = max( (Σ_j w_j exp s_j − τ⁺·N·pos)/(1 − τ⁺), N·exp(−1/τ) )
//
// with similarities s = z zᵀ/τ, pos = exp s of the other view, and N = 2n−2 negatives j of weight w_j =
// N·softmax_j(β·s_j), which gets gradient, too. The prior τ⁺ is the share of negatives that are really positives, 0 ≤ τ⁺
// < 1; the hardness is β. With both 0 it is NTXent.
func HardNegativeLoss(t *ad.Tape, z1, z2 *ad.Value, tau, prior, hardness float32) *ad.Value {
	n := z1.Rows()
	count := float32(2*n - 2)
	z := t.NormalizeRows(t.ConcatRows(z1, z2))
	negatives := t.MaskDiagonals(t.Scale(t.MatMulT(z, z), 1/tau), n) // [2n, 2n]
	pair := t.Scale(t.RowDot(t.SliceRows(z, 0, n), t.SliceRows(z, n, 2*n)), 1/tau)
	positive := t.ConcatRows(pair, pair) // [2n]

	// log Σ w_j exp s_j = log N + log Σ exp (1+β)s_j − log Σ exp βs_j
	sum := t.LogSumExp(t.Scale(negatives, 1+hardness))
	if hardness != 0 {
		sum = t.Sub(sum, t.LogSumExp(t.Scale(negatives, hardness)))
		sum = t.AddConst(sum, float32(math.Log(float64(count))))
	}
	// All terms relative to exp of the larger of sum and positive, a constant that cancels, so that none overflows.
	top, floor := t.Floats(2*n), t.Floats(2*n)
	for i, v := range sum.Data {
		top[i] = -max(v, positive.Data[i])
		floor[i] = -count * float32(math.Exp(float64(top[i]-1/tau)))
	}
	pos := t.Exp(t.Add(positive, t.Input(top, 2*n)))
	weighted := t.Exp(t.Add(sum, t.Input(top, 2*n)))
	g := t.Scale(t.Sub(weighted, t.Scale(pos, prior*count)), 1/(1-prior))
	least := t.Input(floor, 2*n)
	g = t.Sub(t.ReLU(t.Add(g, least)), least) // max(g, −least)
	return t.Mean(t.Sub(t.Sub(t.Log(t.Add(pos, g)), t.Input(top, 2*n)), positive))
}
