package session

import (
	"slices"
	"strings"
	"testing"

	"pushpull/core/augment"
	"pushpull/core/random"
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
			for key, v := range preset.Strengths {
				strengths[key] = v
			}
			told := map[string]int{}
			for i := range uint64(400) {
				r := random.New(2, i)
				record := preset.Views(strengths).First.View(view.Pix, src.Pix, h, w, c, &r)
				augment.ResizedCrop(cut, src, record.Box, true, &scratch)
				words := made(record, h, w, c).Words
				for _, word := range words {
					told[strings.SplitN(word, " ", 2)[0]]++
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
				"none": {"as"}, "weak_strong": {"cut"}, "remote_sensing": {"turned", "bands", "mirrored"},
				"trivialaugment": {"full", "equalised", "inverted", "solarised", "sharpness", "slanted", "shifted", "turned", "cut"},
			}[preset.Name] {
				if told[word] == 0 {
					t.Errorf("%s: no view is told as %q: %v", preset.Name, word, told)
				}
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
