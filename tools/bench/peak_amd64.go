package main

import (
	"time"

	"pushpull/tools/bench/work"
)

// These do n rounds of ten fused multiply-adds that do not wait for each other, on vectors of so many bits.
func fusedMultiplyAdds128(n int)
func fusedMultiplyAdds256(n int)
func fusedMultiplyAdds512(n int)

// bound returns the operations a second that one core does with fused multiply-adds on vectors of so many bits and
// nothing else: what no kernel surpasses. The processor must have them.
func bound(bits int, budget time.Duration) float64 {
	const rounds = 1_000_000
	loop := map[int]func(int){128: fusedMultiplyAdds128, 256: fusedMultiplyAdds256, 512: fusedMultiplyAdds512}[bits]
	operations := float64(rounds * 10 * bits / 32 * 2)
	return operations / work.Median(budget, func() { loop(rounds) })
}
