//go:build amd64 || arm64

package kernel

// Assembly sums up one block of rows. These call it for each block of x [rows, c].

func sumRowsBy(one func(sum, x []float32)) func(part, x []float32, c int) {
	return func(part, x []float32, c int) {
		for ; len(x) > 0; part = part[c:] {
			n := min(blockRows*c, len(x))
			one(part[:c], x[:n])
			x = x[n:]
		}
	}
}

func columnMomentsBy(one func(mean, m2, x []float32)) func(mean, m2, x []float32, c int) {
	return func(mean, m2, x []float32, c int) {
		for ; len(x) > 0; mean, m2 = mean[c:], m2[c:] {
			n := min(blockRows*c, len(x))
			one(mean[:c], m2[:c], x[:n])
			x = x[n:]
		}
	}
}

func gradSumsBy(one func(sum, sumX, x, dy, mean []float32)) func(sum, sumX, x, dy, mean []float32) {
	return func(sum, sumX, x, dy, mean []float32) {
		c := len(mean)
		for ; len(x) > 0; sum, sumX = sum[c:], sumX[c:] {
			n := min(blockRows*c, len(x))
			one(sum[:c], sumX[:c], x[:n], dy[:n], mean)
			x, dy = x[n:], dy[n:]
		}
	}
}
