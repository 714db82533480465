package session

import (
	"errors"
	"fmt"
	"slices"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/train"
	"pushpull/wasm/protocol"
)

// toldSkipped is how many files that could not be used are named.
const toldSkipped = 5

// outcome is what became of the user's files.
type outcome struct {
	set *data.Dataset
	err error
}

// read begins to make a data set of the files that the user has given.
func (s *Session) read() {
	m, done := s.files, make(chan outcome, 1)
	s.files, s.reading = nil, done
	go func() {
		d, err := s.Read(m, func(done, total int) {
			s.Send(&protocol.Progress{What: train.Yours, Done: done, Total: total, Unit: "images"})
		})
		done <- outcome{d, err}
	}()
}

// take makes what was read the user's data set. Where there is none everything stays as it was.
func (s *Session) take(m outcome) {
	s.reading = nil
	if m.err != nil {
		s.Send(&protocol.Error{Message: brief(m.err.Error()), Files: true})
		return
	}
	d := m.set
	title := d.Name
	d.Name = train.Yours
	s.yours = d
	if s.dataset != nil && s.dataset.Name == train.Yours {
		s.dataset = nil // so that the next run takes the new one
	}
	r := &protocol.Dataset{Name: train.Yours, Title: title, Train: d.Train.Len(), Test: d.Test.Len(), H: d.Train.H, W: d.Train.W, C: d.Train.C,
		Classes: d.Train.Classes, Captions: d.Train.Captions != nil, Notes: d.Notes, Left: len(d.Skipped)}
	for _, f := range d.Skipped[:min(len(d.Skipped), toldSkipped)] {
		r.Skipped = append(r.Skipped, brief(fmt.Sprintf("%s %s", f.File, f.Reason)))
	}
	s.Send(r)
}

// has tells whether there is a data set of a name.
func (s *Session) has(name string) bool {
	if name == train.Yours {
		return s.yours != nil
	}
	return slices.ContainsFunc(algos.Datasets, func(d algos.DatasetInfo) bool { return d.Name == name })
}

// load returns the data set of a name.
func (s *Session) load(name string) (*data.Dataset, error) {
	if name != train.Yours {
		return s.Load(name, func(done, total int) {
			s.Send(&protocol.Progress{What: name, Done: done, Total: total, Unit: "bytes"})
		})
	}
	if s.yours == nil {
		return nil, errors.New("your images are no longer here: drop them onto the page again")
	}
	return s.yours, nil
}
