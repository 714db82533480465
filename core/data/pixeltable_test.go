//go:build !js

package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pixelLines are n lines of a table, that of image i from its label, i%3, and the values of its pixels.
func pixelLines(n, pixels int, value func(i, pixel int) string, line func(label string, pixels []string) []string) string {
	var b strings.Builder
	for i := range n {
		values := make([]string, pixels)
		for k := range values {
			values[k] = value(i, k)
		}
		fmt.Fprintln(&b, strings.Join(line(fmt.Sprint(i%3), values), ","))
	}
	return b.String()
}

func labelFirst(label string, pixels []string) []string { return append([]string{label}, pixels...) }
func labelLast(label string, pixels []string) []string  { return append(pixels, label) }
func noLabel(_ string, pixels []string) []string        { return pixels }

// small are 4x4 pixels, of which the first is always black and the second tells the image's number.
func small(i, pixel int) string { return fmt.Sprint([]int{0, 10 * i, 255}[min(pixel, 2)]) }

func numbered(format string, from, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(format, from+i)
	}
	return strings.Join(names, ",")
}

// However a table of pixels is laid out, the same images and labels come of it.
func TestReadPixelTable(t *testing.T) {
	scaled := func(i, pixel int) string { return fmt.Sprint([]float64{0, float64(10*i) / 255, 1}[min(pixel, 2)]) }
	plain := pixelLines(15, 16, small, labelFirst)
	for name, c := range map[string]struct {
		content string
		label   bool
	}{
		"label first":            {plain, true},
		"label last":             {pixelLines(15, 16, small, labelLast), true},
		"no label":               {pixelLines(15, 16, small, noLabel), false},
		"names":                  {"label," + numbered("pixel%d", 0, 16) + "\n" + plain, true},
		"names of places":        {"label,1x1,1x2,1x3,1x4,2x1,2x2,2x3,2x4,3x1,3x2,3x3,3x4,4x1,4x2,4x3,4x4\n" + plain, true},
		"names, label last":      {numbered("p%d", 1, 16) + ",class\n" + pixelLines(15, 16, small, labelLast), true},
		"names without label":    {numbered("p%d", 1, 16) + "\n" + pixelLines(15, 16, small, noLabel), false},
		"a name nobody foresaw":  {numbered("p%d", 1, 16) + ",fruit\n" + pixelLines(15, 16, small, labelLast), true},
		"numbers as names":       {numbered("%d", 0, 17) + "\n" + plain, true},
		"lines are numbered":     {",label," + numbered("p%d", 1, 16) + "\n" + pixelLines(15, 16, small, func(l string, p []string) []string { return slices.Concat([]string{"7", l}, p) }), true},
		"from 0 to 1":            {pixelLines(15, 16, scaled, labelFirst), true},
		"with decimals":          {pixelLines(15, 16, func(i, k int) string { return small(i, k) + ".0" }, func(l string, p []string) []string { return labelFirst(l+".0", p) }), true},
		"quoted, by Excel":       {"\xef\xbb\xbf" + strings.ReplaceAll(strings.ReplaceAll(pixelLines(15, 16, func(i, k int) string { return `"` + small(i, k) + `"` }, labelFirst), ",", ";"), "\n", "\r\n"), true},
		"tabs and an empty line": {strings.ReplaceAll(plain, ",", "\t") + "\n", true},
	} {
		d, err := Read(InMemory(map[string][]byte{"mnist.csv": []byte(c.content)}), "m", Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Len() != 12 || d.Test.Len() != 3 || d.Train.H != 4 || d.Train.C != 1 || c.label != (d.Train.Labels != nil) {
			t.Errorf("%s: %d and %d images of %dx%dx%d, labels %v", name, d.Train.Len(), d.Test.Len(), d.Train.W, d.Train.H, d.Train.C, d.Train.Labels)
			continue
		}
		for i := range d.Train.Len() {
			p := d.Train.Pixels[16*i:]
			if p[0] != 0 || p[2] != 255 || p[15] != 255 || c.label && d.Train.Classes[d.Train.Labels[i]] != fmt.Sprint(int(p[1])/10%3) {
				t.Errorf("%s: image %d is %v of class %v", name, i, p[:16], d.Train.Labels)
				break
			}
		}
	}
}

// Classes are words, or only the numbers that occur; UCI's digits have a white of 16.
func TestLabelsOfPixelTable(t *testing.T) {
	words := strings.NewReplacer("\n0,", "\ncat,", "\n1,", "\ndog,", "\n2,", "\ncat,").Replace("\n" + pixelLines(15, 16, small, labelFirst))
	gap := strings.ReplaceAll("\n"+pixelLines(15, 16, small, labelFirst), "\n2,", "\n24,")
	uci := pixelLines(15, 64, func(_, k int) string { return fmt.Sprint(k % 17 * min(k, 1)) }, labelLast)
	one := pixelLines(15, 16, small, func(_ string, p []string) []string { return labelFirst("5", p) })
	for want, content := range map[string]string{"[cat dog]": words, "[0 1 24]": gap, "[0 1 2]": uci, "[]": one} {
		d, err := Read(InMemory(map[string][]byte{"a.csv": []byte(content)}), "a", Options{})
		if err != nil {
			t.Errorf("%s: %v", want, err)
		} else if fmt.Sprint(d.Train.Classes) != want || slices.Max(d.Train.Pixels) != 255 {
			t.Errorf("classes %v, want %v; the brightest pixel is %d", d.Train.Classes, want, slices.Max(d.Train.Pixels))
		}
	}
}

// Three colours are told by the columns' names, or else by the order in which neighbours are alike.
func TestColoursOfPixelTable(t *testing.T) {
	const side = 8
	value := func(i, x, y, c int) int { return 100*c + 3*i + 5*x + (x*x+y*y)/8 }
	together := func(i, k int) string { return fmt.Sprint(min(255, value(i, k/3%side, k/3/side, k%3))) }
	planes := func(i, k int) string { return fmt.Sprint(min(255, value(i, k%side, k/side%side, k/side/side))) }
	noise := func(i, k int) string { return fmt.Sprint((k*k*31 + i*77 + k*13) % 256) }
	names := func(planes bool) string {
		var all []string
		for k := range side * side * 3 {
			if planes {
				all = append(all, fmt.Sprintf("%c%d", "rgb"[k/side/side], k%(side*side)))
			} else {
				all = append(all, fmt.Sprintf("%d_%s", k/3, []string{"Red", "Green", "Blue"}[k%3]))
			}
		}
		return strings.Join(all, ",") + ",label\n"
	}
	for name, c := range map[string]struct {
		content, note string
		at            int // of the first image's green of its second pixel
	}{
		"planes":             {pixelLines(15, 3*side*side, planes, labelLast), "first all red values", side*side + 1},
		"together":           {pixelLines(15, 3*side*side, together, labelFirst), "side by side", 4},
		"planes by names":    {names(true) + pixelLines(15, 3*side*side, noise, labelLast), "first all red values", side*side + 1},
		"together by names":  {names(false) + pixelLines(15, 3*side*side, noise, labelLast), "side by side", 4},
		"names not of order": {strings.Repeat("x1,", 3*side*side) + "label\n" + pixelLines(15, 3*side*side, planes, labelLast), "first all red values", side*side + 1},
	} {
		d, err := Read(InMemory(map[string][]byte{"a.csv": []byte(c.content)}), "a", Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		lines := strings.Split(c.content, "\n")
		if strings.HasSuffix(lines[0], "label") {
			lines = lines[1:]
		}
		want := strings.Split(lines[0], ",")
		if name == "together" {
			want = want[1:]
		}
		if notes := strings.Join(d.Notes, " "); d.Train.C != 3 || d.Train.H != side || fmt.Sprint(d.Train.Pixels[4]) != want[c.at] || !strings.Contains(notes, c.note) {
			t.Errorf("%s: green of the second pixel is %d, want %s; %s", name, d.Train.Pixels[4], want[c.at], notes)
		}
	}
}

// All pixels of an image may stand in one cell, as those of FER2013 do, and a column may tell parts, in any table of pixels.
func TestPackedPixels(t *testing.T) {
	usage := []string{"Training", "PublicTest", "PrivateTest", "Training", "Training"}
	packed := func(i int) string {
		values := make([]string, 16)
		for k := range values {
			values[k] = small(i, k)
		}
		return strings.Join(values, " ")
	}
	lines := func(head string, line func(i int) string) string {
		text := head + "\n"
		for i := range 15 {
			text += line(i) + "\n"
		}
		return text
	}
	fer := lines("emotion,pixels,Usage", func(i int) string { return fmt.Sprintf(`%d,"%s",%s`, i%3, packed(i), usage[i%5]) })
	for name, c := range map[string]struct {
		content     string
		train, test int
		note        string
	}{
		"FER2013":        {fer, 9, 3, "of 4x4 gray pixels from 0 to 255; column 1 is its label; column 3 tells its part. 3 images for validation are not used"},
		"its other form": {lines("emotion, Usage, pixels", func(i int) string { return fmt.Sprintf(`%d,%s,%s`, i%3, usage[i%5], packed(i)) }), 9, 3, "column 1 is its label; column 2 tells its part."},
		"no test":        {strings.ReplaceAll(fer, "PrivateTest", "Training"), 12, 3, "column 3 tells its part."},
		"one part":       {strings.NewReplacer("PrivateTest", "Training", "PublicTest", "Training").Replace(fer), 12, 3, "There is no test part"},
		"label last":     {lines("Image,age,label", func(i int) string { return fmt.Sprintf(`%s,%d,%d`, packed(i), 20+i, i%3) }), 12, 3, "column 3 is its label; not used: age."},
		"a column each": {lines(numbered("p%d", 1, 16)+",label,split", func(i int) string {
			return strings.ReplaceAll(packed(i), " ", ",") + fmt.Sprintf(",%d,%s", i%3, []string{"train", "test", "val"}[i/3%3])
		}), 6, 6, "column 17 is its label; column 18 tells"},
	} {
		d, err := Read(InMemory(map[string][]byte{"fer.csv": []byte(c.content)}), "fer", Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if notes := strings.Join(d.Notes, " "); d.Train.Len() != c.train || d.Test.Len() != c.test || len(d.Train.Classes) != 3 || !strings.Contains(notes, c.note) {
			t.Errorf("%s: %d and %d images, classes %v; %s", name, d.Train.Len(), d.Test.Len(), d.Train.Classes, d.Notes)
			continue
		}
		for part, s := range []*Set{d.Train, d.Test} {
			for i := range s.Len() {
				p := s.Pixels[16*i:][:16]
				n := int(p[1]) / 10 // of its line
				if p[0] != 0 || p[15] != 255 || s.Classes[s.Labels[i]] != fmt.Sprint(n%3) || name == "FER2013" && usage[n%5] != []string{"Training", "PrivateTest"}[part] {
					t.Errorf("%s: image %d of part %d is %v of class %s", name, i, part, p, s.Classes[s.Labels[i]])
				}
			}
		}
	}
	test := lines("label,pixels", func(i int) string { return fmt.Sprintf(`%d,%s`, i%3, packed(i)) })
	if d, err := Read(InMemory(map[string][]byte{"fer.csv": []byte(fer), "test.csv": []byte(test)}), "fer", Options{}); err != nil || d.Test.Len() != 3 || !strings.Contains(strings.Join(d.Notes, " "), "test.csv is not used: fer.csv tells") {
		t.Errorf("%v, %v", d, err)
	}
	for want, content := range map[string]string{
		"fer.csv has 17 values in line 3 but 18 before":                        "emotion,pixels,Usage\n1," + packed(1) + ",Training\n1," + packed(1)[2:] + ",Training\n",
		`fer.csv has "x" in line 3, number 3 of column 2, where a pixel's`:     "emotion,pixels\n1," + packed(1) + "\n2," + strings.Replace(packed(2), "255", "x", 1) + "\n",
		`fer.csv has no label in line 2, column 2; put it there`:               "pixels,emotion\n" + packed(1) + ",\n",
		"fer.csv has 17 numbers in column 2, which are no square of pixels":    "emotion,pixels\n1,5 " + packed(1) + "\n",
		"fer.csv has no image in its column pixels: that takes whole squares":  "emotion,pixels\n1,\"[1, 2, 3]\"\n",
		"fer.csv begins with an image; give it a first line of names, such as": "1," + packed(1) + ",Training\n2," + packed(2) + ",Training\n",
	} {
		if _, err := Read(InMemory(map[string][]byte{"fer.csv": []byte(content)}), "fer", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Tables of two parts, beside others, in a folder, in an archive and packed alone.
func TestPixelTablesOfParts(t *testing.T) {
	train, test := []byte(pixelLines(9, 16, small, labelFirst)), []byte(pixelLines(6, 16, small, labelFirst))
	few := []byte(pixelLines(3, 16, small, labelFirst))
	for name, c := range map[string]struct {
		files       map[string][]byte
		train, test int
		note        string
	}{
		"two":         {map[string][]byte{"mnist_train.csv": train, "mnist_test.csv": test}, 9, 6, "Each line of mnist_train.csv is an image of 4x4 gray pixels from 0 to 255; column 1 is its label."},
		"three":       {map[string][]byte{"m/train.csv": train, "m/test.csv": test, "m/val.csv": few}, 9, 6, "m/val.csv is not used"},
		"test alone":  {map[string][]byte{"mnist_test.csv": test}, 3, 3, "a fifth"},
		"competition": {map[string][]byte{"train.csv": train, "test.csv": []byte(pixelLines(6, 16, small, noLabel)), "sample_submission.csv": []byte("ImageId,Label\n1,0\n")}, 6, 3, "test.csv has no labels, so it is not used. sample_submission.csv is not read: its columns are no pixels of a square."},
	} {
		zip := filepath.Join(t.TempDir(), "set.zip")
		if err := os.WriteFile(zip, asZip(c.files), 0o644); err != nil {
			t.Fatal(err)
		}
		packed, err := Open(zip, nil, Options{})
		loose, err2 := Read(InMemory(c.files), "set", Options{Memory: 20, Cache: t.TempDir()})
		if err != nil || err2 != nil {
			t.Errorf("%s: %v, %v", name, err, err2)
			continue
		}
		for _, d := range []*Dataset{packed, loose} {
			if notes := strings.Join(d.Notes, " "); d.Train.Len() != c.train || d.Test.Len() != c.test || len(d.Train.Classes) != 3 || !strings.Contains(notes, c.note) {
				t.Errorf("%s: %d and %d images, classes %v; %s", name, d.Train.Len(), d.Test.Len(), d.Train.Classes, notes)
				continue
			}
			p := make([]uint8, 16)
			for i := range d.Test.Len() {
				if d.Test.Bytes(i, p); p[0] != 0 || p[2] != 255 || p[15] != 255 || d.Test.Labels[i] != int32(p[1]/10%3) {
					t.Errorf("%s: test image %d is %v of class %d", name, i, p, d.Test.Labels[i])
				}
			}
		}
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"mnist_train.csv": train, "packed.csv.gz": asGzip(train)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		if d, err := Open(filepath.Join(dir, name), nil, Options{Cache: dir}); err != nil || d.Train.Len() != 6 || d.Test.Len() != 3 {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}

// What is wrong in a table of pixels is told with its place and the remedy.
func TestBadPixelTables(t *testing.T) {
	good := pixelLines(150, 16, small, func(l string, p []string) []string { return labelFirst(l, append([]string{"0", "9"}, p[2:]...)) })
	lines := strings.SplitAfter(good, "\n")
	with := func(i int, line string) string {
		return strings.Join(slices.Concat(lines[:i], []string{line + "\n"}, lines[i+1:]), "")
	}
	for want, content := range map[string]string{
		"a.csv has 4 columns in line 120 but 17 before; mend that line or take it out":                                                             with(119, "1,2,3,4"),
		`a.csv has "blue" in line 3, column 4, where a pixel's number must stand`:                                                                  with(2, "1,0,9,blue"+strings.Repeat(",0", 13)),
		`a.csv has "" in line 140, column 5, where`:                                                                                                with(139, "1,0,9,9,"+strings.Repeat(",0", 12)),
		"a.csv has 300 in line 1, column 2, where pixels go from 0 to 1 or from 0 to 255; scale them":                                              with(0, "1,300"+strings.Repeat(",0", 15)),
		"a.csv has -0.42 in line 130, column 3, where":                                                                                             with(129, "1,0,-0.42"+strings.Repeat(",0", 14)),
		"a.csv has NaN in line 130, column 3, where":                                                                                               with(129, "1,0,NaN"+strings.Repeat(",0", 14)),
		"a.csv has the label 1.5 in line 2, column 1; labels are words, or":                                                                        "label," + numbered("p%d", 0, 16) + "\n1.5" + strings.Repeat(",0", 16) + "\n",
		"a.csv has no label in line 2, column 1; put it there":                                                                                     "label," + numbered("p%d", 0, 16) + "\n" + strings.Repeat(",0", 16) + "\n",
		"a.csv holds no images: there is no line of pixels":                                                                                        "label," + numbered("p%d", 0, 16) + "\n",
		"a.csv has 49 columns, which may be 7x7 pixels, or a label and 4x4 pixels of three colours; give it":                                       pixelLines(5, 49, small, noLabel),
		`"names,1,2,3,4" and 695 more; name one file, file_name, filename, path; and 700 columns are no square of pixels, which has 784 for 28x28`: "names," + numbered("%d", 1, 699) + "\n",
		"holds 1 images, too few":              pixelLines(1, 16, small, labelFirst),
		"a.csv has more than 8 MB in line 18,": pixelLines(17, 16, small, labelFirst) + strings.Repeat("0", maxLine),
	} {
		_, err := Read(InMemory(map[string][]byte{"a.csv": []byte(content)}), "a", Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %.300v, want %q", err, want)
		}
	}
	for want, files := range map[string]map[string][]byte{
		"holds pixels in both a.csv and b.csv; name one of them":               {"a.csv": []byte(good), "b.csv": []byte(good)},
		"a.csv has pixels from 0 to 255 but test.csv from 0 to 1; both":        {"a.csv": []byte(good), "test.csv": []byte(pixelLines(9, 16, func(i, k int) string { return fmt.Sprint(i % 2) }, labelFirst))},
		"training images are 4x4x1 but test images 5x5x1; both must come from": {"a.csv": []byte(good), "test.csv": []byte(pixelLines(9, 25, small, labelFirst))},
	} {
		if _, err := Read(InMemory(files), "a", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	// A table of measurements beside one that names files stays what it was.
	files := pictures(6, func(i int) string { return fmt.Sprintf("%d.png", i) })
	files["all.csv"], files["numbers.csv"] = []byte("file\n0.png\n1.png\n"), []byte(good)
	if _, err := Read(InMemory(files), "a", Options{}); err == nil || !strings.Contains(err.Error(), "numbers.csv has no column of files") {
		t.Errorf("error %v", err)
	}
}

// A page keeps so many images and no more, which is told before all of them are read.
func TestPixelTableBeyondMemoryOfAPage(t *testing.T) {
	defer func(before func(string, string) (*os.File, error)) { temporary = before }(temporary)
	temporary = nil
	content := bytes.Repeat([]byte(strings.Repeat("1,", 16)+"9\n"), 100)
	if _, err := Read(InMemory(map[string][]byte{"a.csv": content}), "a", Options{Memory: 800}); err == nil || !strings.Contains(err.Error(), "51 images need") {
		t.Errorf("error %v", err)
	}
}

// A table that has its pixels in it is read without a look at what else its folder holds, which may be all of the user's files.
func TestPixelTableLooksAtNothingElse(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "digits.csv")
	if err := os.WriteFile(file, []byte(pixelLines(15, 16, small, labelFirst)), 0o644); err != nil {
		t.Fatal(err)
	}
	os.Mkdir(filepath.Join(dir, "gr\xfcn"), 0o755) // cannot be listed; where it cannot be made, either, it is not in the way
	if d, err := Open(file, nil, Options{}); err != nil || d.Train.Len() != 12 {
		t.Errorf("%+v, %v", d, err)
	}
}
