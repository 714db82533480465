package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"pushpull/core/train"
	"pushpull/core/transfer"
)

func evalCommand() *cli.Command {
	return &cli.Command{
		Name:      "eval",
		Usage:     "measure a trained encoder",
		ArgsUsage: "RUN",
		Description: "RUN is the folder of a run, or a checkpoint that the page saved.\n\n" +
			"Nearest neighbours and a linear probe, beside the untrained encoder and raw pixels, each on the test images;\n" +
			"alignment, uniformity, deviation, ranks and spectrum of the embeddings. The defaults of kNN are those of the run.\n\n" + examples(
			"pushpull eval runs/a",
			"pushpull eval runs/a -data path/to/other/images",
			"pushpull eval runs/a -json | jq .linear.top1"),
		Flags: append(append(trainedFlags(),
			&cli.StringFlag{Name: "prompt", Usage: "tell classes by `TEXT`, with {} for the name, {s} for its plural (default: captions that the run learned from)"}),
			paramFlags(slices.Concat(find("knn-k", "knn-temperature"), []train.Param{transfer.L2}, find("threads"))...)...),
		Action: evalRun,
	}
}

// evaluation is the result of `pushpull eval`.
type evaluation struct {
	Run     string `json:"run"`
	Algo    string `json:"algo"`
	Encoder string `json:"encoder"`
	Steps   int    `json:"steps"`
	Seed    int    `json:"seed"`
	Data    string `json:"data"` // that it was measured on
	*transfer.Report

	about string // the run
}

func evalRun(_ context.Context, c *cli.Command) error {
	t, err := openTrained(c)
	if err != nil {
		return err
	}
	text := given(c)
	for _, key := range []string{"knn-k", "knn-temperature"} {
		if v, ok := text[key]; ok {
			if err := t.Config.Set(key, v); err != nil {
				return codedError{err, exitUsage}
			}
		}
	}
	l2, err := parsed(transfer.L2, text)
	if err != nil {
		return err
	}
	stderr := c.Root().ErrWriter
	captions, err := t.captions(stderr)
	if err != nil && c.IsSet("prompt") {
		return err
	} else if err != nil {
		fmt.Fprintf(stderr, "Zero-shot and retrieval are left out: %v\n", err)
	}
	if prompt := c.String("prompt"); c.IsSet("prompt") {
		switch {
		case captions == nil:
			return misuse(fmt.Errorf("-prompt is of no use: %s learned from no captions", t.path), "leave it out")
		case !strings.Contains(prompt, "{}") && !strings.Contains(prompt, "{s}"):
			return misuse(fmt.Errorf("the prompt %q has no {} for the name of a class", prompt), "such as -prompt 'a small {}'")
		}
		captions.Prompts = []string{prompt}
	}
	fmt.Fprintf(stderr, "Measuring on %d training and %d test images…\n", t.images.Known().Len(), t.images.Test.Len())
	report, err := transfer.Measure(t.network, t.images, l2.(float64), captions)
	if err != nil {
		return err
	}
	return printResult(c, &evaluation{t.path, t.Config.Algo, t.Config.Encoder, t.Step, t.Config.Int("seed"), t.tested, report, t.String()})
}

// write prints the figures for people, each with its protocol.
func (e *evaluation) write(to io.Writer) {
	fmt.Fprintf(to, "%s\nmeasured on %s: %d training and %d test images\n", e.about, e.Data, e.Train, e.Test)
	if e.KNN == nil {
		fmt.Fprintln(to, unlabelled)
	} else {
		e.writeAccuracy(to)
	}
	if e.Retrieval != nil {
		writeRetrieval(to, e.Retrieval)
	}
	writeGeometry(to, e.Geometry)
}

func (e *evaluation) writeAccuracy(to io.Writer) {
	k, l, z := e.KNN, e.Linear, e.ZeroShot
	fmt.Fprintf(to, "\naccuracy on the test images, read from representations h:\n")
	w := table(to)
	fmt.Fprintln(w, "\ttrained\tuntrained\traw pixels\tchance\t")
	fmt.Fprintf(w, "kNN\t%s\t%s\t%s\t%s\t\n", percent(k.Top1), percent(k.Untrained), percent(k.RawPixels), percent(1/float64(e.Classes)))
	fmt.Fprintf(w, "linear probe\t%s\t%s\t\t\t\n", percent(l.Top1), percent(l.Untrained))
	if z != nil {
		fmt.Fprintf(w, "zero-shot\t%s\t\t\t\t\n", percent(z.Top1))
	}
	w.Flush()
	fmt.Fprintf(to, "kNN: bank of %d training images, k %d, temperature %g\n", k.Bank, k.K, k.Temperature)
	fmt.Fprintf(to, "linear probe: fitted on %d training images (%s there), columns standardised, L-BFGS, %d iterations, l2 %g\n",
		e.Train, percent(l.Fitted), l.Iterations, l.L2)
	if z != nil {
		fmt.Fprintf(to, "zero-shot: nearest class by z, prompts for each: %d, such as %q\n", z.Prompts, z.Example)
	}
}

func writeRetrieval(to io.Writer, r *transfer.Retrieval) {
	fmt.Fprintf(to, "\nretrieval by z among %d candidates, mean of %d groups of test images, ties count as misses:\n", r.Candidates, r.Groups)
	w := table(to)
	fmt.Fprintln(w, "\trecall@1\trecall@5\tmedian rank\t")
	fmt.Fprintf(w, "caption of an image\t%s\t%s\t%g\t\n", percent(r.ImageToText.Recall1), percent(r.ImageToText.Recall5), r.ImageToText.Median)
	fmt.Fprintf(w, "image of a caption\t%s\t%s\t%g\t\n", percent(r.TextToImage.Recall1), percent(r.TextToImage.Recall5), r.TextToImage.Median)
	w.Flush()
}

func writeGeometry(to io.Writer, g *transfer.Geometry) {
	fmt.Fprintf(to, "\nembeddings of %d test images, chosen with seed %d:\n", g.Images, g.Seed)
	w := table(to)
	fmt.Fprintln(w, "\th\tz\t")
	for _, row := range []struct {
		name   string
		format string
		of     func(*transfer.Space) any
	}{
		{"dimensions", "%d", func(s *transfer.Space) any { return s.Dim }},
		{"alignment", "%.3f", func(s *transfer.Space) any { return s.Alignment }},
		{"uniformity", "%.3f", func(s *transfer.Space) any { return s.Uniformity }},
		{"std", "%.3f", func(s *transfer.Space) any { return s.NormalizedStd }},
		{"RankMe", "%.1f", func(s *transfer.Space) any { return s.RankMe }},
		{"effective rank", "%.1f", func(s *transfer.Space) any { return s.EffectiveRank }},
		{"participation ratio", "%.1f", func(s *transfer.Space) any { return s.Participation }},
		{"directions with 50% of the variance", "%d", func(s *transfer.Space) any { return s.Directions(0.5) }},
		{"with 90%", "%d", func(s *transfer.Space) any { return s.Directions(0.9) }},
		{"with 99%", "%d", func(s *transfer.Space) any { return s.Directions(0.99) }},
	} {
		fmt.Fprintf(w, "%s\t"+row.format+"\t"+row.format+"\t\n", row.name, row.of(&g.H), row.of(&g.Z))
	}
	w.Flush()
	fmt.Fprintf(to, "alignment: mean squared distance of two views (%s) of an image, 0 where they fall together\n"+
		"uniformity: log mean exp(-2 d²) over all pairs of images, lower where they cover the sphere more evenly\n"+
		"std: of the columns of normalised embeddings, times √dimensions: 1 healthy, 0 collapsed\n"+
		"ranks: RankMe of the embeddings, effective rank and participation ratio of their deviations from the mean\n", g.Views)
}
