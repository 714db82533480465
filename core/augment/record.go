package augment

// Record tells what was done to make a view: enough to draw on the source what the view shows, to explain its colours,
// and to lay it back. A step that the view did not get leaves the value that changes nothing.
type Record struct {
	Box          Box      // what of the source was cut out
	FlipH, FlipV bool     // mirrored
	Symmetry     Symmetry // turned by right angles and mirrored
	Angle        float32  // turned counter-clockwise, degrees
	Place        Matrix   // from a place of the view to that of the source: all of the above together, and what Random moved
	Elastic      float32  // how far places were shifted besides, pixels: the mean

	Brightness, Contrast, Saturation float32    // factors; 1 when unchanged
	Hue                              float32    // turns
	Bands                            [3]float32 // factor of each channel
	Gray                             bool
	Blur                             float32 // standard deviation, pixels
	Solarized                        bool
	Noise                            float32 // standard deviation

	Random [maxRandom]Applied // operations drawn from a list, in their order, until one is None
	Erased Box                // what of the view was blanked
	Hidden int                // patches of the view that were blanked
}

// Untouched is the record of an image of h x w pixels that is its own view.
func Untouched(h, w int) Record {
	return Record{Box: Box{0, 0, h, w}, Place: identity, Brightness: 1, Contrast: 1, Saturation: 1, Bands: [3]float32{1, 1, 1}}
}

// Corners returns where in the source the corners of a view of h x w pixels lie, top left first and then clockwise: each
// x to the right and y down, in pixels from the source's centre.
func (r Record) Corners(h, w int) [4][2]float32 {
	x, y := float32(w)/2, float32(h)/2
	var all [4][2]float32
	for i, c := range [4][2]float32{{-x, -y}, {x, -y}, {x, y}, {-x, y}} {
		all[i][0], all[i][1] = r.Place.at(c[0], c[1])
	}
	return all
}

// Undo lays a view back to where it came from: dst, of the source's size, shows the view's pixels at their places in the
// source, and is black where the view does not reach. Elastic shifts and colours stay. dst must not be view.
func (r Record) Undo(dst, view Image) { Affine(dst, view, r.Place.Inverse(), true) }
