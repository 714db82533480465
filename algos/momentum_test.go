package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// statistics returns all running statistics of a part.
func statistics(p nn.Part) (all []float32) {
	p.Visit(nn.Visitor{Buffer: func(_ string, data []float32, _ ...int) { all = append(all, data...) }})
	return all
}

// The momentum encoder follows after the optimiser, at the rate of the step, and counts statistics of its own.
func TestMomentumEncoderFollows(t *testing.T) {
	a, err := Find("byol")
	if err != nil {
		t.Fatal(err)
	}
	tr := begin(t, a, smallSet(), with("target-momentum", "0.7"))
	m := &tr.Objective.(*BYOL).target
	for i, p := range m.slow {
		if !slices.Equal(p.Data, m.fast[i].Data) {
			t.Fatal("the momentum encoder does not begin as a copy")
		}
	}
	fresh := statistics(m.encoder)
	losses(t, tr, 1)
	var before [][]float32
	for _, p := range m.slow {
		before = append(before, slices.Clone(p.Data))
	}
	losses(t, tr, 1)
	keep := 1 - (1-0.7)*(1+math.Cos(math.Pi/9))/2 // the second of 10 steps
	for i, p := range m.slow {
		for j, v := range p.Data {
			want := keep*float64(before[i][j]) + (1-keep)*float64(m.fast[i].Data[j])
			if math.Abs(float64(v)-want) > 1e-6 {
				t.Fatalf("parameter %d, element %d is %v, want %v", i, j, v, want)
			}
		}
	}
	own := statistics(m.encoder)
	if slices.Equal(own, fresh) || slices.Equal(own, statistics(tr.Encoder)) {
		t.Error("the momentum encoder has no running statistics of its own")
	}
}

// A batch that is split is shuffled before and put in order after: without batch-norm its keys are those of the whole.
func TestSplitKeysStayInTheirRows(t *testing.T) {
	r := random.New(1)
	m := &momentumEncoder{encoder: nn.MLP(2*2*3, []int{5}, &r), head: nn.Head{Layers: 1, Out: 4}.New(5, &r)}
	tape := &ad.Tape{Training: true, NoGrad: true, Random: &r}
	x := adtest.Random(2, 13, 2, 2, 3)
	images := tape.Input(x.Data, x.Shape...)
	want := m.project(tape, images).Data
	for _, parts := range []int{1, 2, 3, 6, 100} {
		got := m.projectSplit(tape, images, parts)
		for i, v := range got.Data {
			if math.Abs(float64(v-want[i])) > 1e-6 {
				t.Fatalf("%d parts: number %d is %v, want %v", parts, i, v, want[i])
			}
		}
	}
}

// With batch-norm each part has its own statistics, and no two images always share them.
func TestSplitKeysHaveTheirOwnStatistics(t *testing.T) {
	r := random.New(3)
	m := &momentumEncoder{encoder: nn.MLP(3, []int{4}, &r), head: nn.Head{Layers: 2, Hidden: 6, Out: 4, BatchNorm: true}.New(4, &r)}
	tape := &ad.Tape{Training: true, NoGrad: true, Random: &r}
	x := adtest.Random(4, 12, 1, 1, 3)
	images := tape.Input(x.Data, x.Shape...)
	first := m.projectSplit(tape, images, 3).Data
	if second := m.projectSplit(tape, images, 3).Data; slices.Equal(first, second) {
		t.Error("the parts are the same twice")
	}
}

// Blocks are skipped where a ViT learns, not where it makes targets.
func TestMomentumEncoderSkipsNoBlocks(t *testing.T) {
	tr := beginWith(t, registry["byol"], smallSet(), "vit", with("drop-path", "0.9"))
	m := &tr.Objective.(*BYOL).target
	r := random.New(5)
	tape := &ad.Tape{Training: true, NoGrad: true, Random: &r}
	x := adtest.Random(6, 8, 32, 32, 3)
	images := tape.Input(x.Data, x.Shape...)
	if first := m.encoder.Forward(tape, images).Data; !slices.Equal(first, m.encoder.Forward(tape, images).Data) {
		t.Error("the momentum encoder makes two things of the same images")
	}
}
