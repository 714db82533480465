package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"pushpull/core/suggest"
	"pushpull/core/train"
)

// The files of a run.
const (
	configName     = "config.json"
	metricsName    = "metrics.jsonl"
	checkpointName = "checkpoint.safetensors"
)

// runDir is the folder of a run.
type runDir struct {
	path    string
	metrics *os.File
}

func (d *runDir) file(name string) string { return filepath.Join(d.path, name) }

// loadRun reads the checkpoint of the run in a folder.
func loadRun(path string) (*train.Checkpoint, error) {
	saved, err := train.Load(filepath.Join(path, checkpointName))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		err = fmt.Errorf("%s holds no run: there is no %s", path, checkpointName)
		if near := nearestRun(path); near != "" {
			return nil, withHint(err, "did you mean %s?", near)
		}
		return nil, withHint(err, "name the folder that -out was")
	}
	return saved, err
}

// nearestRun returns the run beside path, or in runs, whose name is most like its name; "" where none is.
func nearestRun(path string) string {
	var runs, names []string
	for _, parent := range []string{filepath.Dir(path), "runs"} {
		found, _ := filepath.Glob(filepath.Join(parent, "*", checkpointName)) // the pattern is sound, or finds nothing
		for _, f := range found {
			runs = append(runs, filepath.Dir(f))
			names = append(names, filepath.Base(filepath.Dir(f)))
		}
	}
	if near := suggest.Nearest(filepath.Base(path), names); near != "" {
		return runs[slices.Index(names, near)]
	}
	return ""
}

// free returns an error if path holds anything.
func free(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(path, err)
	case len(entries) == 0:
		return nil
	}
	if _, err := os.Stat(filepath.Join(path, checkpointName)); err == nil {
		return withHint(fmt.Errorf("%s holds a run already", path), "go on with it by -resume %s, or choose another folder with -out", path)
	}
	return withHint(fmt.Errorf("%s is not empty", path), "choose another folder with -out")
}

func cannotWrite(path string, err error) error {
	return withHint(fmt.Errorf("the run's folder %s cannot be written: %w", path, reason(err)), "choose another folder with -out")
}

// reason returns what is wrong with a file, without the name of the file and of what was done to it.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// writeConfig makes a folder that holds a configuration.
func writeConfig(path string, c train.Config) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return cannotWrite(path, err)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(path, configName), append(text, '\n'), 0o644); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// createRunDir makes the folder of a new run.
func createRunDir(path string, c train.Config) (*runDir, error) {
	if err := writeConfig(path, c); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(path, metricsName))
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return &runDir{path, f}, nil
}

// openRunDir opens the folder of a run that goes on after some steps, and returns the record of the last of them. Records
// of later steps, which a run that was killed may have left, are removed.
func openRunDir(path string, steps int) (*runDir, train.Metrics, error) {
	var last train.Metrics
	f, err := os.OpenFile(filepath.Join(path, metricsName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, last, cannotWrite(path, err)
	}
	keep := int64(0)
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		var m train.Metrics
		if err != nil || json.Unmarshal(bytes.TrimSpace(line), &m) != nil || m.Step > steps {
			break
		}
		last = m
		keep += int64(len(line))
	}
	if err := f.Truncate(keep); err != nil {
		f.Close()
		return nil, last, cannotWrite(path, err)
	}
	if _, err := f.Seek(keep, 0); err != nil {
		f.Close()
		return nil, last, cannotWrite(path, err)
	}
	return &runDir{path, f}, last, nil
}

// note adds a record to the metrics.
func (d *runDir) note(m train.Metrics) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := d.metrics.Write(append(line, '\n')); err != nil {
		return cannotWrite(d.path, err)
	}
	return nil
}

func (d *runDir) close() { d.metrics.Close() }
