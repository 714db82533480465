package algos

import (
	"fmt"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// text is the branch of the captions: words → text transformer → linear projection. Its vocabulary comes from the
// training captions, so that a run resumes with the data it began with.
type text struct {
	vocabulary *data.Vocabulary
	encoder    *nn.Text
	head       *nn.Linear
	tokens     []int32 // [N, length], of the training captions
	tape       ad.Tape // of evaluation
}

// textDefaults are the hyperparameters that the branch owns.
var textDefaults = train.Values{"text-dim": 96, "text-depth": 2, "text-heads": 3, "text-words": 4096, "text-length": 77}

func (x *text) build(b *train.Build) error {
	captions := b.Images.Captions
	if captions == nil {
		return fmt.Errorf("%s learns from captions and these images have none: choose other data, such as shapes, or another algorithm, such as simclr", b.Algo)
	}
	dim, heads := b.Int("text-dim"), b.Int("text-heads")
	if dim%heads != 0 {
		return fmt.Errorf("%d attention heads cannot share %d columns: set text-dim to a multiple of text-heads, such as %d", heads, dim, (dim/heads+1)*heads)
	}
	x.vocabulary = data.NewVocabulary(captions, b.Int("text-words"))
	length := min(data.Longest(captions), b.Int("text-length"))
	s := nn.Transformer{Width: dim, Depth: b.Int("text-depth"), Heads: heads, Hidden: 2 * dim}
	x.encoder = nn.NewText(x.vocabulary.Size(), length, s, &b.Random)
	x.head = nn.NewLinear(dim, b.Width, false, &b.Random)
	x.tokens = x.tokenise(captions)
	b.Learn("text", x.encoder)
	b.Learn("text.head", x.head)
	return nil
}

// tokenise returns the tokens [n, length] of captions.
func (x *text) tokenise(captions []string) []int32 {
	length := x.encoder.Length()
	tokens := make([]int32, len(captions)*length)
	for i, c := range captions {
		x.vocabulary.Tokens(tokens[i*length:(i+1)*length], c)
	}
	return tokens
}

// project returns the projections [n, Width] of the captions of the step's images.
func (x *text) project(s *train.Step) *ad.Value {
	s.At(train.StageText)
	length := x.encoder.Length()
	batch := s.Tape.Ints(s.Size() * length)
	for i, at := range s.Samples {
		copy(batch[i*length:(i+1)*length], x.tokens[int(at)*length:])
	}
	return x.head.Forward(s.Tape, x.encoder.Encode(s.Tape, batch))
}

// Words returns the words that captions may have, in the order of their numbers.
func (x *text) Words() []string { return x.vocabulary.Words }

// Read returns the words of a caption as the encoder gets them: the first ones, those that it does not know as question marks.
func (x *text) Read(caption string) string { return x.vocabulary.Text(x.tokenise([]string{caption})) }

// EmbedCaptions returns projections [n, Width] of captions.
func (x *text) EmbedCaptions(captions []string) []float32 {
	x.tape.Reset()
	x.tape.NoGrad = true
	z := x.head.Forward(&x.tape, x.encoder.Encode(&x.tape, x.tokenise(captions)))
	return append([]float32(nil), z.Data...)
}
