package algos

import (
	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:  "dino",
		Title: "DINO",
		Paper: "https://arxiv.org/abs/2104.14294",
		Help:  "a student agrees with its own moving average on what a view shows; centring and sharpening keep the teacher from collapsing",
		Equation: `L = −mean Σ_k P_k log Q_k
P = softmax([centring: (t − c); t]/[sharpening: τ_t; τ])
Q = softmax(s/τ)
[centring: c ← μ c + (1 − μ) mean t]
t "from" ξ,  [momentum-encoder: ξ ← m ξ + (1 − m) θ; ξ = θ]`,
		Flow: flow.Chart{Loss: "cross-entropy", Exchanged: flow.Always, Branches: []flow.Branch{
			flow.From("small views", flow.Encoder, flow.Head, flow.Prototypes).If("local-views"), flow.From("view 1", flow.Encoder, flow.Head, flow.Prototypes),
			flow.From("view 2", flow.SlowEncoder, flow.SlowHead, flow.Part{Kind: flow.Slow, Name: "its prototypes", Stage: train.StageMomentum},
				flow.Store("− centre").If("centring"), flow.Do("sharpen").If("sharpening"), flow.StopGradient),
		}},
		MinBatch: 2,
		Defaults: train.Values{
			"temperature": 0.1, "teacher-temperature": 0.03, "teacher-temperature-end": 0.03, "prototypes": 256, // the paper's 65536 and its 0.04 to 0.07 are for a million images
			"centring": true, "centre-momentum": 0.9, "sharpening": true,
			"momentum-encoder": true, "target-momentum": 0.99, "target-momentum-end": 1.0,
			"local-views": 2, "local-size": 0, "local-crop-min": 0.1, "local-crop-max": 0.4,
			"head-layers": 3, "clip": 3.0,
		},
		New: func(train.Config) (train.Objective, error) { return &DINO{}, nil },
	})
}

// DINO (Caron et al. 2021) distils a momentum encoder, the teacher, into the encoder, the student. Both end in scores of
// prototypes. The teacher sees the two large views, the student these and the local ones.
//
//	view → teacher → scores − centre → softmax, sharp → constant ─┐
//	other view, or a local one → student → scores → softmax at τ ─┴─ cross-entropy; then the centre and the teacher move
type DINO struct {
	student prototypes
	teacher momentumEncoder
	slow    prototypes // the teacher's
	centre  []float32  // [K]
	scores  *ad.Value  // the teacher's, of this step
}

// Build makes the prototypes, the teacher and the centre, and asks for local views.
func (a *DINO) Build(b *train.Build) error {
	a.student.build(b)
	if err := a.teacher.build(b); err != nil {
		return err
	}
	a.slow.rows = ad.NewParam(a.student.rows.Shape()...)
	a.slow.rows.Freeze(true)
	copy(a.slow.rows.Data, a.student.rows.Data)
	a.teacher.slow, a.teacher.fast = append(a.teacher.slow, a.slow.rows), append(a.teacher.fast, a.student.rows)
	b.Keep("momentum.prototypes", &a.slow)
	a.centre = make([]float32, b.Int("prototypes"))
	b.Keep("centre", a)
	return b.AskForLocal()
}

// Visit visits the centre.
func (a *DINO) Visit(v nn.Visitor) { v.State("centre", a.centre, len(a.centre)) }

// Loss returns DINOLoss.
func (a *DINO) Loss(s *train.Step) *ad.Value {
	t, n := s.Tape, s.Size()
	student := a.student.scores(t, s.AllProjections())
	if s.Local() > 0 {
		_, local := s.Encode(s.LocalImages())
		student = t.ConcatRows(student, a.student.scores(t, local))
	}
	a.scores = a.slow.scores(t, a.teacher.targets(s, s.AllImages()))
	k := student.Cols()
	centre := a.centre
	if !s.Bool("centring") {
		centre = t.Floats(k)
		clear(centre)
	}
	return DINOLoss(t, t.Reshape(student, 2+s.Local(), n, k), t.Reshape(a.scores, 2, n, k), t.Input(centre, k),
		s.Float("temperature"), a.sharpness(s))
}

// sharpness returns the teacher's temperature: it rises over the first third of the run. Without sharpening it is the
// student's.
func (a *DINO) sharpness(s *train.Step) float32 {
	if !s.Bool("sharpening") {
		return s.Float("temperature")
	}
	from, to := s.Float("teacher-temperature"), s.Float("teacher-temperature-end")
	return from + (to-from)*min(1, 3*float32(s.Index)/float32(s.Total))
}

// AfterStep moves the teacher and the centre. Without centring the centre is 0.
func (a *DINO) AfterStep(s *train.Step) {
	a.teacher.follow(s)
	if s.Bool("centring") {
		MoveCentre(a.centre, a.scores.Data, s.Float("centre-momentum"))
	} else {
		clear(a.centre)
	}
}

// DINOLoss returns the mean, over the teacher's views t and the student's views v ≠ t, of the mean cross-entropy of
// softmax(student_v/τ) against softmax((teacher_t − centre)/teacherTau), in nats, for scores student [V, n, K] and teacher
// [G, n, K] (Caron et al. 2021, equation 3). Teacher and centre [K] must be constants.
func DINOLoss(t *ad.Tape, student, teacher, centre *ad.Value, tau, teacherTau float32) *ad.Value {
	targets := t.Scale(t.AddRow(teacher, t.Scale(centre, -1)), 1/teacherTau)
	return SwAVLoss(t, student, t.Softmax(targets), tau) // the same sum over pairs of views
}

// MoveCentre makes centre [K] momentum·centre + (1−momentum)·mean of the teacher's scores [rows, K] (Caron et al. 2021,
// equation 4).
func MoveCentre(centre, scores []float32, momentum float32) {
	kernel.Scale(momentum, centre)
	share := (1 - momentum) * float32(len(centre)) / float32(len(scores))
	for i := 0; i < len(scores); i += len(centre) {
		kernel.Axpy(share, scores[i:i+len(centre)], centre)
	}
}
