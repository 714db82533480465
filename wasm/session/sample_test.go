package session

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/augment"
	"pushpull/core/random"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// TestWordsTellWhatIsSeen: of a view that differs from what was cut out, words say how; of one that does not, that nothing
// but the cut happened, or not even that.
func TestWordsTellWhatIsSeen(t *testing.T) {
	const h, w = 12, 12
	var scratch augment.Scratch
	for _, c := range []int{1, 3} {
		src, cut, view := augment.NewImage(h, w, c), augment.NewImage(h, w, c), augment.NewImage(h, w, c)
		r := random.New(1)
		for i := range src.Pix {
			src.Pix[i] = r.Uniform(0.1, 0.9)
		}
		for _, preset := range augment.Presets {
			strengths := augment.Strengths{"crop-min": 0.3, "gray-prob": 0.5, "flip": 0.2}
			if preset.Name == "simclr" {
				maps.Copy(strengths, augment.Strengths{"jitter": 1, "jitter-prob": 0.5, "brightness": 0.4, "contrast": 0.4, "blur-prob": 0.1, "blur-sigma": 1, "solarise-prob": 0.1, "erase-prob": 0.1})
			}
			for key, v := range preset.Strengths {
				strengths[key] = v
			}
			told := map[string]int{}
			for i := range uint64(400) {
				r := random.New(2, i)
				record := preset.Views(strengths).First.View(view, src, &r, &scratch)
				augment.ResizedCrop(cut, src, record.Box, true, &scratch)
				words := made(train.View{Image: view, Record: record}, src).Words
				for _, word := range words {
					told[strings.SplitN(word, " ", 2)[0]]++
				}
				if len(words) == 0 {
					t.Errorf("%s: nothing is said of %+v", preset.Name, record)
				}
				only := len(words) == 1 && (words[0] == "cut only" || words[0] == "as it is")
				if same := slices.Equal(view.Pix, cut.Pix); only && !same || same && c == 1 && slices.Contains(words, "gray") {
					t.Errorf("%s of %d channels, view %d: %q of a view that is its cut: %v; %+v", preset.Name, c, i, words, same, record)
				}
				if whole := record.Box == (augment.Box{Height: h, Width: w}); only && whole != (words[0] == "as it is") {
					t.Errorf("%s: %q of the box %v", preset.Name, words, record.Box)
				}
			}
			for _, word := range map[string][]string{
				"none": {"as"}, "weak_strong": {"cut"}, "simclr": {"brightness", "contrast", "blurred", "solarised", "a"}, "remote_sensing": {"turned", "bands", "mirrored"},
				"trivialaugment": {"full", "equalised", "inverted", "solarised", "sharpness", "slanted", "shifted", "turned", "cut"},
			}[preset.Name] {
				if told[word] == 0 {
					t.Errorf("%s: no view is told as %q: %v", preset.Name, word, told)
				}
			}
		}
	}
}

// TestViewsAreThoseOfTheRun: as many as the algorithm asks for, small ones, hidden patches and captions too.
func TestViewsAreThoseOfTheRun(t *testing.T) {
	p := open(t)
	for _, tc := range []struct {
		algo, encoder                string
		values                       map[string]string
		images, whole, local, hidden int
		reads                        bool
	}{
		{algo: "simclr", encoder: "convnet", images: 4, whole: 2},
		{algo: "dino", encoder: "convnet", values: map[string]string{"local-views": "3"}, images: 1, whole: 2, local: 3},
		{algo: "clip", encoder: "convnet", images: 4, whole: 1, reads: true},
		{algo: "siglip", encoder: "convnet", images: 4, whole: 1, reads: true},
		{algo: "multi_view", encoder: "mlp", values: map[string]string{"views": "9"}, images: 1, whole: 9},
		{algo: "multi_view", encoder: "mlp", values: map[string]string{"captions": "true", "text-length": "4"}, images: 2, whole: 3, reads: true},
		{algo: "can", encoder: "vit", values: map[string]string{"mask-ratio": "0.75"}, images: 4, whole: 2, hidden: 48},
	} {
		values := map[string]string{"batch": "8"}
		maps.Copy(values, tc.values)
		p.inbox <- &protocol.Start{Algo: tc.algo, Data: "shapes", Encoder: tc.encoder, Values: values}
		until[*protocol.References](p)
		p.inbox <- &protocol.Sample{N: 4, Views: 8, Draw: 1}
		m := until[*protocol.Views](p)
		if m.N != tc.images || m.Whole != tc.whole || m.Local.N != tc.local {
			t.Errorf("%s: %d images with %d views and %d small ones", tc.algo, m.N, m.Whole, m.Local.N)
		}
		for i, made := range m.Made {
			if len(made.Hidden) != tc.hidden || (m.Patch != 0) != (tc.hidden != 0) {
				t.Errorf("%s: of view %d %d patches of %d pixels are hidden", tc.algo, i, len(made.Hidden), m.Patch)
			}
			a, b, c := made.Corners[0], made.Corners[1], made.Corners[2]
			share := math.Abs(float64((b[0]-a[0])*(c[1]-b[1]))) / (32 * 32)
			if small := i%(tc.whole+tc.local) >= tc.whole; small != (share < 0.45) { // local-crop-max 0.4, crop-min 0.6
				t.Errorf("%s: view %d shows %.2f of the image", tc.algo, i, share)
			}
		}
		for _, caption := range m.Captions {
			if words := len(strings.Fields(caption)); (words > 0) != tc.reads || tc.values["text-length"] != "" && words != 3 {
				t.Errorf("%s reads %q", tc.algo, caption)
			}
		}
	}
}

// Views come as bytes, after their images: all whole ones, then the small ones. Without augmentation each whole view is its image.
func TestPixelsOfViews(t *testing.T) {
	b := newBench(t)
	b.start("dino", "shapes", map[string]string{"augment": "none", "local-views": "1"})
	b.do(&protocol.Sample{N: 3, Views: 9, Draw: 4})
	m, set := last[*protocol.Views](b), b.trainer.Data.Train
	const size = 32 * 32 * 3
	if len(m.Pixels) != 3*3*size+3*16*16*3 {
		t.Fatalf("%d bytes of 3 images with two whole views and a small one", len(m.Pixels))
	}
	for i, made := range m.Made {
		if whole := [4][2]float32{{0, 0}, {32, 0}, {32, 32}, {0, 32}}; i%3 < 2 && made.Corners != whole {
			t.Errorf("view %d is said to have the corners %v", i, made.Corners)
		}
	}
	for i, image := range train.Sample(4, set.Len(), 3) {
		if m.Labels[i] != set.Classes[set.Labels[image]] {
			t.Errorf("image %d is called %q", image, m.Labels[i])
		}
		want := make([]uint8, size)
		set.Bytes(int(image), want)
		for _, at := range []int{i, 3 + 2*i, 4 + 2*i} {
			if !slices.Equal(m.Pixels[at*size:][:size], want) {
				t.Errorf("picture %d is not image %d", at, image)
			}
		}
	}
}

// TestSymmetriesAreNamed by what their matrices do.
func TestSymmetriesAreNamed(t *testing.T) {
	for s, name := range symmetries {
		m := augment.Symmetry(s).Matrix()
		mirrored := m[0]*m[4]-m[1]*m[3] < 0
		if s > 0 && mirrored != strings.HasPrefix(name, "mirrored") {
			t.Errorf("symmetry %d, %v, is called %q", s, m, name)
		}
		for angle, turned := range map[float32]string{90: "turned 90°", 180: "turned 180°", -90: "turned -90°"} {
			r := augment.Rotation(angle)
			near := func(i int) bool { return m[i]-r[i] < 1e-6 && r[i]-m[i] < 1e-6 }
			if is := near(0) && near(1) && near(3) && near(4); is != (name == turned) {
				t.Errorf("symmetry %d, %v, is called %q; turned by %v: %v", s, m, name, angle, is)
			}
		}
	}
}
