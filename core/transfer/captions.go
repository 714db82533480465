package transfer

import (
	"slices"
	"strings"
	"unicode"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/probe"
	"pushpull/core/random"
	"pushpull/core/train"
)

// Text is the side of captions of a run that learned from some.
type Text struct {
	Encoder train.Captioner
	Prompts []string // captions with {} in the place of a class's name, or {s} in that of its plural
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

// Prompts returns at most n prompts made of captions of s that name a class, chosen by the seed: their words, with {} or {s}
// instead of the name. Labels are not looked at. Where no caption names a class there is one usual prompt.
func Prompts(s *data.Set, n int, seed uint64) []string {
	var prompts []string
	order := make([]int32, len(s.Captions))
	r := random.New(seed, streamPrompts)
	r.Permute(order)
	for _, i := range order {
		if len(prompts) == n {
			break
		}
		if p, named := blanked(s.Captions[i], s.Classes); named {
			prompts = append(prompts, p)
		}
	}
	if prompts == nil {
		return []string{"a photo of a {}"}
	}
	return prompts
}

// blanked returns the words of a caption with a placeholder in the place of the first class that it names.
func blanked(caption string, classes []string) (prompt string, named bool) {
	caption = wordsOf(caption)
	for _, class := range classes {
		for _, form := range []struct{ name, placeholder string }{{class, "{}"}, {plural(class), "{s}"}} {
			if before, after, ok := strings.Cut(caption, wordsOf(form.name)); ok {
				return strings.TrimSpace(before + " " + form.placeholder + " " + after), true
			}
		}
	}
	return "", false
}

// wordsOf returns the words of a text, as the vocabulary of captions has them, each between spaces.
func wordsOf(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}

// fill returns the prompt for a class.
func fill(prompt, class string) string {
	return strings.NewReplacer("{}", class, "{s}", plural(class)).Replace(prompt)
}

// plural returns the regular English plural of a noun.
func plural(noun string) string {
	for _, end := range []string{"s", "x", "z", "ch", "sh"} {
		if strings.HasSuffix(noun, end) {
			return noun + "es"
		}
	}
	return noun + "s"
}

// zeroShot classifies projections z of the images of set.
func (t *Text) zeroShot(z []float32, set *data.Set, d int) (*ZeroShot, error) {
	classes := make([]float32, 0, len(set.Classes)*d)
	for _, class := range set.Classes {
		captions := make([]string, len(t.Prompts))
		for i, p := range t.Prompts {
			captions[i] = fill(p, class)
		}
		mean := make([]float32, d)
		kernel.SumRows(mean, probe.Unit(t.embed(captions), d)) // its length does not matter to the cosine
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
	n := min(train.Candidates, set.Len())
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
	for part := range slices.Chunk(captions, train.Candidates) {
		x = append(x, t.Encoder.EmbedCaptions(part)...)
	}
	return x
}
