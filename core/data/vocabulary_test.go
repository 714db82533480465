package data

import (
	"slices"
	"testing"
)

func TestVocabulary(t *testing.T) {
	captions := []string{"a red square", "A blue circle, on a red ground.", "été 3"}
	v := NewVocabulary(captions, 100)
	if want := []string{"a", "red", "3", "blue", "circle", "ground", "on", "square", "été"}; !slices.Equal(v.Words, want) {
		t.Fatalf("words %q, want %q", v.Words, want)
	}
	if n := Longest(captions); n != 8 {
		t.Errorf("longest has %d tokens, want 8", n)
	}
	for _, tc := range []struct {
		caption string
		length  int
		want    []int32
		text    string
	}{
		{"a RED square", 5, []int32{2, 3, 9, 11, 0}, "a red square"},
		{"a green square", 4, []int32{2, 1, 9, 11}, "a ? square"},
		{"a red square", 3, []int32{2, 3, 11}, "a red"}, // too long: its end stays
		{"", 2, []int32{11, 0}, ""},
		{"...", 1, []int32{11}, ""},
	} {
		got := make([]int32, tc.length)
		v.Tokens(got, tc.caption)
		if !slices.Equal(got, tc.want) {
			t.Errorf("%q in %d tokens: %v, want %v", tc.caption, tc.length, got, tc.want)
		}
		if text := v.Text(got); text != tc.text {
			t.Errorf("%v is read as %q, want %q", got, text, tc.text)
		}
	}
	if small := NewVocabulary(captions, 2); !slices.Equal(small.Words, []string{"a", "red"}) || small.Size() != 5 || small.End() != 4 {
		t.Errorf("two words: %q", small.Words)
	}
}

// Every caption of the shapes can be told from its tokens.
func TestVocabularyKnowsTheShapes(t *testing.T) {
	s := Shapes(1, 300, 0).Train
	v := NewVocabulary(s.Captions, 1000)
	tokens := make([]int32, Longest(s.Captions))
	for _, c := range s.Captions {
		v.Tokens(tokens, c)
		if slices.Contains(tokens, 1) || !slices.Contains(tokens, v.End()) {
			t.Fatalf("%q: %v", c, tokens)
		}
	}
}

func FuzzVocabulary(f *testing.F) {
	f.Add("a red square", 4)
	f.Add("\xff\xfe words", 1)
	v := NewVocabulary([]string{"a red square"}, 10)
	f.Fuzz(func(t *testing.T, caption string, length int) {
		if length < 1 || length > 100 {
			return
		}
		tokens := make([]int32, length)
		v.Tokens(tokens, caption)
		end := slices.Index(tokens, v.End())
		if end < 0 || slices.Max(tokens) != v.End() || slices.Min(tokens) < 0 {
			t.Fatalf("%q: %v", caption, tokens)
		}
		for _, token := range tokens[end+1:] {
			if token != 0 {
				t.Fatalf("%q: %v goes on after its end", caption, tokens)
			}
		}
	})
}
