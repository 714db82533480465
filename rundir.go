package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"pushpull/core/filelock"
	"pushpull/core/suggest"
	"pushpull/core/train"
	"pushpull/core/wholefile"
)

// The files of a run.
const (
	configName     = "config.json"
	metricsName    = "metrics.jsonl"
	checkpointName = "checkpoint.safetensors"
)

// runDir is the folder of a run, open: no other process takes it until it is closed.
type runDir struct {
	path    string
	remedy  string   // where it cannot be written
	config  *os.File // locked
	metrics *os.File // nil where no training is noted
}

func (d *runDir) file(name string) string { return filepath.Join(d.path, name) }

// loadRun reads the checkpoint of the run in a folder, or a file that is one, such as the page saves.
func loadRun(path string) (*train.Checkpoint, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return train.Load(path)
	}
	saved, err := train.Load(filepath.Join(path, checkpointName))
	if missing(err) {
		return nil, noRun(path)
	}
	return saved, err
}

// noRun is the error for a folder without a run.
func noRun(path string) error {
	err := fmt.Errorf("%s holds no run: there is no %s", path, checkpointName)
	if near := nearestRun(path); near != "" {
		return withHint(err, "did you mean %s?", near)
	}
	return withHint(err, "name the folder that -out was")
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

// free returns an error if path holds anything. Settings without content do not count: they are of a process that was
// killed before it had anything to keep, or newDir will find them locked.
func free(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannotWrite(runIn(path), err, elsewhere)
	case len(entries) == 0:
		return nil
	}
	if info, err := entries[0].Info(); err == nil && len(entries) == 1 && info.Name() == configName && info.Size() == 0 {
		return nil
	}
	return occupied(path)
}

// occupied is the error for a folder that holds something.
func occupied(path string) error {
	if _, err := os.Stat(filepath.Join(path, checkpointName)); err == nil {
		return withHint(fmt.Errorf("%s holds a run already", path), elsewhere+"; `pushpull train -resume %s` goes on with it", path)
	}
	return withHint(fmt.Errorf("%s is not empty", path), elsewhere)
}

// What helps where the folder of a run cannot be written: of a new one, and of one that goes on.
const (
	elsewhere = "choose another folder with -out"
	copied    = "go on with a copy of it in another folder: a run that goes on is written"
)

// runIn names the folder of a run.
func runIn(path string) string { return "the run's folder " + path }

func (d *runDir) cannotWrite(err error) error { return cannotWrite(runIn(d.path), err, d.remedy) }

// hold opens a folder that is there, and removes what saving left of a checkpoint when it was killed. It is an error if
// another process has the folder open.
func hold(path, remedy string) (*runDir, error) {
	f, err := os.OpenFile(filepath.Join(path, configName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, cannotWrite(runIn(path), err, remedy)
	}
	if !filelock.Try(f) {
		f.Close()
		return nil, withHint(fmt.Errorf("the run's folder %s is in use: another pushpull writes it", path), "wait until that one is done, or end it")
	}
	wholefile.Sweep(filepath.Join(path, checkpointName))
	return &runDir{path: path, remedy: remedy, config: f}, nil
}

// newDir makes and opens a folder, which holds nothing yet.
func newDir(path string) (*runDir, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, cannotWrite(runIn(path), err, elsewhere)
	}
	d, err := hold(path, elsewhere)
	if err != nil {
		return nil, err
	}
	info, err := d.config.Stat()
	switch {
	case err != nil:
		err = d.cannotWrite(err)
	case info.Size() > 0: // another process was here since free was asked
		err = occupied(path)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// newFolder makes a folder of a name in runs, and of a name with a number after it where others take the first, such as runs
// with other seeds that begin in the same second.
func newFolder(name string) (string, error) {
	const parent = "runs"
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", cannotWrite(runIn(parent), err, elsewhere)
	}
	path := filepath.Join(parent, name)
	for n := 2; ; n++ {
		err := os.Mkdir(path, 0o755)
		switch {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrExist):
			return "", cannotWrite(runIn(path), err, elsewhere)
		}
		path = filepath.Join(parent, fmt.Sprintf("%s-%d", name, n))
	}
}

// configure writes the configuration, into the same file, which is the one that is locked.
func (d *runDir) configure(c train.Config) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err = d.config.WriteAt(text, 0); err == nil {
		err = d.config.Truncate(int64(len(text)))
	}
	if err != nil {
		return d.cannotWrite(err)
	}
	return nil
}

// createRunDir makes and opens the folder of a new run.
func createRunDir(path string, c train.Config) (*runDir, error) {
	d, err := newDir(path)
	if err != nil {
		return nil, err
	}
	if err := d.configure(c); err != nil {
		d.discard()
		return nil, err
	}
	if d.metrics, err = os.Create(d.file(metricsName)); err != nil {
		d.discard()
		return nil, d.cannotWrite(err)
	}
	return d, nil
}

// openRunDir opens the folder of a run that goes on.
func openRunDir(path string) (*runDir, error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, withHint(fmt.Errorf("%s is a file; a run goes on in a folder", path), "name the folder of the run, or put a checkpoint of the page into one of its own, as %s", checkpointName)
	}
	if _, err := os.Stat(filepath.Join(path, checkpointName)); missing(err) {
		return nil, noRun(path)
	}
	return hold(path, copied)
}

// after opens the metrics of a run that goes on after some steps, and returns the record of the last of them. Records of
// later steps, which a run that was killed may have left, are removed.
func (d *runDir) after(steps int) (last train.Metrics, err error) {
	f, err := os.OpenFile(d.file(metricsName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return last, d.cannotWrite(err)
	}
	d.metrics = f
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
		return last, d.cannotWrite(err)
	}
	if _, err := f.Seek(keep, io.SeekStart); err != nil {
		return last, d.cannotWrite(err)
	}
	return last, nil
}

// note adds a record to the metrics.
func (d *runDir) note(m train.Metrics) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = d.metrics.Write(append(line, '\n'))
	return err
}

// discard closes a new folder that gets nothing, and removes it.
func (d *runDir) discard() {
	os.Remove(d.config.Name())
	if d.metrics != nil {
		os.Remove(d.metrics.Name())
	}
	d.close()
	os.Remove(d.path) // unless something else is in it
}

// close closes the folder. What it holds was written before.
func (d *runDir) close() {
	d.config.Close()
	if d.metrics != nil {
		d.metrics.Close()
	}
}
