package train

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pushpull/core/safetensors"
)

func TestResumedRunContinuesBitForBit(t *testing.T) {
	o := &pull{}
	straight := losses(t, start(t, o, nil), 13)
	path := filepath.Join(t.TempDir(), "c.safetensors")
	for _, stop := range []int{0, 3, 5, 7} { // within an epoch of 5 steps and at its border
		first := start(t, &pull{}, nil)
		losses(t, first, stop)
		if err := first.Save(path); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		again := &pull{}
		second, err := New(c.Config, tiny(t), again)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Restore(c); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "resumed", losses(t, second, 13-stop), straight[stop:])
		for _, e := range again.epochs {
			if e*5 < stop {
				t.Errorf("stopped after %d steps: epoch %d began again", stop, e)
			}
		}
	}
	if len(o.epochs) != 3 {
		t.Errorf("epochs begun: %v, want 0 1 2", o.epochs)
	}
}

// A run may go on with other images, as of a folder that got more: they are normalised as the encoder knows it, each epoch has
// an order of its own, and notes tell. Images of another size are refused.
func TestRestoreWithOtherImages(t *testing.T) {
	first := start(t, &pull{}, nil)
	losses(t, first, 11)
	path := filepath.Join(t.TempDir(), "c.safetensors")
	if err := first.Save(path); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	d := tiny(t)
	d.Train.Pixels, d.Train.Labels = slices.Repeat(d.Train.Pixels, 4), slices.Repeat(d.Train.Labels, 4)
	d.Mean = []float32{.1, .2, .3}
	again := &pull{}
	second, err := New(c.Config, d, again)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Restore(c); err != nil {
		t.Fatal(err)
	}
	want, _ := first.Embed(d.Test, Sample(0, 20, 0))
	got, _ := second.Embed(d.Test, Sample(0, 20, 0))
	sameBits(t, "representations", got, want)
	sameBits(t, "views", second.loader.Load(9, []int32{3, 1, 4}), first.loader.Load(9, []int32{3, 1, 4}))
	if notes := strings.Join(second.Notes, " "); !strings.Contains(notes, "not those that the run began with") || !strings.Contains(notes, "its 11 steps were 0 epochs") {
		t.Errorf("notes %q", notes)
	}
	losses(t, second, 20)
	if !slices.Equal(again.epochs, []int{1}) {
		t.Errorf("after 31 steps, 20 an epoch, began the epochs %v", again.epochs)
	}
	d.Mean, d.Std = []float32{.5, .5, .5}, []float32{.1, .2, .3}
	for digest, noted := range map[uint64]bool{1: false, 2: true, 0: true} { // the deviation is another one each time
		c.Input.Digest, d.Digest = digest, 1
		third, err := New(c.Config, d, &pull{})
		if err != nil {
			t.Fatal(err)
		}
		if err := third.Restore(c); err != nil || strings.Contains(strings.Join(third.Notes, " "), "not those") != noted {
			t.Errorf("digest %d after %d: %v, notes %q", d.Digest, digest, err, third.Notes)
		}
	}
	c.Input.W = 9
	if err := second.Restore(c); err == nil || !strings.Contains(err.Error(), "cannot go on with images of 8x8x3: it learned from images of 8x9x3") {
		t.Errorf("another size: %v", err)
	}
}

func TestBadCheckpointsAreExplained(t *testing.T) {
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk")
	if err := os.WriteFile(junk, []byte("not a checkpoint at all"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(junk); err == nil || !strings.Contains(err.Error(), "is not a checkpoint") {
		t.Errorf("junk: %v", err)
	}
	path := filepath.Join(dir, "c.safetensors")
	tr := start(t, &pull{}, nil)
	tr.step = -1
	var negative bytes.Buffer
	if err := tr.Write(&negative); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(&negative, int64(negative.Len()), "negative"); err == nil || !strings.Contains(err.Error(), `says step "-1"`) {
		t.Errorf("a negative step: %v", err)
	}
	tr.step = 0
	if err := tr.Save(path); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	wider := start(t, &pull{}, map[string]string{"head-dim": "7"})
	if err := wider.Restore(c); err == nil || !strings.Contains(err.Error(), "does not fit this network") {
		t.Errorf("another network: %v", err)
	}
	for name, change := range map[string]func(c *Checkpoint){
		`its tensor "mean.seen" has the shape [3 2], not [6]`: func(c *Checkpoint) { c.tensors[at(c, "mean.seen")].Shape = []int{3, 2} },
		`it has no tensor "mean.seen"`:                        func(c *Checkpoint) { c.tensors[at(c, "mean.seen")].Name = "mean.sean" },
		`its tensor "optimiser.predictor.0.weight.steps" holds 0.5, not a whole number from 0 to `: func(c *Checkpoint) {
			c.tensors[at(c, "optimiser.predictor.0.weight.steps")].Data[0] = 0.5
		},
	} {
		c, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		for i := range c.tensors[0].Data {
			c.tensors[0].Data[i]++
		}
		before := slices.Clone(tr.tensors()[0].Data)
		if err := tr.Restore(c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		sameBits(t, "after a checkpoint that was refused", tr.tensors()[0].Data, before)
	}
	for _, begun := range []int{2, 9} {
		tr.begun = begun
		var odd bytes.Buffer
		if err := tr.Write(&odd); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&odd, int64(odd.Len()), "odd"); err == nil || !strings.Contains(err.Error(), "epochs have begun after 0 steps") {
			t.Errorf("%d epochs begun before the first step: %v", begun, err)
		}
	}
	if err := tr.Save(filepath.Join(dir, "missing", "c")); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("missing folder: %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// at returns which of the tensors has the name.
func at(c *Checkpoint, name string) int {
	return slices.IndexFunc(c.tensors, func(x safetensors.Tensor) bool { return x.Name == name })
}

// Files that count Adam's steps once for all parameters, as all did before, go on bit for bit, too.
func TestOneCountOfStepsIsThatOfAllParameters(t *testing.T) {
	first := start(t, &pull{}, nil)
	losses(t, first, 4)
	var file bytes.Buffer
	if err := first.Write(&file); err != nil {
		t.Fatal(err)
	}
	tensors, meta, err := safetensors.Read(&file, int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var older []safetensors.Tensor
	for _, x := range tensors {
		if strings.HasPrefix(x.Name, "optimiser.") && strings.HasSuffix(x.Name, ".steps") {
			continue
		}
		older = append(older, x)
	}
	older = append(older, safetensors.Tensor{Name: "optimiser.steps", Shape: []int{1}, Data: []float32{4}})
	if err := safetensors.Write(&file, older, meta); err != nil {
		t.Fatal(err)
	}
	c, err := Read(&file, int64(file.Len()), "older")
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, &pull{}, nil)
	if err := second.Restore(c); err != nil {
		t.Fatal(err)
	}
	sameBits(t, "resumed", losses(t, second, 4), losses(t, first, 4))
}
