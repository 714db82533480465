package viz

import (
	"math"
	"strings"
	"testing"
)

func TestShapesHaveLikeAreasAndDiffer(t *testing.T) {
	const grid, reach = 121, 1.6
	inside := make([][]bool, len(shapes))
	for s := range shapes {
		area, farthest := 0, 0.0
		for i := range grid * grid {
			x, y := reach*(2*float64(i%grid)/(grid-1)-1), reach*(2*float64(i/grid)/(grid-1)-1)
			in := Shape(s).distance(x, y) < 0
			inside[s] = append(inside[s], in)
			if in {
				area++
				farthest = max(farthest, math.Hypot(x, y))
			}
		}
		if a := float64(area) * 4 * reach * reach / grid / grid; a < 2 || a > 3.6 {
			t.Errorf("%s has area %.2f, a circle 3.14", Shape(s).Name(), a)
		}
		if farthest > 1.5 {
			t.Errorf("%s reaches %.2f radii: its sprite would be cut off", Shape(s).Name(), farthest)
		}
	}
	for a := range shapes {
		for b := range a {
			both, either := 0, 0
			for i := range inside[a] {
				if inside[a][i] && inside[b][i] {
					both++
				}
				if inside[a][i] || inside[b][i] {
					either++
				}
			}
			if share := float64(both) / float64(either); share > 0.85 {
				t.Errorf("%s and %s overlap by %.2f", Shape(a).Name(), Shape(b).Name(), share)
			}
		}
	}
}

func TestPolygonDistance(t *testing.T) {
	square := []vertex{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}
	for _, tc := range []struct{ x, y, want float64 }{
		{0, 0, -1}, {0.5, 0, -0.5}, {1, 0.3, 0}, {3, 0, 2}, {2, 2, math.Sqrt2}, {-1.5, 0.9, 0.5},
	} {
		if got := polygonDistance(square, tc.x, tc.y); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("(%g, %g): %g, want %g", tc.x, tc.y, got, tc.want)
		}
	}
}

func TestPath(t *testing.T) {
	if got, want := Shape(1).Path(), "M15.44 15.44L4.56 15.44L4.56 4.56L15.44 4.56Z"; got != want {
		t.Errorf("square: %s, want %s", got, want)
	}
	if got := strings.Count(Shape(5).Path(), "Z"); got != 2 {
		t.Errorf("the ring has %d outlines, want 2", got)
	}
}

func TestMarkers(t *testing.T) {
	for _, tc := range []struct{ classes, want string }{
		{"cat dog", "circle square"},
		{"star cat circle dog", "star square circle triangle"},
		{"0 1 2 3 4 5 6 7 8 bar", "circle square triangle star cross ring heart moon diamond bar"},
		{"", ""},
	} {
		var got []string
		for _, m := range Markers(strings.Fields(tc.classes)) {
			got = append(got, m.Name())
		}
		if g := strings.Join(got, " "); g != tc.want {
			t.Errorf("%s: %s, want %s", tc.classes, g, tc.want)
		}
	}
}
