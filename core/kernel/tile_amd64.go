package kernel

var avx2Tiling = tiling{
	mr:      6,
	widths:  [2]int{16, 8},
	rows:    [2]func(t *tile){tileRows6x16AVX2, tileRows6x8AVX2},
	columns: [2]func(t *tile){tileColumns6x16AVX2, tileColumns6x8AVX2},
}

var avx512Tiling = tiling{
	mr:      12,
	widths:  [2]int{32, 16},
	rows:    [2]func(t *tile){tileRows12x32AVX512, tileRows12x16AVX512},
	columns: [2]func(t *tile){tileColumns12x32AVX512, tileColumns12x16AVX512},
}

//go:noescape
func tileRows6x16AVX2(t *tile)

//go:noescape
func tileRows6x8AVX2(t *tile)

//go:noescape
func tileColumns6x16AVX2(t *tile)

//go:noescape
func tileColumns6x8AVX2(t *tile)

//go:noescape
func tileRows12x32AVX512(t *tile)

//go:noescape
func tileRows12x16AVX512(t *tile)

//go:noescape
func tileColumns12x32AVX512(t *tile)

//go:noescape
func tileColumns12x16AVX512(t *tile)
