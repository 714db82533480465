package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"pushpull/core/train"
)

// printHelp writes a command's help. Flags are shown with one dash, as the documentation has them; two work too.
func printHelp(to io.Writer, _ string, data any) {
	c := data.(*cli.Command)
	fmt.Fprintf(to, "%s: %s\n\nUsage: %s", c.FullName(), c.Usage, c.FullName())
	if len(c.VisibleCommands()) > 0 {
		fmt.Fprint(to, " COMMAND")
	}
	fmt.Fprintln(to, strings.TrimRight(" [flags] "+c.ArgsUsage, " "))
	if c.Description != "" {
		fmt.Fprintf(to, "\n%s\n", c.Description)
	}

	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	defer w.Flush()
	if subs := c.VisibleCommands(); len(subs) > 0 {
		fmt.Fprintln(w, "\nCommands:")
		for _, s := range subs {
			fmt.Fprintf(w, "  %s\t%s\n", s.Name, s.Usage)
		}
		w.Flush()
	}
	fmt.Fprintln(w, "\nFlags:")
	isParam := func(f cli.Flag) bool { _, is := f.(textFlag); return is }
	for _, f := range c.VisibleFlags() {
		if !isParam(f) {
			fmt.Fprintln(w, "  "+flagLine(f))
		}
	}
	if slices.ContainsFunc(c.VisibleFlags(), isParam) {
		w.Flush()
		fmt.Fprintln(to, "\nHyperparameters, with their defaults (`pushpull list ALGORITHM` shows those of an algorithm):")
		listParams(to, train.Params, nil)
	}
}

// flagLine returns a flag's line: names, what value it takes, what it does.
func flagLine(f cli.Flag) string {
	var names []string
	for _, n := range f.Names() {
		names = append(names, "-"+n)
	}
	line := strings.Join(names, ", ")
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return line
	}
	value, usage := flag.UnquoteUsage(&flag.Flag{Usage: doc.GetUsage()})
	if doc.TakesValue() {
		line += " " + value
	}
	line += "\t" + usage
	if text := doc.GetValue(); doc.TakesValue() && text != "" {
		line += " (default " + strings.Trim(text, `"`) + ")"
	}
	return line
}

// examples returns the part of a description that shows commands.
func examples(lines ...string) string { return "Examples:\n  " + strings.Join(lines, "\n  ") }
