package probe

import "math"

// rankEps keeps the logarithm of the rank measures finite (Garrido et al. 2023).
const rankEps = 1e-7

// SingularValues returns the min(n, d) singular values of z [n, d] as it is, greatest first.
func SingularValues(z []float32, d int) []float64 {
	rowsOf("SingularValues", z, d)
	return singular(z, make([]float64, d))
}

// singular returns the singular values of z [n, d] after mean [d] is subtracted from its rows.
func singular(z []float32, mean []float64) []float64 {
	d := len(mean)
	values := eigenvalues(moment(z, mean, z, mean), d)[:min(len(z)/d, d)]
	for i, v := range values {
		values[i] = math.Sqrt(v)
	}
	return values
}

// Spectrum returns the d eigenvalues, greatest first, of the covariance of z [n, d] after its rows are normalised: how much
// of the spread on the sphere each direction holds. Their sum is at most 1; a collapse is a sum of 0, a dimensional
// collapse a few eigenvalues far above the others. All are 0 if n < 2.
func Spectrum(z []float32, d int) []float64 {
	n := rowsOf("Spectrum", z, d)
	if n < 2 {
		return make([]float64, d)
	}
	u := Unit(z, d)
	mean := columnMeans(u, d)
	values := eigenvalues(moment(u, mean, u, mean), d)
	for i := range values {
		values[i] /= float64(n - 1)
	}
	return values
}

// RankMe returns the effective rank of z [n, d], exp(-Σ p log p) with p = σ/Σσ + 1e-7 over the singular values of z as
// it is (Garrido et al. 2023, equations 1 and 2): about min(n, d) where all directions are used alike, 1 where z
// collapsed to a line, 0 if z is all zeros.
func RankMe(z []float32, d int) float64 { return entropyRank(SingularValues(z, d), rankEps) }

// EffectiveRank is RankMe of z [n, d] with its columns centred. The common offset of the rows, which hides the other
// directions in RankMe, does not count; 0 if all rows are equal.
func EffectiveRank(z []float32, d int) float64 {
	rowsOf("EffectiveRank", z, d)
	return entropyRank(singular(z, columnMeans(z, d)), rankEps)
}

func entropyRank(singular []float64, eps float64) float64 {
	sum, entropy := total(singular), 0.0
	if sum == 0 {
		return 0
	}
	for _, s := range singular {
		p := s/sum + eps
		entropy -= p * math.Log(p)
	}
	return math.Exp(entropy)
}

// ParticipationRatio returns (Σλ)²/Σλ² over the eigenvalues λ of the covariance of z [n, d]: between 1 and d, the
// number of directions that share the variance; 0 if all rows are equal.
func ParticipationRatio(z []float32, d int) float64 {
	rowsOf("ParticipationRatio", z, d)
	mean := columnMeans(z, d)
	c := moment(z, mean, z, mean)
	var trace, squares float64
	for i, v := range c {
		squares += v * v // the sum of the squared elements is that of the squared eigenvalues
		if i%(d+1) == 0 {
			trace += v
		}
	}
	if trace == 0 {
		return 0
	}
	return trace * trace / squares
}
