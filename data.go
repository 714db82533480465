package main

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"pushpull/core/data"
	"pushpull/core/wholefile"
)

func dataCommand() *cli.Command {
	return &cli.Command{
		Name:  "data",
		Usage: "download data sets, and look at them",
		Description: examples(
			"pushpull data get cifar10",
			"pushpull data info cifar10",
			"pushpull data info path/to/images -sheet sheet.png"),
		Commands: []*cli.Command{dataGetCommand(), dataInfoCommand()},
		Action: func(_ context.Context, c *cli.Command) error {
			if !c.Args().Present() {
				return cli.ShowSubcommandHelp(c)
			}
			return unknownWord("command", "data "+c.Args().First(), []string{"data get", "data info"})
		},
		OnUsageError: usageError,
	}
}

func dataInfoCommand() *cli.Command {
	return &cli.Command{
		Name:      "info",
		Usage:     "show what a data set holds",
		ArgsUsage: "SET",
		Description: "SET is what -data of `pushpull train` takes: a name, a folder or an archive.\n\n" + examples(
			"pushpull data info mnist",
			"pushpull data info path/to/images -sheet sheet.png",
			"pushpull data info images.tar.gz -json | jq .skipped"),
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "sheet", Usage: "draw images of each class into `FILE`, a png"},
			jsonFlag("everything"),
		},
		Action:       dataInfo,
		OnUsageError: usageError,
	}
}

// dataInfoRecord is the result of `pushpull data info`.
type dataInfoRecord struct {
	Name     string           `json:"name"`
	Train    int              `json:"train"`
	Test     int              `json:"test"`
	Bank     int              `json:"bank,omitempty"` // labelled images to evaluate with, where those are not train
	Height   int              `json:"height"`
	Width    int              `json:"width"`
	Channels int              `json:"channels"`
	Mean     []float32        `json:"mean"` // of each channel of train, 0 to 1
	Std      []float32        `json:"std"`
	Classes  []classCount     `json:"classes"` // null where images are unlabelled
	Captions int              `json:"captions"`
	Sizes    []data.SizeCount `json:"sizes,omitempty"` // of the image files
	Skipped  []data.Skip      `json:"skipped"`
	Notes    []string         `json:"notes"`
	Sheet    string           `json:"sheet,omitempty"`
}

type classCount struct {
	Name  string `json:"name"`
	Train int    `json:"train"`
	Test  int    `json:"test"`
}

func dataInfo(_ context.Context, c *cli.Command) error {
	name, err := argument(c, "data set", "name a folder or an archive, %s", strings.Join(data.Names, ", "))
	if err != nil {
		return err
	}
	if sheet := c.String("sheet"); sheet != "" && !strings.EqualFold(filepath.Ext(sheet), ".png") {
		return misuse(fmt.Errorf("%s ends in %q, which is no format of a sheet", sheet, filepath.Ext(sheet)), "end it in .png")
	}
	d, err := data.Open(name, mnist(), data.Options{Progress: reading(c.Root().ErrWriter, name)})
	if err != nil {
		return err
	}
	r := describeData(d)
	if r.Sheet = c.String("sheet"); r.Sheet != "" {
		set := d.Train
		if set.Labels == nil {
			set = d.Known()
		}
		err := wholefile.Write(r.Sheet, func(w io.Writer) error { return png.Encode(w, set.Sheet(20, 20)) })
		if err != nil {
			return cannotWrite(r.Sheet, err, "choose another file with -sheet")
		}
	}
	return printResult(c, r)
}

// describeData counts what there is.
func describeData(d *data.Dataset) *dataInfoRecord {
	s := d.Train
	r := &dataInfoRecord{Name: d.Name, Train: s.Len(), Test: d.Test.Len(), Height: s.H, Width: s.W, Channels: s.C, Mean: d.Mean,
		Std: d.Std, Captions: len(s.Captions), Sizes: d.Sizes, Notes: append([]string{}, d.Notes...), Skipped: append([]data.Skip{}, d.Skipped...)}
	if d.Bank != nil {
		r.Bank = d.Bank.Len()
	}
	if d.Labelled() {
		for _, name := range d.Known().Classes {
			r.Classes = append(r.Classes, classCount{Name: name})
		}
		for _, label := range d.Known().Labels {
			r.Classes[label].Train++
		}
		for _, label := range d.Test.Labels {
			r.Classes[label].Test++
		}
	}
	return r
}

// write prints it for people.
func (r *dataInfoRecord) write(to io.Writer) {
	colours := "gray"
	if r.Channels == 3 {
		colours = "colour"
	}
	fmt.Fprintf(to, "%s: %d images to learn from, %d to test on, %dx%d, %s\n", r.Name, r.Train, r.Test, r.Width, r.Height, colours)
	if r.Bank > 0 {
		fmt.Fprintf(to, "evaluation compares with %d labelled ones\n", r.Bank)
	}
	if r.Captions > 0 {
		fmt.Fprintf(to, "they have captions\n")
	}
	fmt.Fprintf(to, "mean %s and deviation %s of the channels, from 0 to 1\n", figures(r.Mean), figures(r.Std))
	for _, note := range r.Notes {
		fmt.Fprintln(to, note)
	}
	if len(r.Sizes) > 1 {
		fmt.Fprint(to, "sizes of the files:")
		for i, s := range r.Sizes[:min(len(r.Sizes), 5)] {
			fmt.Fprintf(to, "%s %dx%d (%d)", map[bool]string{true: ","}[i > 0], s.W, s.H, s.N)
		}
		if more := len(r.Sizes) - 5; more > 0 {
			fmt.Fprintf(to, " and %d more", more)
		}
		fmt.Fprintln(to)
	}
	if len(r.Classes) > 0 {
		fmt.Fprintf(to, "\n%d classes\n", len(r.Classes))
		w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "train\ttest\t\t")
		for _, c := range r.Classes[:min(len(r.Classes), 100)] {
			fmt.Fprintf(w, "%d\t%d\t\t%s\n", c.Train, c.Test, c.Name)
		}
		w.Flush()
		if more := len(r.Classes) - 100; more > 0 {
			fmt.Fprintf(to, "and %d more\n", more)
		}
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintln(to)
		writeSkipped(to, r.Skipped, 20)
	}
	if r.Sheet != "" {
		fmt.Fprintf(to, "\n%s shows some of them\n", r.Sheet)
	}
}

// writeSkipped names the first of the files that were left out, if any, and why.
func writeSkipped(to io.Writer, files []data.Skip, most int) {
	if len(files) > 0 {
		fmt.Fprintf(to, "Skipped files: %d\n", len(files))
	}
	for _, f := range files[:min(len(files), most)] {
		fmt.Fprintf(to, "  %s: %s\n", f.File, f.Reason)
	}
	if more := len(files) - most; more > 0 {
		fmt.Fprintf(to, "  and %d more; `pushpull data info -json` lists them all\n", more)
	}
}

// figures writes a few numbers.
func figures(x []float32) string {
	text := make([]string, len(x))
	for i, v := range x {
		text[i] = fmt.Sprintf("%.4f", v)
	}
	return strings.Join(text, " ")
}

func dataGetCommand() *cli.Command {
	var about []string
	for _, d := range data.Downloads {
		about = append(about, fmt.Sprintf("  %-14s %s, %d MB", d.Name, d.About, d.Bytes()>>20))
	}
	return &cli.Command{
		Name:      "get",
		Usage:     "download a data set",
		ArgsUsage: "SET",
		Description: strings.Join(about, "\n") + "\n\nIt comes from its official address, is checked by its SHA-256 and kept in the folder for caches, below\n" +
			"$XDG_CACHE_HOME/pushpull on Linux. An interrupted download goes on with the same command. Then -data SET takes it.\n\n" + examples(
			"pushpull data get cifar10",
			"pushpull train -data cifar10"),
		Flags:        []cli.Flag{&cli.StringFlag{Name: "from", Usage: "take the files from another server, those in the folder `URL`; their checksums must be the same"}},
		Action:       dataGet,
		OnUsageError: usageError,
	}
}

func dataGet(ctx context.Context, c *cli.Command) error {
	var names []string
	for _, d := range data.Downloads {
		names = append(names, d.Name)
	}
	name, err := argument(c, "data set", "there is %s", strings.Join(names, ", "))
	if err != nil {
		return err
	}
	d, ok := data.Downloadable(name)
	if !ok {
		return unknownWord("data set", name, names)
	}
	if from := c.String("from"); from != "" {
		d = d.From(from)
	}
	stderr := c.Root().ErrWriter
	ctx, stop := interruptible(ctx)
	defer stop()
	bar := newDownloadBar(stderr, d.Name, d.Bytes())
	dir, err := d.Get(ctx, "", bar.at)
	bar.end()
	if errors.Is(err, context.Canceled) {
		return interrupted(stderr, "; `pushpull data get %s` goes on from there.", d.Name)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Root().Writer, "%s is in %s; use it with -data %s\n", d.Name, dir, d.Name)
	return nil
}
