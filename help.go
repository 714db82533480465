package main

import (
	"flag"
	"fmt"
	"io"
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
	var params []train.Param
	for _, f := range c.VisibleFlags() {
		if text, ok := f.(*textFlag); ok {
			params = append(params, text.param)
		} else {
			fmt.Fprintln(w, "  "+flagLine(f))
		}
	}
	if len(params) > 0 {
		w.Flush()
		fmt.Fprintln(to, "\nSettings, with their defaults:")
		listParams(to, params, nil)
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
