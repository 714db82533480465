package transfer

import (
	"fmt"
	"slices"

	"pushpull/core/data"
	"pushpull/core/probe"
	"pushpull/core/train"
)

// Geometry tells how embeddings of test images use their space.
type Geometry struct {
	Images int    `json:"images"`
	Seed   int    `json:"seed"`  // chose the images and made the views of Alignment
	Views  string `json:"views"` // kind of these views
	H      Space  `json:"h"`     // of representations
	Z      Space  `json:"z"`     // of projections
}

// Space describes n embeddings of length Dim.
type Space struct {
	Dim           int       `json:"dim"`
	Alignment     float64   `json:"alignment"`      // mean squared distance of two views of an image, both normalised
	Uniformity    float64   `json:"uniformity"`     // log mean exp(-2 d²) over pairs of images, normalised
	NormalizedStd float64   `json:"normalized_std"` // 1 healthy, 0 collapsed
	Std           []float64 `json:"std"`            // [dim], of normalised embeddings
	RankMe        float64   `json:"rankme"`
	EffectiveRank float64   `json:"effective_rank"`      // RankMe of centred embeddings
	Participation float64   `json:"participation_ratio"` // of the variances
	Spectrum      []float64 `json:"spectrum"`            // share of the variance along each principal direction, greatest first
}

// Directions returns how many principal directions hold the share of the variance, 0 where there is none.
func (s *Space) Directions(share float64) int {
	var sum float64
	for i, v := range s.Spectrum {
		if sum += v; sum >= share-1e-12 {
			return i + 1
		}
	}
	if sum == 0 {
		return 0
	}
	return len(s.Spectrum)
}

// geometryImages is the number of images that a geometry is taken from, at most: uniformity looks at all pairs.
const geometryImages = 5000

// measureGeometry describes the embeddings of images of set. It fails where they are not finite.
func measureGeometry(n *train.Network, set *data.Set) (*Geometry, error) {
	seed := n.Config.Int("seed")
	images := train.Sample(uint64(seed), set.Len(), geometryImages)
	if len(images) < 2 {
		return nil, fmt.Errorf("the test set has %d images: it takes at least 2", len(images))
	}
	h, z, err := Embed(n, set, images)
	if err != nil {
		return nil, err
	}
	var h1, h2, z1, z2 []float32
	loader := train.NewLoader(n.Config, set, n.Input, train.Plan{Images: viewBatch, Views: 2})
	for part := range slices.Chunk(images, viewBatch) {
		h, z := n.EmbedViews(loader.Load(0, part), set)
		h1, h2 = append(h1, h[:len(h)/2]...), append(h2, h[len(h)/2:]...)
		z1, z2 = append(z1, z[:len(z)/2]...), append(z2, z[len(z)/2:]...)
	}
	if err := set.Err(); err != nil {
		return nil, err
	}
	g := &Geometry{Images: len(images), Seed: seed, Views: n.Config.Text("augment")}
	if g.H, err = space(h, h1, h2, n.Dim()); err != nil {
		return nil, err
	}
	g.Z, err = space(z, z1, z2, n.Width())
	return g, err
}

// viewBatch is the number of images whose views are made at a time.
const viewBatch = 64

// space describes embeddings x [n, d], and views of the same images a, b [n, d].
func space(x, a, b []float32, d int) (Space, error) {
	p, err := probe.FitPCA(x, d, min(len(x)/d, d))
	if err != nil {
		return Space{}, err
	}
	return Space{Dim: d, Alignment: probe.Alignment(a, b, d, 2), Uniformity: probe.Uniformity(x, d, 2),
		NormalizedStd: probe.NormalizedStd(x, d), Std: probe.Std(x, d), RankMe: probe.RankMe(x, d),
		EffectiveRank: probe.EffectiveRank(x, d), Participation: probe.ParticipationRatio(x, d), Spectrum: p.Ratio}, nil
}
