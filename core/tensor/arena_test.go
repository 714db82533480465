package tensor

import "testing"

func TestArenaSlicesDoNotOverlap(t *testing.T) {
	var a Arena
	for round := range 3 {
		var got [][]float32
		for i, n := range []int{1, 17, 0, 300_000, 5, 64, 300_001} {
			x := a.Floats(n)
			if len(x) != n || cap(x) != n {
				t.Fatalf("round %d: asked for %d floats, got len %d cap %d", round, n, len(x), cap(x))
			}
			for j := range x {
				x[j] = float32(i)
			}
			got = append(got, x)
		}
		for i, x := range got {
			for _, v := range x {
				if v != float32(i) {
					t.Fatalf("round %d: slice %d was overwritten by slice %v", round, i, v)
				}
			}
		}
		a.Reset()
	}
}

func TestArenaSteadyStateAllocatesNothing(t *testing.T) {
	var a Arena
	step := func() {
		a.Reset()
		for n := 1; n < 2_000_000; n *= 7 {
			x := a.Zeros(n)
			a.Recycle(x)
			a.Ints(n % 1000)
		}
	}
	step()
	if n := testing.AllocsPerRun(10, step); n != 0 {
		t.Errorf("%v allocations a step, want 0", n)
	}
}

func TestArenaRecyclesExactLengths(t *testing.T) {
	var a Arena
	x := a.Floats(100)
	a.Recycle(x)
	if y := a.Floats(101); &y[0] == &x[0] {
		t.Error("a request for 101 floats was served with 100")
	}
	if y := a.Floats(100); &y[0] != &x[0] {
		t.Error("a request of the recycled length was not served with it")
	}
	a.Recycle(x)
	x[3] = 9
	if y := a.Zeros(100); y[3] != 0 {
		t.Error("Zeros returned old content")
	}
}
