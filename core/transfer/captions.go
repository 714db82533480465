package transfer

import (
	"slices"
	"strings"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/probe"
	"pushpull/core/random"
	"pushpull/core/train"
)

// Text is the side of captions of a run that learned from some.
type Text struct {
	Encoder train.Captioner
	Prompts []string // captions with {} in the place of a class's name
}

// ZeroShot is the accuracy of choosing, for each test image, the class whose prompts are most similar to its projection z.
// A class is the mean of its prompts' embeddings, each normalised (Radford et al. 2021, section 3.1.4).
type ZeroShot struct {
	Top1    float64 `json:"top1"`
	Prompts int     `json:"prompts"` // for each class
	Example string  `json:"example"` // one of them
}

// Retrieval tells how well images and captions find each other among so many candidates, by the cosine of their
// projections: means over groups of test images. Ties count as misses.
type Retrieval struct {
	Candidates  int   `json:"candidates"`
	Groups      int   `json:"groups"`
	ImageToText Ranks `json:"image_to_text"`
	TextToImage Ranks `json:"text_to_image"`
}

// Ranks describes where the matches stood.
type Ranks struct {
	Recall1 float64 `json:"recall_at_1"`
	Recall5 float64 `json:"recall_at_5"`
	Median  float64 `json:"median_rank"`
}

// retrievalCandidates is the number of images in a group, fewer where there are not as many.
const retrievalCandidates = 256

// placeholder stands for a class's name in a prompt.
const placeholder = "{}"

// Prompts returns at most n prompts of captions of s that name a class, chosen by the seed: the captions with a
// placeholder instead. Labels are not looked at. Where no caption names one, there is a usual prompt.
func Prompts(s *data.Set, n int, seed uint64) []string {
	var prompts []string
	order := make([]int32, len(s.Captions))
	r := random.New(seed, streamPrompts)
	r.Permute(order)
	for _, i := range order {
		caption := " " + strings.ToLower(s.Captions[i]) + " "
		for _, class := range s.Classes {
			before, after, named := strings.Cut(caption, " "+strings.ToLower(class)+" ")
			if named {
				prompts = append(prompts, strings.TrimSpace(before+" "+placeholder+" "+after))
				break
			}
		}
		if len(prompts) == n {
			break
		}
	}
	if prompts == nil {
		return []string{"a photo of a " + placeholder}
	}
	return prompts
}

// zeroShot classifies projections z of the images of set.
func (t *Text) zeroShot(z []float32, set *data.Set, d int) (*ZeroShot, error) {
	classes := make([]float32, 0, len(set.Classes)*d)
	for _, class := range set.Classes {
		captions := make([]string, len(t.Prompts))
		for i, p := range t.Prompts {
			captions[i] = strings.ReplaceAll(p, placeholder, class)
		}
		x := t.embed(captions)
		norms := make([]float32, len(captions))
		kernel.NormalizeRows(x, norms, x, d, 1e-12)
		mean := make([]float32, d)
		kernel.SumRows(mean, x) // its length does not matter to the cosine
		classes = append(classes, mean...)
	}
	index, _, _, err := probe.Nearest(z, classes, d, 1)
	if err != nil {
		return nil, err
	}
	return &ZeroShot{probe.Accuracy(index, set.Labels), len(t.Prompts), t.Prompts[0]}, nil
}

// retrieve ranks projections z of the images of set and their captions against each other.
func (t *Text) retrieve(z []float32, set *data.Set, d int) *Retrieval {
	x := t.embed(set.Captions)
	n := min(retrievalCandidates, set.Len())
	r := &Retrieval{Candidates: n, Groups: set.Len() / n}
	var image, text []int32
	for g := range r.Groups {
		lo, hi := g*n*d, (g+1)*n*d
		image = append(image, ranks(z[lo:hi], x[lo:hi], d)...)
		text = append(text, ranks(x[lo:hi], z[lo:hi], d)...)
	}
	r.ImageToText, r.TextToImage = summary(image), summary(text)
	return r
}

// ranks returns the rank of each row's match, behind those as similar.
func ranks(query, target []float32, d int) []int32 {
	ranks, ties := probe.PairedRanks(query, target, d)
	for i, t := range ties {
		ranks[i] += t
	}
	return ranks
}

func summary(ranks []int32) Ranks {
	return Ranks{probe.Recall(ranks, 1), probe.Recall(ranks, 5), probe.MedianRank(ranks)}
}

// embed returns projections of captions.
func (t *Text) embed(captions []string) []float32 {
	var x []float32
	for part := range slices.Chunk(captions, retrievalCandidates) {
		x = append(x, t.Encoder.EmbedCaptions(part)...)
	}
	return x
}
