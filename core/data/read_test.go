//go:build !js

package data

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// gray8 is the colour of image i in the sets of these tests.
func gray8(i int) color.NRGBA { return color.NRGBA{uint8(10 * i), uint8(20 * i), uint8(255 - i), 255} }

// asNPY is an array of bytes as NumPy writes it.
func asNPY(values []byte, shape ...int) []byte {
	var dims []string
	for _, d := range shape {
		dims = append(dims, fmt.Sprint(d))
	}
	head := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s,), }\n", strings.Join(dims, ", "))
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	return slices.Concat(b, []byte(head), values)
}

// labelsNPY are 30 labels of a kind of whole numbers.
func labelsNPY(kind string, values []byte) []byte {
	return bytes.Replace(asNPY(values, 30), []byte("|u1"), []byte(kind), 1)
}

// npyImages are n images of 4x5 pixels, image i of value i, and their labels, which alternate.
func npyImages(n int) (images, labels []byte) {
	for i := range n {
		images = append(images, bytes.Repeat([]byte{byte(i)}, 4*5*3)...)
		labels = append(labels, byte(i%2))
	}
	return asNPY(images, n, 4, 5, 3), asNPY(labels, n)
}

func asZip(files map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, _ := z.Create(name)
		w.Write(content)
	}
	z.Close()
	return b.Bytes()
}

func asTar(files map[string][]byte) []byte {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for name, content := range files {
		t.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644, Typeflag: tar.TypeReg})
		t.Write(content)
	}
	t.Close()
	return b.Bytes()
}

func asGzip(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

// cifarBatch are n records of CIFAR-10, record i of label i%10 and of value i in all channels but red, which has 255-i.
func cifarBatch(n int) (b []byte) {
	for i := range n {
		b = append(b, byte(i%10))
		b = append(b, bytes.Repeat([]byte{byte(255 - i)}, 1024)...)
		b = append(b, bytes.Repeat([]byte{byte(i)}, 2048)...)
	}
	return b
}

func TestReadCIFAR(t *testing.T) {
	files := map[string][]byte{"c/data_batch_1.bin": cifarBatch(20), "c/data_batch_2.bin": cifarBatch(10), "c/test_batch.bin": cifarBatch(10),
		"c/batches.meta.txt": []byte("plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")}
	d, err := Read(InMemory(files), "c", Options{})
	if err != nil {
		t.Fatal(err)
	}
	pixel := make([]uint8, 32*32*3)
	d.Train.Bytes(13, pixel)
	if d.Train.Len() != 30 || d.Test.Len() != 10 || d.Train.Labels[13] != 3 || d.Train.Classes[3] != "cat" || !slices.Equal(pixel[:3], []uint8{242, 13, 13}) {
		t.Errorf("%d and %d images, image 13 is of class %d, %v", d.Train.Len(), d.Test.Len(), d.Train.Labels[13], pixel[:3])
	}
	delete(files, "c/test_batch.bin") // then of each class some are held out
	if d, err := Read(InMemory(files), "c", Options{}); err != nil || d.Test.Len() != 10 || len(slices.Compact(slices.Sorted(slices.Values(d.Test.Labels)))) != 10 {
		t.Errorf("held out %v, %v", d, err)
	}
	files["c/test_batch.bin"] = cifarBatch(10)
	for want, bad := range map[string][]byte{"c/data_batch_1.bin ": cifarBatch(20)[:5000], "has the label 77, where there are 10 classes": append([]byte{77}, cifarBatch(1)[1:]...)} {
		files["c/data_batch_1.bin"] = bad
		if _, err := Read(InMemory(files), "c", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestReadNumPy(t *testing.T) {
	images, labels := npyImages(30)
	more, moreLabels := npyImages(8)
	all := map[string][]byte{"x.npy": images, "y.npy": labels, "x_test.npy": more, "y_test.npy": moreLabels}
	file := filepath.Join(t.TempDir(), "set.npz")
	if err := os.WriteFile(file, asZip(all), 0o644); err != nil {
		t.Fatal(err)
	}
	fromZip, err := Open(file, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	loose, err := Read(InMemory(all), "loose", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Dataset{fromZip, loose} {
		pixel := make([]uint8, 4*5*3)
		d.Train.Bytes(7, pixel)
		if d.Train.Len() != 30 || d.Test.Len() != 8 || d.Train.H != 4 || d.Train.W != 5 || d.Train.Labels[7] != 1 || pixel[0] != 7 {
			t.Errorf("%s: %d and %d images of %dx%d, image 7 of class %d has %d", d.Name, d.Train.Len(), d.Test.Len(), d.Train.W, d.Train.H, d.Train.Labels[7], pixel[0])
		}
	}
	for _, c := range []struct {
		want  string
		files map[string][]byte
	}{
		{"x.npy is truncated: it has", map[string][]byte{"x.npy": images[:900]}},
		{"x.npy starts with 50 4b", map[string][]byte{"x.npy": []byte("PK\x03\x04 and so on")}},
		{"x.npy is truncated", map[string][]byte{"x.npy": images[:5]}},
		{"x.npy holds 30 images but y.npy holds 8 labels", map[string][]byte{"x.npy": images, "y.npy": moreLabels}},
		{"x.npy has the shape [30 2 2 5]", map[string][]byte{"x.npy": asNPY(make([]byte, 600), 30, 2, 2, 5)}},
		{"x.npy holds no images", map[string][]byte{"x.npy": asNPY(nil, 0, 4, 4)}},
		{"has the shape (99999999, 99999999, 3,), which is more than is read", map[string][]byte{"x.npy": asNPY(nil, 99999999, 99999999, 3)}},
		{"has no array of images", map[string][]byte{"y.npy": labels}},
		{"y.npy has the label -1 for image 2;", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("|i1", append(make([]byte, 2), bytes.Repeat([]byte{255}, 28)...))}},
		{"y.npy has the label -1 for image 0;", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("<i2", bytes.Repeat([]byte{255}, 60))}},
		{"y.npy has the label 4294967295 for image 0; there are at most 65536 classes", map[string][]byte{"x.npy": images, "y.npy": labelsNPY("<u4", bytes.Repeat([]byte{255}, 120))}},
	} {
		if _, err := Read(InMemory(c.files), "bad", Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Truth values are black and white.
func TestReadNumPyBooleans(t *testing.T) {
	values := bytes.Repeat([]byte{0, 1}, 30*8)
	array := bytes.Replace(asNPY(values, 30, 4, 4), []byte("|u1"), []byte("|b1"), 1)
	d, err := Read(InMemory(map[string][]byte{"x.npy": array}), "masks", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Train.Pixels[:4]; !bytes.Equal(got, []byte{0, 255, 0, 255}) {
		t.Errorf("pixels %v", got)
	}
}

// The name of a class is a name, whatever a table has in its column.
func TestReadEndlessClass(t *testing.T) {
	files := pictures(6, func(i int) string { return fmt.Sprintf("%d.png", i) })
	long := strings.Repeat("é", 1<<20)
	files["all.csv"] = []byte("file,label\n0.png," + long + "\n1.png," + long + "\n2.png," + long + "!\n3.png,b\n4.png,b\n5.png," + long + "!\n")
	d, err := Read(InMemory(files), "t", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if names := d.Train.Classes; len(names) != 3 || !slices.ContainsFunc(names, func(name string) bool { return len(name) > 200 && len(name) < 250 }) {
		t.Errorf("%d classes, of %d bytes", len(names), len(strings.Join(names, "")))
	}
}

// pictures are n pngs of 4x4 pixels, by the names that name gives them.
func pictures(n int, name func(i int) string) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		files[name(i)] = asPNG(plain(4, 4, gray8(i)))
	}
	return files
}

func TestReadTable(t *testing.T) {
	files := pictures(6, func(i int) string { return fmt.Sprintf("img/%d.png", i) })
	files["all.csv"] = []byte("file,caption,label,split\nimg/0.png,\"a square, red\",a,train\nimg/1.png,a circle,b,train\nimg/2.png,x,a,train\n" +
		"img/3.png,y,b,test\nimg/4.png,z,a,test\nimg/9.png,gone,a,train\n,none,a,train\n")
	d, err := Read(InMemory(files), "t", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 3 || d.Test.Len() != 2 || d.Train.Captions[0] != "a square, red" || d.Train.Classes[d.Train.Labels[1]] != "b" {
		t.Errorf("%d and %d images, captions %q, labels %v", d.Train.Len(), d.Test.Len(), d.Train.Captions, d.Train.Labels)
	}
	if len(d.Skipped) != 2 || d.Skipped[1].Reason != "is named in line 7 of all.csv but not there" {
		t.Errorf("skipped %v", d.Skipped)
	}
	files["all.csv"] = []byte("name of it\tcaption\n")
	if _, err := Read(InMemory(files), "t", Options{}); err == nil || !strings.Contains(err.Error(), "all.csv has no column of files in its first line") {
		t.Errorf("error %v", err)
	}
	files["all.csv"] = []byte("label" + strings.Repeat(",p", 700) + "\n")
	if _, err := Read(InMemory(files), "t", Options{}); err == nil || !strings.Contains(err.Error(), `"label,p,p,p,p" and 696 more; name one`) {
		t.Errorf("error %v", err)
	}
	files["all.csv"] = nil
	if _, err := Read(InMemory(files), "t", Options{}); err == nil || !strings.Contains(err.Error(), "all.csv is empty") {
		t.Errorf("error %v", err)
	}
	// files that lie in another folder, or are named without their ending, as competitions have them
	for _, file := range []string{"0.png", "0", "/home/me/0.png", `C:\me\0.png`} {
		files["all.csv"] = []byte("file,label\n" + file + ",a\n")
		if _, err := Read(InMemory(files), "t", Options{}); err == nil || !strings.Contains(err.Error(), "but img/0.png is: files are named with their folder") {
			t.Errorf("%s: error %v", file, err)
		}
	}
}

// What lies beside the files that make the set is not left out in silence.
func TestFilesBeside(t *testing.T) {
	images, labels := npyImages(5)
	shard := asTar(pictures(5, func(i int) string { return fmt.Sprintf("%d.png", i) }))
	for name, c := range map[string]struct {
		files map[string][]byte
		note  string
	}{
		"tar":    {map[string][]byte{"old.tar": shard, "notes.md": nil}, "2 files beside those that were read are left out, such as cat/0.png"},
		"arrays": {map[string][]byte{"tar.tar": shard, "x.npy": images}, "3 files beside those that were read are left out, such as cat/0.png"},
		"numpy":  {map[string][]byte{"x.npy": images, "y.npy": labels}, "2 files beside those that were read are left out, such as cat/0.png"},
		"pixels": {map[string][]byte{"all.csv": []byte(pixelLines(5, 16, small, labelFirst))}, "2 files beside those that were read are left out, such as cat/0.png"},
		"table":  {map[string][]byte{"all.csv": []byte("file\ncat/0.png\ncat/1.png\n"), "dog/2.png": asPNG(plain(4, 4, red))}, "1 images are not named in a table that is read, such as dog/2.png, so they are not used."},
	} {
		for i := range 2 {
			c.files[fmt.Sprintf("cat/%d.png", i)] = asPNG(plain(4, 4, gray8(i)))
		}
		if d, err := Read(InMemory(c.files), name, Options{}); err != nil || !strings.Contains(strings.Join(d.Notes, " "), c.note) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}

// That there are no labels is told of arrays as it is of folders.
func TestArraysWithoutLabels(t *testing.T) {
	images, _ := npyImages(5)
	if d, err := Read(InMemory(map[string][]byte{"x.npy": images}), "x", Options{}); err != nil || !slices.Contains(d.Notes, "The images have no labels.") {
		t.Errorf("%v, %v", d, err)
	}
}

func TestReadArchives(t *testing.T) {
	tree := pictures(12, func(i int) string {
		return fmt.Sprintf("p/%s/%s/%d.png", []string{"train", "test"}[i%2], []string{"a", "b"}[i/2%2], i)
	})
	shard := map[string][]byte{}
	for i := range 12 {
		shard[fmt.Sprintf("%04d.png", i)] = asPNG(plain(4, 4, gray8(i)))
		shard[fmt.Sprintf("%04d.cls", i)] = []byte(fmt.Sprint(i % 3))
		shard[fmt.Sprintf("%04d.txt", i)] = []byte(fmt.Sprintf("picture %d", i))
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"p.zip": asZip(tree), "p.tar": asTar(tree), "p.tar.gz": asGzip(asTar(tree)), "shard.tar": asTar(shard)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(filepath.Join(dir, name), nil, Options{Cache: dir})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n := d.Train.Len() + d.Test.Len(); n != 12 || d.Train.Labels == nil {
			t.Errorf("%s: %d images", name, n)
		}
		if strings.HasPrefix(name, "shard") && (len(d.Train.Captions) != d.Train.Len() || !strings.HasPrefix(d.Train.Captions[0], "picture ")) {
			t.Errorf("%s: captions %q", name, d.Train.Captions)
		}
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"cut.zip":    {asZip(tree)[:2000], "cut.zip: "},
		"cut.tar.gz": {asGzip(asTar(tree))[:500], "cut.tar.gz: "},
		"empty.zip":  {asZip(nil), "holds no files"},
		"text.zip":   {[]byte("not an archive"), "is a file of no kind that is known"},
		"zero.tar":   {nil, "zero.tar: is empty"},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Join(dir, name), nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// A gzip file of 1.6 GB of zeros is refused before a disk is full.
func TestGunzipIsBounded(t *testing.T) {
	bomb := asGzip(make([]byte, 8<<20))
	var written counter
	_, err := gunzip(&written, bytes.NewReader(slices.Concat(slices.Repeat([][]byte{bomb}, 200)...)), int64(200*len(bomb)))
	if err == nil || !strings.Contains(err.Error(), "unpacks to more than 1024 MB") {
		t.Errorf("1,600 MB in %d KB: error %v", 200*len(bomb)>>10, err)
	}
	if written > maxPlain+1 {
		t.Errorf("%d bytes were written before that", written)
	}
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

type parquetRow struct {
	Image struct {
		Bytes []byte `parquet:"bytes"`
		Path  string `parquet:"path"`
	} `parquet:"image"`
	Label int64 `parquet:"label"`
}

func TestReadParquet(t *testing.T) {
	file := parquetFile(t, 12)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "train-00000.parquet"), file, 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir, nil, Options{Cache: dir})
	if err != nil {
		t.Fatal(err)
	}
	if n := d.Train.Len() + d.Test.Len(); n != 12 || len(d.Train.Classes) != 2 {
		t.Errorf("%d images of %v", n, d.Train.Classes)
	}
	if err := os.WriteFile(filepath.Join(dir, "train-00000.parquet"), file[:len(file)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), "damaged parquet file") {
		t.Errorf("error %v", err)
	}
}

// A set beyond the bound of memory is the same set, kept in a file.
func TestSetsBeyondMemoryAreTheSame(t *testing.T) {
	files := pictures(40, func(i int) string { return fmt.Sprintf("train/%s/%02d.png", []string{"a", "b"}[i%2], i) })
	inMemory, err := Read(InMemory(files), "s", Options{})
	if err != nil {
		t.Fatal(err)
	}
	inFile, err := Read(InMemory(files), "s", Options{Memory: 100, Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if inFile.Train.Pixels != nil || inMemory.Train.Pixels == nil {
		t.Fatalf("%d bytes are in memory, where 100 are allowed", len(inFile.Train.Pixels))
	}
	want, got := make([]float32, 4*4*3), make([]float32, 4*4*3)
	for i := range inMemory.Train.Len() {
		inMemory.Train.Image(i, want)
		inFile.Train.Image(i, got)
		if !slices.Equal(got, want) {
			t.Fatalf("image %d differs", i)
		}
	}
	if !slices.Equal(inFile.Train.Labels, inMemory.Train.Labels) || !slices.Equal(inFile.Mean, inMemory.Mean) {
		t.Error("labels or means differ")
	}
}

// Files whose ending contradicts their content: what can be read is, by its content, and of the rest a sentence tells what
// it is.
func TestMislabelledFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		t.Helper()
		file := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	tree := pictures(12, func(i int) string { return fmt.Sprintf("%s/%d.jpg", []string{"a", "b"}[i%2], i) }) // they are pngs
	images, labels := npyImages(10)
	for name, content := range map[string][]byte{"zip.tar": asZip(tree), "tar.zip": asTar(tree), "gzip.png": asGzip(asTar(tree)), "npz.tgz": asZip(map[string][]byte{"x.npy": images, "y.npy": labels})} {
		d, err := Open(write(name, content), nil, Options{Cache: dir})
		if err != nil || d.Train.Len() < 8 || len(d.Train.Classes) != 2 || len(d.Skipped) != 0 {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	picture := asPNG(plain(4, 4, red))
	for name, c := range map[string]struct {
		file    string
		content []byte
		want    string
	}{
		"text as image":     {"a/1.png", []byte("Dear diary, this is no picture at all."), "1.png, is no png, jpeg, gif or webp image"},
		"html as image":     {"b/1.jpg", []byte("<!doctype html><title>Not found</title>"), "is no png, jpeg, gif or webp image"},
		"image as npy":      {"c/x.npy", picture, "x.npy starts with 89 50 4e 47"},
		"image as idx":      {"d/train-images-idx3-ubyte", picture, "starts with 89 50 4e 47 where an idx file of bytes has 00 00 08"},
		"labels as images":  {"e/train-images-idx3-ubyte", idx([]byte{1, 2, 3}, 3), "is it a file of labels?"},
		"image as parquet":  {"f/x.parquet", picture, "x.parquet is a damaged parquet file"},
		"image as table":    {"g/all.csv", picture, "all.csv has no column of files in its first line"},
		"one endless line":  {"l/all.csv", bytes.Repeat([]byte("1"), 1<<20), `first line, "` + strings.Repeat("1", 200) + `"; name one file`},
		"image as batch":    {"h/data_batch_1.bin", picture, "which is no number of records of 3073"},
		"zip as shard":      {"i/p.tar", asZip(tree), "p.tar is no tar but zip by its content; give it the ending of that"},
		"image as shard":    {"j/p.tar", picture, "p.tar is a damaged tar after 0 files"},
		"image as gzip idx": {"k/train-images-idx3-ubyte.gz", picture, "cannot be unpacked"},
	} {
		file := write(c.file, c.content)
		write(filepath.Join(filepath.Dir(c.file), "LICENCE"), []byte("as you like")) // so that it is no archive alone in a folder
		_, err := Open(filepath.Dir(file), nil, Options{Cache: dir})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// What is nearly read is refused with the remedy.
func TestRemedies(t *testing.T) {
	dir := t.TempDir()
	floats := make([]byte, 20*4*5*4) // of images [20, 4, 5]
	binary.LittleEndian.PutUint32(floats[7*4*5*4+8:], math.Float32bits(2))
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"bright.npy":   {bytes.Replace(asNPY(floats, 20, 4, 5), []byte("|u1"), []byte("<f4"), 1), "has the value 2 in image 7, where numbers of that kind go from 0 to 1"},
		"x.tar.xz":     {[]byte("\xfd7zXZ\x00 and so on"), "is packed with xz, which is not read; unpack it, or pack it as zip"},
		"x.tar.bz2":    {[]byte("BZh91AY and so on"), "is packed with bzip2"},
		"one.png":      {asPNG(plain(4, 4, red)), "is one image; name a folder or an archive of many"},
		"in.zip":       {asZip(map[string][]byte{"deep.zip": asZip(nil)}), "deep.zip, is an archive (zip) itself; name it, or unpack it"},
		"first.npy":    {asNPY(make([]byte, 480), 10, 3, 4, 4), "save numpy.moveaxis(x, 1, -1)"},
		"alpha.npy":    {asNPY(make([]byte, 640), 10, 4, 4, 4), "save x[..., :3]"},
		"rows.npy":     {asNPY(make([]byte, 160), 10, 16), "save x.reshape(-1, height, width)"},
		"python.zip":   {asZip(map[string][]byte{"cifar-10-batches-py/data_batch_1": {128, 2}}), "holds CIFAR in its version for Python; `pushpull data get cifar10`"},
		"nothing.webp": {[]byte("RIFF....WEBP"), "is a file of no kind that is known"},
		".table.csv":   {[]byte("file,label\na.png,1\n"), "is hidden by its name, so it is not read; rename it"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, c.content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file, nil, Options{Cache: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Of labels that are numbers those that occur are classes: EMNIST's letters count from 1, and chance is 1 in 26. Labels that
// are all the same tell nothing.
func TestClassesAreNumbersThatOccur(t *testing.T) {
	for want, labels := range map[string][]byte{"[1 3 9]": {1, 3, 9, 1, 3, 9, 1, 3, 9, 1}, "[]": bytes.Repeat([]byte{4}, 10)} {
		pixels := bytes.Repeat([]byte{7}, 10*4)
		for form, files := range map[string]map[string][]byte{
			"NumPy": {"x.npy": asNPY(pixels, 10, 2, 2), "y.npy": asNPY(labels, 10)},
			"idx":   {"train-images-idx3-ubyte": idx(pixels, 10, 2, 2), "train-labels-idx1-ubyte": idx(labels, 10), "t10k-images-idx3-ubyte": idx(pixels[:8], 2, 2, 2), "t10k-labels-idx1-ubyte": idx(labels[1:3], 2)},
		} {
			d, err := Read(InMemory(files), form, Options{})
			if err != nil || fmt.Sprint(d.Train.Classes) != want || d.Labelled() != (want != "[]") || (want == "[]") != strings.Contains(strings.Join(d.Notes, ""), `one class only, "4"`) {
				t.Errorf("%s: %+v, %v; want classes %s", form, d, err, want)
			} else if form == "idx" && d.Labelled() && fmt.Sprint(d.Test.Labels) != "[1 2]" {
				t.Errorf("%s: labels %v", form, d.Test.Labels)
			}
		}
	}
}

// A test whose labels were kept back is no test.
func TestNumPyWithoutTestLabels(t *testing.T) {
	images, labels := npyImages(20)
	d, err := Read(InMemory(map[string][]byte{"x_train.npy": images, "y_train.npy": labels, "x_test.npy": images}), "x", Options{})
	if err != nil || d.Train.Len() != 16 || d.Test.Len() != 4 || !d.Labelled() || !strings.Contains(strings.Join(d.Notes, " "), "x_test.npy has no labels, so it is not used.") {
		t.Errorf("%+v, %v", d, err)
	}
}

// Of arrays for test and validation those for test are used, as of folders, which is told.
func TestNumPyWithValidation(t *testing.T) {
	images, labels := npyImages(12)
	few, fewLabels := npyImages(4)
	d, err := Read(InMemory(map[string][]byte{"train_images.npy": images, "train_labels.npy": labels, "val_images.npy": images, "val_labels.npy": labels,
		"test_images.npy": few, "test_labels.npy": fewLabels}), "medical", Options{})
	if err != nil || d.Train.Len() != 12 || d.Test.Len() != 4 || !strings.Contains(strings.Join(d.Notes, " "), "val_images.npy is not used") {
		t.Errorf("%+v, %v", d, err)
	}
}

// A folder and archives of it hold out the same images.
func TestHoldOutDoesNotDependOnPacking(t *testing.T) {
	tree := func(root string) map[string][]byte {
		return pictures(25, func(i int) string { return fmt.Sprintf("%s%s/%d.png", root, []string{"a", "b"}[i%2], i) })
	}
	want, err := Read(InMemory(tree("")), "s", Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(InMemory(tree("pets/small/")), "s", Options{})
	if err != nil || !slices.Equal(got.Test.Pixels, want.Test.Pixels) {
		t.Errorf("another fifth is held out below a folder: %v", err)
	}
}

// Files that are no images do not take the places of those that are held out.
func TestHeldOutImagesAreImages(t *testing.T) {
	for bad := range 12 {
		files := pictures(5, func(i int) string { return fmt.Sprintf("%d.png", i) })
		for i := range bad {
			files[fmt.Sprintf("bad%d.png", i)] = []byte("no image")
		}
		d, err := Read(InMemory(files), "s", Options{})
		if err != nil || d.Train.Len() != 4 || d.Test.Len() != 1 || len(d.Skipped) != bad {
			t.Fatalf("beside %d files that are none: %v", bad, err)
		}
	}
}

// parquetFile is a parquet file of n images with labels that alternate.
func parquetFile(t testing.TB, n int) []byte {
	rows := make([]parquetRow, n)
	for i := range rows {
		rows[i].Image.Bytes, rows[i].Label = asPNG(plain(4, 4, gray8(i))), int64(i%2)
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever a file holds and is called, Read gives a set or a sentence. The seeds are files that are read, so that changes of
// them reach far into the parsers.
func FuzzRead(f *testing.F) {
	images, labels := npyImages(3)
	picture := asPNG(plain(2, 2, red))
	const plane = 96 * 96 * 3
	seeds := []struct {
		name    string
		content []byte
		beside  map[string][]byte
	}{
		{"x.npy", images, map[string][]byte{"y.npy": labels}},
		{"y.npy", labels, map[string][]byte{"x.npy": images}},
		{"data_batch_1.bin", cifarBatch(12), nil},
		{"train.bin", bytes.Repeat(append([]byte{1, 2}, make([]byte, 3072)...), 6), map[string][]byte{"test.bin": make([]byte, 3074)}},
		{"all.csv", []byte("file,label\na.png,b\nb.png,b\nc.png,c\n"), map[string][]byte{"b.png": picture, "c.png": picture}},
		{"train/a/1.png", picture, map[string][]byte{"train/b/1.png": picture, "test/a/2.png": picture}},
		{"p.tar", asTar(map[string][]byte{"a/1.png": picture, "a/2.png": picture, "b/1.png": picture}), nil},
		{"t.parquet", parquetFile(f, 8), nil},
		{"train-images-idx3-ubyte", idx(make([]byte, 40), 10, 2, 2), map[string][]byte{"train-labels-idx1-ubyte": idx(make([]byte, 10), 10)}},
		{"train-labels-idx1-ubyte", idx(make([]byte, 10), 10), map[string][]byte{"train-images-idx3-ubyte": idx(make([]byte, 40), 10, 2, 2)}},
		{"train_X.bin", make([]byte, 2*plane), map[string][]byte{"train_y.bin": {1, 2}, "test_X.bin": make([]byte, plane), "test_y.bin": {2}}},
		{"train_y.bin", []byte{1, 2}, map[string][]byte{"train_X.bin": make([]byte, 2*plane), "test_X.bin": make([]byte, plane), "test_y.bin": {2}}},
		{"pixels.csv", []byte(pixelLines(6, 16, small, labelFirst)), nil},
		{"pixels_test.tsv", []byte("\tlabel\t" + strings.ReplaceAll(numbered("p%d", 0, 48)+"\n"+strings.Repeat("0,cat"+strings.Repeat(",.5", 48)+"\n", 4), ",", "\t")), nil},
	}
	cache := f.TempDir()
	read := func(kind int, content []byte) (*Dataset, error) {
		s := seeds[kind]
		files := map[string][]byte{"a.png": asPNG(plain(2, 2, blue)), s.name: content}
		for name, beside := range s.beside {
			files[name] = beside
		}
		return Read(InMemory(files), "fuzz", Options{Cache: cache})
	}
	for i, s := range seeds {
		if d, err := read(i, s.content); err != nil || d.Train.Len() == 0 || d.Test.Len() == 0 {
			f.Errorf("the seed %s is not read: %v", s.name, err)
		}
		f.Add(uint8(i), s.content)
		f.Add(uint8(i), s.content[:len(s.content)/2])
		f.Add(uint8(i), []byte(nil))
	}
	f.Fuzz(func(t *testing.T, kind uint8, content []byte) {
		name := seeds[int(kind)%len(seeds)].name
		d, err := read(int(kind)%len(seeds), content)
		if err == nil && (d.Train == nil || d.Train.Len() == 0) {
			t.Errorf("%s: a set without images", name)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q is no sentence", name, err)
		}
	})
}

func FuzzArchive(f *testing.F) {
	tree := map[string][]byte{"a/1.png": asPNG(plain(2, 2, red)), "b/1.png": asPNG(plain(2, 2, blue))}
	for _, seed := range [][]byte{asZip(tree), asTar(tree), asGzip(asTar(tree)), asGzip([]byte("x")), nil} {
		f.Add(seed)
	}
	cache := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		files, err := Options{Cache: cache}.Unpack("x", bytes.NewReader(content), int64(len(content)))
		if err != nil || files == nil {
			return
		}
		Read(files, "fuzz", Options{Cache: cache})
	})
}
