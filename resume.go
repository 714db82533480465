package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/journal"
	"pushpull/wasm/protocol"
)

// prepareResumed is prepare for a run that goes on.
func prepareResumed(c *cli.Command, given map[string]string, stderr io.Writer) (r *run, set *data.Dataset, err error) {
	for _, name := range []string{"algo", "encoder", "out", "config"} {
		if c.IsSet(name) {
			return nil, nil, misuse(fmt.Errorf("-%s cannot change when a run goes on", name), "leave it out: it is in the run's folder")
		}
	}
	path := c.String("resume")
	if path == "" {
		return nil, nil, misuse(errors.New("-resume names no run"), "name the folder that -out was")
	}
	dir, err := openRunDir(path) // before the checkpoint is read: nobody replaces it from now on
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			dir.close()
		}
	}()
	saved, err := loadRun(path)
	if err != nil {
		return nil, nil, err
	}
	config, err := resumed(c, saved.Config, given)
	if err != nil {
		return nil, nil, err
	}
	if set, err = loadBoth(config.Data, config.Probe, side(saved), stderr); err != nil {
		return nil, nil, err
	}
	t, err := start(config, set)
	if err != nil {
		return nil, nil, err
	}
	if err := t.Restore(saved); err != nil {
		return nil, nil, err
	}
	told, err := journal.Read(saved)
	if err != nil {
		t.Notes = append(t.Notes, fmt.Sprintf("In the page the run will have empty charts up to here, since those in its checkpoint cannot be read: %v.", err))
	}
	if err := change(t, given, &told); err != nil {
		return nil, nil, err
	}
	if t.Done() {
		return nil, nil, finished(path, t)
	}
	last, err := dir.after(t.Steps())
	if err != nil {
		return nil, nil, err
	}
	if err := dir.configure(t.Config); err != nil {
		return nil, nil, err
	}
	r = &run{Trainer: t, dir: dir, before: last.Seconds, loss: last.Loss, first: t.Steps(), measured: told.Measured(), saved: t.Steps(), journal: told}
	describe(stderr, r, set, given)
	return r, set, nil
}

// resumed returns the configuration that a run begins to go on with, where it can take the hyperparameters that are given:
// those that act on the way are yet to change.
func resumed(c *cli.Command, saved train.Config, given map[string]string) (train.Config, error) {
	config, changed := saved.Clone(), saved.Clone()
	for key, text := range given {
		if p, _ := train.Find(key); !p.Live && key != "threads" {
			return config, misuse(fmt.Errorf("-%s cannot change when a run goes on", key), "start another run")
		}
		if err := changed.Set(key, text); err != nil {
			return config, codedError{err, exitUsage}
		}
	}
	if _, ok := given["threads"]; ok {
		config.Values["threads"] = changed.Values["threads"]
	}
	if c.IsSet("data") {
		config.Data = c.String("data")
	}
	if c.IsSet("probe-data") {
		config.Probe = c.String("probe-data")
	}
	return config, nil
}

// change sets the hyperparameters that are given from the next step on, and marks in the journal what became another.
func change(t *train.Trainer, given map[string]string, told *journal.Journal) error {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if key == "threads" { // the trainer began with them
			continue
		}
		before := t.Config.Values[key]
		if err := t.Set(key, given[key]); err != nil {
			return err
		}
		if t.Steps() > 0 && t.Config.Values[key] != before {
			told.Marked(&protocol.Mark{Step: t.Steps(), Text: journal.Change(key, t.Config)})
		}
	}
	return nil
}

// finished is the error for a run that has no steps left, with what prolongs it.
func finished(path string, t *train.Trainer) error {
	var limits []string
	if n := t.Config.Int("epochs"); t.Steps() >= n*t.StepsPerEpoch() {
		limits = append(limits, fmt.Sprintf("more -epochs than %d", max(n, t.Epoch())))
	}
	if n := t.Config.Int("max-steps"); n > 0 && t.Steps() >= n {
		limits = append(limits, fmt.Sprintf("-max-steps beyond %d (0: no limit)", t.Steps()))
	}
	return withHint(fmt.Errorf("the run in %s is finished: it took all of its %d steps", path, t.Steps()), "to prolong it give %s", strings.Join(limits, " and "))
}
