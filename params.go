package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v3"

	"pushpull/algos"
	"pushpull/core/train"
)

// textFlag is the flag of a hyperparameter, whose Parse reads its text; a switch needs no value.
type textFlag struct {
	*cli.StringFlag
	param train.Param
}

func (f *textFlag) IsBoolFlag() bool { return f.param.Kind == train.Bool }

// paramFlags returns the flags of hyperparameters.
func paramFlags(params ...train.Param) []cli.Flag {
	var flags []cli.Flag
	for _, p := range params {
		flags = append(flags, &textFlag{&cli.StringFlag{Name: p.Key, Usage: p.Help}, p})
	}
	return flags
}

// find returns hyperparameters of the table.
func find(keys ...string) []train.Param {
	var params []train.Param
	for _, key := range keys {
		p, ok := train.Find(key)
		if !ok {
			panic("no hyperparameter " + key)
		}
		params = append(params, p)
	}
	return params
}

// given returns the text of the hyperparameters that the command line sets, by key.
func given(c *cli.Command) map[string]string {
	all := map[string]string{}
	for _, f := range c.Flags {
		if f, ok := f.(*textFlag); ok && c.IsSet(f.param.Key) {
			all[f.param.Key] = c.String(f.param.Key)
		}
	}
	return all
}

// parsed returns the value of a hyperparameter that stands on its own.
func parsed(p train.Param, given map[string]string) (any, error) {
	text, ok := given[p.Key]
	if !ok {
		return p.Default, nil
	}
	v, err := p.Parse(text)
	if err != nil {
		return nil, codedError{err, exitUsage}
	}
	return v, nil
}

// listParams prints hyperparameters, each with its default, its domain and what it does. Own has the defaults of one
// algorithm; without it, the algorithms that use a hyperparameter are named where not all do. So are kinds of views.
func listParams(to io.Writer, params []train.Param, own train.Values) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	group := ""
	for _, p := range params {
		if p.Group != group {
			group = p.Group
			fmt.Fprintf(w, "  %s\t\t\t\n", group) // an empty cell keeps the columns of all groups aligned
		}
		value, what := p.Default, p.Help
		if v, ok := own[p.Key]; ok {
			value = v
		}
		kinds := train.KindsOfViews(p.Key)
		switch {
		case p.Owned && kinds != nil:
			what += " (-augment " + strings.Join(kinds, ", ") + ")"
		case p.Owned && own == nil:
			what += " (" + strings.Join(users(p.Key), ", ") + ")"
		}
		fmt.Fprintf(w, "    -%s\t%v\t%s\t%s\n", p.Key, value, domain(p), what)
	}
	w.Flush() // to memory
	for line := range strings.Lines(table.String()) {
		fmt.Fprintln(to, strings.TrimRight(line, " \n"))
	}
}

// domain returns the values that a hyperparameter may have.
func domain(p train.Param) string {
	switch p.Kind {
	case train.Bool:
		return "true, false"
	case train.Choice:
		if len(p.Choices) > 6 { // its help names them
			return fmt.Sprintf("one of %d", len(p.Choices))
		}
		return strings.Join(p.Choices, ", ")
	}
	text := p.Limits()
	if p.Kind == train.Widths {
		text += " each"
	}
	return strings.TrimSpace(text + " " + p.Unit)
}

// users returns the algorithms that use a hyperparameter which not all do.
func users(key string) []string {
	var names []string
	for _, a := range algos.All() {
		if _, uses := a.Defaults[key]; uses {
			names = append(names, a.Name)
		}
	}
	return names
}
