package train

import (
	"math"
	"testing"
)

func TestEvaluateSeesWhatPixelsShow(t *testing.T) {
	tr := start(t, &pull{}, nil)
	for _, n := range []int{0, 7, 20, 1000} { // of all images, or of a few that are drawn
		raw, err := tr.RawPixels(n, n)
		if err != nil || raw != 1 {
			t.Errorf("raw pixels of %d images tell dark from light with %v, %v; want 1", n, raw, err)
		}
	}
	m, err := tr.Evaluate(0, 0)
	if err != nil || !(m.KNN > 0.5) || !(m.Std > 0) || !(m.EffectiveRank >= 1) {
		t.Errorf("metrics %+v, %v", m, err)
	}
	for i, label := range tr.Data.Test.Labels {
		tr.Data.Test.Labels[i] = 1 - label
	}
	swapped, err := tr.Evaluate(0, 0)
	if err != nil || math.Abs(m.KNN+swapped.KNN-1) > 1e-9 {
		t.Errorf("accuracy %v, and %v, %v once the test's labels are swapped", m.KNN, swapped.KNN, err)
	}
	if raw, err := tr.RawPixels(7, 7); err != nil || raw != 0 {
		t.Errorf("raw pixels tell dark from light with %v, %v once the test's labels are swapped; want 0", raw, err)
	}
	tr.Data.Test.Labels = nil
	if m, err = tr.Evaluate(0, 0); err != nil || m.KNN != 0 {
		t.Errorf("unlabelled: accuracy %v, %v; want none", m.KNN, err)
	}
}

// told learns from captions, which are the numbers of images, and takes each for the projection of another image.
type told struct {
	pull
	of map[string][]float32
}

func (*told) Words() []string         { return []string{"0"} }
func (*told) Read(text string) string { return text }

func (o *told) EmbedCaptions(captions []string) (x []float32) {
	for _, c := range captions {
		x = append(x, o.of[c]...)
	}
	return x
}

// Recall is the share of images whose caption is nearest of all; where all captions are alike it is none.
func TestRecallOfCaptions(t *testing.T) {
	o := &told{of: map[string][]float32{}}
	tr := start(t, o, nil)
	losses(t, tr, 5)
	_, z := tr.Embed(tr.Data.Test, everything(20))
	for i := range 20 {
		text := string(rune('a' + i))
		tr.Data.Test.Captions = append(tr.Data.Test.Captions, text)
		o.of[text] = z[i*tr.Width() : (i+1)*tr.Width()]
	}
	recall := func() float64 {
		m, err := tr.Evaluate(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return m.Recall
	}
	o.of["a"] = o.of["d"]
	if got := recall(); got != 0.9 {
		t.Errorf("recall %v where two of 20 captions are alike", got)
	}
	for text := range o.of {
		o.of[text] = z[:tr.Width()]
	}
	if got := recall(); got != 0 {
		t.Errorf("recall %v of captions that are alike", got)
	}
	clear(o.of)
	if got := recall(); got != 0 {
		t.Errorf("recall %v without captions", got)
	}
}
