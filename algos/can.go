package algos

import (
	"fmt"
	"math"

	"pushpull/algos/flow"
	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/random"
	"pushpull/core/train"
)

func init() {
	register(Algorithm{
		Name:     "can",
		Title:    "Contrast and masking (CAN)",
		Paper:    "https://arxiv.org/abs/2210.16870",
		Help:     "SimCLR on views with half of their patches hidden, which a decoder has to paint; needs the encoder vit",
		Equation: `L = "NT-Xent"(z, z′)[mask-ratio:  + λ mean_{"hidden"} (x − x̂)^2]`,
		Flow: flow.Chart{Loss: "find the other view + paint patches", Without: map[string]string{"mask-ratio": "find the other view"}, Branches: []flow.Branch{
			flow.From("two views", flow.Do("hide patches").If("mask-ratio"), flow.Encoder, flow.Head),
			flow.From("two views", flow.Do("hide patches").If("mask-ratio"), flow.Encoder, flow.Learn("decoder")).If("mask-ratio"),
		}},
		MinBatch: 2,
		Defaults: train.Values{"temperature": 0.2, "mask-ratio": 0.5, "reconstruction-weight": 1.0, "decoder-dim": 48},
		New:      func(train.Config) (train.Objective, error) { return &CAN{}, nil },
	})
}

// CAN (Mishra et al. 2022) joins a contrastive with a masked-autoencoder loss (He et al. 2022); the paper's third part,
// the prediction of added noise, is left out.
//
//	view → patches, half of them hidden → ViT → mean or class token → head → z → NTXent
//	                                          └ tokens, a mask token for each hidden patch → decoder → pixels of the hidden patches
//
// Both views are masked, each image in its own way, so that the encoder sees half of the tokens: it is cheap. There is no
// state.
type CAN struct {
	vit     *nn.ViT
	decoder decoder
	hidden  []bool // [2n·T], which patches of this step
}

// decoder paints hidden patches from the tokens of the others. It is thrown away after training.
type decoder struct {
	enter    *nn.Linear // to the decoder's width
	mask     *ad.Value  // [1, width], in the place of a hidden patch
	position *ad.Value  // [T, width]
	blocks   nn.Sequence
	leave    *nn.Linear // to the pixels of a patch
}

// Build makes the decoder.
func (a *CAN) Build(b *train.Build) error {
	vit, ok := b.Encoder.(*nn.ViT)
	if !ok {
		return fmt.Errorf("CAN hides patches and the encoder %s has none: choose the encoder vit", b.Config.Encoder)
	}
	a.vit = vit
	width, patch := b.Int("decoder-dim"), vit.Patch.Stride
	tokens := vit.Position.Rows() - a.first()
	s := nn.Transformer{Width: width, Depth: 1, Heads: 1, Hidden: 2 * width}
	a.decoder = decoder{
		enter: nn.NewLinear(vit.Dim(), width, true, &b.Random), mask: ad.NewParam(1, width), position: ad.NewParam(tokens, width),
		blocks: s.Blocks(&b.Random), leave: nn.NewLinear(width, patch*patch*b.Images.C, true, &b.Random),
	}
	for i := range a.decoder.position.Data {
		a.decoder.position.Data[i] = 0.02 * b.Random.Normal()
	}
	b.Learn("decoder", &a.decoder)
	return nil
}

// first returns the number of tokens in front of the patches.
func (a *CAN) first() int {
	if a.vit.Class != nil {
		return 1
	}
	return 0
}

// Loss returns NTXent of the masked views plus the weighted MaskedError of what the decoder paints.
func (a *CAN) Loss(s *train.Step) *ad.Value {
	t, images := s.Tape, s.AllImages()
	n, first := images.Dim(0), a.first()
	all := a.vit.Position.Rows()
	patches := all - first
	kept := keeps(s.Config, patches)

	s.At(train.StageEncoder)
	index, source := a.choose(t, n, patches, kept, first)
	tokens := t.Reshape(a.vit.Tokens(t, images), n*all, a.vit.Dim())
	seen := t.GatherRows(tokens, index, n, first+kept) // [2n, first + kept, d]
	seen = a.vit.Blocks.Forward(t, seen)
	contrast := s.ProjectFrom(a.vit.Pool(t, seen)) // [2n, Width]
	loss := NTXent(t, s.View(contrast, 0), s.View(contrast, 1), s.Float("temperature"))

	d := &a.decoder
	entered := d.enter.Forward(t, t.Reshape(seen, n*(first+kept), a.vit.Dim()))
	filled := t.GatherRows(t.ConcatRows(entered, d.mask), source) // [2n·T, width]
	width := filled.Cols()
	filled = t.AddRow(t.Reshape(filled, n, patches*width), d.position)
	painted := d.leave.Forward(t, d.blocks.Forward(t, t.Reshape(filled, n, patches, width)))
	painted = t.Reshape(painted, n*patches, painted.Cols())
	target := t.Input(Patches(t, images, a.vit.Patch.Stride), n*patches, painted.Cols())
	return t.Add(loss, t.Scale(MaskedError(t, painted, target, a.hidden), s.Float("reconstruction-weight")))
}

// keeps returns how many of a view's patches the encoder sees.
func keeps(c train.Config, patches int) int {
	return max(1, patches-int(math.Round(float64(c.Float("mask-ratio"))*float64(patches))))
}

// Hide draws the patches of a view that the encoder does not see.
func (a *CAN) Hide(c train.Config, r *random.Stream) (hidden []int32, side int) {
	order := make([]int32, a.vit.Position.Rows()-a.first())
	_, hidden = deal(order, keeps(c, len(order)), r)
	return hidden, a.vit.Patch.Stride
}

// deal draws a random order of the patches and parts it after the first ones, which are seen.
func deal(order []int32, kept int, r *random.Stream) (seen, hidden []int32) {
	r.Permute(order)
	return order[:kept], order[kept:]
}

// choose draws which patches of each image are seen. index tells which tokens the encoder sees, source where the decoder
// takes each patch from: the encoder's tokens or, one beyond them, the mask token.
func (a *CAN) choose(t *ad.Tape, n, patches, kept, first int) (index, source []int32) {
	index, source = t.Ints(n*(first+kept)), t.Ints(n*patches)
	order := t.Ints(patches)
	if len(a.hidden) != n*patches {
		a.hidden = make([]bool, n*patches)
	}
	for i := range n {
		for f := range first {
			index[i*(first+kept)+f] = int32(i*(first+patches) + f)
		}
		seen, hidden := deal(order, kept, t.Random)
		for rank, p := range seen {
			at, to := i*patches+int(p), i*(first+kept)+first+rank
			a.hidden[at] = false
			index[to] = int32(i*(first+patches) + first + int(p))
			source[at] = int32(to)
		}
		for _, p := range hidden {
			a.hidden[i*patches+int(p)] = true
			source[i*patches+int(p)] = int32(n * (first + kept))
		}
	}
	return index, source
}

// Visit visits the decoder's parameters.
func (d *decoder) Visit(v nn.Visitor) {
	d.enter.Visit(v.In("enter"))
	v.Parameter("mask", d.mask, false)
	v.Parameter("position", d.position, false)
	d.blocks.Visit(v)
	d.leave.Visit(v.In("leave"))
}

// MaskedError returns the mean square difference of painted and target [rows, pixels] over the hidden rows (He et al. 2022,
// section 3). It is 0 where none is hidden.
func MaskedError(t *ad.Tape, painted, target *ad.Value, hidden []bool) *ad.Value {
	count := 0
	for _, h := range hidden {
		if h {
			count++
		}
	}
	share := t.Floats(len(hidden))
	for i, h := range hidden {
		share[i] = 0
		if h {
			share[i] = 1 / float32(count*painted.Cols())
		}
	}
	return t.Sum(t.MulRows(t.Square(t.Sub(painted, target)), share))
}

// Patches returns the pixels of each patch of images [n, h, w, c], patches in row order, [n·T, patch·patch·c], each patch
// with mean 0 and variance 1 (He et al. 2022, section 4.1), so that its structure counts and not its brightness.
func Patches(t *ad.Tape, images *ad.Value, patch int) []float32 {
	n, h, w, c := images.Dim(0), images.Dim(1), images.Dim(2), images.Dim(3)
	all := t.Floats(images.Len())
	size, row := patch*patch*c, patch*c
	at := 0
	for i := range n {
		for y := 0; y < h; y += patch {
			for x := 0; x < w; x += patch {
				to := all[at : at+size]
				at += size
				for r := range patch {
					copy(to[r*row:(r+1)*row], images.Data[((i*h+y+r)*w+x)*c:])
				}
				var sum, squares float64
				for _, v := range to {
					sum += float64(v)
					squares += float64(v) * float64(v)
				}
				mean := sum / float64(size)
				scale := 1 / math.Sqrt(max(squares/float64(size)-mean*mean, 0)+1e-6)
				for j, v := range to {
					to[j] = float32((float64(v) - mean) * scale)
				}
			}
		}
	}
	return all
}
