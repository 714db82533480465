package data

import (
	"fmt"
	"slices"
)

// pixelSet reads a table of pixels to learn from and one with test in its name, or one of which a fifth is held out.
func pixelSet(tables []*pixelTable, name string, o Options) (*Dataset, error) {
	train, held, notes, err := byName(tables)
	if err != nil {
		return nil, err
	}
	if err := train.scan(o); err != nil {
		return nil, err
	}
	learn, check := train.divide()
	switch {
	case held == nil:
	case check != nil:
		notes = append(notes, fmt.Sprintf("%s is not used: %s tells which of its images are to test on.", held.name(), train.name()))
	default:
		if err := held.scanAs(train, o); err != nil {
			return nil, err
		}
		switch {
		case train.label >= 0 && held.label < 0: // as of a competition
			notes = append(notes, fmt.Sprintf("%s has no labels, so it is not used.", held.name()))
		case train.white != held.white:
			return nil, fmt.Errorf("%s has pixels from 0 to %g but %s from 0 to %g; both must come from the same set", train.name(), train.white, held.name(), held.white)
		default:
			check = held
		}
	}
	used, total := []*pixelTable{learn}, train.n
	if check != nil {
		used, total = append(used, check), learn.n+check.n
	}
	if out := train.n - total; out > 0 {
		notes = append(notes, validationNote(out))
	}
	notes = append([]string{train.note()}, notes...)
	classes := sameNumbers(used)
	if len(classes) == 1 {
		notes = append(notes, oneClass(classes[0]))
		classes = nil
		for _, t := range used {
			t.labels = nil
		}
	}
	done := 0
	var halves [2]*rows
	for i, t := range used {
		in, err := t.open()
		if err != nil {
			return nil, err
		}
		defer in.Close()
		halves[i] = t.rows(in, func() {
			if done++; o.Progress != nil && done%progressEvery == 0 {
				o.Progress(done, total)
			}
		})
	}
	d, err := o.dataset(name, classes, halves[0], halves[1])
	if err == nil {
		d.Notes = append(d.Notes, notes...)
	}
	return d, err
}

// scanAs is scan of a table to test on, which is read as the one to learn from.
func (t *pixelTable) scanAs(train *pixelTable, o Options) error {
	if len(t.candidates) == 2 && len(t.pixel) == len(train.pixel) { // what is told of many images holds for few
		t.candidates = slices.DeleteFunc(t.candidates, func(c *labelColumn) bool {
			t.pixel[c.column] = c.column != train.label
			return t.pixel[c.column]
		})
	}
	if err := t.scan(o); err != nil {
		return err
	}
	t.planes, t.parts = train.planes, nil
	return nil
}

// byName tells the table to learn from and the one to test on, nil where there is none, by their names.
func byName(tables []*pixelTable) (train, held *pixelTable, notes []string, err error) {
	test := testPart(tables, (*pixelTable).named)
	for _, t := range tables {
		to := &train
		if of := t.named(); of == test && test != unknown {
			to = &held
		} else if of == toCheck {
			notes = append(notes, t.name()+" is not used: the set has another table to test on.")
			continue
		}
		if *to != nil {
			return nil, nil, nil, fmt.Errorf("holds pixels in both %s and %s; name one of them, or leave one to learn from and one with test in its name", (*to).name(), t.name())
		}
		*to = t
	}
	if train == nil {
		train, held = held, nil
	}
	return train, held, notes, nil
}
