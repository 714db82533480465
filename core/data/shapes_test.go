package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/random"
)

func TestShapesAreTheSameForASeed(t *testing.T) {
	a, b, other := Shapes(3, 50, 20), Shapes(3, 20, 20), Shapes(4, 20, 20)
	if !slices.Equal(a.Train.Pixels[:len(b.Train.Pixels)], b.Train.Pixels) || !slices.Equal(a.Test.Pixels, b.Test.Pixels) {
		t.Error("images depend on how many are drawn")
	}
	if slices.Equal(b.Train.Pixels, other.Train.Pixels) {
		t.Error("another seed draws the same images")
	}
	if slices.Equal(a.Train.Pixels[:len(a.Test.Pixels)], a.Test.Pixels) {
		t.Error("test images are training images")
	}
}

func TestGrainIsNoiseOfDeviationOne(t *testing.T) {
	r, row := random.New(1), [3 * shapesSide]float32{}
	var sum, squares, n float64
	for range 500 {
		grain(&row, &r)
		for _, v := range row {
			sum, squares, n = sum+float64(v), squares+float64(v)*float64(v), n+1
		}
	}
	if mean, deviation := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.02 || math.Abs(deviation-1) > 0.02 {
		t.Errorf("mean %v, deviation %v", mean, deviation)
	}
}

func TestShapesFactorsAndCaptionsAgree(t *testing.T) {
	s := Shapes(1, 4000, 0).Train
	if s.Len() != 4000 || len(s.Classes) < 8 || len(s.Captions) != 4000 {
		t.Fatalf("%d images of %d classes with %d captions", s.Len(), len(s.Classes), len(s.Captions))
	}
	for i, caption := range s.Captions {
		if !strings.Contains(caption, s.Classes[s.Labels[i]]) {
			t.Fatalf("caption %q of a %s", caption, s.Classes[s.Labels[i]])
		}
		for _, f := range s.Factors {
			if value := f.Names[f.Of[i]]; value != "plain" && !strings.Contains(caption, value) {
				t.Fatalf("caption %q does not tell the %s, %s", caption, f.Name, value)
			}
		}
	}
	for _, f := range append(s.Factors, Factor{"class", s.Classes, s.Labels}) {
		counts := make([]int, len(f.Names))
		for _, v := range f.Of {
			counts[v]++
		}
		for v, n := range counts {
			if share := float64(n) * float64(len(counts)) / 4000; share < 0.6 || share > 1.5 {
				t.Errorf("%s is %s in %d of 4000 images", f.Name, f.Names[v], n)
			}
		}
	}
}

// TestPinnedShapes: images of a seed never change, since results are quoted with their seeds. Processors that round otherwise
// may make a few numbers one level brighter or darker.
func TestPinnedShapes(t *testing.T) {
	moment := 0.0 // depends on each number and its place
	for i, v := range Shapes(1, 64, 0).Train.Pixels {
		moment += float64(v) * math.Sin(float64(i))
	}
	if math.Abs(moment+1243.8) > 20 {
		t.Errorf("moment %.1f, want -1243.8", moment)
	}
}
