package kernel

// Resample is a filter along one axis of an image: result i is the sum over t below Taps of Weight[i Taps + t] times
// source At[i]+t. A bilinear one has two taps.
type Resample struct {
	Taps   int
	At     []int32   // [n]
	Weight []float32 // [n, Taps]
}

func (f *Resample) check(name string, source int) {
	must(f.Taps > 0 && len(f.Weight) == len(f.At)*f.Taps, name, "the filter has not Taps weights for each result")
	for _, at := range f.At {
		must(at >= 0 && int(at)+f.Taps <= source, name, "a result reads beyond the source")
	}
}

// Columns filters each row of x, whose rows begin stride apart and have width pixels of c channels, into y
// [rows, len(At), c].
func (f *Resample) Columns(y, x []float32, stride, width, c int) {
	const name = "Resample.Columns"
	f.check(name, width)
	if len(y) == 0 {
		return
	}
	rows := rowsOf(name, y, len(f.At)*c)
	must(len(x) >= (rows-1)*stride+width*c, name, "x has fewer rows than y")
	use.resampleColumns(f, y, x, stride, width, c)
}

// Rows filters the rows of x [rows, n] into y [len(At), n].
func (f *Resample) Rows(y, x []float32, n int) {
	const name = "Resample.Rows"
	f.check(name, rowsOf(name, x, n))
	must(len(y) == len(f.At)*n, name, "y is not [len(At), n]")
	use.resampleRows(f, y, x, n)
}

func resampleColumns(f *Resample, y, x []float32, stride, width, c int) {
	n := len(f.At) * c
	for row := 0; len(y) > 0; row++ {
		to, from := y[:n], x[row*stride:][:width*c]
		y = y[n:]
		switch {
		case f.Taps == 2 && c == 3:
			f.pairs3(to, from)
		case f.Taps == 2 && c == 1:
			f.pairs1(to, from)
		default:
			f.row(to, from, c)
		}
	}
}

func (f *Resample) row(to, from []float32, c int) {
	for i, at := range f.At {
		w := f.Weight[i*f.Taps:][:f.Taps]
		for k := range c {
			var sum float32
			for t, v := range w {
				sum += v * from[(int(at)+t)*c+k]
			}
			to[i*c+k] = sum
		}
	}
}

// pairs3 is row for two taps and three channels.
func (f *Resample) pairs3(to, from []float32) {
	for i, at := range f.At {
		a, b := f.Weight[2*i], f.Weight[2*i+1]
		p, q := from[3*at:][:6], to[3*i:][:3]
		q[0] = a*p[0] + b*p[3]
		q[1] = a*p[1] + b*p[4]
		q[2] = a*p[2] + b*p[5]
	}
}

// pairs1 is row for two taps and one channel.
func (f *Resample) pairs1(to, from []float32) {
	for i, at := range f.At {
		p := from[at:][:2]
		to[i] = f.Weight[2*i]*p[0] + f.Weight[2*i+1]*p[1]
	}
}

func resampleRows(f *Resample, y, x []float32, n int) {
	for i, at := range f.At {
		to, w := y[i*n:][:n], f.Weight[i*f.Taps:][:f.Taps]
		copy(to, x[int(at)*n:][:n])
		if len(w) == 1 {
			use.scale(w[0], to)
			continue
		}
		use.lerp(to, x[(int(at)+1)*n:][:n], w[0], w[1])
		for t, v := range w[2:] {
			use.axpy(v, x[(int(at)+t+2)*n:][:n], to)
		}
	}
}
