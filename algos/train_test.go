package algos

import (
	"bytes"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

// small is a run of a few quick steps: 5 an epoch, 2 epochs.
var small = map[string]string{
	"epochs": "2", "batch": "8", "conv-channels": "4-8", "conv-strides": "2-2", "head-hidden": "12", "head-dim": "4",
	"mlp-widths": "12-6", "resnet-depths": "1-1", "resnet-width": "4", "vit-patch": "8", "vit-dim": "6", "vit-heads": "2", "vit-depth": "2", "vit-hidden": "8",
	"decoder-dim": "6", "text-dim": "6", "text-heads": "2", "text-depth": "1",
	"predictor-hidden": "8", "queue-size": "20", "clusters": "6", "prototypes": "10", "directions": "5",
}

// variants are ways of an algorithm that its defaults do not go.
var variants = map[string]map[string]string{
	"instdisc": with("noise", "6"),
	"moco":     with("symmetric", "true"),
	"swav":     with("code-queue", "12"),
	"mmcr":     with("nuclear-weight", "0.1"),
	"simclr":   with("learn-temperature", "true"),
	"wmse":     with("whitening-eps", "0.1"),

	"multi_view": with("captions", "true"),
	"clip":       with("learn-temperature", "false"),
}

// smallSet is data for a small run.
func smallSet() *data.Dataset { return data.Shapes(3, 40, 16) }

// begin starts a run of the algorithm with those of the given hyperparameters that it uses.
func begin(t testing.TB, a Algorithm, d *data.Dataset, given map[string]string) *train.Trainer {
	t.Helper()
	encoder := "convnet"
	if a.Name == "can" {
		encoder = "vit"
	}
	return beginWith(t, a, d, encoder, given)
}

func beginWith(t testing.TB, a Algorithm, d *data.Dataset, encoder string, given map[string]string) *train.Trainer {
	t.Helper()
	tr, err := Start(configured(t, a, d, encoder, given), d)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// configured returns a configuration of the algorithm with those of the given hyperparameters that it uses.
func configured(t testing.TB, a Algorithm, d *data.Dataset, encoder string, given map[string]string) train.Config {
	t.Helper()
	used := maps.Clone(given)
	for key := range used {
		if p, ok := train.Find(key); !ok || p.Owned && a.Defaults[key] == nil {
			delete(used, key)
		}
	}
	c, err := Resolve(a.Name, d.Name, encoder, used)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// steps returns the metrics of the next n steps.
func steps(t testing.TB, tr *train.Trainer, n int) []train.Metrics {
	t.Helper()
	var all []train.Metrics
	for range n {
		m, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// losses returns those of the next n steps.
func losses(t testing.TB, tr *train.Trainer, n int) []float32 {
	t.Helper()
	var all []float32
	for _, m := range steps(t, tr, n) {
		all = append(all, m.Loss)
	}
	return all
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: loss %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// with returns small with one value changed.
func with(key, value string) map[string]string {
	given := maps.Clone(small)
	given[key] = value
	return given
}

func TestRunsAreReproducible(t *testing.T) {
	before := kernel.Threads()
	defer kernel.SetThreads(before)
	d := smallSet()
	for _, a := range All() {
		t.Run(a.Name, func(t *testing.T) { checkReproducible(t, a, d, small) })
		if given, ok := variants[a.Name]; ok {
			t.Run(a.Name+"/variant", func(t *testing.T) { checkReproducible(t, a, d, given) })
		}
	}
}

// checkReproducible checks that neither threads nor an interruption changes a bit of the losses, and that the seed does.
func checkReproducible(t *testing.T, a Algorithm, d *data.Dataset, given map[string]string) {
	given = maps.Clone(given)
	given["threads"] = "1"
	want := losses(t, begin(t, a, d, given), 10)
	given["threads"] = "2"
	sameBits(t, "two threads", losses(t, begin(t, a, d, given), 10), want)
	path := filepath.Join(t.TempDir(), "checkpoint")
	for _, stop := range []int{3, 5} { // within an epoch and at its end
		first := begin(t, a, d, given)
		losses(t, first, stop)
		if err := first.Save(path); err != nil {
			t.Fatal(err)
		}
		c, err := train.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Start(c.Config, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Restore(c); err != nil {
			t.Fatal(err)
		}
		sameBits(t, "resumed", losses(t, second, 10-stop), want[stop:])
	}
	given["seed"] = "2"
	if other := losses(t, begin(t, a, d, given), 3); other[2] == want[2] {
		t.Errorf("another seed has the same loss %v", other[2])
	}
}

// Words are numbered by how often captions have them. A run does not go on with captions by which they have other numbers:
// all tensors would fit, but the words of their rows would be others.
func TestWordsKeepTheirNumbers(t *testing.T) {
	d := smallSet()
	a, err := Find("clip")
	if err != nil {
		t.Fatal(err)
	}
	first := begin(t, a, d, maps.Clone(small))
	words := first.Objective.(train.Captioner).Words()
	often, seldom := words[0], words[len(words)-1]
	var file bytes.Buffer
	if err := first.Write(&file); err != nil {
		t.Fatal(err)
	}
	c, err := train.Read(&file, int64(file.Len()), "run")
	if err != nil {
		t.Fatal(err)
	}
	other := *d.Train
	other.Captions = slices.Clone(other.Captions)
	for i, text := range other.Captions {
		said := strings.Fields(text)
		for k, word := range said {
			if word == often {
				said[k] = seldom
			} else if word == seldom {
				said[k] = often
			}
		}
		other.Captions[i] = strings.Join(said, " ")
	}
	second, err := Start(c.Config, &data.Dataset{Name: d.Name, Train: &other, Test: d.Test, Mean: d.Mean, Std: d.Std})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Restore(c); err == nil || !strings.Contains(err.Error(), "run cannot go on with these captions") {
		t.Errorf("error %v", err)
	}
}

// Each switch does something, from the very step on which it is flipped, and training goes on.
func TestSwitchesFlipWhileTraining(t *testing.T) {
	d := smallSet()
	for _, a := range All() {
		for key, v := range a.Defaults {
			p, _ := train.Find(key)
			on, isSwitch := v.(bool)
			if !isSwitch || !p.Owned {
				continue
			}
			t.Run(a.Name+"/"+key, func(t *testing.T) {
				flip := "true"
				if on {
					flip = "false"
				}
				plain := losses(t, begin(t, a, d, small), 5)
				var flipped []float32
				if p.Live {
					tr := begin(t, a, d, small)
					flipped = losses(t, tr, 2)
					sameBits(t, "before the flip", flipped, plain[:2])
					if err := tr.Set(key, flip); err != nil {
						t.Fatal(err)
					}
					flipped = append(flipped, losses(t, tr, 3)...)
				} else {
					flipped = losses(t, begin(t, a, d, with(key, flip)), 5)
				}
				if flipped[4] == plain[4] {
					t.Errorf("the loss after the flip is %v, as without", plain[4])
				}
			})
		}
	}
}

func TestEveryEncoderServesEveryAlgorithm(t *testing.T) {
	d := smallSet()
	for _, a := range All() {
		for _, e := range train.Encoders {
			if a.Name == "can" && e.Name != "vit" {
				continue // refused; see TestCANNeedsPatches
			}
			t.Run(a.Name+"/"+e.Name, func(t *testing.T) {
				tr := beginWith(t, a, d, e.Name, small)
				before := losses(t, tr, 1)[0]
				if after := losses(t, tr, 2)[1]; after == before {
					t.Errorf("the loss stays %v", after)
				}
			})
		}
	}
}

func TestStateIsNoLargerThanTheData(t *testing.T) {
	for name, key := range map[string]string{"moco": "queue-size", "nnclr": "queue-size", "ressl": "queue-size", "swav": "code-queue", "deepcluster": "clusters", "deepcluster_v2": "clusters"} {
		a, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		tr := begin(t, a, smallSet(), with(key, "50"))
		if len(tr.Notes) != 1 || !strings.Contains(tr.Notes[0], key+" is 40, not 50") {
			t.Errorf("%s: notes %q", name, tr.Notes)
		}
	}
}

func TestSupervisedMethodRefusesUnlabelledData(t *testing.T) {
	d := smallSet()
	d.Train.Labels = nil
	checkRefused(t, "supcon", d, small, "labels")
}

func TestMethodsOfCaptionsRefuseDataWithout(t *testing.T) {
	d := smallSet()
	d.Train.Captions = nil
	for _, name := range []string{"clip", "siglip"} {
		checkRefused(t, name, d, small, name+" learns from captions and these images have none")
	}
	checkRefused(t, "multi_view", d, with("captions", "true"), "or set captions to false")
}

func TestTooSmallBatchIsRefused(t *testing.T) {
	checkRefused(t, "simclr", smallSet(), with("batch", "1"), "set batch to 2 or more")
}

// The smallest batch that an algorithm takes is one that it can learn from.
func TestSmallestBatchTeaches(t *testing.T) {
	for _, a := range All() {
		given := with("batch", strconv.Itoa(a.MinBatch))
		given["head-dim"] = "2" // W-MSE takes half as many as there are images
		for at, m := range steps(t, begin(t, a, smallSet(), given), 3) {
			if !(m.GradNorm > 0) {
				t.Errorf("%s: step %d of %d images has a gradient of %v", a.Name, at+1, a.MinBatch, m.GradNorm)
			}
		}
	}
}

// Switches that replace what an algorithm keeps do so on the very step on which they are flipped.
func TestFlipsActAtOnce(t *testing.T) {
	for _, a := range All() {
		for _, key := range []string{"momentum-encoder", "centring"} {
			if _, owned := a.Defaults[key]; !owned {
				continue
			}
			plain := losses(t, begin(t, a, smallSet(), small), 3)
			tr := begin(t, a, smallSet(), small)
			losses(t, tr, 2)
			if err := tr.Set(key, "false"); err != nil {
				t.Fatal(err)
			}
			if got := losses(t, tr, 1)[0]; got == plain[2] {
				t.Errorf("%s: the first step without %s has the loss %v, as with it", a.Name, key, got)
			}
		}
	}
}

// A configuration that was written before its algorithm got a value starts with the default, and is left as it is.
func TestOlderConfigurationGetsDefaults(t *testing.T) {
	c, err := Resolve("simsiam", "shapes", "mlp", map[string]string{"batch": "8"})
	if err != nil {
		t.Fatal(err)
	}
	delete(c.Values, "predictor")
	tr, err := Start(c, smallSet())
	if err != nil {
		t.Fatal(err)
	}
	if tr.Config.Bool("predictor") != registry["simsiam"].Defaults["predictor"] {
		t.Error("simsiam started without its predictor")
	}
	if _, given := c.Values["predictor"]; given {
		t.Error("the configuration was changed")
	}
}

// checkRefused checks that a run of the ConvNet does not start, and that its error says what is wanted.
func checkRefused(t *testing.T, algo string, d *data.Dataset, given map[string]string, want string) {
	t.Helper()
	if _, err := Start(configured(t, registry[algo], d, "convnet", given), d); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestUnknownAlgorithmIsExplained(t *testing.T) {
	if _, err := Find("simcrl"); err == nil || !strings.Contains(err.Error(), "did you mean simclr?") {
		t.Errorf("error %v", err)
	}
}

func TestSteadyStepAllocatesNothing(t *testing.T) {
	before := kernel.Threads()
	defer kernel.SetThreads(before)
	d := smallSet()
	check := func(a Algorithm, encoder string) {
		given := with("epochs", "100")
		given["threads"] = "1" // how many work at a time, and so how much scratch there is, is then always the same
		tr := beginWith(t, a, d, encoder, given)
		losses(t, tr, 6)
		n := testing.AllocsPerRun(3, func() { // within the second epoch
			if _, err := tr.Step(); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%s, %s: %v allocations a step, want 0", a.Name, encoder, n)
		}
	}
	for _, a := range All() {
		if a.Name == "can" {
			check(a, "vit")
			continue
		}
		check(a, "convnet")
	}
	simclr, err := Find("simclr")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range train.Encoders {
		check(simclr, e.Name)
	}
}
