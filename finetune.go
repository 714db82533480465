package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v3"

	"pushpull/core/train"
	"pushpull/core/transfer"
)

func finetuneCommand() *cli.Command {
	return &cli.Command{
		Name:      "finetune",
		Usage:     "train all of an encoder further, with few labels",
		ArgsUsage: "RUN",
		Description: "A classifier is put on the encoder, and both learn from the labelled images. The epoch that does best on the\n" +
			"labelled images held out is the one that is scored on the test images. The run itself stays as it is.\n\n" + examples(
			"pushpull finetune runs/a -labels 0.01",
			"pushpull finetune runs/a -data path/to/other/images -labels 0.1 -scratch",
			"pushpull finetune runs/a -labels 1 -epochs 10 -json"),
		Flags: slices.Concat(trainedFlags(),
			[]cli.Flag{&cli.BoolFlag{Name: "scratch", Usage: "train random weights on the same images and budget, too", HideDefault: true}},
			paramFlags(transfer.Params...), paramFlags(find("threads")...)),
		Action: func(ctx context.Context, c *cli.Command) error {
			return finetuneRun(ctx, c, c.Root().Writer, c.Root().ErrWriter)
		},
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

	classes int
}

func finetuneRun(ctx context.Context, c *cli.Command, stdout, stderr io.Writer) error {
	text := given(c)
	delete(text, "threads")
	settings, err := transfer.Resolve(text)
	if err != nil {
		return codedError{withHint(err, "`pushpull finetune -h` shows every range"), exitUsage}
	}
	t, err := openTrained(c, stderr)
	if err != nil {
		return err
	}
	n, err := t.network()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	fmt.Fprintln(stderr, t)
	begun := time.Now()
	f := &finetuning{Run: t.path, Algo: t.Config.Algo, Encoder: t.Config.Encoder, Steps: t.Step, Data: t.source, Settings: settings, classes: len(t.images.Train.Classes)}
	run := func(name string, n *train.Network) (*transfer.Outcome, error) {
		o, err := settings.FineTune(ctx, n, t.images, func(e transfer.Epoch) {
			fmt.Fprintf(stderr, "%s  epoch %d/%d  loss %.4f  validation %s\n", name, e.Epoch, settings.Epochs, e.Loss, percent(e.Validation))
		})
		if ctx.Err() != nil {
			fmt.Fprintln(stderr, "Stopped; the run is as it was.")
			return nil, codedError{errQuiet, exitInterrupted}
		}
		return o, err
	}
	if f.Finetuned, err = run("fine-tuned", n); err != nil {
		return err
	}
	if c.Bool("scratch") {
		fresh, err := train.NewNetwork(t.Config, t.Input)
		if err != nil {
			return err
		}
		settings.BackboneLR = settings.ScratchLR
		if f.Scratch, err = run("from scratch", fresh); err != nil {
			return err
		}
	}
	f.Seconds = time.Since(begun).Seconds()
	if c.Bool("json") {
		return json.NewEncoder(stdout).Encode(f)
	}
	return f.writeTable(stdout)
}

// writeTable writes the outcome for people, with its protocol.
func (f *finetuning) writeTable(to io.Writer) error {
	s, o := f.Settings, f.Finetuned
	fmt.Fprintf(to, "\n%s, %s, fine-tuned on %s with %s of the labels: %d images to learn from, %d to choose the epoch by (seed %d)\n",
		f.Algo, f.Encoder, f.Data, percent(s.Labels), o.Learned, o.Held, s.Seed)
	fmt.Fprintf(to, "%d epochs, %d steps of up to %d images, AdamW: head-lr %g, backbone-lr %g", s.Epochs, o.Steps, s.Batch, s.HeadLR, s.BackboneLR)
	if f.Scratch != nil {
		fmt.Fprintf(to, " (%g from scratch)", s.ScratchLR)
	}
	fmt.Fprintf(to, ", cosine; weight-decay %g, crop-min %g\n\naccuracy on %d test images:\n", s.WeightDecay, s.CropMin, o.Tested)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ttest\tvalidation\tbest epoch\t")
	row := func(name string, o *transfer.Outcome) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t\n", name, percent(o.Test), percent(o.Validation), o.Best)
	}
	row("fine-tuned", o)
	if f.Scratch != nil {
		row("from scratch", f.Scratch)
	}
	fmt.Fprintf(w, "chance\t%s\t\t\t\n", percent(1/float64(f.classes)))
	return w.Flush()
}
