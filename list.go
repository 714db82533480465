package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"pushpull/algos"
	"pushpull/core/train"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:      "list",
		Usage:     "show algorithms, encoders, data sets and hyperparameters",
		ArgsUsage: "[ALGORITHM]",
		Description: "With the name of an algorithm, its hyperparameters and its own defaults.\n\n" + examples(
			"pushpull list",
			"pushpull list simsiam",
			"pushpull list -json | jq '.params[].key'"),
		Flags: []cli.Flag{jsonFlag("everything")},
		Action: func(_ context.Context, c *cli.Command) error {
			w := c.Root().Writer
			switch {
			case c.Args().Len() > 1:
				return misuse(fmt.Errorf("list takes one algorithm, not %d", c.Args().Len()), "`pushpull list` shows them all")
			case c.Bool("json") && c.Args().Present():
				return misuse(errors.New("list -json prints everything, not one algorithm"), "pick it out: pushpull list -json | jq '.algorithms[] | select(.name == %q)'", c.Args().First())
			case c.Bool("json"):
				e := json.NewEncoder(w)
				e.SetIndent("", "  ")
				return e.Encode(algos.Everything())
			case c.Args().Present():
				return listAlgorithm(w, c.Args().First())
			}
			list(w, algos.Everything())
			return nil
		},
	}
}

// list prints the catalogue.
func list(to io.Writer, all algos.Catalogue) {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Algorithms (-algo)")
	for _, a := range all.Algorithms {
		fmt.Fprintf(w, "  %s\t%s: %s\t%s\n", a.Name, a.Title, a.Help, a.Paper)
	}
	w.Flush()
	fmt.Fprintln(w, "\nEncoders (-encoder)")
	for _, e := range all.Encoders {
		fmt.Fprintf(w, "  %s\t%s\n", e.Name, e.Help)
	}
	w.Flush()
	fmt.Fprintln(w, "\nData sets (-data)")
	for _, d := range all.Datasets {
		fmt.Fprintf(w, "  %s\t%s\n", d.Name, d.Help)
	}
	fmt.Fprintln(w, "  PATH\ta folder or an archive of images, a table of them, or files of idx, CIFAR, NumPy, parquet; `pushpull data info PATH` shows it")
	w.Flush()
	fmt.Fprintln(to, "\nHyperparameters, by the part they belong to")
	listParams(to, all.Params, nil)
}

// listAlgorithm prints one algorithm, with its own defaults.
func listAlgorithm(to io.Writer, name string) error {
	a, err := algos.Find(name)
	if err != nil {
		return misuse(err, "`pushpull list` shows them all")
	}
	fmt.Fprintf(to, "%s (-algo %s): %s\n%s\n\n    %s\n\nAt least %d images a step.\n\n", a.Title, a.Name, a.Help, a.Paper, strings.ReplaceAll(a.Formula(a.Defaults), "\n", "\n    "), a.MinBatch)
	var used []train.Param
	for _, p := range train.Params {
		if _, own := a.Defaults[p.Key]; own || !p.Owned || train.KindsOfViews(p.Key) != nil {
			used = append(used, p)
		}
	}
	listParams(to, used, a.Defaults)
	return nil
}
