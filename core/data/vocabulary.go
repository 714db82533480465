package data

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Vocabulary numbers words: 0 is padding, 1 a word it does not know, then its words, and last the end of a text.
type Vocabulary struct {
	Words []string // in the order of their numbers, which begin at 2
	index map[string]int32
}

// NewVocabulary returns the vocabulary of the captions: their words in lower case, most frequent first and of equals in
// alphabetical order, at most so many.
func NewVocabulary(captions []string, most int) *Vocabulary {
	counts := map[string]int{}
	for _, c := range captions {
		for word := range words(c) {
			counts[word]++
		}
	}
	all := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	return VocabularyOf(all[:min(len(all), most)])
}

// VocabularyOf returns the vocabulary of these words.
func VocabularyOf(words []string) *Vocabulary {
	v := &Vocabulary{Words: words, index: map[string]int32{}}
	for i, w := range words {
		v.index[w] = int32(i + 2)
	}
	return v
}

// Size returns the number of different tokens, End the number of the last of them.
func (v *Vocabulary) Size() int  { return len(v.Words) + 3 }
func (v *Vocabulary) End() int32 { return int32(v.Size() - 1) }

// Tokens writes the words of a caption to dst, then the end, then padding. Of a longer caption it takes the first
// len(dst)−1 words.
func (v *Vocabulary) Tokens(dst []int32, caption string) {
	clear(dst)
	at := 0
	for word := range words(caption) {
		if at == len(dst)-1 {
			break
		}
		dst[at] = 1
		if token, ok := v.index[word]; ok {
			dst[at] = token
		}
		at++
	}
	dst[at] = v.End()
}

// Text returns the words of tokens, unknown ones as a question mark.
func (v *Vocabulary) Text(tokens []int32) string {
	var all []string
	for _, t := range tokens {
		if t == v.End() {
			break
		}
		word := "?"
		if t > 1 {
			word = v.Words[t-2]
		}
		all = append(all, word)
	}
	return strings.Join(all, " ")
}

// Longest returns the number of tokens of the longest caption, its end included.
func Longest(captions []string) int {
	most := 1
	for _, c := range captions {
		n := 1
		for range words(c) {
			n++
		}
		most = max(most, n)
	}
	return most
}

// words returns the words of a caption in lower case: what stands between characters that are neither letters nor digits.
func words(caption string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(caption, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if !yield(strings.ToLower(word)) {
				return
			}
		}
	}
}
