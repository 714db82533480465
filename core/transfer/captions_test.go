package transfer

import (
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
)

// words embeds a caption as the number of times that each word of a list occurs.
type words []string

func (w words) Words() []string  { return w }
func (words) Read(string) string { return "" }

func (w words) EmbedCaptions(captions []string) []float32 {
	var x []float32
	for _, c := range captions {
		said := strings.Fields(c)
		for _, word := range w {
			n := float32(0)
			for _, s := range said {
				if s == word {
					n++
				}
			}
			x = append(x, n)
		}
	}
	return x
}

// told is a set with captions, whose second class is also a word that the first contains.
func told() *data.Set {
	s := &data.Set{H: 1, W: 1, C: 1, Pixels: make([]uint8, 4), Classes: []string{"starfish", "Star", "moon"}, Labels: []int32{0, 1, 2, 1},
		Captions: []string{"a red starfish below", "a blue Star above", "nothing at all", "Five red stars, here."}}
	return s
}

func TestPrompts(t *testing.T) {
	got := slices.Sorted(slices.Values(Prompts(told(), 10, 1)))
	if want := []string{"a blue {} above", "a red {} below", "five red {s} here"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Prompts(told(), 2, 1); len(got) != 2 {
		t.Errorf("%d prompts of at most 2", len(got))
	}
	if got := Prompts(&data.Set{Classes: []string{"sun"}, Captions: []string{"a moon"}}, 4, 1); !slices.Equal(got, []string{"a photo of a {}"}) {
		t.Errorf("%q where no caption names a class", got)
	}
}

// What a prompt leaves out is what it is filled with.
func TestFill(t *testing.T) {
	for _, tc := range [][3]string{
		{"{} and {s}", "ring", "ring and rings"},
		{"red {s}", "cross", "red crosses"},
		{"red {s}", "ice cream", "red ice creams"},
	} {
		if got := fill(tc[0], tc[1]); got != tc[2] {
			t.Errorf("%q for %s: %q, want %q", tc[0], tc[1], got, tc[2])
		}
		if p, named := blanked(tc[2], []string{"sun", tc[1]}); !named || fill(p, tc[1]) != tc[2] && tc[0] == "red {s}" {
			t.Errorf("%q became %q", tc[2], p)
		}
	}
	if p, named := blanked("a crossing", []string{"cross"}); named {
		t.Errorf("a part of a word was taken for a class: %q", p)
	}
}

// The captions of Shapes give prompts, for each of its classes.
func TestPromptsOfShapes(t *testing.T) {
	s := data.Shapes(1, 200, 0).Train
	for i, caption := range s.Captions {
		p, named := blanked(caption, s.Classes)
		if want := wordsOf(caption); !named || wordsOf(fill(p, s.Classes[s.Labels[i]])) != want {
			t.Fatalf("%q became %q", caption, p)
		}
	}
}

func TestZeroShot(t *testing.T) {
	s := told()
	s.Classes, s.Labels = append(s.Classes, "red"), append(s.Labels, 3)
	text := &Text{words{"starfish", "Star", "moon", "red"}, []string{"a red {}", "a {}"}}
	z := []float32{
		1, 0, 0, 1, // a red starfish
		0, 1, 0, 0, // a star
		1, 0, .8, 0, // more of a starfish than of a moon
		0, .9, 0, .6,
		0, .64, 0, 1, // red, but a star where prompts count by their length
	}
	r, err := text.zeroShot(z, s, 4)
	if err != nil {
		t.Fatal(err)
	}
	if r.Top1 != 0.8 || r.Prompts != 2 || r.Example != "a red {}" {
		t.Errorf("%+v, want 4 of 5 right by 2 prompts", r)
	}
}

func TestRetrieval(t *testing.T) {
	s := &data.Set{H: 1, W: 1, C: 1, Pixels: make([]uint8, 600)} // two groups, the rest does not count
	list := make(words, 600)
	for i := range list {
		list[i] = "w" + strings.Repeat("x", i)
		s.Captions = append(s.Captions, list[i])
	}
	text := &Text{Encoder: list}
	z := text.embed(s.Captions)
	perfect := Ranks{1, 1, 1}
	r := text.retrieve(z, s, 600)
	if r.Candidates != 256 || r.Groups != 2 || r.ImageToText != perfect || r.TextToImage != perfect {
		t.Errorf("%+v where each image is its caption", r)
	}

	// Images 0 and 1 are taken for each other: the match is second. Image 2 is rather five others: it is sixth.
	for j := range 600 {
		z[j], z[600+j] = z[600+j]+z[j]/2, z[j]+z[600+j]/2
	}
	for j := 3; j < 8; j++ {
		z[2*600+j] = 2
	}
	r = text.retrieve(z, s, 600)
	if image, caption := (Ranks{509.0 / 512, 511.0 / 512, 1}), (Ranks{510.0 / 512, 1, 1}); r.ImageToText != image || r.TextToImage != caption {
		t.Errorf("%+v, want %+v and %+v", r, image, caption)
	}

	// A collapsed encoder finds nothing.
	for i := range z {
		z[i] = 1
	}
	if r = text.retrieve(z, s, 600); r.ImageToText.Recall5 != 0 || r.ImageToText.Median != 256 {
		t.Errorf("collapsed: %+v", r.ImageToText)
	}
}

func TestMeasureText(t *testing.T) {
	d := stripes(30, 12)
	for _, s := range []*data.Set{d.Train, d.Test} {
		for _, label := range s.Labels {
			s.Captions = append(s.Captions, "stripes "+s.Classes[label])
		}
	}
	n := untrained(t, d, nil)
	text := &Text{words{"none", "along", "across", "stripes", "a", "b"}, Prompts(d.Train, 4, 1)}
	r, err := Measure(n, d, 0.01, text)
	if err != nil {
		t.Fatal(err)
	}
	if r.ZeroShot == nil || r.ZeroShot.Example != "stripes {}" || r.Retrieval == nil || r.Retrieval.Candidates != 12 {
		t.Errorf("%+v, %+v", r.ZeroShot, r.Retrieval)
	}
	if r, err = Measure(n, d, 0.01, nil); err != nil || r.ZeroShot != nil || r.Retrieval != nil {
		t.Errorf("%+v, %+v without captions; %v", r.ZeroShot, r.Retrieval, err)
	}
}
