package viz

import (
	"math"
	"testing"
)

// The view of people who lack a kind of cone, as matrices on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
var visions = []struct {
	name string
	m    [3][3]float64
	far  float64 // the least distance asked of any two classes, in OKLab
}{
	{"normal", [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 0.14},
	{"deuteranopia", [3][3]float64{{.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}}, 0.09},
	{"protanopia", [3][3]float64{{.152286, 1.052583, -.204868}, {.114503, .786281, .099216}, {-.003882, -.048116, 1.051998}}, 0.09},
	{"tritanopia", [3][3]float64{{1.255528, -.076749, -.178779}, {-.078411, .930809, .147602}, {.004733, .691367, .303900}}, 0.09},
}

func linear(c Color) [3]float64 {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return [3]float64{f(c.R), f(c.G), f(c.B)}
}

func apply(m [3][3]float64, v [3]float64) (out [3]float64) {
	for i := range out {
		out[i] = min(max(m[i][0]*v[0]+m[i][1]*v[1]+m[i][2]*v[2], 0), 1)
	}
	return out
}

func oklab(v [3]float64) [3]float64 {
	l := math.Cbrt(.4122214708*v[0] + .5363325363*v[1] + .0514459929*v[2])
	m := math.Cbrt(.2119034982*v[0] + .6806995451*v[1] + .1073969566*v[2])
	s := math.Cbrt(.0883024619*v[0] + .2817188376*v[1] + .6299787005*v[2])
	return [3]float64{
		.2104542553*l + .793617785*m - .0040720468*s,
		1.9779984951*l - 2.428592205*m + .4505937099*s,
		.0259040371*l + .7827717662*m - .808675766*s,
	}
}

func luminance(c Color) float64 {
	v := linear(c)
	return .2126*v[0] + .7152*v[1] + .0722*v[2]
}

// contrast is the ratio of WCAG, 1 to 21.
func contrast(a, b Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestClassesDifferForEveryone(t *testing.T) {
	for name, theme := range map[string]*Theme{"light": &Light, "dark": &Dark} {
		for _, v := range visions {
			for i := range theme.Classes {
				for j := range i {
					a, b := oklab(apply(v.m, linear(theme.Classes[i]))), oklab(apply(v.m, linear(theme.Classes[j])))
					d := math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
					if d < v.far {
						t.Errorf("%s, %s: classes %d and %d are %.3f apart, want %.2f", name, v.name, i, j, d, v.far)
					}
				}
			}
		}
	}
}

func TestContrast(t *testing.T) {
	for name, th := range map[string]*Theme{"light": &Light, "dark": &Dark} {
		for _, back := range []Color{th.Back, th.Card} {
			if c := contrast(th.Ink, back); c < 7 {
				t.Errorf("%s: text has contrast %.1f", name, c)
			}
			if c := contrast(th.Faint, back); c < 4.5 {
				t.Errorf("%s: faint text has contrast %.1f", name, c)
			}
		}
		for i, class := range th.Classes {
			if c := contrast(class, th.Back); c < 1.9 {
				t.Errorf("%s: class %d has contrast %.1f to the background", name, i, c)
			}
		}
	}
}

// A hundred classes have a hundred pairs of colour and marker.
func TestHundredClasses(t *testing.T) {
	seen := map[[4]uint8]int{}
	markers := Markers(make([]string, 100))
	for i := range 100 {
		c := Light.Class(i)
		key := [4]uint8{c.R, c.G, c.B, uint8(markers[i])}
		if j, ok := seen[key]; ok {
			t.Fatalf("classes %d and %d look alike", j, i)
		}
		seen[key] = i
	}
}

func TestMix(t *testing.T) {
	a, b := Color{0, 100, 255}, Color{200, 100, 0}
	if a.mix(b, 0) != a || a.mix(b, 1) != b || (a.mix(b, 0.5) != Color{100, 100, 128}) {
		t.Errorf("%v %v %v", a.mix(b, 0), a.mix(b, 1), a.mix(b, 0.5))
	}
}
