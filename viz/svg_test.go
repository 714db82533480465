package viz

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// drawn is what an SVG holds.
type drawn struct {
	uses, ids map[string]int
	points    []string // where the points are
	text      string
}

// parse reads an SVG, of which every reference must have its target.
func parse(t *testing.T, document string) drawn {
	t.Helper()
	d := drawn{uses: map[string]int{}, ids: map[string]int{}}
	decoder, inPoints := xml.NewDecoder(strings.NewReader(document)), 0
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%.300s", err, document)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if inPoints > 0 {
				inPoints++
			}
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					d.ids[a.Value]++
					if a.Value == "points" {
						inPoints = 1
					}
				}
				if a.Name.Local == "href" && inPoints > 0 {
					d.uses[strings.TrimPrefix(a.Value, "#")]++
				}
				if a.Name.Local == "transform" && inPoints > 0 {
					d.points = append(d.points, a.Value)
				}
			}
		case xml.EndElement:
			inPoints = max(inPoints-1, 0)
		case xml.CharData:
			d.text += string(e)
		}
	}
	for name := range d.uses {
		if d.ids[name] != 1 {
			t.Errorf("%d elements are called %q, which points refer to", d.ids[name], name)
		}
	}
	return d
}

func TestSVGHoldsWhatIsSeen(t *testing.T) {
	for _, theme := range []*Theme{&Light, &Dark} {
		s := scene(300, 3, 400, 300)
		s.SetTheme(theme)
		s.images.Classes[1] = "a<b & \"c\"\x01"
		s.groups.names[1] = s.images.Classes[1]
		s.Draw()
		d := parse(t, s.SVG("Run <1>"))
		want := map[string]int{}
		for _, g := range s.groups.of {
			want[s.groups.markers[g].Name()]++
		}
		if fmt.Sprint(d.uses) != fmt.Sprint(want) {
			t.Errorf("markers %v, want %v", d.uses, want)
		}
		p := &s.seen[s.order[0]]
		if at := fmt.Sprintf("translate(%.1f %.1f) scale(%.2f)", p.x, p.y, p.radius); len(d.points) != 300 || d.points[0] != at {
			t.Errorf("%d points, the first at %s, want %s", len(d.points), d.points[0], at)
		}
		for _, text := range []string{"Run <1>", "class 0", "a<b & \"c\"", "class 2"} {
			if !strings.Contains(d.text, text) {
				t.Errorf("%q is not among the texts %q", text, d.text)
			}
		}
		if !strings.Contains(s.SVG(""), theme.Class(2).Hex()) {
			t.Errorf("the legend lacks the colour of class 2")
		}

		s.Hide([]int{0})
		if d := parse(t, s.SVG("")); len(d.points) != 200 {
			t.Errorf("%d points with a class hidden, want 200", len(d.points))
		}
	}
}

// Colours that stand for numbers have a scale; a hundred classes a legend that ends.
func TestSVGLegend(t *testing.T) {
	s := scene(300, 100, 400, 300)
	if d := parse(t, s.SVG("")); !strings.Contains(d.text, "and 60 more") {
		t.Errorf("the legend of a hundred classes says %q", d.text)
	}
	s.Colour("loss")
	s.SetFigure("loss", make([]float32, 300))
	if d := parse(t, s.SVG("")); d.ids["ramp"] != 1 {
		t.Error("numbers have no scale")
	}
}
