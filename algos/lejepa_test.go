package algos

import (
	"math"
	"math/cmplx"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	lejepa := func(name string, views, global, n, d, k, knots int, tMax, lambda float64) example {
		r := random.New(46)
		directions := randomUnit(k, d, &r)
		return example{
			name: name, inputs: []adtest.Input{adtest.Random(47, views, n, d)},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				sigreg, invariance := LeJEPATerms(t, z[0], global, t.Input(directions, k, d), knots, float32(tMax))
				return t.Add(t.Scale(sigreg, float32(lambda)), t.Scale(invariance, float32(1-lambda)))
			},
			want: func(z [][]float64) float64 {
				rows := rows64(z[0], d)
				sigreg, invariance := 0.0, 0.0
				for v := range views {
					for _, direction := range rows64(wide(directions), d) {
						var x []float64
						for i := range n {
							x = append(x, dot64(rows[v*n+i], direction))
						}
						sigreg += eppsPulley64(x, knots, tMax) / float64(views*k)
					}
					for i := range n {
						for j := range d {
							mean := 0.0
							for g := range global {
								mean += rows[g*n+i][j] / float64(global)
							}
							invariance += (rows[v*n+i][j] - mean) * (rows[v*n+i][j] - mean) / float64(views*n*d)
						}
					}
				}
				return lambda*sigreg + (1-lambda)*invariance
			},
		}
	}
	checked["lejepa"] = checks{
		golden:   map[string]func(*testing.T, golden.Case){"lejepa": goldenLeJEPA},
		examples: []example{lejepa("local views", 3, 2, 4, 3, 5, 9, 3, 0.3), lejepa("normality alone", 2, 2, 5, 2, 1, 17, 4, 1)},
	}
}

// eppsPulley64 is n times the weighted square distance of the characteristic functions of x and the standard normal.
func eppsPulley64(x []float64, knots int, tMax float64) float64 {
	at := func(t float64) float64 {
		var phi complex128
		for _, v := range x {
			phi += cmplx.Exp(complex(0, t*v)) / complex(float64(len(x)), 0)
		}
		normal := math.Exp(-t * t / 2)
		far := cmplx.Abs(phi - complex(normal, 0))
		return far * far * normal
	}
	total, step := 0.0, tMax/float64(knots-1)
	for j := range knots - 1 { // trapezoids from 0 to tMax; the other half is the same
		t := float64(j) * step
		total += 2 * step * (at(t) + at(t+step)) / 2
	}
	return float64(len(x)) * total
}

func goldenLeJEPA(t *testing.T, c golden.Case) {
	b := newBench(t, c)
	global, local, across := b.in("global"), b.in("local"), c.Input(t, "directions")
	d, k := across.Shape[0], across.Shape[1]
	directions := make([]float32, k*d)
	for i, v := range across.F32() { // [d, k] as rows
		directions[i%k*d+i/k] = v
	}
	sigreg, invariance := LeJEPATerms(b.Tape, b.ConcatRows(global, local), global.Dim(0), b.Input(directions, k, d),
		c.Int(t, "knots"), b.float("t_max"))
	c.Output(t, "sigreg", sigreg.Data)
	c.Output(t, "invariance", invariance.Data)
	lambda := b.float("lambda")
	b.check(b.Add(b.Scale(sigreg, lambda), b.Scale(invariance, 1-lambda)))
}

// Normal samples score low and a collapsed encoder high, however many rows there are.
func TestSIGRegTellsNormalFromCollapsed(t *testing.T) {
	for _, n := range []int{16, 256} {
		tape := &ad.Tape{}
		normal := SIGReg(tape, tape.Input(adtest.Random(48, n, 8).Data, n, 8), 17, 3).Scalar()
		collapsed := SIGReg(tape, tape.Input(make([]float32, n*8), n, 8), 17, 3).Scalar()
		if !(normal < 1.5) || !(collapsed > float32(n)/10) {
			t.Errorf("%d rows: normal %v, collapsed %v", n, normal, collapsed)
		}
	}
}
