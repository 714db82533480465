package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/train"
)

func init() {
	dino := func(name string, views, n, k int, tau, teacherTau float64) example {
		teacher, centre := adtest.Random(34, 2, n, k), adtest.Random(35, k)
		return example{
			name: name, inputs: []adtest.Input{adtest.Random(36, views, n, k)}, ordered: true,
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return DINOLoss(t, z[0], t.Input(teacher.Data, 2, n, k), t.Input(centre.Data, k), float32(tau), float32(teacherTau))
			},
			want: func(z [][]float64) float64 {
				var targets [][]float64
				for _, row := range rows64(wide(teacher.Data), k) {
					for j := range row {
						row[j] = (row[j] - float64(centre.Data[j])) / teacherTau
					}
					targets = append(targets, softmax64(row))
				}
				return distilled64(targets, rows64(z[0], k), 2, views, n, tau)
			},
		}
	}
	checked["dino"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"dino": func(t *testing.T, c golden.Case) {
			b := newBench(t, c)
			teacher, centre := b.StopGradient(b.in("teacher")), c.Input(t, "center").F32()
			b.check(DINOLoss(b.Tape, b.in("student"), teacher, b.Input(centre, len(centre)),
				b.float("student_temperature"), b.float("teacher_temperature")))
			MoveCentre(centre, teacher.Data, b.float("center_momentum"))
			c.Output(t, "center_after", centre)
		}},
		examples: []example{dino("two views", 2, 3, 4, 0.1, 0.04), dino("local views", 5, 2, 3, 1, 0.5), dino("cold", 3, 2, 5, 0.02, 0.01)},
	}
}

// The teacher's temperature rises over the first third of the run and then stays.
func TestTeacherSharpness(t *testing.T) {
	c, err := Resolve("dino", "shapes", "mlp", map[string]string{"temperature": "0.1", "teacher-temperature": "0.04", "teacher-temperature-end": "0.08"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		sharpening bool
		index      int
		want       float64
	}{{true, 0, 0.04}, {true, 5, 0.06}, {true, 10, 0.08}, {true, 29, 0.08}, {false, 5, 0.1}} {
		c.Values["sharpening"] = tc.sharpening
		if got := float64((&DINO{}).sharpness(&train.Step{Config: c, Index: tc.index, Total: 30})); math.Abs(got-tc.want) > 1e-6 {
			t.Errorf("sharpening %v, step %d of 30: %v, want %v", tc.sharpening, tc.index, got, tc.want)
		}
	}
}

// The teacher's prototypes follow the student's, as its encoder does.
func TestTeacherPrototypesFollow(t *testing.T) {
	given := with("target-momentum", "0")
	given["target-momentum-end"] = "0"
	tr := begin(t, registry["dino"], smallSet(), given)
	losses(t, tr, 2)
	if a := tr.Objective.(*DINO); !slices.Equal(a.slow.rows.Data, a.student.rows.Data) {
		t.Error("without momentum they are not the student's")
	}
}

// Centring that is switched off in the middle leaves no centre: the loss is that of a centre of 0.
func TestCentringSwitchedOff(t *testing.T) {
	off, zero := begin(t, registry["dino"], smallSet(), small), begin(t, registry["dino"], smallSet(), small)
	sameBits(t, "before", losses(t, off, 2), losses(t, zero, 2))
	if err := off.Set("centring", "false"); err != nil {
		t.Fatal(err)
	}
	clear(zero.Objective.(*DINO).centre)
	sameBits(t, "after", losses(t, off, 1), losses(t, zero, 1))
}
