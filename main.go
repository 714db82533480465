// Command pushpull is a playground for contrastive learning: `pushpull serve` opens it in the browser, `pushpull train`
// runs full trainings. Results go to standard output, progress and errors to standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"pushpull/core/kernel"
	"pushpull/core/suggest"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130 // as shells have it for Ctrl-C
)

func main() { os.Exit(doMain(os.Args[1:], os.Stdout, os.Stderr)) }

// doMain runs the command line and returns its exit code.
func doMain(args []string, stdout, stderr io.Writer) int {
	out := &output{Writer: stdout}
	err := kernel.Select(os.Getenv("PUSHPULL_KERNEL"))
	if err != nil {
		err = codedError{fmt.Errorf("PUSHPULL_KERNEL: %w", err), exitUsage}
	} else {
		err = command(out, stderr).Run(context.Background(), append([]string{"pushpull"}, args...))
	}
	if out.err != nil {
		err = cannotWrite("standard output", out.err, "send it elsewhere")
	}
	if err == nil {
		return exitOK
	}
	if !errors.Is(err, errQuiet) {
		fmt.Fprintf(stderr, "error: %v\n", err)
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		fmt.Fprintf(stderr, "hint: %s\n", hinted.Hint())
	}
	var coded codedError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitFailure
}

// command returns the tree of commands.
func command(stdout, stderr io.Writer) *cli.Command {
	cli.HelpPrinter = printHelp
	root := &cli.Command{
		Name:  "pushpull",
		Usage: "a playground for contrastive learning",
		Description: examples(
			"pushpull serve -open                                    # the playground, in the browser",
			"pushpull site public                                    # the same as files for any web server",
			"pushpull train -algo simclr -data mnist -epochs 3       # a training, natively",
			"pushpull eval runs/a                                    # what the encoder has learned",
			"pushpull finetune runs/a -labels 0.01                   # what it is worth where few images have a label",
			"pushpull list                                           # what can be trained, and with what",
			"pushpull train -h                                       # every hyperparameter",
			"source <(pushpull completion bash)                      # completes commands and flags; also for zsh, fish, pwsh"),
		Writer:                stdout,
		ErrWriter:             stderr,
		HideVersion:           true,
		HideHelpCommand:       true,
		EnableShellCompletion: true,
		ExitErrHandler:        func(context.Context, *cli.Command, error) {}, // doMain prints errors
		Commands: []*cli.Command{serveCommand(), siteCommand(), trainCommand(), evalCommand(), finetuneCommand(), embedCommand(), dataCommand(),
			listCommand(), versionCommand()},
		Action: func(_ context.Context, c *cli.Command) error {
			if !c.Args().Present() {
				return cli.ShowRootCommandHelp(c)
			}
			var names []string
			for _, sub := range c.VisibleCommands() {
				names = append(names, sub.Name)
			}
			return unknownWord("command", c.Args().First(), names)
		},
	}
	for _, c := range append(root.Commands, root) {
		c.OnUsageError = usageError
	}
	return root
}

// usageError turns what the parser of flags says into words of ours.
func usageError(_ context.Context, c *cli.Command, err error, _ bool) error {
	if name, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		return unknownWord("flag", "-"+name, flagNames(c))
	}
	if name, ok := strings.CutPrefix(err.Error(), "flag needs an argument: "); ok {
		err = fmt.Errorf("%s needs a value", name)
	}
	return misuse(err, "`%s -h` explains it", c.FullName())
}

// flagNames returns the names of a command's flags, each with a dash.
func flagNames(c *cli.Command) []string {
	var names []string
	for _, f := range c.VisibleFlags() {
		for _, name := range f.Names() {
			names = append(names, "-"+name)
		}
	}
	return names
}

// unknownWord is the error for a word that is none of words.
func unknownWord(what, word string, words []string) error {
	err := fmt.Errorf("unknown %s %q", what, word)
	if near := suggest.Nearest(word, words); near != "" {
		return misuse(err, "did you mean %s?", near)
	}
	hint := "there is " + strings.Join(words, ", ")
	if len(words) > 12 {
		hint = "-h lists them"
	}
	return misuse(err, "%s", hint)
}

// argument returns the one word that a command takes, a what.
func argument(c *cli.Command, what, hint string, args ...any) (string, error) {
	switch n := c.Args().Len(); {
	case c.Args().First() == "":
		return "", misuse(fmt.Errorf("%s needs a %s", c.FullName(), what), hint, args...)
	case n == 1:
		return c.Args().First(), nil
	default:
		return "", misuse(fmt.Errorf("%s takes one %s, not %d words", c.FullName(), what, n), hint, args...)
	}
}

// noArguments is the error for words that a command has no use for, nil where there are none.
func noArguments(c *cli.Command) error {
	if !c.Args().Present() {
		return nil
	}
	word := c.Args().First()
	err := fmt.Errorf("%s takes flags only, not %q", c.FullName(), word)
	if word == "true" || word == "false" {
		return misuse(err, "write switches with an equals sign, such as -stop-gradient=%s", word)
	}
	return misuse(err, "`%s -h` shows examples", c.FullName())
}

// interruptible returns a context that Ctrl-C ends.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}
