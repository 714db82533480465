package session

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/safetensors"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// arrived is closed once the files called "slow" are all there.
var arrived chan struct{}

// given answers files of the user as the trainer would: "bad" is no data set. Those of "mirrored" are as those of one file on
// the whole, those of "elsewhere" are the same, decoded by another browser.
func given(m *protocol.Files, progress func(done, total int)) (*data.Dataset, error) {
	progress(1, 2)
	switch m.Names[0] {
	case "bad":
		return nil, errors.New("bad: holds no images")
	case "slow":
		<-arrived
	}
	d := data.Shapes(uint64(len(m.Names)), 40, 16)
	d.Name, d.Digest = m.Names[0], uint64(len(m.Names))
	switch d.Name {
	case "mirrored":
		d.Digest = 99
	case "elsewhere":
		d.Mean[0] += 0.01
	}
	d.Train.Labels, d.Test.Labels = nil, nil
	d.Skipped = []data.Skip{{File: "x", Reason: "is empty"}}
	return d, nil
}

func files(names ...string) *protocol.Files {
	m := &protocol.Files{N: len(names), Names: names, Contents: make([][]byte, len(names)), NameBytes: len(names) - 1}
	for _, n := range names {
		m.NameBytes += len(n)
	}
	return m
}

func TestFilesBecomeADataSet(t *testing.T) {
	p := open(t)
	p.start(nil)
	first := p.losses(2)
	p.inbox <- files("bad")
	if e := p.failure(); e.Fatal || e.Message != "bad: holds no images" {
		t.Errorf("%+v", e)
	}
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	if again := p.losses(2); !slices.Equal(again, first) {
		t.Errorf("after files that are none the losses are %v, not %v", again, first)
	}

	start := &protocol.Start{Algo: "simclr", Data: train.Yours, Encoder: "convnet", Values: tiny}
	p.inbox <- files("cats")
	if d := until[*protocol.Dataset](p); d.Name != train.Yours || d.Title != "cats" || d.Train != 40 || d.Test != 16 || d.Left != 1 || d.Skipped[0] != "x is empty" {
		t.Errorf("%+v", d)
	}
	p.inbox <- start
	if r := until[*protocol.Ready](p); r.TrainImages != 40 || r.TestImages != 16 {
		t.Errorf("%+v", r)
	}
	one := p.losses(2)
	p.inbox <- files("cats", "dogs") // takes the place of the first
	until[*protocol.Dataset](p)
	p.inbox <- start
	until[*protocol.Ready](p)
	if two := p.losses(2); slices.Equal(one, two) {
		t.Error("other files give the same losses")
	}
}

func TestYoursBeforeThereIsAny(t *testing.T) {
	p := open(t)
	p.inbox <- &protocol.Start{Algo: "simclr", Data: train.Yours, Encoder: "convnet", Values: tiny}
	if e := p.failure(); !e.Fatal || e.Message != "your images are no longer here: drop them onto the page again" {
		t.Errorf("%+v", e)
	}
}

// A saved run whose images are not here, as after the page was loaded again, is told; the run in progress goes on.
func TestRunOfYoursWithoutThem(t *testing.T) {
	p := open(t)
	p.inbox <- files("cats", "dogs")
	until[*protocol.Dataset](p)
	p.inbox <- &protocol.Start{Algo: "simclr", Data: train.Yours, Encoder: "convnet", Values: tiny}
	p.inbox <- &protocol.Save{}
	saved := until[*protocol.Checkpoint](p)

	p = open(t)
	p.start(nil)
	p.losses(1)
	p.inbox <- saved
	if e := p.failure(); e.Fatal || !strings.Contains(e.Message, `learned from the data set "yours", which is not here`) {
		t.Errorf("%+v", e)
	}
	p.losses(1)
}

// Training goes on while files are read, and gives the losses that it gives alone; of files that come meanwhile the last
// are read next.
func TestTrainingGoesOnWhileFilesAreRead(t *testing.T) {
	p := open(t)
	p.start(nil)
	want := p.losses(8)
	p.inbox <- &protocol.Reset{}
	until[*protocol.References](p)
	arrived = make(chan struct{})
	p.inbox <- files("slow")
	until[*protocol.Progress](p)
	got := p.losses(4)
	p.inbox <- files("birds")
	p.inbox <- files("cats", "dogs")
	got = append(got, p.losses(2)...)
	close(arrived)
	if d := until[*protocol.Dataset](p); d.Title != "slow" {
		t.Errorf("%+v", d)
	}
	if d := until[*protocol.Dataset](p); d.Title != "cats" {
		t.Errorf("%+v", d)
	}
	if got = append(got, p.losses(2)...); !slices.Equal(got, want) {
		t.Errorf("the losses are %v, not %v", got, want)
	}
}

// A saved run of other images of the user does not go on with those that are here now, even if they are alike on the whole.
func TestRunOfOtherFiles(t *testing.T) {
	p := open(t)
	give := func(names ...string) {
		p.inbox <- files(names...)
		until[*protocol.Dataset](p)
	}
	give("cats")
	p.inbox <- &protocol.Start{Algo: "simclr", Data: train.Yours, Encoder: "convnet", Values: tiny}
	p.losses(1)
	saved := &protocol.Checkpoint{Name: "a.safetensors", File: p.saved()}
	want := p.losses(1)[0]
	older := &protocol.Checkpoint{Name: "a.safetensors", File: edited(t, saved.File, func(meta map[string]string) {
		meta["input"] = strings.Replace(meta["input"], `,"digest":1`, "", 1)
	})}
	native := &protocol.Checkpoint{Name: "a.safetensors", File: edited(t, saved.File, func(meta map[string]string) {
		meta["config"] = strings.Replace(meta["config"], `"yours"`, `"path/to/cats"`, 1)
	})}
	refused := func(m *protocol.Checkpoint) {
		t.Helper()
		p.inbox <- m
		if e := p.failure(); e.Fatal || !strings.Contains(e.Message, "learned from other images of yours than those that are here") {
			t.Errorf("%+v", e)
		}
	}
	goesOn := func(m *protocol.Checkpoint, notes int) {
		t.Helper()
		p.inbox <- m
		if r := until[*protocol.Ready](p); !r.Opened || len(r.Notes) != notes {
			t.Errorf("%+v", r)
		}
		p.phase("paused")
	}
	give("cats", "dogs")
	refused(saved)
	refused(older)
	give("mirrored")
	refused(saved)
	goesOn(older, 0) // which does not tell
	give("elsewhere")
	goesOn(saved, 0)
	give("cats")
	for _, m := range []*protocol.Checkpoint{saved, older, native} {
		goesOn(m, 0)
		if got := p.losses(1)[0]; got != want {
			t.Errorf("the run goes on with the loss %v, not %v", got, want)
		}
	}
}

// edited returns a checkpoint with other metadata.
func edited(t *testing.T, file []byte, edit func(meta map[string]string)) []byte {
	t.Helper()
	tensors, meta, err := safetensors.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	edit(meta)
	var b bytes.Buffer
	if err := safetensors.Write(&b, tensors, meta); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A step that is asked for where there is no run is answered.
func TestStepWithoutARun(t *testing.T) {
	p := open(t)
	p.inbox <- &protocol.Start{Algo: "simclr", Data: train.Yours, Encoder: "convnet", Values: tiny}
	p.failure()
	p.inbox <- &protocol.Step{N: 2, ID: 7}
	for until[*protocol.State](p).Did != 7 {
	}
}
