package kernel

// Forward and the gradient of the input are correlations: each place of the result sees a window of the source, and is
// the product of the numbers there and a matrix B [taps, result channels]. A place at the border sees a part of the
// window only. Places that see the same part have the same product to compute, so they form a class; a tile takes any
// rows of a class, whatever images they come from. So the matrix of windows is never written down, no border of zeros
// is needed, and no product with a zero of it is computed.

// track says what the places along an axis (y or x) of a correlation see and where their results go.
type track struct {
	places         int // 0, 1, …
	origin, step   int // place i sees the source from origin + i step on …
	taps, size     int // … for that many taps, as far as they lie within the source's size
	target, stride int // its result goes to target + i stride
}

// part is a range of places that see the same taps [from, to).
type part struct{ lo, hi, from, to int }

// next returns the part that begins at place lo.
func (t *track) next(lo int) part {
	p := part{lo: lo, hi: lo}
	p.from, p.to = t.sees(lo)
	for p.hi < t.places {
		if from, to := t.sees(p.hi); from != p.from || to != p.to {
			break
		}
		p.hi++
	}
	return p
}

func (t *track) sees(place int) (from, to int) {
	at := t.origin + place*t.step
	return min(max(0, -at), t.taps), max(0, min(t.taps, t.size-at))
}

// class is a class of places, and the product they need.
type class struct {
	b         int // index of B
	row       int // of B, where the part that is seen begins
	runs, run int // the part: taps of y; taps of x, times channels
	skipB     int // rows of B between runs
	from, of  int // its places for a full range of images are aRow[from:], cRow[from:]; of is their number for one image
}

// correlation is the job that the ranges of a correlation share.
type correlation struct {
	source, target           []float32 // of all images
	images                   int
	sourceImage, targetImage int // numbers in an image
	line, channels           int // of the source: numbers in a row, channels
	targetLine, columns      int // of the target
	add                      bool

	per        int // images in a range
	b          []panels
	classes    []class
	aRow, cRow []int32
	unseen     bool     // some places see nothing
	moments    *moments // of the target, if they are wanted
}

// place adds the classes of a correlation with matrix b to the job.
func (j *correlation) place(y, x track, b int) {
	for v := (part{}); v.hi < y.places; {
		v = y.next(v.hi)
		for h := (part{}); h.hi < x.places; {
			h = x.next(h.hi)
			if v.from >= v.to || h.from >= h.to {
				j.unseen = true
				continue
			}
			c := class{b: b, row: (v.from*x.taps + h.from) * j.channels, runs: v.to - v.from, run: (h.to - h.from) * j.channels,
				skipB: (x.taps - h.to + h.from) * j.channels, from: len(j.aRow), of: (v.hi - v.lo) * (h.hi - h.lo)}
			j.classes = append(j.classes, c)
			for i := range j.per {
				for p := v.lo; p < v.hi; p++ {
					a := i*j.sourceImage + (y.origin+p*y.step+v.from)*j.line
					to := i*j.targetImage + (y.target+p*y.stride)*j.targetLine
					for q := h.lo; q < h.hi; q++ {
						j.aRow = append(j.aRow, int32(a+(x.origin+q*x.step+h.from)*j.channels))
						j.cRow = append(j.cRow, int32(to+(x.target+q*x.stride)*j.columns))
					}
				}
			}
		}
	}
}

// run does the job.
func (j *correlation) run() {
	// Micro-kernels look a tile's worth of rows up, even where rows are missing.
	j.cRow = append(j.cRow, make([]int32, maxRows)...)
	Split(j.images, j.per, Task{Obj: j}, func(t *Task, _, lo, hi int) {
		t.Obj.(*correlation).correlate(use.tiling, lo, hi)
	})
}

// correlate does images [lo, hi).
func (j *correlation) correlate(g *tiling, lo, hi int) {
	s := borrow()
	t := &s.tile
	source, target := j.source[lo*j.sourceImage:hi*j.sourceImage], j.target[lo*j.targetImage:hi*j.targetImage]
	if j.unseen && !j.add {
		clear(target)
	}
	*t = tile{times: 1, a: source, alpha: 1, add: j.add, next: j.source[hi*j.sourceImage:]}
	for i := range j.classes {
		c := &j.classes[i]
		b := &j.b[c.b]
		t.runs, t.run, t.skip, t.skipB = c.runs, c.run, j.line-c.run, c.skipB
		rows := j.aRow[c.from:][:(hi-lo)*c.of]
		for r := 0; r < len(rows); r += g.mr {
			t.rowsFrom(rows, r, s, g.mr)
			t.cRow = j.cRow[c.from+r:]
			b.multiply(g, t, &g.rows, target, c.row, 0, g.panels(b.n))
		}
	}
	s.tile = tile{}
	s.giveBack()
	if m := j.moments; m != nil {
		c := j.columns
		first := lo * j.targetImage / c / blockRows
		last := first + blocksOf(len(target)/c)
		use.columnMoments(m.mean[first*c:last*c], m.m2[first*c:last*c], target, c)
	}
}

// rowsFrom sets the mr rows of A from i on, out of all. A tile that begins near the end repeats the last.
func (t *tile) rowsFrom(all []int32, i int, s *scratch, mr int) {
	t.count = min(mr, len(all)-i)
	if t.count == mr {
		t.aRow = all[i:]
		return
	}
	t.aRow = s.aRow[:]
	for r := range mr {
		t.aRow[r] = all[min(i+r, len(all)-1)]
	}
}

// release forgets the slices of the caller, and keeps the memory that was grown.
func (j *correlation) release() {
	clear(j.b)
	*j = correlation{b: j.b[:0], classes: j.classes[:0], aRow: j.aRow[:0], cRow: j.cRow[:0]}
}

// imagesPer returns how many images to take at a time, when each has so many numbers, places, and multiplications: as
// many as fit in a cache, since classes are then large and fill tiles well, but not so many that threads get nothing.
// A multiple of 12, the rows of a tile, fills them best.
func imagesPer(images, numbers, places, multiplications int) int {
	per := max(1, work/multiplications, 256/places, min(1<<17/numbers, images/16))
	if per > 4 {
		per = (per + 11) / 12 * 12
	}
	return min(images, per)
}
