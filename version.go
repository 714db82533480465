package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"

	"pushpull/core/kernel"
)

func versionCommand() *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "say which program this is and what it runs on",
		Description: examples("pushpull version"),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			fmt.Fprintf(c.Root().Writer, "pushpull %s, %s, %s/%s, %s kernels, %d threads\n",
				version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel.Name(), kernel.Threads())
			return nil
		},
	}
}

// version returns the module's version or the commit that the program was built from, as far as that is known.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(len(s.Value), 12)]
		}
	}
	return info.Main.Version
}
