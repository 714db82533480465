package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"pushpull/core/nn"
	"pushpull/core/train"
	"pushpull/core/transfer"
)

func finetuneCommand() *cli.Command {
	return &cli.Command{
		Name:      "finetune",
		Usage:     "train all of an encoder further, with few labels",
		ArgsUsage: "RUN",
		Description: "A classifier is put on the encoder, and both learn from the labelled images. The epoch that does best on the\n" +
			"labelled images held out is the one that is scored on the test images. The run itself stays as it is; -out keeps the\n" +
			"result.\n\n" + examples(
			"pushpull finetune runs/a -labels 0.01 -out runs/a-tuned",
			"pushpull finetune runs/a -data path/to/other/images -labels 0.1 -scratch",
			"pushpull finetune runs/a -labels 1 -mixup 0.2 -cutmix 1",
			"pushpull finetune runs/a -labels 1 -epochs 10 -json"),
		Flags: slices.Concat(trainedFlags(),
			[]cli.Flag{
				&cli.BoolFlag{Name: "scratch", Usage: "train random weights on the same images and budget, too", HideDefault: true},
				&cli.StringFlag{Name: "out", Usage: "keep the fine-tuned encoder and its classifier in `FOLDER`, new or empty, which eval and embed take like a run"},
			},
			paramFlags(transfer.Params...), paramFlags(find("threads")...)),
		Action: finetuneRun,
	}
}

// finetuning is the result of `pushpull finetune`.
type finetuning struct {
	Run       string            `json:"run"`
	Algo      string            `json:"algo"`
	Encoder   string            `json:"encoder"`
	Steps     int               `json:"steps"` // of the run
	Data      string            `json:"data"`
	Settings  transfer.Settings `json:"settings"`
	Finetuned *transfer.Outcome `json:"finetuned"`
	Scratch   *transfer.Outcome `json:"scratch"` // nil unless asked for
	Seconds   float64           `json:"seconds"`
	Out       string            `json:"out"` // the folder of the fine-tuned encoder, "" where it is not kept

	classes int
}

func finetuneRun(ctx context.Context, c *cli.Command) error {
	text := given(c)
	delete(text, "threads")
	settings, err := transfer.Resolve(text)
	if err != nil {
		return misuse(err, "`pushpull finetune -h` shows every range")
	}
	out := c.String("out")
	if out != "" {
		if err := free(out); err != nil {
			return err
		}
	}
	t, err := openTrained(c)
	if err != nil {
		return err
	}
	if !t.images.Labelled() {
		return withHint(fmt.Errorf("%s has no labels, which fine-tuning needs some of", t.tested), "name labelled images with -data")
	}
	f := &finetuning{Run: t.path, Algo: t.Config.Algo, Encoder: t.Config.Encoder, Steps: t.Step, Data: t.tested, Settings: settings, classes: len(t.images.Known().Classes)}
	var dir *runDir
	if out != "" {
		if dir, err = newDir(out); err != nil { // before the work: nobody takes it from now on
			return err
		}
		defer func() {
			if f.Out == "" {
				dir.discard()
			} else {
				dir.close()
			}
		}()
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	stderr := c.Root().ErrWriter
	fmt.Fprintln(stderr, t)
	begun := time.Now()
	err = f.tune(ctx, t, c.Bool("scratch"), stderr)
	switch {
	case ctx.Err() != nil:
		return interrupted(stderr, "; the run is as it was.")
	case err != nil:
		return err
	}
	if dir != nil {
		if err := keepTuned(dir, t, f.Finetuned.Classifier); err != nil {
			return err
		}
		f.Out = out
	}
	f.Seconds = time.Since(begun).Seconds()
	return printResult(c, f)
}

// tune fine-tunes the encoder, and with scratch trains a random one beside it, and tells the epochs.
func (f *finetuning) tune(ctx context.Context, t *trained, scratch bool, stderr io.Writer) (err error) {
	told := func(name string) func(transfer.Epoch) {
		return func(e transfer.Epoch) {
			loss := ""
			if e.Epoch > 0 {
				loss = fmt.Sprintf("  loss %.4f", e.Loss)
			}
			fmt.Fprintf(stderr, "%s  epoch %d/%d%s  validation %s\n", name, e.Epoch, f.Settings.Epochs, loss, percent(e.Validation))
		}
	}
	f.Finetuned, err = f.Settings.FineTune(ctx, t.network, t.images, told("fine-tuned"))
	if err != nil || !scratch {
		return err
	}
	fresh, err := train.NewNetwork(t.Config, t.Input)
	if err != nil {
		return err
	}
	f.Scratch, err = f.Settings.FromScratch(ctx, fresh, t.images, told("from scratch"))
	return err
}

// keepTuned leaves what fine-tuning made of a run in a folder that can be read like one.
func keepTuned(dir *runDir, t *trained, classifier *nn.Linear) error {
	if err := dir.configure(t.Config); err != nil {
		return err
	}
	if err := t.SaveTuned(dir.file(checkpointName), t.network, classifier, t.images.Known().Classes); err != nil {
		return dir.cannotWrite(err)
	}
	return nil
}

// write prints the outcome for people, with its protocol.
func (f *finetuning) write(to io.Writer) {
	s, o := f.Settings, f.Finetuned
	fmt.Fprintf(to, "\n%s, %s, fine-tuned on %s with %s of the labels: %d images to learn from, %d to choose the epoch by (seed %d)\n",
		f.Algo, f.Encoder, f.Data, percent(s.Labels), o.Learned, o.Held, s.Seed)
	fmt.Fprintf(to, "%d epochs, %d steps of up to %d images, AdamW: head-lr %g, backbone-lr %g, cosine, weight-decay %g, crop-min %g\n",
		s.Epochs, o.Steps, s.Batch, s.HeadLR, s.BackboneLR, s.WeightDecay, s.CropMin)
	fmt.Fprintf(to, "\naccuracy on %d test images:\n", o.Tested)
	w := table(to)
	fmt.Fprintln(w, "\ttest\tvalidation\tbest epoch\t")
	fmt.Fprintf(w, "fine-tuned\t%s\t%s\t%d\t\n", percent(o.Test), percent(o.Validation), o.Best)
	fmt.Fprintf(w, "linear probe\t%s\t%s\t\t\n", percent(o.Probe.Test), percent(o.Probe.Validation))
	if r := f.Scratch; r != nil {
		fmt.Fprintf(w, "from scratch\t%s\t%s\t%d\t\n", percent(r.Test), percent(r.Validation), r.Best)
	}
	fmt.Fprintf(w, "chance\t%s\t\t\t\n", percent(1/float64(f.classes)))
	w.Flush()
	fmt.Fprintf(to, "linear probe: of the encoder as it was, same labels, columns standardised, l2 %g chosen on the validation images;\n"+
		"  fine-tuning starts from it, as epoch 0\n", o.Probe.L2)
	if f.Scratch != nil {
		fmt.Fprintf(to, "from scratch: random weights, same images and budget, scratch-lr %g\n", s.ScratchLR)
	}
	if f.Out != "" {
		fmt.Fprintf(to, "\n%s holds the fine-tuned encoder and its classifier\n", f.Out)
	}
}
