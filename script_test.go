package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"pushpull/core/train"
	"pushpull/wasm/journal"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"pushpull": main}) }

// TestScript runs the command lines of testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"images":     makeImages,
			"idx":        makeIDX,
			"truncate":   truncate,
			"await":      await,
			"freeport":   freePort,
			"ready":      ready,
			"record":     checkRecord,
			"samelosses": sameLosses,
			"figure":     figure,
			"charts":     charts,
		},
		RequireUniqueNames: true,
	})
}

// makeImages is `images DIR CLASSES TRAIN TEST [SIDE]`: a folder of png images, so many of each class, 12 or SIDE pixels
// wide and high.
func makeImages(ts *testscript.TestScript, _ bool, args []string) {
	numbers, side := atoi(ts, args[1:]), 12
	if len(numbers) > 3 {
		side = numbers[3]
	}
	for class := range numbers[0] {
		for part, n := range map[string]int{"train": numbers[1], "test": numbers[2]} {
			dir := ts.MkAbs(filepath.Join(args[0], part, fmt.Sprint("class", class)))
			ts.Check(os.MkdirAll(dir, 0o755))
			for i := range n {
				picture := image.NewRGBA(image.Rect(0, 0, side, side))
				for y := range side {
					for x := range side {
						picture.Set(x, y, color.RGBA{uint8(80 * class), uint8(240*x/side + i), uint8(240*y/side + 3*i), 255})
					}
				}
				f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.png", i)))
				ts.Check(err)
				ts.Check(png.Encode(f, picture))
				ts.Check(f.Close())
			}
		}
	}
}

// makeIDX is `idx DIR TRAIN TEST`: the four files of a set like MNIST, of so many images.
func makeIDX(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	numbers := atoi(ts, args[1:])
	for prefix, n := range map[string]int{"train": numbers[0], "t10k": numbers[1]} {
		images := []byte{0, 0, 8, 3}
		labels := []byte{0, 0, 8, 1}
		for _, size := range []int{n, 8, 8} {
			images = binary.BigEndian.AppendUint32(images, uint32(size))
		}
		labels = binary.BigEndian.AppendUint32(labels, uint32(n))
		for i := range n {
			labels = append(labels, byte(i%3))
			for p := range 64 {
				images = append(images, byte(p*(i%3+1)+i))
			}
		}
		ts.Check(os.WriteFile(filepath.Join(dir, prefix+"-images-idx3-ubyte"), images, 0o644))
		ts.Check(os.WriteFile(filepath.Join(dir, prefix+"-labels-idx1-ubyte"), labels, 0o644))
	}
}

// truncate is `truncate FILE BYTES`.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(atoi(ts, args[1:])[0])))
}

// await is `await FILE`: it waits until the file has content.
func await(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, args[0]+" stays empty", func() bool {
		info, err := os.Stat(ts.MkAbs(args[0]))
		return err == nil && info.Size() > 0
	})
}

// freePort is `freeport VARIABLE`.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "localhost:0")
	ts.Check(err)
	ts.Setenv(args[0], fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	ts.Check(l.Close())
}

// ready is `ready URL`: it waits until there is an answer.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	poll(ts, args[0]+" does not answer", func() bool {
		r, err := http.Get(args[0])
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}

func poll(ts *testscript.TestScript, failure string, done func() bool) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	ts.Fatalf("%s", failure)
}

// checkRecord is `record KEY=VALUE…`: the last line of standard output is the final record of a run, with these values.
func checkRecord(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	var record map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &record); err != nil {
		ts.Fatalf("last line %q: %v", lines[len(lines)-1], err)
	}
	for _, key := range strings.Fields("algo data encoder epochs steps seed loss knn_top1 std effective_rank views_per_s seconds peak_rss_mb") {
		if _, ok := record[key]; !ok {
			ts.Fatalf("%s is missing in %v", key, record)
		}
	}
	if v, ok := record["loss"].(float64); !ok || v == 0 {
		ts.Fatalf("loss is %v", record["loss"])
	}
	for _, key := range []string{"std", "effective_rank", "views_per_s", "seconds", "peak_rss_mb"} {
		if v, ok := record[key].(float64); !ok || v <= 0 {
			ts.Fatalf("%s is %v", key, record[key])
		}
	}
	if v, ok := record["knn_top1"].(float64); !ok || v < 0 || v > 1 {
		ts.Fatalf("knn_top1 is %v", record["knn_top1"])
	}
	for _, want := range args {
		key, value, _ := strings.Cut(want, "=")
		if got := fmt.Sprint(record[key]); got != value {
			ts.Fatalf("%s is %s, not %s", key, got, value)
		}
	}
}

// figure is `figure KEY VARIABLE`: the variable becomes the value in the last line of standard output, one JSON object.
func figure(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	var record map[string]json.RawMessage
	ts.Check(json.Unmarshal([]byte(lines[len(lines)-1]), &record))
	ts.Setenv(args[1], string(record[args[0]]))
}

// sameLosses is `samelosses RUN RUN STEPS`: both runs have just these steps, and the same loss at each.
func sameLosses(ts *testscript.TestScript, _ bool, args []string) {
	var losses [2][]string
	for i, dir := range args[:2] {
		f, err := os.Open(ts.MkAbs(filepath.Join(dir, metricsName)))
		ts.Check(err)
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var m struct {
				Step int
				Loss json.Number
			}
			ts.Check(json.Unmarshal(lines.Bytes(), &m))
			losses[i] = append(losses[i], m.Loss.String())
			if m.Step != len(losses[i]) {
				ts.Fatalf("%s: line %d has step %d", dir, len(losses[i]), m.Step)
			}
		}
	}
	if n := atoi(ts, args[2:])[0]; len(losses[0]) != n || len(losses[1]) != n {
		ts.Fatalf("%d and %d steps, not %d", len(losses[0]), len(losses[1]), n)
	}
	for i, a := range losses[0] {
		if b := losses[1][i]; a != b {
			ts.Fatalf("loss of step %d: %s and %s", i+1, a, b)
		}
	}
}

// charts is `charts RUN STEPS EVALUATIONS MARK…`: this is what the run's checkpoint brings to the page.
func charts(ts *testscript.TestScript, _ bool, args []string) {
	saved, err := train.Load(ts.MkAbs(filepath.Join(args[0], checkpointName)))
	ts.Check(err)
	j, err := journal.Read(saved)
	ts.Check(err)
	var marks []string
	for _, m := range j.Marks {
		marks = append(marks, m.Text)
	}
	n := atoi(ts, args[1:3])
	if len(j.Steps.Kept) != n[0] || len(j.Evaluations.Kept) != n[1] || !slices.Equal(marks, args[3:]) {
		ts.Fatalf("%d steps, %d evaluations and %q", len(j.Steps.Kept), len(j.Evaluations.Kept), marks)
	}
	for i, s := range j.Steps.Kept {
		if int(s[0]) != i+1 || s[1] == 0 {
			ts.Fatalf("step %d is %v", i+1, s)
		}
	}
	for _, e := range j.Evaluations.Kept {
		if e.KNN == nil || *e.Std == 0 || *e.EffectiveRank == 0 || *e.Alignment == 0 || *e.Uniformity == 0 {
			ts.Fatalf("at step %d nothing was measured", e.Step)
		}
	}
}

func atoi(ts *testscript.TestScript, words []string) []int {
	var ns []int
	for _, w := range words {
		n, err := strconv.Atoi(w)
		ts.Check(err)
		ns = append(ns, n)
	}
	return ns
}
