package data

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

const maxSide = 256 // pixels, of the images of a set; larger ones are made smaller

// progressEvery is how many images are decoded between two calls of Progress.
const progressEvery = 100

// dataset makes a data set of the images.
func (l *listing) dataset(name string, o Options) (*Dataset, error) {
	if len(l.samples) == 0 {
		return nil, errors.New("holds no images")
	}
	l.settle()
	sizes, c, err := l.measure() // before it is divided, so that what is no image is not held out
	if err != nil {
		return nil, err
	}
	classes := l.labels()
	l.divide()
	h, w := common(sizes, o.Side)
	inMemory, err := o.fits(len(l.samples), h*w*c)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Name: name, Sizes: sizes, Train: &Set{H: h, W: w, C: c, Classes: classes}, Test: &Set{H: h, W: w, C: c, Classes: classes}}
	if err := l.decode(d, inMemory, o); err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.skipped, func(a, b Skip) int { return strings.Compare(a.File, b.File) })
	d.Skipped, d.Notes = l.skipped, l.notes
	if d.Train.Len() == 0 || d.Test.Len() == 0 {
		err := fmt.Errorf("has too few images that can be read: %d to learn from and %d to test on", d.Train.Len(), d.Test.Len())
		if len(d.Skipped) > 0 {
			err = fmt.Errorf("%w; %d files were skipped, the first, %s, as it %s", err, len(d.Skipped), d.Skipped[0].File, d.Skipped[0].Reason)
		}
		return nil, err
	}
	d.normalise()
	return d, nil
}

// decode gives the two sets of d their images, and d the digest of them.
func (l *listing) decode(d *Dataset, inMemory bool, o Options) error {
	decode := decode
	if o.Decode != nil {
		decode = o.Decode
	}
	var decoded, cut atomic.Int64
	var sum atomic.Uint64
	for i, s := range []*Set{d.Train, d.Test} {
		part := int8(toTrain + i)
		of := l.of(part)
		t, err := o.store(s, len(of), inMemory)
		if err != nil {
			return err
		}
		err = t.fill(len(of), func(i int, dst []uint8) error {
			if done := int(decoded.Add(1)); o.Progress != nil && done%progressEvery == 0 {
				o.Progress(done, len(l.samples))
			}
			content, err := l.files.read(int(of[i].file), maxImageFile)
			if err != nil {
				return err
			}
			if err := decode(content, s.H, s.W, s.C, dst); err != nil {
				return err
			}
			if was, err := parseHeader(content); err == nil && (int(was.h) != s.H || int(was.w) != s.W) {
				cut.Add(1)
			}
			sum.Add(digest(content, of[i].class, part))
			return nil
		}, func(i int, err error) {
			l.skip(of[i], err)
			of[i].file = -1
		})
		if err != nil {
			return err
		}
		s.tell(slices.DeleteFunc(of, func(v sample) bool { return v.file < 0 }), l.files)
	}
	if n := cut.Load(); n > 0 {
		l.notes = append(l.notes, fmt.Sprintf("%s of %s images were cut to the shape %dx%d and resized to it.", Count(int(n)), Count(d.Train.Len()+d.Test.Len()), d.Train.W, d.Train.H))
	}
	d.Digest = sum.Load()
	return nil
}

// of returns the samples of a part.
func (l *listing) of(part int8) (of []sample) {
	for _, s := range l.samples {
		if s.part == part {
			of = append(of, s)
		}
	}
	return of
}

// tell gives the set the files of its images, their labels, where it has classes, and their captions, where any has one.
func (s *Set) tell(of []sample, files *Files) {
	captions := slices.ContainsFunc(of, func(v sample) bool { return v.caption != "" })
	for _, v := range of {
		s.Files = append(s.Files, files.Names[v.file])
		if s.Classes != nil {
			s.Labels = append(s.Labels, v.class)
		}
		if captions {
			s.Captions = append(s.Captions, v.caption)
		}
	}
}

// measure reads the headers of all images and leaves out those whose header is bad. It returns the sizes of the others,
// the commonest first and of those the largest, and the number of channels, 1 if all are gray.
func (l *listing) measure() (sizes []SizeCount, c int, err error) {
	n := len(l.samples)
	heads, errs := make([]header, n), make([]error, n)
	parallel(n, func(i int) { heads[i], errs[i] = l.files.header(int(l.samples[i].file)) })
	type size struct{ h, w int32 }
	count := map[size]int{}
	good := l.samples[:0]
	c = 1
	for i, s := range l.samples {
		if errs[i] != nil {
			l.skip(s, errs[i])
			continue
		}
		good = append(good, s)
		count[size{heads[i].h, heads[i].w}]++
		if !heads[i].gray {
			c = 3
		}
	}
	if len(good) == 0 {
		telling := max(0, slices.IndexFunc(errs, func(err error) bool { return err != errNoImage })) // an archive beside its README
		one := l.skipped[len(l.skipped)-n+telling]
		return nil, 0, fmt.Errorf("holds no image that can be read: of %d files one, %s, %s; looked for %s", n, one.File, one.Reason, forms)
	}
	l.samples = good
	for s, n := range count {
		sizes = append(sizes, SizeCount{int(s.w), int(s.h), n})
	}
	slices.SortFunc(sizes, func(a, b SizeCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(b.H*b.W, a.H*a.W), cmp.Compare(b.H, a.H))
	})
	return sizes, c, nil
}

// header returns the header of an image file, of which it reads no more than that needs.
func (f *Files) header(i int) (header, error) {
	if size, err := f.size(i); err == nil && size > maxImageFile {
		return header{}, fmt.Errorf("has %d bytes, more than the %d that are read", size, maxImageFile)
	}
	start, all, err := f.start(i, 4096)
	if err != nil {
		return header{}, err
	}
	h, err := parseHeader(start)
	if errors.Is(err, errTruncated) && !all { // metadata comes first
		if start, err = f.read(i, maxImageFile); err != nil {
			return header{}, err
		}
		h, err = parseHeader(start)
	}
	return h, err
}

// common returns the size that images get: the commonest, made smaller where a side is longer than maxSide; or squares of
// the given side.
func common(sizes []SizeCount, side int) (h, w int) {
	if side > 0 {
		return side, side
	}
	h, w = sizes[0].H, sizes[0].W
	if long := max(h, w); long > maxSide {
		return max(1, (h*maxSide+long/2)/long), max(1, (w*maxSide+long/2)/long)
	}
	return h, w
}
