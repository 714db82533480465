package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func number(x float64) *float64 { return &x }

// messages has one message of every kind.
var messages = []Message{
	&Start{Algo: "simclr", Data: "shapes", Encoder: "convnet", Values: map[string]string{"temperature": "0.5"}},
	&Play{},
	&Pause{},
	&Step{N: 3, ID: 1},
	&Reset{},
	&Set{Values: map[string]string{"lr": "0.01"}},
	&Ready{Config: json.RawMessage(`{"seed":1}`), Backend: "simd", StepsPerEpoch: 7, TotalSteps: 70, Parameters: 9, TrainImages: 5, TestImages: 4, Stacks: json.RawMessage(`[{"part":"head"}]`)},
	&Progress{What: "mnist", Done: 5, Total: 10, Unit: "bytes"},
	&State{Phase: "playing", Step: 4, Did: 1},
	&Metrics{Step: 4, Epoch: 0.5, Loss: number(5.5), LearningRate: 1e-3, KNN: nil, Std: number(0.9), Alignment: number(0.1), Spectrum: []float64{0.5, 0.25}, ImagesPerSecond: 100},
	&References{RawPixels: 0.3, Untrained: 0.25, Bank: 2000, Queries: 1000, Voters: 200},
	&Error{Message: "the loss is not finite", Hint: "lower the learning rate", Fatal: true},
	&Images{N: 2, H: 2, W: 1, C: 3, Classes: []string{"cat", "dög"}, Files: []string{"a/1.png", "b/ü.png"}, Factors: []Factor{{Name: "size", Names: []string{"small"}, Of: []int32{0, 0}}}, Labels: []int32{1, 0}, Pixels: []uint8("abcdefghijkl")},
	&Snapshot{Step: 4, N: 1, Space: "z", Names: []string{"sphere", "pca"}, Figures: []string{"loss"}, Positions: [][]float32{{0, 0, 1}, {-3, 2, 0.5}}, Values: [][]float32{{0.25}}},
	&View{Wish: 3, Theme: "dark", Projection: "pca", Hide: []int{2}, Colour: "size", Points: "pictures", Pairs: "forces", Drag: "catch", Marked: []int{1}, Chosen: new(int)},
	&Legend{Entries: []LegendEntry{{Name: "cat", Light: "#000000", Dark: "#ffffff", Shape: "circle", Path: "M0 0", Count: 3}}, Ramp: &Ramp{What: "loss", Light: []string{"#000000"}, Dark: []string{"#ffffff"}, High: 2},
		Forces: []ForceEntry{{Name: "pull", Light: "#000000", Dark: "#ffffff"}}, Why: "no softmax"},
	&Hover{Index: 3, Class: 1, Label: "cat", Chosen: -1},
	&Pace{Milliseconds: 400},
	&Stage{Step: 4, Name: "loss"},
	&Inspect{On: true},
	&Batch{Step: 4, Rows: 2, H: 1, W: 2, C: 1, Classes: []string{"cat"}, Labels: []int32{0, 0}, Images: 1, Temperature: 0.5, Weighted: true, Why: "so",
		Positives: []int{1}, Negatives: []int{0}, False: []int{0}, Similarity: []float32{1, 0, 0, 1}, Softmax: []float32{0, 1, 1, 0}, Gradient: []float32{0, -1, -1, 0}, Pixels: []uint8("abcd")},
	&Mark{Step: 4, Text: "stop-gradient off"},
	&Verdict{Step: 4, State: "collapsed", Text: "Collapsed.", Reason: "std 0.00", Try: "stop-gradient on"},
	&Look{Projection: "umap", Space: "h", Points: 1000, Colour: "agreement", Pairs: true, Focus: -1},
	&Neighbours{Step: 4, Point: 3, Space: "h", Before: []int{1}, Now: []int{2}, Similarity: []float32{0.5}},
	&Pairs{Step: 4, N: 1, Projection: "pca", Split: true, Labels: []int32{1}, Positions: []float32{1, 2, 3, 4, 5, 6}, Pull: []float32{0, 0, 1, 0, 0, -1}, Push: []float32{1, 0, 0, 0, 1, 0}},
	&Selection{Points: []int{4, 5}},
	&Sample{N: 1, Views: 8, Draw: 7},
	&Views{N: 1, H: 1, W: 2, C: 1, Whole: 1, Local: Local{1, 1, 1}, Labels: []string{"cat"}, Captions: []string{"a cat"}, Patch: 1, Idle: map[string]string{"hue": "jitter is 0"},
		Made: []Made{{Corners: [4][2]float32{{0, 0}, {1, 0}, {1, 1}, {0, 1}}, Words: []string{"gray"}, Hidden: []int32{1}}, {}}, Pixels: []uint8("abcde")},
	&Save{},
	&Files{NameBytes: 9, N: 2, Names: []string{"a/b.png", "c"}, Contents: [][]byte{[]byte("12345"), {}}},
	&Dataset{Name: "yours", Title: "cats", Train: 8, Test: 2, H: 32, W: 32, C: 3, Classes: []string{"a", "b"}, Notes: []string{"n"}, Skipped: []string{"x is empty"}, Left: 1},
	&Checkpoint{Name: "a.safetensors", Step: 4, File: []byte("tensors")},
}

func TestRoundTrip(t *testing.T) {
	seen := map[Kind]bool{}
	for _, m := range messages {
		seen[m.Kind()] = true
		got, err := Decode(Encode(m))
		if err != nil {
			t.Errorf("%T: %v", m, err)
		} else if !reflect.DeepEqual(got, m) {
			t.Errorf("%T: got %+v, want %+v", m, got, m)
		}
	}
	for k := Kind(1); empty(k) != nil; k++ {
		if !seen[k] {
			t.Errorf("kind %d is not among the messages of this test", k)
		}
	}
}

// A buffer from JavaScript may lie anywhere.
func TestDecodeUnaligned(t *testing.T) {
	for _, m := range messages {
		for shift := range 4 {
			b := append(make([]byte, shift), Encode(m)...)
			if got, err := Decode(b[shift:]); err != nil || !reflect.DeepEqual(got, m) {
				t.Errorf("%T at %d: %+v, %v", m, shift, got, err)
			}
		}
	}
}

func TestDecodeViewsInPlace(t *testing.T) {
	b := Encode(&Snapshot{N: 1, Names: []string{"pca"}, Positions: [][]float32{{1, 2, 3}}})
	m, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	s := m.(*Snapshot)
	copy(b[len(b)-4:], bytesOf([]float32{7}))
	if s.Positions[0][2] != 7 {
		t.Errorf("positions %v are a copy of the buffer", s.Positions)
	}
}

func TestDecodeRefuses(t *testing.T) {
	edit := func(m Message, f func(b []byte) []byte) []byte { return f(Encode(m)) }
	head := func(kind Kind, head string, body ...byte) []byte {
		head += strings.Repeat(" ", -len(head)&3)
		return append([]byte(fmt.Sprintf("PP%c%c%c\x00\x00\x00%s", Version, kind, len(head), head)), body...)
	}
	for _, tc := range []struct {
		name, want string
		b          []byte
	}{
		{"nothing", "no message", nil},
		{"noise", "no message", []byte("hello, world")},
		{"another version", "version 9", edit(&Play{}, func(b []byte) []byte { b[2] = 9; return b })},
		{"unknown kind", "unknown kind", edit(&Play{}, func(b []byte) []byte { b[3] = 200; return b })},
		{"head longer than the message", "a head of", edit(&Play{}, func(b []byte) []byte { b[4] = 64; return b })},
		{"head that is no JSON", "head:", edit(&Play{}, func(b []byte) []byte { b[8] = '['; return b })},
		{"body where none belongs", "too many", edit(&Play{}, func(b []byte) []byte { return append(b, 0) })},
		{"positions cut short", "a body of", edit(messages[13], func(b []byte) []byte { return b[:len(b)-1] })},
		{"negative n", "-1 points", head(KindSnapshot, `{"n":-1,"names":["a"]}`)},
		{"huge n", "points", head(KindSnapshot, `{"n":1000000000000,"names":["a"]}`)},
		{"five channels", "shape", head(KindImages, `{"n":1,"h":1,"w":1,"c":5}`)},
		{"batch without its labels", "0 labels", head(KindBatch, `{"rows":2,"h":1,"w":1,"c":1,"classes":["a"]}`)},
		{"batch cut short", "a body of", edit(messages[20], func(b []byte) []byte { return b[:len(b)-1] })},
		{"pairs cut short", "pairs", head(KindPairs, `{"n":1}`, 1, 2, 3)},
		{"factor without a value", "size 7", head(KindImages, `{"n":1,"h":1,"w":1,"c":1,"classes":["a"],"factors":[{"name":"size","names":["s"]}]}`, 0, 0, 0, 0, 7, 0, 0, 0, 1)},
		{"label without a class", "label 7", head(KindImages, `{"n":1,"h":1,"w":1,"c":1,"classes":["a"]}`, 7, 0, 0, 0, 1)},
	} {
		if _, err := Decode(tc.b); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want an error with %q", tc.name, err, tc.want)
		}
	}
}

func TestEncodePanicsOnWrongShape(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a snapshot with too few coordinates was encoded")
		}
	}()
	Encode(&Snapshot{N: 2, Names: []string{"pca"}, Positions: [][]float32{{1, 2, 3}}})
}

// The page's JavaScript has the same kinds under the same numbers.
func TestJavaScriptKinds(t *testing.T) {
	src, err := os.ReadFile("../../static/js/protocol.js")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+): (\d+),$`).FindAllStringSubmatch(string(src), -1) {
		kinds[m[1]] = m[2]
	}
	for _, m := range messages {
		name := strings.ToLower(reflect.TypeOf(m).Elem().Name())
		if kinds[name] != fmt.Sprint(m.Kind()) {
			t.Errorf("%s is %d here, %q in protocol.js", name, m.Kind(), kinds[name])
		}
	}
	if len(kinds) != len(messages) {
		t.Errorf("%d kinds in protocol.js, %d here", len(kinds), len(messages))
	}
	if !bytes.Contains(src, fmt.Appendf(nil, "VERSION = %d;", Version)) {
		t.Errorf("protocol.js does not speak version %d", Version)
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range messages {
		f.Add(Encode(m))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(Encode(m))
		if err != nil {
			t.Fatalf("%+v: decoded, encoded, but not decoded again: %v", m, err)
		}
		if !bytes.Equal(Encode(again), Encode(m)) {
			t.Fatalf("%+v became %+v", m, again)
		}
	})
}

func TestTitleOfFiles(t *testing.T) {
	for want, names := range map[string][]string{
		"pets.zip":          {"pets.zip"},
		"pets":              {"pets/cat/1.png", "pets/dog/1.png"},
		"a.png and another": {"a.png", "b.png"},
		"pets and 2 others": {"pets/1.png", "labels.csv", "more/1.png", "more/2.png"},
	} {
		if got := (&Files{Names: names}).Title(); got != want {
			t.Errorf("%v are called %q, want %q", names, got, want)
		}
	}
}
