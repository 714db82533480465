package nn

import (
	"pushpull/core/ad"
	"pushpull/core/random"
)

// Text is a transformer over tokens of text (Radford et al. 2021): causal, so that the end token, the last one that is
// not padding, has seen the whole text. Its row is the representation.
type Text struct {
	Token    *ad.Value // [vocabulary, d]
	Position *ad.Value // [length, d]
	Blocks   Sequence
}

// NewText returns an encoder of texts of length tokens, numbers below vocabulary. The largest number is the end token;
// what follows it is padding.
func NewText(vocabulary, length int, s Transformer, r *random.Stream) *Text {
	e := &Text{Token: ad.NewParam(vocabulary, s.Width), Position: ad.NewParam(length, s.Width)}
	normal(e.Token, 0.02, r)
	normal(e.Position, 0.01, r)
	s.Causal = true
	e.Blocks = s.Blocks(r)
	return e
}

// Dim returns the width of a token, Length the number of tokens of a text.
func (e *Text) Dim() int    { return e.Token.Cols() }
func (e *Text) Length() int { return e.Position.Rows() }

// Encode maps tokens [n, length] to representations [n, d]: the row of each text's first end token.
func (e *Text) Encode(t *ad.Tape, tokens []int32) *ad.Value {
	length, d := e.Length(), e.Dim()
	n := len(tokens) / length
	x := t.Reshape(t.GatherRows(e.Token, tokens), n, length*d)
	x = t.Reshape(t.AddRow(x, e.Position), n, length, d)
	x = e.Blocks.Forward(t, x)
	end := t.Ints(n)
	for i := range end {
		text := tokens[i*length : (i+1)*length]
		last := 0
		for j, token := range text {
			if token > text[last] {
				last = j
			}
		}
		end[i] = int32(i*length + last)
	}
	return t.GatherRows(t.Reshape(x, n*length, d), end)
}

// Visit visits embeddings and blocks.
func (e *Text) Visit(v Visitor) {
	v.Parameter("position", e.Position, false)
	v.Parameter("token.weight", e.Token, false)
	e.Blocks.Visit(v)
}
