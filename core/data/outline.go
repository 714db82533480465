package data

import "math"

// outline is a shape of radius about 1 round the origin, x to the right and y down. It returns the signed distance of a
// point from the shape's edge, negative inside; near the edge, where it is used for smoothing, the distance is exact.
type outline func(x, y float32) float32

// outlines are the classes of Shapes. All but the moon are mirror images of themselves, so that flips keep the class.
var outlines = []struct {
	name, plural string
	edge         outline
}{
	{"circle", "circles", func(x, y float32) float32 { return hypot(x, y) - 0.95 }},
	{"square", "squares", func(x, y float32) float32 { return max(abs(x), abs(y)) - 0.84 }},
	{"triangle", "triangles", triangle},
	{"star", "stars", star},
	{"cross", "crosses", cross},
	{"ring", "rings", func(x, y float32) float32 { return abs(hypot(x, y)-0.72) - 0.25 }},
	{"heart", "hearts", heart},
	{"moon", "moons", func(x, y float32) float32 { return max(hypot(x+0.1, y)-0.98, 0.8-hypot(x-0.42, y)) }},
}

// triangle has equal sides and points up: the intersection of three half-planes at distance 0.6 from the centre.
func triangle(x, y float32) float32 {
	y -= 0.2
	return max(y, 0.8660254*abs(x)-0.5*y) - 0.58
}

// cross is the union of two bars.
func cross(x, y float32) float32 {
	x, y = abs(x), abs(y)
	return min(max(x-1, y-0.32), max(x-0.32, y-1))
}

// star has five points. Its tenfold symmetry leaves one edge, from a tip to the notch beside it.
func star(x, y float32) float32 {
	const tip, notch, fifth = 1.1, 0.46, 2 * math.Pi / 5
	angle := math.Mod(math.Abs(math.Atan2(float64(x), float64(-y))), fifth)
	angle = math.Min(angle, fifth-angle)
	sin, cos := math.Sincos(angle)
	r := hypot(x, y)
	u, v := r*float32(cos), r*float32(sin) // the tip lies on the u axis
	const notchU, notchV = notch * 0.809017, notch * 0.587785
	const length = 0.777 // from tip to notch
	return ((u-tip)*notchV - v*(notchU-tip)) / length
}

// heart is a square standing on its corner with a half circle on each of its upper sides.
func heart(x, y float32) float32 {
	const c, k = 0.43, -0.34 // the right circle has its centre at (c, k)
	x = abs(x)
	return min((x+abs(y-k-c)-2*c)/math.Sqrt2, hypot(x-c, y-k)-c*math.Sqrt2)
}

func abs(x float32) float32      { return float32(math.Abs(float64(x))) }
func hypot(x, y float32) float32 { return float32(math.Sqrt(float64(x*x + y*y))) }
