package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"github.com/vbauerster/mpb/v8/decor"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/journal"
)

func trainCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "algo", Value: "simclr", Usage: "train with the algorithm `NAME`, see pushpull list"},
		&cli.StringFlag{Name: "data", Value: "shapes", Usage: "learn from `SET`: shapes, mnist, a set of pushpull data get, or a folder or an archive of images"},
		&cli.StringFlag{Name: "probe-data", Usage: "evaluate on the labelled images of `SET`, another one (default: the one it learns from)"},
		&cli.StringFlag{Name: "encoder", Value: "convnet", Usage: "train the network `NAME`, see pushpull list"},
		&cli.StringFlag{Name: "config", Usage: "take settings from `FILE`, JSON like the config.json of a run; flags count more"},
		&cli.StringFlag{Name: "out", Usage: "keep the run in `FOLDER`, new or empty (default runs/ALGO-DATA-TIME)"},
		&cli.StringFlag{Name: "resume", Usage: "go on with the run in `FOLDER`, bit for bit"},
		jsonFlag("the final record"),
	}
	return &cli.Command{
		Name:  "train",
		Usage: "train an encoder",
		Description: "The run's folder gets config.json, metrics.jsonl (a line a step) and checkpoint.safetensors. Ctrl-C finishes\n" +
			"the step and saves. `pushpull list ALGORITHM` shows the defaults of an algorithm.\n\n" + examples(
			"pushpull train -algo simclr -data mnist -encoder convnet -epochs 3 -out runs/a",
			"pushpull train -algo simsiam -data path/to/images -epochs 100",
			"pushpull train -config runs/a/config.json -seed 2",
			"pushpull train -data path/to/unlabelled -probe-data path/to/labelled",
			"pushpull train -data shapes -max-steps 500 -json | tail -n 1",
			"pushpull train -resume runs/a"),
		Flags:  append(flags, paramFlags(train.Params...)...),
		Action: trainRun,
	}
}

// run is a training and where it leaves its traces.
type run struct {
	*train.Trainer
	dir      *runDir
	view     view
	journal  journal.Journal // for the page, which may open the checkpoint
	before   float64         // seconds that an earlier session took
	begun    time.Time
	stepTime time.Duration // of this session's steps
	first    int           // steps taken before this session
	loss     float32
	measured int // step of the last evaluation
	saved    int // step of the checkpoint
}

// trainRun does what `pushpull train` is asked for.
func trainRun(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	stderr := c.Root().ErrWriter
	r, set, err := prepare(c, stderr)
	if err != nil {
		return err
	}
	defer r.dir.close()

	ctx, stop := interruptible(ctx)
	defer stop()
	if err := r.train(ctx, stderr); err != nil {
		return err
	}
	if !r.Done() {
		return interrupted(stderr, " after step %d of %d; the checkpoint is saved. To go on:\n  pushpull train -resume %s", r.Steps(), r.TotalSteps(), r.dir.path)
	}
	stop() // the summary has nothing to lose
	fmt.Fprintln(stderr, "Measuring the encoder, beside an untrained one and raw pixels…")
	s, err := r.summarise(set)
	if err != nil {
		return err
	}
	return printResult(c, s)
}

// prepare makes a run ready for its next step: everything that can be wrong with what was asked for is found here.
func prepare(c *cli.Command, stderr io.Writer) (*run, *data.Dataset, error) {
	given := given(c)
	if c.IsSet("resume") {
		return prepareResumed(c, given, stderr)
	}
	settings := &settingsFile{}
	if path := c.String("config"); path != "" {
		var err error
		if settings, err = readSettings(path); err != nil {
			return nil, nil, err
		}
	}
	flags := maps.Clone(given)
	name := settings.under(c, given)
	algo, source, encoder := name("algo"), name("data"), name("encoder")
	config, err := algos.Resolve(algo, source, encoder, given)
	if err != nil {
		if _, ok := algos.Resolve(algo, source, encoder, flags); ok == nil {
			return nil, nil, misuse(fmt.Errorf("the settings in %s do not go with the flags: %w", c.String("config"), err), "leave out the flag, or take that setting out of a copy of the file")
		}
		return nil, nil, misuse(err, "`pushpull list` shows what there is, `pushpull train -h` every range")
	}
	out := c.String("out")
	if out != "" {
		if err := free(out); err != nil {
			return nil, nil, err
		}
	}
	set, err := loadBoth(source, name("probe-data"), 0, stderr)
	if err != nil {
		return nil, nil, err
	}
	if set.Train.C == 1 && source != "mnist" { // other gray images want the same kind of views
		if config, err = algos.Resolve(algo, "mnist", encoder, given); err != nil {
			return nil, nil, err
		}
		config.Data = source
	}
	config.Probe = name("probe-data")
	t, err := start(config, set)
	if err != nil {
		return nil, nil, err
	}
	if out == "" {
		if out, err = newFolder(fmt.Sprintf("%s-%s-%s", algo, set.Name, time.Now().Format("20060102-150405"))); err != nil {
			return nil, nil, err
		}
	}
	dir, err := createRunDir(out, config)
	if err != nil {
		return nil, nil, err
	}
	r := &run{Trainer: t, dir: dir}
	if err := r.save(); err != nil {
		dir.discard()
		return nil, nil, err
	}
	describe(stderr, r, set, flags)
	return r, set, nil
}

// start makes the trainer of a run. Images to evaluate on that come from elsewhere have to suit its network.
func start(config train.Config, set *data.Dataset) (*train.Trainer, error) {
	t, err := algos.Start(config, set)
	if err != nil || config.Probe == "" {
		return t, err
	}
	for _, s := range []*data.Set{set.Known(), set.Test} {
		if err := t.Fits(s); err != nil {
			return nil, withHint(fmt.Errorf("%s cannot be evaluated on: %w", config.Probe, err), "-probe-data takes images like those of -data")
		}
	}
	return t, nil
}

// describe says what is about to be trained, and which of the given settings change nothing about it.
func describe(w io.Writer, r *run, set *data.Dataset, given map[string]string) {
	s := set.Train
	fmt.Fprintf(w, "%s on %s (%d images of %dx%dx%d, %d classes; %d to evaluate on)\n",
		r.Config.Algo, r.Config.Data, s.Len(), s.H, s.W, s.C, len(set.Known().Classes), set.Test.Len())
	fmt.Fprintf(w, "%s, %d parameters; %d steps of %d images; results go to %s\n",
		r.Config.Encoder, r.Parameters(), r.TotalSteps(), r.Config.Int("batch"), r.dir.path)
	var kept []string
	for _, m := range r.Memory() {
		kept = append(kept, fmt.Sprintf("%s % .1f", m.Name, decor.SizeB1024(m.Bytes)))
	}
	if kept != nil {
		fmt.Fprintf(w, "%s keeps beside encoder and head: %s\n", r.Config.Algo, strings.Join(kept, ", "))
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
	idle := r.Idle()
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if why := idle[key]; why != "" {
			fmt.Fprintf(w, "-%s has no effect: %s.\n", key, why)
		}
	}
	if r.labelled() {
		fmt.Fprintf(w, "kNN on the way: accuracy on %d test images, bank of %d\n", min(train.TrendQueries, set.Test.Len()), min(train.TrendBank, set.Known().Len()))
	} else {
		fmt.Fprintln(w, unlabelled)
	}
}
