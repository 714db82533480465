// Package suggest finds the word that a user probably meant.
package suggest

import (
	"fmt"
	"strings"
)

// Unknown is the error for the name of a what that is none of names.
func Unknown(what, name string, names []string) error {
	if near := Nearest(name, names); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %s?", what, name, near)
	}
	return fmt.Errorf("unknown %s %q: there is %s", what, name, strings.Join(names, ", "))
}

// Nearest returns the word of among that differs least from word, or "" where none is close: more than a third of the
// letters, and at least two, would have to change.
func Nearest(word string, among []string) string {
	best, nearest := max(len(word)/3, 1)+1, ""
	for _, w := range among {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < best {
			best, nearest = d, w
		}
	}
	if nearest == "" && len(word) > 1 {
		for _, w := range among { // an abbreviation, if only one fits
			if strings.HasPrefix(strings.ToLower(w), strings.ToLower(word)) {
				if nearest != "" {
					return ""
				}
				nearest = w
			}
		}
	}
	return nearest
}

// distance counts the letters to insert, delete, replace or swap with a neighbour (Damerau 1964, restricted).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i, p := range x {
		row[0] = i + 1
		for j, q := range y {
			change := 1
			if p == q {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && p == y[j-1] && x[i-1] == q {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
