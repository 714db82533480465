package probe

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPairedRanksAgainstPlainLoops(t *testing.T) {
	const n, d = 290, 5
	a, b := normal(1, n, d), normal(2, n, d)
	for i := range b {
		b[i] += a[i]
	}
	ranks, ties := PairedRanks(a, b, d)
	for i := range n {
		want, match := int32(1), plainCosine(a[i*d:][:d], b[i*d:][:d])
		for j := range n {
			if plainCosine(a[i*d:][:d], b[j*d:][:d]) > match {
				want++
			}
		}
		if ranks[i] != want || ties[i] != 0 {
			t.Fatalf("row %d: rank %d with %d ties, want %d with none", i, ranks[i], ties[i], want)
		}
	}
}

func TestPairedRanksOfEqualRows(t *testing.T) {
	const n, d = 12, 4
	captions := repeat(normal(1, 3, d), n/3) // three captions, four times each
	ranks, ties := PairedRanks(captions, captions, d)
	if Recall(ranks, 1) != 1 || slices.Min(ties) != 3 || slices.Max(ties) != 3 {
		t.Errorf("ranks %v, ties %v: equal captions should not push each other down", ranks, ties)
	}
	ranks, ties = PairedRanks(normal(2, n, d), repeat(normal(3, 1, d), n), d)
	if Recall(ranks, 1) != 1 || slices.Min(ties) != n-1 {
		t.Errorf("ranks %v, ties %v: the ties should show the collapse", ranks, ties)
	}
}

func TestLabelRanks(t *testing.T) {
	// Angles 0°, 10°, 25°, 90°, 93°; the last label is alone.
	var z []float32
	for _, angle := range []float64{0, 10, 25, 90, 93} {
		z = append(z, float32(math.Cos(angle*math.Pi/180)), float32(math.Sin(angle*math.Pi/180)))
	}
	if got, want := LabelRanks(z, []int32{7, 3, 7, 3, 1}, 2), []int32{2, 3, 2, 3, 5}; !slices.Equal(got, want) {
		t.Errorf("ranks %v, want %v", got, want)
	}
}

func TestRecallAndMedianRank(t *testing.T) {
	ranks := []int32{9, 1, 2, 5}
	near(t, "recall@1", Recall(ranks, 1), 0.25, 0)
	near(t, "recall@5", Recall(ranks, 5), 0.75, 0)
	near(t, "median rank", MedianRank(ranks), 3.5, 0)
	near(t, "median rank of three", MedianRank(ranks[:3]), 2, 0)
	near(t, "recall of none", Recall(nil, 1), 0, 0)
	near(t, "median rank of none", MedianRank(nil), 0, 0)
}

func TestAgreement(t *testing.T) {
	a := []int32{0, 0, 1, 1, 2, 2}
	for _, tc := range []struct {
		name      string
		b         []int32
		nmi, rand float64
	}{
		{"renamed", []int32{-5, -5, 1 << 30, 1 << 30, 7, 7}, 1, 1},
		{"crossed", []int32{0, 1, 0, 1, 0, 1}, 0, -4. / 11},
		{"one group", make([]int32, 6), 0, 0},
		{"all apart", []int32{0, 1, 2, 3, 4, 5}, 2 * math.Log(3) / (math.Log(3) + math.Log(6)), 0},
	} {
		near(t, tc.name+": NMI", NMI(a, tc.b), tc.nmi, 1e-12)
		near(t, tc.name+": NMI, swapped", NMI(tc.b, a), tc.nmi, 1e-12)
		near(t, tc.name+": adjusted Rand", AdjustedRand(a, tc.b), tc.rand, 1e-12)
	}
	for _, one := range [][]int32{nil, {4}, {4, 4, 4}} {
		near(t, "NMI of one group with itself", NMI(one, one), 1, 0)
		near(t, "adjusted Rand of one group with itself", AdjustedRand(one, one), 1, 0)
	}
}

func TestDistanceRank(t *testing.T) {
	distances := []float32{2, 0, 2, 1} // from row 1
	for j, want := range map[int]int{0: 2, 2: 3, 3: 1} {
		if got := distanceRank(distances, 1, j); got != want {
			t.Errorf("row %d has rank %d, want %d", j, got, want)
		}
	}
}

func TestSquaredDistances(t *testing.T) {
	const n, d = 270, 5
	x := normal(1, n, d)
	for i := range x {
		x[i] += 30
	}
	squaredDistances(x, d, func(lo, hi int, s []float32) {
		for i := lo; i < hi; i++ {
			row := s[(i-lo)*n:][:n]
			for j, v := range row {
				near(t, "squared distance", float64(v), squaredDistance(x[i*d:][:d], x[j*d:][:d]), 1e-4)
			}
			near(t, "squared distance to itself", float64(row[i]), 0, 0)
		}
	})
}

func TestTrustworthinessAgainstPlainLoops(t *testing.T) {
	const n, dx, dy, k = 270, 6, 2, 7
	x, y := normal(1, n, dx), normal(2, n, dy)
	order := func(x []float32, d, i int) []int { // the other rows, nearest first
		var all []int
		for j := range n {
			if j != i {
				all = append(all, j)
			}
		}
		slices.SortFunc(all, func(a, b int) int {
			return int(1e7 * (squaredDistance(x[i*d:][:d], x[a*d:][:d]) - squaredDistance(x[i*d:][:d], x[b*d:][:d])))
		})
		return all
	}
	var sum float64
	for i := range n {
		inX := order(x, dx, i)
		for _, j := range order(y, dy, i)[:k] {
			sum += float64(max(0, slices.Index(inX, j)+1-k))
		}
	}
	got, err := Trustworthiness(x, dx, y, dy, k)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trustworthiness", got, 1-2*sum/float64(n*k*(2*n-3*k-1)), 1e-4)
	same, err := Trustworthiness(x, dx, times(x, rotation(3, dx), dx), dx, k)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trustworthiness of a rotation", same, 1, 1e-4)
	for _, k := range []int{0, 5, 20} {
		if _, err := Trustworthiness(x[:10*dx], dx, y[:10*dy], dy, k); err == nil || !strings.Contains(err.Error(), "from 1 to 4") {
			t.Errorf("%d neighbours among 10 rows: error %v", k, err)
		}
	}
}
