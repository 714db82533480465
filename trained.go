package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/core/transfer"
)

// trained is a run that a command looks at, and the images that it is shown.
type trained struct {
	*train.Checkpoint
	path    string
	network *train.Network
	source  string // of the images
	tested  string // of those that it is evaluated on
	images  *data.Dataset
}

// trainedFlags are the flags of commands that look at a run.
func trainedFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "data", Usage: "show it the images of `SET`, as -data of pushpull train takes it (default: those it learned from)"},
		jsonFlag("the results"),
	}
}

// openTrained reads the run that the command line names, and the images that it is shown.
func openTrained(c *cli.Command) (*trained, error) {
	path, err := argument(c, "run", "name the folder that -out of `pushpull train` was, or a checkpoint that the page saved")
	if err != nil {
		return nil, err
	}
	saved, err := loadRun(path)
	if err != nil {
		return nil, err
	}
	t := &trained{Checkpoint: saved, path: path, source: saved.Config.Data}
	if c.IsSet("data") {
		t.source = c.String("data")
	}
	if text, ok := given(c)["threads"]; ok {
		if err := t.Config.Set("threads", text); err != nil {
			return nil, codedError{err, exitUsage}
		}
		kernel.SetThreads(t.Config.Int("threads"))
	}
	probe, square := "", 0
	if !c.IsSet("data") {
		probe = t.Config.Probe
	}
	if !c.IsSet("data") || t.Config.Data == train.Yours {
		square = side(saved)
	}
	t.tested = cmp.Or(probe, t.source)
	if t.images, err = loadBoth(t.source, probe, square, c.Root().ErrWriter); err != nil {
		return nil, err
	}
	if err := t.Fits(t.images.Train); err != nil {
		return nil, withHint(fmt.Errorf("%s cannot be shown to %s: %w", t.source, path, err), "-data takes images like those it learned from, %s", t.Config.Data)
	}
	if t.network, err = t.Network(); err != nil {
		return nil, err
	}
	return t, nil
}

// String tells what is looked at.
func (t *trained) String() string {
	c := t.Config
	text := fmt.Sprintf("%s: %s, %s, %d steps on %s (%dx%dx%d), seed %d", t.path, c.Algo, c.Encoder, t.Step, c.Data, t.Input.H, t.Input.W, t.Input.C, c.Int("seed"))
	if t.Classes != nil {
		text += fmt.Sprintf(", then fine-tuned to tell %d classes apart", len(t.Classes))
	}
	return text
}

// captions returns the side of captions of a run that learned from some, nil for others. Its words and prompts are those of
// the images that the run learned from, so they have to be there: under their name, or shown.
func (t *trained) captions(stderr io.Writer) (*transfer.Text, error) {
	a, err := algos.Find(t.Config.Algo)
	if err != nil {
		return nil, err
	}
	if o, err := a.New(t.Config); err != nil {
		return nil, err
	} else if _, ok := o.(train.Captioner); !ok || t.Classes != nil { // captions were left out of fine-tuning
		return nil, nil
	}
	own := t.images
	if t.source != t.Config.Data {
		if named, err := load(t.Config.Data, side(t.Checkpoint), stderr); err == nil {
			own = named
		} else if t.images.Train.Captions == nil {
			return nil, err
		}
	}
	trainer, err := algos.Start(t.Config, own)
	if err != nil {
		return nil, err
	}
	if err := trainer.Restore(t.Checkpoint); err != nil {
		return nil, err
	}
	o := trainer.Objective.(train.Captioner)
	if own.Train.Captions == nil || o.EmbedCaptions(own.Train.Captions[:1]) == nil {
		return nil, nil
	}
	return &transfer.Text{Encoder: o, Prompts: transfer.Prompts(own.Train, promptCount, uint64(t.Config.Int("seed")))}, nil
}

// promptCount is the number of prompts for each class.
const promptCount = 64
