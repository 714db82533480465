package train

import (
	"fmt"
	"slices"

	"pushpull/core/ad"
	"pushpull/core/augment"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/random"
)

// Network is an encoder with its projection head, and what it takes as input. It is not safe for several goroutines.
type Network struct {
	Config  Config
	Input   Input
	Encoder nn.Encoder
	Head    nn.Sequence

	still    *bool // whether batch-norm of the heads stands still
	embedder embedder
}

// Input tells which images a network learned from: their size, the mean and deviation of each channel, by which pixels are
// normalised, and their digest, 0 where it is not known.
type Input struct {
	H      int       `json:"height"`
	W      int       `json:"width"`
	C      int       `json:"channels"`
	Mean   []float32 `json:"mean"`
	Std    []float32 `json:"std"`
	Digest uint64    `json:"digest,omitempty"`
}

// InputOf returns the input of networks that learn from d.
func InputOf(d *data.Dataset) Input {
	return Input{d.Train.H, d.Train.W, d.Train.C, d.Mean, d.Std, d.Digest}
}

// check returns an error where no images are like this.
func (in Input) check() error {
	const most = 1 << 14
	ok := in.H > 0 && in.H <= most && in.W > 0 && in.W <= most && (in.C == 1 || in.C == 3) && len(in.Mean) == in.C && len(in.Std) == in.C
	for _, s := range in.Std {
		ok = ok && s > 0
	}
	if !ok {
		return fmt.Errorf("its input has no valid size, mean or deviation")
	}
	return nil
}

// NewNetwork returns the network of a configuration as it is before the first step.
func NewNetwork(c Config, in Input) (*Network, error) {
	r := random.New(uint64(c.Int("seed")), streamInit)
	still := !c.Bool("head-batch-stats")
	encoder, head, err := parts(c, in, &r, &still)
	if err != nil {
		return nil, err
	}
	return &Network{Config: c, Input: in, Encoder: encoder, Head: head, still: &still}, nil
}

// parts makes an encoder and its head.
func parts(c Config, in Input, r *random.Stream, still *bool) (nn.Encoder, nn.Sequence, error) {
	info, err := findEncoder(c.Encoder)
	if err != nil {
		return nil, nil, err
	}
	encoder, err := info.make(c, in.H, in.W, in.C, r)
	if err != nil {
		return nil, nil, err
	}
	h := head(c)
	h.Still = still
	return encoder, h.New(encoder.Dim(), r), nil
}

func head(c Config) nn.Head {
	return nn.Head{Layers: c.Int("head-layers"), Hidden: c.Int("head-hidden"), Out: c.Int("head-dim"),
		BatchNorm: c.Bool("head-norm"), FinalNorm: c.Bool("head-final-norm")}
}

// Dim returns the length of a representation, Width that of a projection.
func (n *Network) Dim() int   { return n.Encoder.Dim() }
func (n *Network) Width() int { return head(n.Config).Width(n.Encoder.Dim()) }

// Visit visits encoder and head.
func (n *Network) Visit(v nn.Visitor) {
	n.Encoder.Visit(v.In("encoder"))
	n.Head.Visit(v.In("head"))
}

// Fits returns an error where the network cannot take the images of a set.
func (n *Network) Fits(s *data.Set) error { return n.Input.fits(n.Config, s) }

// fits returns an error where a network of the configuration with this input cannot take the images of a set.
func (in Input) fits(c Config, s *data.Set) error {
	info, err := findEncoder(c.Encoder)
	switch {
	case err != nil:
		return err
	case s.C != in.C:
		return fmt.Errorf("the network learned from images of %s, these are %s", channels(in.C), channels(s.C))
	case !info.AnySize && (s.H != in.H || s.W != in.W):
		return fmt.Errorf("the encoder %s takes images of %dx%d only, these are %dx%d", info.Name, in.H, in.W, s.H, s.W)
	}
	return nil
}

func channels(c int) string {
	if c == 1 {
		return "1 channel (gray)"
	}
	return fmt.Sprintf("%d channels (colour)", c)
}

// embedBatch is the number of images embedded in one pass.
const embedBatch = 128

// embedder runs the encoder in evaluation mode, apart from the tape of training.
type embedder struct {
	tape  ad.Tape
	input []float32
}

// Embed returns the representations h [len(index), Dim] and projections z [len(index), Width] of images of set, in
// evaluation mode.
func (n *Network) Embed(set *data.Set, index []int32) (h, z []float32) {
	h = make([]float32, len(index)*n.Dim())
	z = make([]float32, len(index)*n.Width())
	n.EmbedTo(h, z, set, index)
	return h, z
}

// EmbedTo is Embed that writes to the front of h and z; z may be nil.
func (n *Network) EmbedTo(h, z []float32, set *data.Set, index []int32) {
	for part := range slices.Chunk(index, embedBatch) {
		rep, proj := n.forward(n.load(set, part), set)
		h = h[copy(h, rep.Data):]
		z = z[copy(z, proj.Data):]
	}
}

// EmbedViews is Embed of images that are normalised already, [m, h, w, c] with the size of those of set.
func (n *Network) EmbedViews(images []float32, set *data.Set) (h, z []float32) {
	size := set.H * set.W * set.C * embedBatch
	for at := 0; at < len(images); at += size {
		rep, proj := n.forward(images[at:min(at+size, len(images))], set)
		h, z = append(h, rep.Data...), append(z, proj.Data...)
	}
	return h, z
}

// forward passes images [m, h, w, c] through the network.
func (n *Network) forward(images []float32, set *data.Set) (h, z *ad.Value) {
	t := &n.embedder.tape
	t.Reset()
	t.NoGrad = true
	h = n.Encoder.Forward(t, t.Input(images, len(images)/(set.H*set.W*set.C), set.H, set.W, set.C))
	return h, n.Head.Forward(t, h)
}

// load returns normalised images [len(index), h, w, c] in memory that the next call overwrites.
func (n *Network) load(set *data.Set, index []int32) []float32 {
	e, size := &n.embedder, embedBatch*set.H*set.W*set.C
	if len(e.input) < size {
		e.input = make([]float32, size)
	}
	return n.pixels(e.input, set, index)
}

// Pixels returns images of set as the encoder sees them, normalised [len(index), h·w·c].
func (n *Network) Pixels(set *data.Set, index []int32) []float32 {
	return n.pixels(make([]float32, len(index)*set.H*set.W*set.C), set, index)
}

// pixels writes them to the front of dst, which it returns.
func (n *Network) pixels(dst []float32, set *data.Set, index []int32) []float32 {
	size := set.H * set.W * set.C
	for i, at := range index {
		x := augment.Image{H: set.H, W: set.W, C: set.C, Pix: dst[i*size : (i+1)*size]}
		set.Image(int(at), x.Pix)
		augment.Normalize(x, x, n.Input.Mean, n.Input.Std)
	}
	return dst[:len(index)*size]
}
