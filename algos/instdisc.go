package algos

import (
	"math"
	"slices"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "instdisc",
		Title: "Memory bank (instance discrimination)",
		Paper: "https://arxiv.org/abs/1805.01978",
		Help:  "classifies each image as itself among all training images, by a memory bank of their projections",
		Equation: `L = −mean_i [noise: ( log h_{ii} + Σ_k log(1 − h_{ik}) ); log {exp s_{ii}}/{Σ_k exp s_{ik}}]
s_{ik} = z_i·b_k/τ,  |z| = |b| = 1
[noise: h_{ik} = {P_{ik}}/{P_{ik} + m/N},  P_{ik} = {exp s_{ik}}/{Z}]
b_i ← μ b_i + (1 − μ) z_i`,
		Flow:     flow.Chart{Loss: "find the image's own entry", Branches: []flow.Branch{flow.From("one view", flow.Encoder, flow.Head), flow.Keep("memory bank", 1).BeforeEpoch()}},
		MinBatch: 2, // of a lone image the head's batch-norm leaves nothing
		Defaults: train.Values{
			"temperature": 0.07, "noise": 0, // the paper's 4096 noise entries are for a million images
			"bank-momentum": 0.9, "head-final-norm": true, // the paper's 0.5 without that norm learns slower here
		},
		New: func(train.Config) (train.Objective, error) { return &InstDisc{}, nil },
	})
}

// InstDisc (Wu et al. 2018, NPID) makes each image a class of its own. The bank holds a projection of every training
// image, of length 1, which moves a part of the way whenever the image is seen.
//
//	one view → encoder → head → z → softmax of z·bank/τ, target the image itself; then the image's entry moves towards z
//
// Memory: a row for each training image, and the similarities of a batch with all of them.
type InstDisc struct {
	bank      []float32 // [N, d], rows of length 1
	d         int
	partition []float32 // log Z, the constant of NCE, and the 1/τ it belongs to, 0 where it is not known yet
	estimate  float32   // log Z as this step takes it
	z         *ad.Value // of this step, rows of length 1
}

// Build makes the bank, of random directions until the first epoch.
func (a *InstDisc) Build(b *train.Build) error {
	b.Views = 1
	a.d = b.Width
	a.bank = randomUnit(b.Images.Len(), a.d, &b.Random)
	a.partition = make([]float32, 2)
	b.Keep("bank", a)
	return nil
}

// StartEpoch fills the bank with the projections of the encoder as it is before the first epoch. The paper's random directions
// would be all that a short run learns in its first pass.
func (a *InstDisc) StartEpoch(e *train.Epoch) error {
	if e.Index == 0 {
		e.At(train.StageEpoch)
		copy(a.bank, e.Project())
		unitRows(a.bank, a.d)
	}
	return nil
}

// Visit visits the bank.
func (a *InstDisc) Visit(v nn.Visitor) {
	v.State("rows", a.bank, len(a.bank)/a.d, a.d)
	v.State("partition", a.partition, 2)
}

// Loss returns InstDiscLoss, or with noise entries InstDiscNCE.
func (a *InstDisc) Loss(s *train.Step) *ad.Value {
	t, tau := s.Tape, s.Float("temperature")
	a.z = t.NormalizeRows(s.Project(0))
	bank := t.Input(a.bank, len(a.bank)/a.d, a.d)
	m := s.Int("noise")
	if m == 0 {
		return InstDiscLoss(t, a.z, bank, s.Samples, tau)
	}
	noise := t.Ints(s.Size() * m)
	for i := range noise {
		noise[i] = int32(t.Random.IntN(bank.Rows()))
	}
	if a.estimate = a.partition[0]; a.partition[1] != 1/tau {
		a.estimate = logPartition(t, a.z, bank, noise, tau)
	}
	return InstDiscNCE(t, a.z, bank, s.Samples, noise, tau, a.estimate)
}

// AfterStep moves the entries of the images seen, and keeps the constant of NCE.
func (a *InstDisc) AfterStep(s *train.Step) {
	s.At(train.StageAfterStep)
	if s.Int("noise") > 0 {
		a.partition[0], a.partition[1] = a.estimate, 1/s.Float("temperature")
	}
	UpdateBank(a.bank, a.z.Data, a.d, s.Samples, s.Float("bank-momentum"))
}

// InstDiscLoss returns the mean over rows, in nats, of −log softmax(z·bank/τ)[index], for z [n, d], rows scaled to length
// 1, and bank [N, d], whose rows have that length and are constants (Wu et al. 2018, equation 2).
func InstDiscLoss(t *ad.Tape, z, bank *ad.Value, index []int32, tau float32) *ad.Value {
	return t.CrossEntropy(t.Scale(t.MatMulT(t.NormalizeRows(z), bank), 1/tau), index)
}

// InstDiscNCE returns the noise-contrastive estimate of InstDiscLoss (Wu et al. 2018, equation 7), which compares each
// row's own entry with m entries noise [n·m] that were drawn uniformly from the bank's N. With P(v, i) =
// exp(v·bank_i/τ)/Z, of which logZ is given since Z may be too large a number, it is the mean over rows of
//
//	−log P/(P + m/N), P of the own entry, − Σ_noise log (m/N)/(P + m/N)
func InstDiscNCE(t *ad.Tape, z, bank *ad.Value, index, noise []int32, tau, logZ float32) *ad.Value {
	z = t.NormalizeRows(z)
	n, m := z.Rows(), len(noise)/z.Rows()
	// P/(P + m/N) is the logistic function of the log-odds log P − log m/N.
	shift := -float32(float64(logZ) + math.Log(float64(m)/float64(bank.Rows())))
	own := t.AddConst(t.Scale(t.GatherDots(z, bank, index), 1/tau), shift)
	others := t.AddConst(t.Scale(t.GatherDots(z, bank, noise), 1/tau), shift)
	sum := t.Add(t.Sum(t.LogSigmoid(own)), t.Sum(t.LogSigmoid(t.Scale(others, -1))))
	return t.Scale(sum, -1/float32(n))
}

// logPartition returns the logarithm of N times the mean of exp(z·bank_i/τ) over the noise entries (Wu et al. 2018, equation
// 8).
func logPartition(t *ad.Tape, z, bank *ad.Value, noise []int32, tau float32) float32 {
	dots := t.GatherDots(t.StopGradient(z), bank, noise)
	top, total := slices.Max(dots.Data), 0.0
	for _, s := range dots.Data {
		total += math.Exp(float64((s - top) / tau))
	}
	return float32(float64(top/tau) + math.Log(total/float64(dots.Len())*float64(bank.Rows())))
}

// UpdateBank moves bank[index_i] towards row i of z, both of length 1 and d long: it becomes momentum·bank + (1−momentum)·z,
// scaled back to length 1.
func UpdateBank(bank, z []float32, d int, index []int32, momentum float32) {
	for i, at := range index {
		entry, row := bank[int(at)*d:][:d], z[i*d:][:d]
		for j, v := range row {
			entry[j] = momentum*entry[j] + (1-momentum)*v
		}
		unitRows(entry, d)
	}
}
