package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"pushpull/core/data"
	"pushpull/core/npy"
	"pushpull/core/train"
	"pushpull/core/transfer"
	"pushpull/core/wholefile"
)

// What `pushpull embed` can be asked for.
var (
	whichParam = train.Param{Key: "which", Kind: train.Choice, Group: "embeddings", Default: "h", Choices: []string{"h", "z"},
		Help: "representations of the encoder (h) or projections of its head (z)"}
	partParam = train.Param{Key: "part", Kind: train.Choice, Group: "embeddings", Default: "test", Choices: []string{"train", "test"},
		Help: "images to embed: those to learn from or those held out"}
)

func embedCommand() *cli.Command {
	return &cli.Command{
		Name:      "embed",
		Usage:     "write embeddings to a file",
		ArgsUsage: "RUN",
		Description: "A row for each image, in the order of the data set. FILE.npy has float32 [images, dimensions]; beside it are the labels in\n" +
			"FILE.labels.npy, int32 [images], and the names of image files in FILE.files.csv, a line of names and then one a line. FILE.csv has a\n" +
			"line of names, and the image file, the label and its class before the numbers.\n\n" + examples(
			"pushpull embed runs/a -o x.npy",
			"pushpull embed runs/a -which z -part train -o z.csv",
			"pushpull embed runs/a -data path/to/other/images -o y.npy"),
		Flags: slices.Concat(trainedFlags(),
			[]cli.Flag{&cli.StringFlag{Name: "o", Usage: "write to `FILE`, which ends in .npy or .csv"}},
			paramFlags(whichParam, partParam), paramFlags(find("threads")...)),
		Action: embedRun,
	}
}

// embedding is the result of `pushpull embed`.
type embedding struct {
	File   string `json:"file"`
	Labels string `json:"labels,omitempty"` // where they are
	Images string `json:"images,omitempty"` // where the names of their files are
	Run    string `json:"run"`
	Data   string `json:"data"`
	Part   string `json:"part"`
	Which  string `json:"which"`
	Rows   int    `json:"rows"`
	Dim    int    `json:"dim"`
}

func embedRun(ctx context.Context, c *cli.Command) error {
	e := &embedding{File: c.String("o")}
	kind := filepath.Ext(e.File)
	switch {
	case e.File == "":
		return misuse(errors.New("where to is missing"), "add -o x.npy or -o x.csv")
	case kind != ".npy" && kind != ".csv":
		return misuse(fmt.Errorf("%s ends in %q, which is no format of embeddings", e.File, kind), "end it in .npy or .csv")
	}
	for _, choice := range []struct {
		param train.Param
		to    *string
	}{{whichParam, &e.Which}, {partParam, &e.Part}} {
		v, err := parsed(choice.param, given(c))
		if err != nil {
			return err
		}
		*choice.to = v.(string)
	}
	t, err := openTrained(c)
	if err != nil {
		return err
	}
	set, source := t.images.Test, t.tested
	if e.Part == "train" {
		set, source = t.images.Train, t.source
	}
	e.Run, e.Data, e.Rows = t.path, source, set.Len()
	x, z, err := transfer.Embed(t.network, set, train.Sample(0, set.Len(), 0))
	if err != nil {
		return err
	}
	if e.Dim = t.network.Dim(); e.Which == "z" {
		x, e.Dim = z, t.network.Width()
	}
	write := e.writeNPY
	if kind == ".csv" {
		write = e.writeCSV
	}
	ctx, stop := interruptible(ctx) // an end in the middle of writing would leave half a file under another name
	defer stop()
	err = write(ctx, x, set)
	if errors.Is(err, context.Canceled) {
		return interrupted(c.Root().ErrWriter, "; %s is as it was.", e.File)
	}
	if err != nil {
		return cannotWrite(e.File, err, "choose another file with -o")
	}
	return printResult(c, e)
}

// write prints for people what the files hold.
func (e *embedding) write(to io.Writer) {
	beside := "they have no labels"
	if e.Labels != "" {
		beside = "labels are in " + e.Labels
	}
	if e.Images != "" {
		beside += ", names of image files in " + e.Images
	}
	fmt.Fprintf(to, "%s holds %s of %d %s images of %s, %d numbers each; %s\n", e.File, e.Which, e.Rows, e.Part, e.Data, e.Dim, beside)
}

// writeWhole writes a file of which nothing is left where ctx ends meanwhile.
func writeWhole(ctx context.Context, path string, write func(io.Writer) error) error {
	return wholefile.Write(path, func(w io.Writer) error { return write(whileWriter{ctx, w}) })
}

// whileWriter writes until its context ends.
type whileWriter struct {
	context.Context
	to io.Writer
}

func (w whileWriter) Write(part []byte) (int, error) {
	if err := w.Err(); err != nil {
		return 0, err
	}
	return w.to.Write(part)
}

// writeNPY writes the embeddings x, and the labels and files of their images beside them.
func (e *embedding) writeNPY(ctx context.Context, x []float32, set *data.Set) error {
	for _, beside := range []struct {
		ending, what string
		there        bool
		named        *string
		write        func(io.Writer) error
	}{
		{".labels.npy", "labels", set.Labels != nil, &e.Labels, func(w io.Writer) error { return npy.Write(w, set.Labels, e.Rows) }},
		{".files.csv", "files", set.Files != nil, &e.Images, func(w io.Writer) error { return writeFiles(w, set.Files) }},
	} {
		path := strings.TrimSuffix(e.File, ".npy") + beside.ending
		if beside.there {
			*beside.named = path
			if err := writeWhole(ctx, path, beside.write); err != nil {
				return err
			}
		} else if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("the images have no %s, yet %s has some of others", beside.what, path)
		}
	}
	return writeWhole(ctx, e.File, func(w io.Writer) error { return npy.Write(w, x, e.Rows, e.Dim) })
}

// writeFiles writes the names of image files as a table of one column.
func writeFiles(to io.Writer, names []string) error {
	w := csv.NewWriter(to)
	for _, name := range slices.Concat([]string{"file"}, names) {
		if err := w.Write([]string{name}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// writeCSV writes the embeddings x, after the files and labels of their images where they have some.
func (e *embedding) writeCSV(ctx context.Context, x []float32, set *data.Set) error {
	var line []string
	if set.Files != nil {
		e.Images = e.File
		line = append(line, "file")
	}
	if set.Labels != nil {
		e.Labels = e.File
		line = append(line, "label", "class")
	}
	for i := range e.Dim {
		line = append(line, e.Which+strconv.Itoa(i))
	}
	return writeWhole(ctx, e.File, func(to io.Writer) error {
		w := csv.NewWriter(to)
		if err := w.Write(line); err != nil {
			return err
		}
		for row := range e.Rows {
			line = line[:0]
			if set.Files != nil {
				line = append(line, set.Files[row])
			}
			if set.Labels != nil {
				label := set.Labels[row]
				line = append(line, strconv.Itoa(int(label)), set.Classes[label])
			}
			for _, v := range x[row*e.Dim:][:e.Dim] {
				line = append(line, strconv.FormatFloat(float64(v), 'g', -1, 32))
			}
			if err := w.Write(line); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	})
}
