package train

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/data"
	"pushpull/core/nn"
	"pushpull/core/random"
	"pushpull/core/safetensors"
)

// saved returns a checkpoint of a trainer after some steps.
func saved(t *testing.T, tr *Trainer, steps int) *Checkpoint {
	t.Helper()
	losses(t, tr, steps)
	path := filepath.Join(t.TempDir(), "a.safetensors")
	if err := tr.Save(path); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A checkpoint gives its network alone: no objective, none of its parts, no data set.
func TestNetworkOfCheckpoint(t *testing.T) {
	tr := start(t, &pull{}, nil)
	c := saved(t, tr, 3)
	n, err := c.Network()
	if err != nil {
		t.Fatal(err)
	}
	set := tr.Data.Test
	h, z := n.Embed(set, everything(set.Len()))
	wantH, wantZ := tr.Embed(set, everything(set.Len()))
	sameBits(t, "h", h, wantH)
	sameBits(t, "z", z, wantZ)

	h, z = n.EmbedViews(n.Pixels(set, everything(set.Len())), set)
	sameBits(t, "h of pixels", h, wantH)
	sameBits(t, "z of pixels", z, wantZ)

	fresh, err := NewNetwork(c.Config, c.Input)
	if err != nil {
		t.Fatal(err)
	}
	h, _ = fresh.Embed(set, everything(set.Len()))
	wantH, _ = start(t, &pull{}, nil).Embed(set, everything(set.Len()))
	sameBits(t, "h before the first step", h, wantH)
}

// What the page draws of a run is what its hyperparameters say: the shape of each layer, all that is learned, and what is
// kept besides.
func TestStacksAndMemory(t *testing.T) {
	for _, tc := range []struct {
		encoder string
		given   map[string]string
		shapes  string
	}{
		{"convnet", map[string]string{"conv-channels": "4-6", "conv-strides": "1-2"}, "[8 8 4] [4 4 6] [6]"},
		{"resnet", map[string]string{"resnet-width": "4", "resnet-depths": "1-2-1"}, "[8 8 4] [8 8 4] [4 4 8] [4 4 8] [2 2 16] [16]"},
		{"vit", map[string]string{"vit-dim": "6", "vit-depth": "1", "vit-hidden": "5"}, "[5 6] [5 6] [6]"}, // four patches and the class token
		{"vit", map[string]string{"vit-dim": "6", "vit-depth": "1", "vit-pool": "mean"}, "[4 6] [4 6] [6]"},
		{"mlp", map[string]string{"mlp-widths": "6-4"}, "[192] [6] [4]"},
	} {
		given := map[string]string{"batch": "8", "head-hidden": "9", "head-dim": "7"}
		maps.Copy(given, tc.given)
		c, err := Resolve("pull", "tiny", tc.encoder, Values{}, given)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := New(c, tiny(t), &pull{})
		if err != nil {
			t.Fatal(err)
		}
		stacks, all := tr.Stacks(), 0
		var parts, shapes []string
		for _, s := range stacks {
			parts = append(parts, s.Part)
			for _, l := range s.Layers {
				all += l.Parameters
			}
		}
		for _, l := range stacks[0].Layers {
			shapes = append(shapes, fmt.Sprint(l.Out))
		}
		if got := strings.Join(shapes, " "); got != tc.shapes || strings.Join(parts, " ") != "encoder head predictor" || all != tr.Parameters() {
			t.Errorf("%s %v: %v with layers of %s and %d parameters, want %s and %d", tc.encoder, tc.given, parts, got, all, tc.shapes, tr.Parameters())
		}
		predictor := 7*8 + 2*8 + 8*7 + 7 + 2*8 // of batch-norm scales and shifts, and its statistics
		if got, want := tr.Memory(), []Memory{{"predictor", 4 * predictor}, {"mean", 4 * 7}}; !slices.Equal(got, want) {
			t.Errorf("%s: memory %v, want %v", tc.encoder, got, want)
		}
	}
}

// What fine-tuning left can be read like a run, but not resumed.
func TestTunedCheckpoint(t *testing.T) {
	tr := start(t, &pull{}, nil)
	c := saved(t, tr, 2)
	n, err := c.Network()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range nn.Parameters(n.Encoder) {
		for i := range p.Data {
			p.Data[i] *= 0.75
		}
	}
	path := filepath.Join(t.TempDir(), "tuned.safetensors")
	classifier := nn.NewLinear(n.Dim(), 2, true, new(random.New(1)))
	if err := c.SaveTuned(path, n, classifier, []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	tuned, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tuned.Classes, []string{"a", "b"}) || tuned.Step != 2 {
		t.Errorf("classes %q after %d steps, want a and b after 2", tuned.Classes, tuned.Step)
	}
	again, err := tuned.Network()
	if err != nil {
		t.Fatal(err)
	}
	set := tr.Data.Test
	if err := tuned.Fits(set); err != nil {
		t.Error(err)
	}
	want, _ := n.Embed(set, everything(set.Len()))
	h, _ := again.Embed(set, everything(set.Len()))
	sameBits(t, "h", h, want)
	if at := slices.IndexFunc(tuned.tensors, func(x safetensors.Tensor) bool { return x.Name == "classifier.weight" }); at < 0 || !slices.Equal(tuned.tensors[at].Data, classifier.Weight.Data) {
		t.Error("the classifier is not in the file")
	}
	if err := start(t, &pull{}, nil).Restore(tuned); err == nil || !strings.Contains(err.Error(), "fine-tuned") {
		t.Errorf("resuming it: %v", err)
	}
}

func TestFits(t *testing.T) {
	network := func(encoder string) *Network {
		c, err := Resolve("pull", "tiny", encoder, Values{}, map[string]string{"mlp-widths": "8"})
		if err != nil {
			t.Fatal(err)
		}
		n, err := NewNetwork(c, Input{H: 8, W: 8, C: 3, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, tc := range []struct {
		encoder string
		h, w, c int
		want    string
	}{
		{"convnet", 8, 8, 3, ""},
		{"convnet", 12, 9, 3, ""}, // it takes any size
		{"mlp", 8, 8, 3, ""},
		{"mlp", 8, 9, 3, "the encoder mlp takes images of 8x8 only, these are 8x9"},
		{"convnet", 8, 8, 1, "learned from images of 3 channels (colour), these are 1 channel (gray)"},
	} {
		set := &data.Set{H: tc.h, W: tc.w, C: tc.c, Pixels: make([]uint8, 2*tc.h*tc.w*tc.c)}
		n := network(tc.encoder)
		err := n.Fits(set)
		if tc.want == "" {
			if err != nil {
				t.Errorf("%s, %dx%dx%d: %v", tc.encoder, tc.h, tc.w, tc.c, err)
			} else if h, _ := n.Embed(set, everything(2)); len(h) != 2*n.Dim() {
				t.Errorf("%s, %dx%dx%d: %d numbers", tc.encoder, tc.h, tc.w, tc.c, len(h))
			}
		} else if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s, %dx%dx%d: error %v, want %q", tc.encoder, tc.h, tc.w, tc.c, err, tc.want)
		}
	}
}

// A small set of images after a large one, and the other way round, must not see each other's pixels.
func TestEmbedSetsOfDifferentSizes(t *testing.T) {
	tr := start(t, &pull{}, nil)
	large := &data.Set{H: 16, W: 16, C: 3, Pixels: slices.Repeat([]uint8{200}, 16*16*3)}
	before, _ := tr.Embed(tr.Data.Test, []int32{0, 1})
	first, _ := tr.Embed(large, []int32{0})
	first = slices.Clone(first)
	after, _ := tr.Embed(tr.Data.Test, []int32{0, 1})
	sameBits(t, "small set", after, before)
	again, _ := tr.Embed(large, []int32{0})
	sameBits(t, "large set", again, first)
}

// What a checkpoint says of its input and its values is checked before memory is taken for it.
func TestLoadChecksInput(t *testing.T) {
	tr := start(t, &pull{}, nil)
	path := filepath.Join(t.TempDir(), "a.safetensors")
	if err := tr.Save(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ old, new, want string }{
		{`\"height\":8`, `\"height\":0`, "input has no valid size"},
		{`\"height\":8`, `\"height\":16385`, "input has no valid size"},
		{`\"width\":8`, `\"width\":0`, "input has no valid size"},
		{`\"width\":8`, `\"width\":16385`, "input has no valid size"},
		{`\"channels\":3`, `\"channels\":2`, "input has no valid size"},
		{`\"mean\":[0.5,`, `\"mean\":[`, "input has no valid size"},
		{`\"std\":[0.3,`, `\"std\":[`, "input has no valid size"},
		{`\"std\":[0.3,`, `\"std\":[-0.3,`, "input has no valid size"},
		{`\"std\":[0.3,0.3,0.3]`, `\"std\":[0.3,0.3,0.0]`, "input has no valid size"},
		{`\"conv-strides\":\"1-2\"`, `\"conv-strides\":\"1-1-1\"`, "give both the same number"},
		{`\"encoder\":\"convnet\"`, `\"encoder\":\"nosuchn\"`, "unknown encoder"},
		{`"input"`, `"other"`, "input"},
	} {
		text := strings.Replace(string(whole), tc.old, tc.new, 1)
		if text == string(whole) {
			t.Fatalf("no %s in the checkpoint", tc.old)
		}
		text = lengthened(text, len(tc.new)-len(tc.old))
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s → %s: error %v, want %q", tc.old, tc.new, err, tc.want)
		}
	}
}

// lengthened corrects the length that a safetensors file begins with, after its header grew by some bytes.
func lengthened(file string, by int) string {
	b := []byte(file)
	n := int(b[0]) + int(b[1])<<8 + int(b[2])<<16 + by
	b[0], b[1], b[2] = byte(n), byte(n>>8), byte(n>>16)
	return string(b)
}

// A configuration that is older than a hyperparameter reads as it meant.
func TestConfigOlderThanAHyperparameter(t *testing.T) {
	var c Config
	if err := c.UnmarshalJSON([]byte(`{"algo": "a", "data": "d", "encoder": "mlp", "values": {"batch": 32}}`)); err != nil {
		t.Fatal(err)
	}
	if c.Int("batch") != 32 || c.Int("knn-k") != 200 {
		t.Errorf("batch %d, knn-k %d; want 32 and the default 200", c.Int("batch"), c.Int("knn-k"))
	}
	if _, owned := c.Values["temperature"]; owned {
		t.Error("a hyperparameter of other algorithms came in")
	}
}

// TestEncodersNameWhatTheyDependOn: an encoder has the keys whose values change it, and no others.
func TestEncodersNameWhatTheyDependOn(t *testing.T) {
	of := func(e EncoderInfo, given map[string]string) []float32 { // what it makes of images while it learns
		c, err := Resolve("x", "tiny", e.Name, nil, given)
		if err != nil {
			t.Fatal(err)
		}
		r := random.New(1)
		encoder, err := e.make(c, 16, 16, 3, &r)
		if err != nil {
			t.Fatal(err)
		}
		images := make([]float32, 4*16*16*3)
		for i := range images {
			images[i] = r.Normal()
		}
		draws := random.New(2)
		tape := ad.Tape{Training: true, Random: &draws}
		return slices.Clone(encoder.Forward(&tape, tape.Input(images, 4, 16, 16, 3)).Data)
	}
	other := map[string]string{"mlp-widths": "8-4", "conv-channels": "4-4-4", "conv-strides": "1-1-1", "resnet-depths": "2-1", "resnet-width": "4",
		"vit-patch": "8", "vit-dim": "48", "vit-depth": "2", "vit-heads": "1", "vit-hidden": "8", "vit-pool": "mean", "drop-path": "0.5"}
	for _, e := range Encoders {
		usual := of(e, nil)
		for _, p := range Params {
			if p.Group != "encoder" {
				continue
			}
			if other[p.Key] == "" {
				t.Fatalf("no other value of %s is known here", p.Key)
			}
			changes := !slices.Equal(of(e, map[string]string{p.Key: other[p.Key]}), usual)
			if named := slices.Contains(e.Keys, p.Key); named != changes {
				t.Errorf("%s changes with %s: %v, names it: %v", e.Name, p.Key, changes, named)
			}
		}
	}
}
