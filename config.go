package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"

	"pushpull/core/train"
)

// settingsFile is what -config reads: the config.json of a run, or a part of one.
type settingsFile struct {
	Algo    string         `json:"algo"`
	Data    string         `json:"data"`
	Encoder string         `json:"encoder"`
	Probe   string         `json:"probe_data"`
	Values  map[string]any `json:"values"` // hyperparameters, by key
}

// readSettings reads a file of settings.
func readSettings(path string) (*settingsFile, error) {
	bad := func(err error) (*settingsFile, error) {
		return nil, misuse(fmt.Errorf("the settings %s cannot be read: %w", path, reason(err)),
			`give JSON like the config.json of a run: {"algo": "simclr", "values": {"temperature": 0.2}}`)
	}
	f, err := os.Open(path)
	if err != nil {
		return bad(err)
	}
	defer f.Close()
	s := &settingsFile{}
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return bad(wrongJSON(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return bad(errors.New("something follows the settings"))
	}
	for key, v := range s.Values {
		switch v.(type) {
		case float64, bool, string:
		default:
			return bad(fmt.Errorf("%s is neither a number, a word, nor true or false", key))
		}
	}
	return s, nil
}

// wrongJSON tells what is wrong with settings, without names of Go's types.
func wrongJSON(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty")
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("the file holds no object but JSON of the kind %s", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s cannot be of the kind %s", kind.Field, kind.Value)
	}
	return err
}

// under adds what flags have not given: hyperparameters to given; it returns the names that count, by flag.
func (s *settingsFile) under(c *cli.Command, given map[string]string) func(flag string) string {
	for key, v := range s.Values {
		if _, set := given[key]; !set {
			given[key] = train.TextOf(v)
		}
	}
	named := map[string]string{"algo": s.Algo, "data": s.Data, "encoder": s.Encoder, "probe-data": s.Probe}
	return func(flag string) string {
		if name := named[flag]; name != "" && !c.IsSet(flag) {
			return name
		}
		return c.String(flag)
	}
}
