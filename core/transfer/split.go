package transfer

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"pushpull/core/data"
	"pushpull/core/random"
)

// Streams of random numbers, told apart by the first part of their path.
const (
	streamSplit uint64 = 0x7472616e73666572 + iota
	streamClassifier
	streamOrder
	streamDropout
	streamPrompts
	streamMix
)

// split chooses the labelled images: of each class the share labels, and of those the share validation to choose the epoch
// by. Both are in ascending order; of one seed a smaller share of labels is part of a larger one. It is an error if a
// class does not get one of each.
func split(s *data.Set, labels, validation float64, seed uint64) (learn, check []int32, err error) {
	of := make([][]int32, len(s.Classes))
	for i, c := range s.Labels {
		of[c] = append(of[c], int32(i))
	}
	fewest := -1 // the smallest class that has images at all
	for c, images := range of {
		if len(images) > 0 && (fewest < 0 || len(images) < len(of[fewest])) {
			fewest = c
		}
	}
	switch n := len(of[fewest]); {
	case n < 2:
		return nil, nil, fmt.Errorf("the class %q has a single training image: it takes two, one to learn from and one to choose the epoch by", s.Classes[fewest])
	case share(labels, n) < 2:
		return nil, nil, fmt.Errorf("labels %g leaves the class %q with %d of its %d training images: it takes two, one to learn from and one to choose the epoch by; set labels to %s or more",
			labels, s.Classes[fewest], share(labels, n), n, least(2/float64(n)))
	}
	for c, images := range of {
		if len(images) == 0 {
			continue
		}
		r := random.New(seed, streamSplit, uint64(c))
		places := make([]int32, len(images))
		r.Permute(places)
		n := share(labels, len(images))
		held := min(max(1, share(validation, n)), n-1)
		for i, place := range places[:n] {
			if i < held {
				check = append(check, images[place])
			} else {
				learn = append(learn, images[place])
			}
		}
	}
	slices.Sort(learn)
	slices.Sort(check)
	return learn, check, nil
}

// share returns the part of n things, rounded.
func share(part float64, n int) int { return int(math.Round(part * float64(n))) }

// least returns x rounded up to two digits.
func least(x float64) string {
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return strconv.FormatFloat(min(1, math.Ceil(x/unit-1e-9)*unit), 'g', 2, 64)
}
