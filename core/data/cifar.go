package data

import (
	"fmt"
	"path"
	"strings"
)

// cifarPart tells the part that a file of CIFAR holds, by its name.
func cifarPart(base string) int8 {
	switch {
	case strings.HasPrefix(base, "data_batch_") && strings.HasSuffix(base, ".bin"), base == "train.bin":
		return toTrain
	case base == "test_batch.bin", base == "test.bin":
		return toTest
	}
	return unknown
}

// cifar reads CIFAR-10 or CIFAR-100 in their binary version: data_batch_1.bin to 5 and test_batch.bin, or train.bin and
// test.bin. A record is one label, or a coarse and a fine one of which the fine one counts, then 32x32 pixels of red,
// those of green and those of blue.
func cifar(f *Files, name string, o Options) (*Dataset, error) {
	var train []int
	for i, n := range f.Names {
		if cifarPart(path.Base(n)) == toTrain {
			train = append(train, i)
		}
	}
	labelBytes, names, count := 1, "batches.meta.txt", 10
	if f.base("train.bin") >= 0 || f.base("test.bin") >= 0 {
		labelBytes, names, count = 2, "fine_label_names.txt", 100
	}
	var test []int
	for _, base := range []string{"test_batch.bin", "test.bin"} {
		if i := f.base(base); i >= 0 {
			test = append(test, i)
		}
	}
	if len(train) == 0 {
		return nil, fmt.Errorf("holds %s without the batches to learn from, data_batch_1.bin or train.bin; get the set again", f.Names[test[0]])
	}
	const side = 32
	r, err := f.planes(train, labelBytes, side, false)
	if err != nil {
		return nil, err
	}
	var t *rows
	if len(test) > 0 {
		if t, err = f.planes(test, labelBytes, side, false); err != nil {
			return nil, err
		}
	} else {
		f.recordLabels(r.labels, train, labelBytes, side) // some images of each class are held out
	}
	classes := f.lines(names)
	if len(classes) == 0 {
		for i := range count {
			classes = append(classes, fmt.Sprint(i))
		}
	}
	return o.dataset(name, classes, r, t)
}
