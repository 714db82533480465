package algos

import (
	"pushpull/core/ad"
	"pushpull/core/kernel"
	"pushpull/core/nn"
	"pushpull/core/optim"
	"pushpull/core/train"
)

// momentumEncoder is a second encoder and head that no gradient reaches. After each step its weights follow those that
// learn (He et al. 2020, equation 2; Grill et al. 2020, equation 1):
//
//	θ' ← m θ' + (1−m) θ
//
// Its batch-norm statistics are its own, from the images it sees. The update after one step is the one before the next
// step's targets.
type momentumEncoder struct {
	encoder    nn.Encoder
	head       nn.Sequence
	slow, fast []*ad.Value // θ' and θ
}

func (m *momentumEncoder) build(b *train.Build) (err error) {
	if m.encoder, m.head, err = b.Twin(); err != nil {
		return err
	}
	m.slow = append(nn.Parameters(m.encoder), nn.Parameters(m.head)...)
	m.fast = append(nn.Parameters(b.Encoder), nn.Parameters(b.Head)...)
	b.Keep("momentum", nn.Sequence{{Name: "encoder", Module: m.encoder}, {Name: "head", Module: m.head}})
	return nil
}

// project returns the projections [n, Width] of images [n, h, w, c], constants.
func (m *momentumEncoder) project(t *ad.Tape, images *ad.Value) *ad.Value {
	return m.head.Forward(t, m.encoder.Forward(t, images))
}

// targets is project within a step.
func (m *momentumEncoder) targets(s *train.Step, images *ad.Value) *ad.Value {
	m.enter(s)
	return m.project(s.Tape, images)
}

// enter is called before a step's targets. On the step on which the switch is flipped, the weights become those that
// learn; on later ones they are so already.
func (m *momentumEncoder) enter(s *train.Step) {
	s.At(train.StageMomentum)
	if !s.Bool("momentum-encoder") {
		m.move(0)
	}
}

// projectSplit is project with batch-norm statistics taken over each of some random parts of the batch: otherwise those
// of a batch tell which key belongs to it (He et al. 2020, section 3.3, shuffling BN).
func (m *momentumEncoder) projectSplit(t *ad.Tape, images *ad.Value, parts int) *ad.Value {
	n := images.Dim(0)
	parts = min(parts, n/2) // batch-norm needs two rows
	if parts < 2 {
		return m.project(t, images)
	}
	order := t.Ints(n)
	t.Random.Permute(order)
	size := images.Len() / n
	shuffled := t.GatherRows(t.Reshape(images, n, size), order)
	shuffled = t.Reshape(shuffled, n, images.Dim(1), images.Dim(2), images.Dim(3))
	var keys []float32
	width := 0
	for p := range parts {
		lo, hi := p*n/parts, (p+1)*n/parts
		z := m.project(t, t.SliceRows(shuffled, lo, hi))
		if width = z.Cols(); keys == nil {
			keys = t.Floats(n * width)
		}
		for i, at := range order[lo:hi] {
			copy(keys[int(at)*width:][:width], z.Data[i*width:])
		}
	}
	return t.Input(keys, n, width)
}

// follow moves the weights after a step. Without the switch they become those that learn.
func (m *momentumEncoder) follow(s *train.Step) {
	s.At(train.StageAfterStep)
	keep := optim.CosineMomentum(s.Index, s.Total, s.Float("target-momentum"), s.Float("target-momentum-end"))
	if !s.Bool("momentum-encoder") {
		keep = 0
	}
	m.move(keep)
}

func (m *momentumEncoder) move(keep float32) {
	for i, slow := range m.slow {
		kernel.Lerp(slow.Data, m.fast[i].Data, keep)
	}
}
