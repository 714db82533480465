package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/urfave/cli/v3"
)

// jsonFlag asks for what a command prints as JSON.
func jsonFlag(what string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print " + what + " as one JSON object", HideDefault: true}
}

// printResult prints what a command has found: as a line of JSON where -json asks for it, or else for people.
func printResult(c *cli.Command, result interface{ write(to io.Writer) }) error {
	if c.Bool("json") {
		return json.NewEncoder(c.Root().Writer).Encode(result)
	}
	result.write(c.Root().Writer)
	return nil
}

// output is standard output, which keeps the first error of writing to it: doMain tells it, so nobody else has to look.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// table returns a writer of cells that end in tabs, aligned to the right once it is flushed.
func table(to io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// percent writes a share from 0 to 1.
func percent(share float64) string { return fmt.Sprintf("%.2f%%", 100*share) }

// unlabelled stands in the place of accuracies.
const unlabelled = "The images have no labels, so accuracy cannot be measured."
