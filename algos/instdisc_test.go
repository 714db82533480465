package algos

import (
	"math"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/ad/adtest"
	"pushpull/core/golden"
	"pushpull/core/random"
)

func init() {
	const n, d, size = 3, 5, 11
	r := random.New(3)
	bank := randomUnit(size, d, &r)
	index, noise := []int32{4, 0, 10}, []int32{1, 2, 2, 9, 4, 0}
	checked["instdisc"] = checks{
		golden: map[string]func(*testing.T, golden.Case){"instdisc": goldenInstDisc},
		examples: []example{{
			name: "whole bank", inputs: adtest.Normal(8, 1, n, d), ordered: true, cosine: []int{0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return InstDiscLoss(t, z[0], t.Input(bank, size, d), index, 0.07)
			},
			want: func(z [][]float64) float64 {
				total := 0.0
				for i, v := range unit64(z[0], d) {
					var logits []float64
					for _, entry := range rows64(wide(bank), d) {
						logits = append(logits, dot64(v, entry)/0.07)
					}
					total += logSumExp64(logits) - logits[index[i]]
				}
				return total / n
			},
		}, {
			name: "noise entries", inputs: adtest.Normal(8, 1, n, d), ordered: true, cosine: []int{0},
			loss: func(t *ad.Tape, z []*ad.Value) *ad.Value {
				return InstDiscNCE(t, z[0], t.Input(bank, size, d), index, noise, 0.3, float32(math.Log(40)))
			},
			want: func(z [][]float64) float64 {
				entries := rows64(wide(bank), d)
				total, m := 0.0, len(noise)/n
				chance := float64(m) / size // m times the probability of an entry to be drawn as noise
				for i, v := range unit64(z[0], d) {
					p := func(at int32) float64 { return math.Exp(dot64(v, entries[at])/0.3) / 40 }
					total -= math.Log(p(index[i]) / (p(index[i]) + chance))
					for _, at := range noise[i*m : (i+1)*m] {
						total -= math.Log(chance / (p(at) + chance))
					}
				}
				return total / n
			},
		}},
	}
}

func goldenInstDisc(t *testing.T, c golden.Case) {
	b := newBench(t, c)
	rows, index, tau := c.Input(t, "bank"), c.Input(t, "index").I32(), b.float("temperature")
	bank, d := rows.F32(), rows.Shape[1]
	z := b.in("z")
	if noise, ok := c.Inputs["noise"]; ok {
		b.check(InstDiscNCE(b.Tape, z, b.Input(bank, rows.Shape...), index, noise.I32(), tau, float32(math.Log(c.Float(t, "partition")))))
	} else {
		b.check(InstDiscLoss(b.Tape, z, b.Input(bank, rows.Shape...), index, tau))
	}
	UpdateBank(bank, b.NormalizeRows(z).Data, d, index, b.float("bank_momentum"))
	c.Output(t, "bank_after", bank)
}

// With all of the bank as noise the estimate of the partition is exact.
func TestPartitionIsTheSumOverTheBank(t *testing.T) {
	r := random.New(4)
	bank := randomUnit(6, 4, &r)
	tape := &ad.Tape{}
	z := tape.Input(randomUnit(1, 4, &r), 1, 4)
	want := 0.0
	for _, entry := range rows64(wide(bank), 4) {
		want += math.Exp(dot64(wide(z.Data), entry) / 0.5)
	}
	got := logPartition(tape, z, tape.Input(bank, 6, 4), []int32{0, 1, 2, 3, 4, 5}, 0.5)
	if math.Abs(float64(got)-math.Log(want)) > 1e-5 {
		t.Errorf("%v, want %v", got, math.Log(want))
	}
}

// At low temperatures the partition itself is no float32.
func TestNoiseGoesWithLowTemperatures(t *testing.T) {
	for _, tau := range []string{"0.01", "0.001"} {
		given := with("noise", "6")
		given["temperature"] = tau
		losses(t, begin(t, registry["instdisc"], smallSet(), given), 10)
	}
}

// The constant of NCE is estimated once, and again where another temperature makes it another.
func TestPartitionIsKept(t *testing.T) {
	tr := begin(t, registry["instdisc"], smallSet(), with("noise", "6"))
	a := tr.Objective.(*InstDisc)
	losses(t, tr, 1)
	first := a.partition[0]
	if first == 0 || a.partition[1] != 1/tr.Config.Float("temperature") {
		t.Errorf("after the first step it is %v for 1/τ %v", first, a.partition[1])
	}
	losses(t, tr, 1)
	if a.partition[0] != first {
		t.Errorf("after the second step it is %v, not %v", a.partition[0], first)
	}
	if err := tr.Set("temperature", "0.5"); err != nil {
		t.Fatal(err)
	}
	losses(t, tr, 1)
	if a.partition[0] == first || a.partition[1] != 2 {
		t.Errorf("at another temperature it is %v for 1/τ %v", a.partition[0], a.partition[1])
	}
}
