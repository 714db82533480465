package data

import "testing"

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1400: "1,400", 60_000: "60,000", 1_281_167: "1,281,167"} {
		if got := Count(n); got != want {
			t.Errorf("%d is written %s, not %s", n, got, want)
		}
	}
}
