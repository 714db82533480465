package probe

import "math"

// Std returns the standard deviation (divisor n-1) of each column of z [n, d] after its rows are normalised: about
// 1/sqrt(d) where embeddings fill the sphere, 0 where they collapsed to one direction or n < 2.
func Std(z []float32, d int) []float64 {
	n := rowsOf("Std", z, d)
	u := Unit(z, d)
	mean, std := columnMeans(u, d), make([]float64, d)
	if n < 2 {
		return std
	}
	for i := 0; i < len(u); i += d {
		for j, v := range u[i:][:d] {
			std[j] += (float64(v) - mean[j]) * (float64(v) - mean[j])
		}
	}
	for j, v := range std {
		std[j] = math.Sqrt(v / float64(n-1))
	}
	return std
}

// NormalizedStd returns sqrt(d) times the mean of Std: about 1 in a healthy space, 0 in a collapsed one (Chen and He
// 2021, figure 2).
func NormalizedStd(z []float32, d int) float64 {
	return total(Std(z, d)) / math.Sqrt(float64(d))
}

// Alignment returns the mean of |z1-z2|^alpha over the pairs of rows of z1, z2 [n, d], normalised first: 0 where both
// views of each image fall together (Wang and Isola 2020). alpha is usually 2.
func Alignment(z1, z2 []float32, d int, alpha float64) float64 {
	n := rowsOf("Alignment", z1, d)
	must(len(z1) == len(z2), "Alignment: z1 and z2 differ in length")
	if n == 0 {
		return 0
	}
	a, b := Unit(z1, d), Unit(z2, d)
	var sum float64
	for i := 0; i < len(a); i += d {
		sum += math.Pow(squaredDistance(a[i:][:d], b[i:][:d]), alpha/2)
	}
	return sum / float64(n)
}

// squaredDistance returns |a-b|².
func squaredDistance(a, b []float32) float64 {
	var s float64
	for j, v := range a {
		e := float64(v - b[j])
		s += e * e
	}
	return s
}

// Uniformity returns log mean exp(-t |zi-zj|²) over the pairs i < j of rows of z [n, d], normalised first: 0 where all
// fall together, lower the more evenly they cover the sphere (Wang and Isola 2020). t is usually 2. It is 0 if n < 2.
func Uniformity(z []float32, d int, t float64) float64 {
	n := rowsOf("Uniformity", z, d)
	if n < 2 {
		return 0
	}
	u := Unit(z, d)
	sums := make([]float64, n)
	products(u, u, d, func(lo, hi int, s []float32) {
		eachRow(lo, hi, func(i int) {
			for _, v := range s[(i-lo)*n:][:i] {
				sums[i] += math.Exp(2 * t * (float64(v) - 1))
			}
		})
	})
	return math.Log(total(sums) / (float64(n) * float64(n-1) / 2))
}
