package main

import (
	"encoding/json"
	"io"
	"text/tabwriter"

	"github.com/urfave/cli/v3"
)

// jsonFlag asks for what a command prints as JSON.
func jsonFlag(what string) cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print " + what + " as one JSON object", HideDefault: true}
}

// printResult prints what a command has found: as a line of JSON where -json asks for it, or else for people.
func printResult(c *cli.Command, result interface{ write(to io.Writer) error }) error {
	if c.Bool("json") {
		return json.NewEncoder(c.Root().Writer).Encode(result)
	}
	return result.write(c.Root().Writer)
}

// table returns a writer of cells that end in tabs, aligned to the right once it is flushed.
func table(to io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
}
