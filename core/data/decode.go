//go:build !js

package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"slices"

	_ "golang.org/x/image/webp"

	"pushpull/core/augment"
)

const (
	maxPixels = 1 << 26 // of one image file: 64 megapixels
	maxSide   = 256     // of the images of a set; larger ones are made smaller
	maxSet    = 4 << 30 // bytes of a set
)

// size is what a file's header says.
type size struct {
	h, w int
	gray bool
}

// load decodes the files on all cores, in their order, at the commonest size.
func (d *Dataset) load(fsys fs.FS, trainFiles, testFiles []file) (train, test *Set, err error) {
	files := append(slices.Clone(trainFiles), testFiles...)
	sizes, errs := make([]size, len(files)), make([]error, len(files))
	parallel(len(files), func(i int) { sizes[i], errs[i] = readSize(fsys, files[i].path) })
	h, w, c, different := common(sizes, errs)
	if h == 0 {
		return nil, nil, fmt.Errorf("none of the %d files is an image that can be read; the first, %s, %w", len(files), files[0].path, errs[0])
	}
	each := h * w * c
	if each*len(files) > maxSet {
		return nil, nil, fmt.Errorf("%d images of %dx%d need %d MB, more than the %d MB that are read into memory; name a smaller folder",
			len(files), w, h, each*len(files)>>20, maxSet>>20)
	}
	pixels := make([]uint8, each*len(files))
	parallel(len(files), func(i int) {
		if errs[i] == nil {
			errs[i] = decodeFile(fsys, files[i].path, Set{H: h, W: w, C: c, Pixels: pixels[i*each : (i+1)*each]})
		}
	})
	take := func(from, to int, s *Set) *Set {
		kept := 0
		all := pixels[from*each : to*each : to*each]
		for i := from; i < to; i++ {
			if errs[i] != nil {
				d.Skipped = append(d.Skipped, Skip{files[i].path, errs[i].Error()})
				continue
			}
			copy(all[kept*each:(kept+1)*each], pixels[i*each:])
			s.Labels = append(s.Labels, files[i].class)
			kept++
		}
		s.Pixels = all[:kept*each]
		return s
	}
	train = take(0, len(trainFiles), &Set{H: h, W: w, C: c})
	test = take(len(trainFiles), len(files), &Set{H: h, W: w, C: c})
	if train.Len() == 0 || test.Len() == 0 {
		return nil, nil, fmt.Errorf("too few images can be read: %d to learn from and %d to test on; %d files were skipped, the first, %s, as it %s",
			train.Len(), test.Len(), len(d.Skipped), d.Skipped[0].File, d.Skipped[0].Reason)
	}
	if different > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("%d of %d images were cut to the shape %dx%d and resized to it.", different, len(files), w, h))
	}
	return train, test, nil
}

// common returns the commonest size, the larger one where two are equally common, made smaller where a side is longer
// than maxSide; one channel if all images are gray; and how many images have another size.
func common(sizes []size, errs []error) (h, w, c, different int) {
	count := map[size]int{}
	good := 0
	c = 1
	for i, s := range sizes {
		if errs[i] != nil {
			continue
		}
		if !s.gray {
			c = 3
		}
		s.gray = false
		count[s]++
		good++
	}
	var best size
	for s, n := range count {
		m := count[best]
		if n > m || n == m && (s.h*s.w > best.h*best.w || s.h*s.w == best.h*best.w && s.h > best.h) {
			best = s
		}
	}
	h, w = best.h, best.w
	if long := max(h, w); long > maxSide {
		return max(1, (h*maxSide+long/2)/long), max(1, (w*maxSide+long/2)/long), c, good
	}
	return h, w, c, good - count[best]
}

func readSize(fsys fs.FS, name string) (size, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return size{}, fmt.Errorf("cannot be opened: %w", errors.Unwrap(err))
	}
	defer f.Close()
	return parseSize(f)
}

func parseSize(r io.Reader) (size, error) {
	cfg, _, err := image.DecodeConfig(r)
	if err != nil {
		return size{}, explain(err)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 {
		return size{}, errors.New("has no pixels")
	}
	if cfg.Width > maxPixels/cfg.Height {
		return size{}, fmt.Errorf("is %dx%d, more than %d megapixels", cfg.Width, cfg.Height, maxPixels>>20)
	}
	return size{cfg.Height, cfg.Width, cfg.ColorModel == color.GrayModel || cfg.ColorModel == color.Gray16Model}, nil
}

func decodeFile(fsys fs.FS, name string, to Set) error {
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	return decode(content, to)
}

// decode writes an image file to the one image of a set, on white where it is transparent. What has another size is cut to
// the set's shape, as much as fits round the middle, and resized with the triangle filter.
func decode(content []byte, to Set) error {
	if _, err := parseSize(bytes.NewReader(content)); err != nil {
		return err
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return explain(err)
	}
	b := img.Bounds()
	if b.Empty() || b.Dx() > maxPixels/b.Dy() {
		return errors.New("has no pixels")
	}
	canvas := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(canvas, canvas.Rect, img, b.Min, draw.Over)
	if b.Dx() == to.W && b.Dy() == to.H {
		for i := range to.Pixels {
			to.Pixels[i] = canvas.Pix[i/to.C*4+i%to.C]
		}
		return nil
	}
	src := augment.NewImage(b.Dy(), b.Dx(), to.C)
	for i := range src.Pix {
		src.Pix[i] = unit[canvas.Pix[i/to.C*4+i%to.C]]
	}
	dst := augment.NewImage(to.H, to.W, to.C)
	augment.ResizedCrop(dst, src, middle(b.Dy(), b.Dx(), to.H, to.W), true, new(augment.Scratch))
	for i, v := range dst.Pix {
		to.Pixels[i] = uint8(clamp(v)*255 + 0.5)
	}
	return nil
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

// explain says what is wrong with an image file in terms of the user.
func explain(err error) error {
	switch {
	case errors.Is(err, image.ErrFormat):
		return errors.New("is no png, jpeg, gif or webp image")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("is truncated")
	}
	return fmt.Errorf("is damaged (%w)", err)
}
