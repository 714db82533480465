package nn_test

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/random"
)

var tinyTransformer = nn.Transformer{Width: 6, Depth: 2, Heads: 2, Hidden: 8}

func TestTextSeesNothingAfterItsEnd(t *testing.T) {
	r := random.New(1)
	e := nn.NewText(9, 6, tinyTransformer, &r)
	tape := &ad.Tape{}
	h := e.Encode(tape, []int32{
		3, 1, 2, 8, 0, 0,
		3, 1, 2, 8, 5, 8, // after the first end token everything is padding, whatever it is
		3, 2, 1, 8, 0, 0,
	})
	same, other := h.Data[:6], h.Data[12:]
	const end = 8
	if first := e.Encode(tape, []int32{end, 0, 0, 0, 0, 0, end, end, 5, 3, 0, 0}); !slices.Equal(first.Data[:6], first.Data[6:]) {
		t.Errorf("an empty text is represented by %v, with other padding by %v", first.Data[:6], first.Data[6:])
	}
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

// The class token stands for an image, or the mean of its patches where there is none; and its row is the same whatever was
// in the tape's memory before.
func TestViTPools(t *testing.T) {
	r := random.New(4)
	image := make([]float32, 2*4*4)
	for i := range image {
		image[i] = r.Normal()
	}
	for _, class := range []bool{true, false} {
		v := nn.NewViT(4, 4, 1, 2, class, tinyTransformer, &r)
		tape := &ad.Tape{}
		for _, dirt := range []int32{0, 1 << 20} {
			tape.Reset()
			for ints, i := tape.Ints(64), 0; i < 64; i++ {
				ints[i] = dirt
			}
			tape.Reset()
			tokens := v.Blocks.Forward(tape, v.Tokens(tape, tape.Input(image, 2, 4, 4, 1)))
			count := tokens.Dim(1)
			got := v.Pool(tape, tokens).Data
			for i := range got {
				row := tokens.Data[i/6*count*6:][:count*6]
				want := row[i%6]
				if !class {
					want = (row[i%6] + row[6+i%6] + row[12+i%6] + row[18+i%6]) / 4
				}
				if !(math.Abs(float64(got[i]-want)) < 1e-6) {
					t.Fatalf("class token %v: %v of the tokens %v", class, got, tokens.Data)
				}
			}
		}
	}
}

func TestDropPathRisesWithDepth(t *testing.T) {
	r := random.New(3)
	s := tinyTransformer
	s.Depth, s.DropPath = 3, 0.8
	const images = 2000
	x := make([]float32, images*s.Width)
	for i := range x {
		x[i] = r.Normal()
	}
	for i, share := range []float64{0, 0.4, 0.8} {
		tape := &ad.Tape{Training: true, Random: &r}
		in := tape.Input(x, images, 1, s.Width)
		out := s.Blocks(&r)[i].Forward(tape, in)
		skipped := 0.0
		for at := 0; at < len(x); at += s.Width {
			if slices.Equal(out.Data[at:at+s.Width], x[at:at+s.Width]) {
				skipped++
			}
		}
		// Both parts of the block are skipped, each by itself: five standard errors of room.
		if want := share * share; !(math.Abs(skipped/images-want) <= 5*math.Sqrt(want*(1-want)/images)) {
			t.Errorf("block %d left %v of the images as they were, want %v", i, skipped/images, want)
		}
	}
	tape := &ad.Tape{Training: true, Random: &r}
	s.Depth = 1
	block := s.Blocks(&r)[0]
	drawn := r
	block.Forward(tape, tape.Input(x, images, 1, s.Width))
	if r != drawn {
		t.Error("a lone block drops something")
	}
}
