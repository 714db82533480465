package nn

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/random"
)

// ViT is a vision transformer (Dosovitskiy et al. 2021): each patch of the image becomes a token.
type ViT struct {
	Patch    *Conv2D   // one window a patch
	Class    *ad.Value // [d], the token in front of the patches; nil: the representation is the mean of the patches
	Position *ad.Value // [tokens, d]
	Blocks   Sequence
}

// NewViT returns a vision transformer for images of height × width, which must be multiples of patch.
func NewViT(height, width, channels, patch int, class bool, s Transformer, r *random.Stream) *ViT {
	if height%patch != 0 || width%patch != 0 {
		panic(fmt.Sprintf("nn.NewViT: patches of %d in an image of %dx%d", patch, height, width))
	}
	v := &ViT{Patch: NewConv2D(channels, s.Width, patch, patch, 0, true, r)}
	tokens := height / patch * (width / patch)
	if class {
		v.Class = ad.NewParam(s.Width)
		normal(v.Class, 0.02, r)
		tokens++
	}
	v.Position = ad.NewParam(tokens, s.Width)
	normal(v.Position, 0.02, r)
	v.Blocks = s.Blocks(r)
	return v
}

// Dim returns the width of a token.
func (v *ViT) Dim() int { return v.Position.Cols() }

// Tokens returns the tokens [n, t, d] of images [n, h, w, c] before the blocks, the class token first, positions added.
func (v *ViT) Tokens(t *ad.Tape, x *ad.Value) *ad.Value {
	n, d, tokens := x.Dim(0), v.Dim(), v.Position.Rows()
	x = v.Patch.Forward(t, x)
	x = t.Reshape(x, n, x.Len()/n)
	if v.Class != nil {
		index := t.Ints(n)
		clear(index)
		x = t.ConcatCols(t.GatherRows(t.Reshape(v.Class, 1, d), index), x)
	}
	return t.Reshape(t.AddRow(x, v.Position), n, tokens, d)
}

// Forward maps images [n, h, w, c] to representations [n, d].
func (v *ViT) Forward(t *ad.Tape, x *ad.Value) *ad.Value {
	return v.Pool(t, v.Blocks.Forward(t, v.Tokens(t, x)))
}

// Pool returns the class token of each image, or the mean of its patches: tokens [n, t, d] give [n, d].
func (v *ViT) Pool(t *ad.Tape, x *ad.Value) *ad.Value {
	n, tokens, d := x.Dim(0), x.Dim(1), x.Dim(2)
	if v.Class != nil {
		return t.SliceCols(t.Reshape(x, n, tokens*d), 0, d)
	}
	return t.GlobalAvgPool(t.Reshape(x, n, 1, tokens, d))
}

// Visit visits class token, positions, patches and blocks.
func (v *ViT) Visit(to Visitor) {
	to.Parameter("cls", v.Class, false)
	to.Parameter("position", v.Position, false)
	v.Patch.Visit(to.In("patch"))
	v.Blocks.Visit(to)
}
