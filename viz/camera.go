// Package viz is the picture of an embedding: points in space, coloured by class, seen through a camera that the user
// turns. It is plain Go without a screen: a Scene draws itself into a buffer of pixels. Package viz/draw shows that
// buffer with ebiten and hands the user's input to the scene.
package viz

import "math"

// Camera orbits the origin, round which the points lie in a ball of radius 1. Angles are in radians.
type Camera struct {
	Yaw   float32 // turn about the vertical axis
	Pitch float32 // tilt, -π/2 (from below) to π/2 (from above)
	Zoom  float32 // 1 shows the whole ball
	X, Y  float32 // where the origin is seen off the picture's centre, right and down, in radii of the ball at zoom 1
}

const (
	distance         = 3.6 // from the eye to the origin, in radii of the ball
	ballShare        = 0.42
	minZoom, maxZoom = 0.5, 8
	nearest          = 0.25 // what is nearer to the eye than this is not drawn
)

// Home is where the camera stands at first: a little above the equator.
var Home = Camera{Yaw: 0.5, Pitch: 0.32, Zoom: 1}

// Rotate turns the camera, keeping its pitch within straight down and straight up.
func (c *Camera) Rotate(yaw, pitch float32) {
	c.Yaw = float32(math.Remainder(float64(c.Yaw+yaw), 2*math.Pi))
	c.Pitch = min(max(c.Pitch+pitch, -math.Pi/2), math.Pi/2)
}

// ZoomBy multiplies the zoom, within bounds. What is in the picture's middle stays there.
func (c *Camera) ZoomBy(factor float32) {
	before := c.Zoom
	c.Zoom = min(max(c.Zoom*factor, minZoom), maxZoom)
	c.X, c.Y = c.X*c.Zoom/before, c.Y*c.Zoom/before
}

// Pan moves the picture, as far as its border.
func (c *Camera) Pan(x, y float32) {
	most := 1.2 * c.Zoom
	c.X, c.Y = min(max(c.X+x, -most), most), min(max(c.Y+y, -most), most)
}

// Lens projects points for one camera and one size of picture.
type Lens struct {
	m      [3][3]float32 // rotation: rows are right, up and towards the eye
	cx, cy float32       // centre of the picture, in pixels
	focal  float32       // in pixels
	Radius float32       // of the unit ball's silhouette, in pixels
}

// Lens returns the camera's lens for a picture of w by h pixels.
func (c Camera) Lens(w, h int) Lens {
	sy, cy := math.Sincos(float64(c.Yaw))
	sp, cp := math.Sincos(float64(c.Pitch))
	l := Lens{
		m: [3][3]float32{
			{float32(cy), 0, float32(-sy)},
			{float32(-sy * sp), float32(cp), float32(-cy * sp)},
			{float32(sy * cp), float32(sp), float32(cy * cp)},
		},
		Radius: ballShare * float32(min(w, h)) * c.Zoom,
	}
	unit := ballShare * float32(min(w, h))
	l.cx, l.cy = float32(w)/2+c.X*unit, float32(h)/2+c.Y*unit
	l.focal = l.Radius * float32(math.Sqrt(distance*distance-1)) // a ball's silhouette is its tangent cone
	return l
}

// Project returns where the point (x, y, z) is seen: column px, row py in pixels; depth towards the eye, -1 to 1 for
// points of the unit ball; scale, pixels a unit there, which is 0 for a point too near to be drawn.
func (l *Lens) Project(x, y, z float32) (px, py, depth, scale float32) {
	depth = l.m[2][0]*x + l.m[2][1]*y + l.m[2][2]*z
	if distance-depth < nearest {
		return 0, 0, depth, 0
	}
	scale = l.focal / (distance - depth)
	px = l.cx + scale*(l.m[0][0]*x+l.m[0][1]*y+l.m[0][2]*z)
	py = l.cy - scale*(l.m[1][0]*x+l.m[1][1]*y+l.m[1][2]*z)
	return px, py, depth, scale
}
