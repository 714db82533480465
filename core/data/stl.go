package data

import "fmt"

const stlSide = 96 // pixels

// stl reads STL-10 in its binary version: train_X.bin with train_y.bin and the same of test, 96x96 pixels whose columns
// follow each other, and unlabeled_X.bin. Learning takes the unlabelled images as well, which leaves those of train for
// evaluation to compare with.
func stl(f *Files, name string, o Options) (*Dataset, error) {
	train, err := f.stlLabelled("train_X.bin", "train_y.bin")
	if err != nil {
		return nil, err
	}
	test, err := f.stlLabelled("test_X.bin", "test_y.bin")
	if err != nil {
		return nil, err
	}
	classes := f.lines("class_names.txt")
	if len(classes) == 0 {
		classes = []string{"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"}
	}
	d, err := o.dataset(name, classes, train, test)
	if err != nil || f.base("unlabeled_X.bin") < 0 {
		return d, err
	}
	more, err := f.stlImages("unlabeled_X.bin")
	if err != nil {
		return nil, err
	}
	d.Bank = d.Train
	if d.Train, err = o.stlJoined(d.Bank, more); err != nil {
		return nil, err
	}
	d.Notes = append(d.Notes, fmt.Sprintf("It learns from the %s images of train and %s unlabelled ones; evaluation compares with those of train.", Count(d.Bank.Len()), Count(more.n)))
	d.normalise()
	return d, nil
}

// stlImages returns the images of a file.
func (f *Files) stlImages(images string) (*rows, error) {
	i := f.base(images)
	if i < 0 {
		return nil, fmt.Errorf("lacks %s; get the set again", images)
	}
	return f.planes([]int{i}, 0, stlSide, true)
}

// stlLabelled returns the images of a file with the labels of another, which count from 1.
func (f *Files) stlLabelled(images, labels string) (*rows, error) {
	r, err := f.stlImages(images)
	if err != nil {
		return nil, err
	}
	i := f.base(labels)
	if i < 0 {
		return nil, fmt.Errorf("lacks %s; get the set again", labels)
	}
	values, err := f.read(i, maxFile)
	if err != nil {
		return nil, fmt.Errorf("%s %w", f.Names[i], err)
	}
	if len(values) != r.n {
		return nil, fmt.Errorf("%s holds %d images but %s holds %d labels; get the set again", images, r.n, labels, len(values))
	}
	r.labels = make([]int32, r.n)
	for k, v := range values {
		r.labels[k] = int32(v) - 1
	}
	return r, nil
}

// stlJoined returns an unlabelled set of the images of s and more.
func (o Options) stlJoined(s *Set, more *rows) (*Set, error) {
	n, pixels := s.Len()+more.n, make([]uint8, s.H*s.W*s.C)
	inMemory, err := o.fits(n, len(pixels))
	if err != nil {
		return nil, err
	}
	t, err := o.store(&Set{H: s.H, W: s.W, C: s.C}, n, inMemory)
	if err != nil {
		return nil, err
	}
	for i := range s.Len() {
		s.Bytes(i, pixels)
		if err := t.add(pixels); err != nil {
			return nil, err
		}
	}
	return t.Set, more.deliver(t, nil, nil)
}
