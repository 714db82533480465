package augment

import (
	"fmt"
	"math"

	"pushpull/core/random"
)

// blank is what erased pixels become: mid-gray, near the mean of most images.
const blank = 0.5

// Erase blanks the box with the value (cutout, DeVries and Taylor 2017; random erasing, Zhong et al. 2020), in place.
func Erase(img Image, box Box, value float32) {
	same("Erase", img, img)
	if !box.within(img.H, img.W) {
		panic(fmt.Sprintf("augment.Erase: box %v of [%d, %d, %d]", box, img.H, img.W, img.C))
	}
	for i := box.Top; i < box.Top+box.Height; i++ {
		row := img.Pix[(i*img.W+box.Left)*img.C:][:box.Width*img.C]
		for j := range row {
			row[j] = value
		}
	}
}

// HidePatches blanks so many of the square patches that the image consists of, drawn by r, in place. Patches at the right
// and the lower edge may be cut off.
func HidePatches(img Image, side, hidden int, value float32, r *random.Stream) {
	across, down := (img.W+side-1)/side, (img.H+side-1)/side
	left := across * down
	for i := range down {
		for j := range across { // each as likely as any other (Knuth's selection sampling)
			if r.IntN(left) < hidden {
				top, start := i*side, j*side
				Erase(img, Box{top, start, min(side, img.H-top), min(side, img.W-start)}, value)
				hidden--
			}
			left--
		}
	}
}

// Erasing blanks a random box, or none where ten draws do not fit into the image, or only as all of it.
type Erasing struct {
	Area  [2]float32 // share of the image's area
	Ratio [2]float32 // width / height
}

func (o Erasing) apply(v *view) {
	if box, fits := fittingBox(v.now.H, v.now.W, o.Area, o.Ratio, &v.random); fits && box != (Box{Height: v.now.H, Width: v.now.W}) {
		v.Erased = box
		Erase(v.edit(), box, blank)
	}
}

// Hiding blanks a share of the patches; an image has eight of them along its shorter side.
type Hiding struct{ Share float32 }

func (o Hiding) apply(v *view) {
	img := v.edit()
	side := max(1, min(img.H, img.W)/8)
	all := ((img.W + side - 1) / side) * ((img.H + side - 1) / side)
	v.Hidden = int(math.Round(float64(o.Share) * float64(all)))
	HidePatches(img, side, v.Hidden, blank, &v.random)
}
