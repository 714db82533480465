package main

import (
	"time"

	"pushpull/tools/bench/work"
)

// fusedMultiplyAdds does n rounds of ten 128-bit fused multiply-adds that do not wait for each other.
func fusedMultiplyAdds(n int)

// bound128 returns the operations a second that one core does with 128-bit fused multiply-adds and nothing else: what
// WebAssembly cannot surpass.
func bound128(budget time.Duration) float64 {
	const rounds, operations = 1_000_000, 10 * 4 * 2
	return rounds * operations / work.Median(budget, func() { fusedMultiplyAdds(rounds) })
}
