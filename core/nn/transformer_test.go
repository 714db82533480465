package nn_test

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/random"
)

var tinyTransformer = nn.Transformer{Width: 6, Depth: 2, Heads: 2, Hidden: 8}

func TestTextSeesNothingAfterItsEnd(t *testing.T) {
	r := random.New(1)
	e := nn.NewText(9, 5, tinyTransformer, &r)
	tape := &ad.Tape{}
	h := e.Encode(tape, []int32{
		3, 1, 8, 0, 0,
		3, 1, 8, 5, 8, // after the first end token everything is padding, whatever it is
		1, 3, 8, 0, 0,
	})
	same, other := h.Data[:6], h.Data[12:]
	for i, v := range same {
		if h.Data[6+i] != v {
			t.Fatalf("padding changes the representation: %v and %v", same, h.Data[6:12])
		}
	}
	if math.Abs(float64(same[0]-other[0])) < 1e-6 {
		t.Error("the order of words does not matter")
	}
}

func TestViTSeesWhereAPatchIs(t *testing.T) {
	r := random.New(2)
	image := make([]float32, 2*4*4*3)
	for i := range 3 {
		image[i] = 1                 // top left of the first image
		image[4*4*3+(3*4+3)*3+i] = 1 // bottom right of the second
	}
	for _, class := range []bool{true, false} {
		v := nn.NewViT(4, 4, 3, 2, class, tinyTransformer, &r)
		tape := &ad.Tape{}
		h := v.Forward(tape, tape.Input(image, 2, 4, 4, 3))
		if got := h.Shape(); got[0] != 2 || got[1] != 6 || v.Dim() != 6 {
			t.Fatalf("shape %v", got)
		}
		if math.Abs(float64(h.Data[0]-h.Data[6])) < 1e-7 {
			t.Errorf("class token %v: the place of a patch does not matter", class)
		}
	}
}

func TestDropPathRisesWithDepth(t *testing.T) {
	r := random.New(3)
	s := tinyTransformer
	s.DropPath = 1 - 1e-6
	v := nn.NewViT(4, 4, 3, 2, true, s, &r)
	tape := &ad.Tape{Training: true, Random: &r}
	x := make([]float32, 4*4*3)
	for i := range x {
		x[i] = r.Normal()
	}
	tokens := v.Tokens(tape, tape.Input(x, 1, 4, 4, 3))
	one := v.Blocks[0].Forward(tape, tokens)
	two := v.Blocks[1].Forward(tape, one)
	if one.Data[0] == tokens.Data[0] || two.Data[0] != one.Data[0] {
		t.Error("want the first block to stay and the last to be skipped")
	}
}
