//go:build !js

package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	_ "golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"

	"pushpull/core/augment"
)

// Of an image with more pixels than this, squares of pixels are averaged before it is resized.
const manyPixels = 1 << 22

// large holds the pixels of such images that are decoded side by side, no more than the largest of all has by itself:
// decoding takes at most about 1 GB however many cores there are.
var large = semaphore.NewWeighted(maxPixels)

// decode writes an image file to dst [h, w, c], upright and on white where it is transparent. What has another size is
// cut to the shape, as much as fits round the middle, and resized with the triangle filter.
func decode(file []byte, h, w, c int, dst []uint8) error {
	head, err := parseHeader(file)
	if err != nil {
		return err
	}
	if n := int64(head.h) * int64(head.w); n > manyPixels {
		if err := large.Acquire(context.Background(), n); err != nil { // none but of the context
			return err
		}
		defer large.Release(n)
	}
	img, _, err := image.Decode(bytes.NewReader(file))
	switch {
	case err != nil && animatedWebP(file):
		return errors.New("is an animated webp, of which no frame is read; save one frame as a file")
	case err != nil:
		return explain(err)
	}
	b := img.Bounds()
	if b.Empty() || b.Dx() > maxPixels/b.Dy() {
		return errors.New("has no pixels")
	}
	src := upright(onWhite(img, c), head.turn)
	dstImage := augment.NewImage(h, w, c)
	if src.H == h && src.W == w {
		dstImage = src
	} else {
		augment.ResizedCrop(dstImage, src, middle(src.H, src.W, h, w), true, new(augment.Scratch))
	}
	for i, v := range dstImage.Pix {
		dst[i] = uint8(clamp(v)*255 + 0.5)
	}
	return nil
}

// onWhite returns the pixels of an image with c channels, averaged over squares so that they are not too many.
func onWhite(img image.Image, c int) augment.Image {
	b := img.Bounds()
	k := 1
	for (b.Dx()/k)*(b.Dy()/k) > manyPixels {
		k++
	}
	dst := augment.NewImage(max(1, b.Dy()/k), max(1, b.Dx()/k), c)
	canvas := image.NewRGBA(image.Rect(0, 0, b.Dx(), min(k, b.Dy())))
	sums := make([]uint32, 3*dst.W) // of red, green and blue over each square
	for y := range dst.H {
		draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(canvas, canvas.Rect, img, b.Min.Add(image.Pt(0, y*k)), draw.Over)
		row := dst.Pix[y*dst.W*c:][:dst.W*c]
		if k == 1 {
			for i := range row {
				row[i] = unit[canvas.Pix[i/c*4+i%c]]
			}
			continue
		}
		rows, columns := canvas.Rect.Dy(), min(k, b.Dx())
		share := 1 / float32(255*rows*columns)
		clear(sums)
		for dy := range rows {
			line := canvas.Pix[dy*canvas.Stride:]
			for i := 0; i < len(sums); i += 3 {
				for range columns {
					sums[i] += uint32(line[0])
					sums[i+1] += uint32(line[1])
					sums[i+2] += uint32(line[2])
					line = line[4:]
				}
			}
		}
		for i := range row {
			row[i] = share * float32(sums[i/c*3+i%c])
		}
	}
	return dst
}

// upright turns and mirrors an image as its orientation in Exif tells.
func upright(src augment.Image, turn uint8) augment.Image {
	if turn <= 1 {
		return src
	}
	dst := augment.NewImage(src.H, src.W, src.C)
	if turn > 4 {
		dst.H, dst.W = src.W, src.H
	}
	for y := range dst.H {
		for x := range dst.W {
			sy, sx := y, x
			if turn > 4 { // rows are columns
				sy, sx = x, y
			}
			if turn == 3 || turn == 4 || turn == 6 || turn == 7 {
				sy = src.H - 1 - sy
			}
			if turn == 2 || turn == 3 || turn == 7 || turn == 8 {
				sx = src.W - 1 - sx
			}
			copy(dst.Pix[(y*dst.W+x)*dst.C:][:dst.C], src.Pix[(sy*src.W+sx)*src.C:])
		}
	}
	return dst
}

// middle returns the largest box of an h x w image, in its middle, with the shape of toH x toW.
func middle(h, w, toH, toW int) augment.Box {
	bh, bw := h, w
	if h*toW > w*toH {
		bh = max(1, (w*toH+toW/2)/toW)
	} else {
		bw = max(1, (h*toW+toH/2)/toH)
	}
	return augment.Box{Top: (h - bh) / 2, Left: (w - bw) / 2, Height: bh, Width: bw}
}

// animatedWebP tells of a webp file that it has several frames, by a bit of its extended header.
func animatedWebP(file []byte) bool {
	return len(file) > 20 && string(file[8:16]) == "WEBPVP8X" && file[20]&2 != 0
}

// explain says what is wrong with the pixels of an image file.
func explain(err error) error {
	switch {
	case errors.Is(err, image.ErrFormat):
		return errNoImage
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errTruncated
	}
	return fmt.Errorf("is damaged (%w)", err)
}
