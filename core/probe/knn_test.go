package probe

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// plainNeighbours is Nearest for one query as plain loops: all cosines, sorted.
func plainNeighbours(query, bank []float32, d, k int) (index []int32, cosine []float64) {
	cosines := make([]float64, len(bank)/d)
	for j := range cosines {
		cosines[j] = plainCosine(query, bank[j*d:][:d])
		index = append(index, int32(j))
	}
	slices.SortStableFunc(index, func(a, b int32) int { return cmp.Compare(cosines[b], cosines[a]) })
	for _, j := range index[:k] {
		cosine = append(cosine, cosines[j])
	}
	return index[:k], cosine
}

func plainCosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for j := range a {
		ab += float64(a[j]) * float64(b[j])
		aa += float64(a[j]) * float64(a[j])
		bb += float64(b[j]) * float64(b[j])
	}
	return ab / math.Sqrt(aa*bb)
}

func TestNearest(t *testing.T) {
	for _, tc := range []struct{ n, m, d, k int }{
		{1, 1, 1, 1}, {3, 10, 4, 10}, {300, 77, 5, 12}, {5, 400, 33, 200}, {7, 50, 3, 1},
	} {
		t.Run(fmt.Sprint(tc), func(t *testing.T) {
			query, bank := normal(1, tc.n, tc.d), normal(2, tc.m, tc.d)
			index, cosine, k, err := Nearest(query, bank, tc.d, tc.k)
			if err != nil || k != tc.k {
				t.Fatal(k, err)
			}
			for i := range tc.n {
				want, wantCosine := plainNeighbours(query[i*tc.d:][:tc.d], bank, tc.d, k)
				if !slices.Equal(index[i*k:][:k], want) {
					t.Fatalf("row %d: neighbours %v, want %v", i, index[i*k:][:k], want)
				}
				for j, c := range wantCosine {
					near(t, "cosine", float64(cosine[i*k+j]), c, 1e-6)
				}
			}
		})
	}
}

func TestNearestTies(t *testing.T) {
	bank := repeat([]float32{1, 0, 0, 1}, 50) // rows 0, 2, 4, … equal the query
	index, _, _, err := Nearest([]float32{5, 0}, bank, 2, 60)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range index {
		want := int32(2 * i)
		if i >= 50 {
			want = int32(2*(i-50) + 1)
		}
		if got != want {
			t.Fatalf("neighbour %d is row %d, want %d: of equals the lowest first", i, got, want)
		}
	}
}

func TestSelectTopOfZeros(t *testing.T) {
	negative := float32(math.Copysign(0, -1))
	top := make([]candidate, 3)
	selectTop(top, []float32{negative, 0, -1, negative, 1, 0})
	for i, want := range []int32{4, 0, 1} { // -0 and 0 are equal
		if top[i].index() != want {
			t.Errorf("place %d: index %d, want %d", i, top[i].index(), want)
		}
	}
}

func TestNearestSkipsNaN(t *testing.T) {
	nan := float32(math.NaN())
	for _, bank := range [][]float32{{nan, 1, 2, 1, 1, 0}, {2, 1, nan, 1, 1, 0}, {2, 1, 1, 0, nan, 1}} {
		index, _, _, _ := Nearest([]float32{1, 0}, bank, 2, 2)
		for _, j := range index {
			if bank[2*j] != bank[2*j] {
				t.Errorf("bank %v: a row of NaN is among the neighbours %v", bank, index)
			}
		}
	}
}

func TestKNNAgainstPlainLoops(t *testing.T) {
	const n, m, d, classes, temperature = 270, 90, 7, 4, 0.1
	bank, labels := blobs(1, m, d, classes, 0.6)
	query := normal(2, n, d)
	for _, k := range []int{1, 13, m} {
		votes, err := KNN{k, temperature}.Classify(bank, labels, query, d, classes)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			index, cosine := plainNeighbours(query[i*d:][:d], bank, d, k)
			share, sum := make([]float64, classes), 0.0
			for j, at := range index {
				share[labels[at]] += math.Exp(cosine[j] / temperature)
				sum += math.Exp(cosine[j] / temperature)
			}
			for c, s := range share {
				near(t, "share", float64(votes.Share[i*classes+c]), s/sum, 1e-5)
			}
			if best := slices.Index(share, slices.Max(share)); int(votes.Class[i]) != best {
				t.Errorf("k %d: row %d is class %d, want %d", k, i, votes.Class[i], best)
			}
		}
	}
}

func TestKNNKeepsUnderTransformations(t *testing.T) {
	const n, m, d, classes = 40, 300, 8, 3
	bank, labels := blobs(1, m, d, classes, 0.7)
	query, truth := blobs(1, n, d, classes, 0.7)
	want, err := KNN{}.Classify(bank, labels, query, d, classes)
	if err != nil {
		t.Fatal(err)
	}
	if acc := Accuracy(want.Class, truth); acc < 0.6 {
		t.Errorf("accuracy %.2f on separate blobs", acc)
	}
	if want.K != 30 || want.Temperature != 0.07 {
		t.Errorf("K %d, temperature %v; want the defaults 30 and 0.07 of a bank of 300", want.K, want.Temperature)
	}
	p, q := permutation(3, m), rotation(4, d)
	scaled := slices.Clone(times(query, q, d))
	for i := range scaled {
		scaled[i] *= float32(1 + i/d)
	}
	got, err := KNN{}.Classify(permuted(times(bank, q, d), p, d), permuted(labels, p, 1), scaled, d, classes)
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "share after permuting the bank, rotating all, scaling queries", got.Share, want.Share, 1e-4)
}

func TestKNNExtremes(t *testing.T) {
	bank, labels := blobs(1, 12, 4, 3, 1)
	cold, err := KNN{K: 500, Temperature: 1e-6}.Classify(bank, labels, bank, 4, 3) // exp(1/1e-6) overflows
	if err != nil {
		t.Fatal(err)
	}
	if cold.K != 12 || Accuracy(cold.Class, labels) != 1 {
		t.Errorf("K %d, accuracy %v; want 12, the whole bank, and 1", cold.K, Accuracy(cold.Class, labels))
	}
	none, err := KNN{}.Classify(bank, labels, nil, 4, 3)
	if err != nil || len(none.Class) != 0 {
		t.Errorf("no queries: %v, %v", none, err)
	}
	single, err := KNN{}.Classify(bank, make([]int32, 12), bank, 4, 1)
	if err != nil || Accuracy(single.Class, make([]int32, 12)) != 1 {
		t.Errorf("a single class: %v, %v", single, err)
	}
	for k, want := range map[int]int{0: 1, 9: 1, 100: 10, 1999: 199, 2000: 200, 1e6: 200} {
		if DefaultK(k) != want {
			t.Errorf("DefaultK(%d) is %d, want %d", k, DefaultK(k), want)
		}
	}
}

func TestKNNRefuses(t *testing.T) {
	bank := normal(1, 4, 2)
	for _, tc := range []struct {
		knn    KNN
		bank   []float32
		labels []int32
		want   string
	}{
		{KNN{}, nil, nil, "bank is empty"},
		{KNN{}, bank, nil, "no labels"},
		{KNN{}, bank, []int32{0, 1, 2, 1}, "label 2 of row 2"},
		{KNN{}, bank, []int32{0, 1, -1, 1}, "label -1"},
		{KNN{K: -1}, bank, []int32{0, 1, 0, 1}, "k is -1"},
		{KNN{Temperature: -1}, bank, []int32{0, 1, 0, 1}, "temperature is -1"},
		{KNN{Temperature: math.NaN()}, bank, []int32{0, 1, 0, 1}, "temperature is NaN"},
	} {
		_, err := tc.knn.Classify(tc.bank, tc.labels, bank, 2, 2)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: error %v, want one with %q", tc, err, tc.want)
		}
	}
}

func BenchmarkKNN(b *testing.B) {
	const n, m, d, classes = 5000, 20000, 128, 10
	bank, labels := blobs(1, m, d, classes, 0.3)
	query := normal(2, n, d)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (KNN{}).Classify(bank, labels, query, d, classes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "queries/s")
}
