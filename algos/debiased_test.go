package algos

import (
	"testing"

	"pushpull/core/golden"
)

func init() {
	checked["debiased"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"debiased": pair(goldenHardNegative)},
		examples: []example{
			hardNegative("no hardness", 5, 4, 0.5, 0.1, 0), hardNegative("bound holds", 3, 5, 0.5, 0.5, 0),
		},
	}
}
