package algos

import (
	"math"
	"slices"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/nn"
	"pushpull/core/train"
)

// The loss that an algorithm tells of one embedding for all images is that of a step with such an encoder, whichever
// embedding it is, with each of its switches either way and each weight that may be 0; and where it is told to be the least, other embeddings have more.
func TestConstantIsTheLossOfOneEmbedding(t *testing.T) {
	for _, a := range All() {
		if a.Constant == nil {
			continue
		}
		var keys []string
		ways := map[train.Kind][2]string{train.Bool: {"false", "true"}, train.Float: {"0", "2"}}
		for key := range a.Defaults {
			p, _ := train.Find(key)
			if p.Owned && (p.Kind == train.Bool || p.Kind == train.Float && p.Guard) && key != "predictor" { // the best one changes nothing
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		for flips := range 1 << len(keys) {
			given := with("head-layers", "0")
			given["predictor"] = "false"
			for i, key := range keys {
				p, _ := train.Find(key)
				given[key] = ways[p.Kind][flips>>i&1]
			}
			c := configured(t, a, smallSet(), "mlp", given)
			want, minimum := a.Constant(c)
			for _, each := range []float32{0, 1, 3} {
				tr := beginWith(t, a, smallSet(), "mlp", given)
				prepare(tr, each)
				got := float64(losses(t, tr, 1)[0])
				switch {
				case math.IsNaN(want) && minimum:
					t.Errorf("%s, %v: no number is the minimum", a.Name, c.Values)
				case each > 0 && math.Abs(got-want) > 1e-4*max(1, math.Abs(want)):
					t.Errorf("%s, %v: where all embeddings are %v the loss is %v, not %v", a.Name, c.Values, each, got, want)
				case minimum && got < want-1e-4*max(1, math.Abs(want)):
					t.Errorf("%s, %v: the loss is %v, and %v is told to be the least", a.Name, c.Values, got, want)
				}
			}
		}
	}
}

// prepare makes each number of every embedding the given one, unless that is 0, and a temperature that is learned the one
// that a loss without negatives ends with.
func prepare(tr *train.Trainer, each float32) {
	learned := func(x *ad.Value) {
		if x != nil && !tr.Config.Bool("negatives") {
			x.Data[0] = maxLogScale
		}
	}
	encoders := []nn.Encoder{tr.Encoder}
	switch o := tr.Objective.(type) {
	case *SimCLR:
		learned(o.scale.Value)
	case *InfoNCELoss:
		learned(o.scale.Value)
	case *BYOL:
		encoders = append(encoders, o.target.encoder)
	case *TiCo:
		encoders = append(encoders, o.target.encoder)
	case *MoCoV3:
		encoders = append(encoders, o.key.encoder)
	}
	if each == 0 {
		return
	}
	for _, e := range encoders {
		for _, p := range nn.Parameters(e) {
			clear(p.Data)
			for i := range p.Data {
				if len(p.Shape()) == 1 { // a bias
					p.Data[i] = each
				}
			}
		}
	}
}

// What a verdict advises to switch on again is what keeps embeddings apart, not all that an algorithm has.
func TestOffNamesWhatKeepsEmbeddingsApart(t *testing.T) {
	for _, tc := range []struct {
		algo  string
		given map[string]string
		want  []string
	}{
		{"simsiam", nil, nil},
		{"simsiam", map[string]string{"symmetric": "false", "stop-gradient": "false", "head-final-norm": "false"}, []string{"head-final-norm", "stop-gradient"}},
		{"clip", map[string]string{"learn-temperature": "false"}, nil},
		{"debiased", map[string]string{"class-prior": "0"}, nil},
		{"instdisc", map[string]string{"bank-momentum": "0"}, nil},
		{"vicreg", map[string]string{"variance-weight": "0", "invariance-weight": "0"}, []string{"variance-weight"}},
		{"simclr", map[string]string{"head-batch-stats": "false", "negatives": "false", "normalise": "false"}, []string{"head-batch-stats", "negatives"}},
	} {
		c, err := Resolve(tc.algo, "shapes", "convnet", tc.given)
		if err != nil {
			t.Fatal(err)
		}
		if got := Off(c); !slices.Equal(got, tc.want) {
			t.Errorf("%s with %v: off are %q, want %q", tc.algo, tc.given, got, tc.want)
		}
	}
}
