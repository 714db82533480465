package viz

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// drawn is what an SVG holds.
type drawn struct {
	uses, ids map[string]int
	points    []string // where the points are
	text      string
	in        map[string][]map[string]string // by the name of a group: its elements' attributes, and "is", what they are
}

// parse reads an SVG, of which every reference must have its target.
func parse(t *testing.T, document string) drawn {
	t.Helper()
	d := drawn{uses: map[string]int{}, ids: map[string]int{}, in: map[string][]map[string]string{}}
	decoder := xml.NewDecoder(strings.NewReader(document))
	var within []string // names of the elements round this one
	referred := map[string]bool{}
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%.300s", err, document)
		}
		switch e := token.(type) {
		case xml.StartElement:
			attributes := map[string]string{"is": e.Name.Local}
			for _, a := range e.Attr {
				attributes[a.Name.Local] = a.Value
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "%!") {
					t.Errorf("%s of <%s> is %q", a.Name.Local, e.Name.Local, a.Value)
				}
			}
			for _, name := range within {
				d.in[name] = append(d.in[name], attributes)
			}
			if slices.Contains(within, "points") && attributes["transform"] != "" {
				d.points = append(d.points, attributes["transform"])
			}
			if to, ok := strings.CutPrefix(attributes["href"], "#"); ok {
				referred[to] = true
				if slices.Contains(within, "points") {
					d.uses[to]++
				}
			}
			within = append(within, attributes["id"])
			d.ids[attributes["id"]]++
		case xml.EndElement:
			within = within[:len(within)-1]
		case xml.CharData:
			d.text += string(e)
		}
	}
	for name := range referred {
		if d.ids[name] != 1 {
			t.Errorf("%d elements are called %q, which others refer to", d.ids[name], name)
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
	if d := parse(t, s.SVG("")); d.ids["ramp"] != 1 || !strings.Contains(d.text, "loss of its two views") {
		t.Errorf("numbers have no scale, or it does not tell of what: %q", d.text)
	}
}

// Names with letters that two bytes cannot hold are in the legend as they are; a long one does not leave the drawing, and
// none runs into the next.
func TestSVGLegendHoldsAnyName(t *testing.T) {
	s := scene(30, 3, 400, 300)
	s.groups.names = []string{"🐈🐈🐈🐈", "猫犬鳥", strings.Repeat("long ", 40)}
	d := parse(t, s.SVG(""))
	for _, name := range []string{"🐈🐈🐈🐈", "猫犬鳥", "long long", "…"} {
		if !strings.Contains(d.text, name) {
			t.Errorf("%q is not in the legend %q", name, d.text)
		}
	}
	var x []float64
	for _, e := range d.in["legend"] {
		if e["is"] == "text" {
			at, _ := strconv.ParseFloat(e["x"], 64)
			x = append(x, at)
		}
	}
	if len(x) != 3 || x[1]-x[0] < 8*letterWidth || strings.Count(d.text, "long") > 10 {
		t.Errorf("names begin at %v, and are %q", x, d.text)
	}
}

// Markers are as large in the drawing as on the screen, where they grow so far only.
func TestSVGMarkersGrowAsOnTheScreen(t *testing.T) {
	s := scene(10, 2, 1000, 1000)
	s.Resize(1000, 1000, 2)
	s.Zoom(8)
	p := make([]float32, 30)
	s.Calm = true
	s.Place([]string{Sphere}, [][]float32{p}, 1)
	s.ChoosePoint(3)
	d := parse(t, s.SVG(""))
	for _, name := range []string{"points", "focus"} {
		for _, e := range d.in[name] {
			_, scale, _ := strings.Cut(e["transform"], "scale(")
			if r, _ := strconv.ParseFloat(strings.TrimSuffix(scale, ")"), 64); e["is"] == "use" && r > maxRadius {
				t.Fatalf("a marker of the %s has radius %g, on the screen none is above %d", name, r, maxRadius)
			}
		}
	}
}

// Why there are no pairs is told, whatever of them was to be seen.
func TestLegendTellsWhyThereAreNoPairs(t *testing.T) {
	s := scene(10, 2, 300, 300)
	s.SetPairs(Pairs{Projection: Sphere, Why: "an image has one view here"})
	for how, want := range map[string]string{Springs: "an image has one view here", Forces: "an image has one view here", NoPairs: ""} {
		pairs := s.pairs
		s.ShowPairs(how)
		if _, why := s.ForceLegend(); why != want {
			t.Errorf("%s: the legend says %q, want %q", how, why, want)
		}
		s.SetPairs(pairs)
	}
}

// Where colours tell no classes, views of pairs have none of those colours.
func TestPairsTakeNoOthersColours(t *testing.T) {
	s := scene(30, 3, 400, 300)
	s.images.Factors = []Factor{{"size", []string{"small", "large"}, make([]int32, 30)}}
	s.ShowPairs(Springs)
	s.SetPairs(Pairs{Projection: Sphere, Labels: []int32{0}, Positions: make([]float32, 6), Pull: make([]float32, 6), Push: make([]float32, 6)})
	for colour, want := range map[string]Color{Class: Light.Class(0), "size": Light.Faint, "loss": Light.Faint} {
		s.Colour(colour)
		if n := having(parse(t, s.SVG("")).in["pairs"], map[string]string{"href": "#circle", "fill": want.Hex()}); n != 2 {
			t.Errorf("%s: %d views have the colour %s, want 2", colour, n, want.Hex())
		}
	}
}

// The scale of losses spans those there are, in tenths: they differ little, and not by a scale that begins at 0.
func TestScaleOfLossesSpansThem(t *testing.T) {
	s := scene(4, 2, 300, 300)
	s.Colour("loss")
	s.SetFigure("loss", []float32{0.74, 0.81, 0.93, float32(math.NaN())})
	if _, _, ramp := s.Legend(); ramp.Low != 0.7 || ramp.High != 1 {
		t.Errorf("the scale goes from %g to %g, want 0.7 to 1", ramp.Low, ramp.High)
	}
}

// having counts elements that have all the attributes.
func having(elements []map[string]string, attributes map[string]string) (n int) {
	for _, e := range elements {
		has := true
		for name, value := range attributes {
			has = has && e[name] == value
		}
		if has {
			n++
		}
	}
	return n
}

// Springs, and the forces in the colours that they have on the screen, which the legend explains.
func TestSVGHoldsPairs(t *testing.T) {
	s := scene(30, 3, 400, 300)
	s.SetTheme(&Dark)
	s.Resize(800, 600, 2) // two pixels of the picture make one of the page
	s.SetPairs(Pairs{Projection: Sphere, Split: true, Labels: []int32{0, 1},
		Positions: []float32{1, 0, 0, 0, 1, 0, 0, 0, 1, 0.6, 0.8, 0},
		Pull:      []float32{0, 0.3, 0, 0.3, 0, 0, 0, 0.3, 0, 0, 0, 0}, Push: []float32{0, -0.3, 0, -0.3, 0, 0, 0, 0, 0, 0, 0, 0}})
	for how, want := range map[string][4]int{NoPairs: {}, Springs: {2, 4, 0, 0}, Forces: {2, 4, 3, 2}} {
		pairs := s.pairs
		s.ShowPairs(how)
		all := parse(t, s.SVG(""))
		d := all.in["pairs"]
		got := [4]int{having(d, map[string]string{"stroke": Dark.Ink.Hex(), "stroke-width": "2.4"}), having(d, map[string]string{"href": "#circle"}),
			having(d, map[string]string{"stroke": Dark.Pull.Hex()}), having(d, map[string]string{"stroke": Dark.Push.Hex()})}
		if got != want {
			t.Errorf("%s: %d springs, %d views, %d pulls and %d pushes, want %d", how, got[0], got[1], got[2], got[3], want)
		}
		if heads := having(d, map[string]string{"fill": Dark.Pull.Hex()}); how == Forces && heads != 3 {
			t.Errorf("%d pulls have heads, want 3", heads)
		}
		for name, color := range map[string]Color{"pull of the positives": Dark.Pull, "push of the rest": Dark.Push} {
			if said, drawn := strings.Contains(all.text, name), having(all.in["legend"], map[string]string{"fill": color.Hex()}); said != (how == Forces) || said != (drawn == 1) {
				t.Errorf("%s: that the legend explains %q is %v, with %d arrows of its colour", how, name, said, drawn)
			}
		}
		if _, note := s.ForceLegend(); strings.Contains(note, "two views") != (how == Springs) {
			t.Errorf("%s: the legend says %q of the lines", how, note)
		}
		s.SetPairs(pairs)
	}
	s.ShowPairs(Forces)
	s.pairs.Split = false
	if d := parse(t, s.SVG("")); !strings.Contains(d.text, "the whole force") || strings.Contains(d.text, "push") {
		t.Errorf("where forces are not split the legend says %q", d.text)
	}
	s.Calm = true
	s.Show("pca", 1) // whose pairs they are not
	if d := parse(t, s.SVG("")); len(d.in["pairs"]) > 0 || strings.Contains(d.text, "force") {
		t.Errorf("in another projection %d parts of pairs are left, and the legend %q", len(d.in["pairs"]), d.text)
	}
	if lines := having(parse(t, s.SVG("")).in["points"], map[string]string{"stroke": Dark.Line.Hex()}); lines != 3 {
		t.Errorf("PCA has %d axes, want 3", lines)
	}
}

// The chosen point stands out, beside it the card with its picture.
func TestSVGHoldsTheChosenPoint(t *testing.T) {
	s := scene(30, 3, 400, 300)
	if d := parse(t, s.SVG("")); len(d.in["focus"]) > 0 {
		t.Error("a point is in focus that nobody chose")
	}
	s.ChoosePoint(7)
	d := parse(t, s.SVG(""))
	p := &s.seen[7]
	at := fmt.Sprintf("translate(%.1f %.1f) scale(%.2f)", p.x, p.y, max(1.7*p.radius, 6))
	if having(d.in["focus"], map[string]string{"transform": at, "fill": Light.Class(1).Hex(), "stroke": Light.Ink.Hex()}) != 1 {
		t.Errorf("point 7 does not stand out at %s", at)
	}
	if !strings.Contains(d.text, "class 1") || !strings.Contains(d.text, "image 7") {
		t.Errorf("the card does not say what is chosen: %q", d.text)
	}
	pictureOf(t, s, 7, d.in["focus"])
}

// pictureOf checks that among the elements is the PNG of image i of s, once.
func pictureOf(t *testing.T, s *Scene, i int, elements []map[string]string) {
	t.Helper()
	found := 0
	for _, e := range elements {
		code, ok := strings.CutPrefix(e["href"], "data:image/png;base64,")
		if e["is"] != "image" || !ok {
			continue
		}
		file, err := base64.StdEncoding.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		m, same := &s.images, picture.Bounds().Dx() == s.images.W && picture.Bounds().Dy() == s.images.H
		for j := 0; same && j < m.W*m.H; j++ {
			at := m.C * (i*m.W*m.H + j)
			r, g, b, _ := picture.At(j%m.W, j/m.W).RGBA()
			same = uint8(r) == m.Pixels[at] && uint8(g) == m.Pixels[at+1%m.C] && uint8(b) == m.Pixels[at+2%m.C]
		}
		if same {
			found++
		}
	}
	if found != 1 {
		t.Errorf("image %d is there %d times, want once", i, found)
	}
}

// Points that are drawn as pictures are in the file, each once, in grey too; what is not marked fades.
func TestSVGHoldsPictures(t *testing.T) {
	for _, channels := range []int{3, 1} {
		s := scene(40, 3, 400, 300)
		s.images.C = channels
		s.ShowPictures(true)
		d := parse(t, s.SVG(""))
		if n := having(d.in["points"], map[string]string{"is": "image"}); n != 40 || len(d.uses) > 0 {
			t.Errorf("%d pictures of 40, and markers %v", n, d.uses)
		}
		for _, i := range []int{0, 17, 39} {
			pictureOf(t, s, i, d.in["points"])
		}
		s.Mark([]int{3, 4, 5, 6})
		faint := 0
		for _, e := range parse(t, s.SVG("")).in["points"] {
			if o := e["opacity"]; e["is"] == "g" && o != "" && o < "0.21" {
				faint++
			}
		}
		if faint != 36 {
			t.Errorf("%d pictures fade where 4 of 40 are marked", faint)
		}
	}
}

// A thousand pictures of 32 x 32, none of which compresses, make a file that a browser opens; ten thousand no larger one.
func TestSVGStaysReasonable(t *testing.T) {
	for _, n := range []int{1000, 10000} {
		s := scene(n, 3, 400, 300)
		s.images.H, s.images.W = 32, 32
		s.images.Pixels = slices.Repeat(s.images.Pixels[:32*8*8*3], n/32*16+16)
		s.ShowPictures(true)
		if size := len(s.SVG("")); size > 8<<20 {
			t.Errorf("%d pictures take %d MB", n, size>>20)
		}
	}
}

func TestSVGFadesWhatIsNotMarked(t *testing.T) {
	s := scene(30, 3, 400, 300)
	s.Mark([]int{3, 4})
	d := parse(t, s.SVG(""))
	if n := having(d.in["points"], map[string]string{"is": "use", "opacity": "0.18"}); n != 28 {
		t.Errorf("%d points fade, want 28 of 30", n)
	}
}
