//go:build !js

package data

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// plain is an image of one colour.
func plain(w, h int, c color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	return m
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, m, &jpeg.Options{Quality: 95})
	return b.Bytes()
}

func asGIF(m image.Image) []byte {
	var b bytes.Buffer
	gif.Encode(&b, m, nil)
	return b.Bytes()
}

// One red pixel without loss, and 4x4 red pixels with loss.
var (
	redWebP, _  = base64.StdEncoding.DecodeString("UklGRhwAAABXRUJQVlA4TA8AAAAvAAAAAAcQ/Y/+ByKi/wEA")
	lossWebP, _ = base64.StdEncoding.DecodeString("UklGRkAAAABXRUJQVlA4IDQAAAAQAgCdASoEAAQAAIAIJaACdLoB+AH6AAPIAP79V7P/65a0E9s/9cu//7rPnjF3n//uoQAA")
)

var red, blue = color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 255}

// twoClasses is a folder of four training and two test images, 4x4 pixels.
func twoClasses() fstest.MapFS {
	f := fstest.MapFS{}
	for name, c := range map[string]color.Color{"red": red, "blue": blue} {
		f["train/"+name+"/1.png"] = &fstest.MapFile{Data: asPNG(plain(4, 4, c))}
		f["train/"+name+"/2.jpg"] = &fstest.MapFile{Data: asJPEG(plain(4, 4, c))}
		f["test/"+name+"/1.gif"] = &fstest.MapFile{Data: asGIF(plain(4, 4, c))}
	}
	return f
}

func TestFolderReadsEveryFormat(t *testing.T) {
	files := twoClasses()
	files["train/red/3"] = &fstest.MapFile{Data: redWebP}      // no ending at all, and another size
	files["train/red/4.png"] = &fstest.MapFile{Data: lossWebP} // a wrong ending
	files["train/red/.DS_Store"] = &fstest.MapFile{Data: []byte("x")}
	d, err := readFS(files, "two")
	if err != nil {
		t.Fatal(err)
	}
	if d.Train.Len() != 6 || d.Test.Len() != 2 || d.Train.C != 3 || !reflect.DeepEqual(d.Train.Classes, []string{"blue", "red"}) {
		t.Fatalf("%d and %d images of %d channels in %v", d.Train.Len(), d.Test.Len(), d.Train.C, d.Train.Classes)
	}
	for _, s := range []*Set{d.Train, d.Test} {
		for i, label := range s.Labels {
			p := s.Pixels[i*48:]
			want := map[int32][3]int{0: {0, 0, 255}, 1: {255, 0, 0}}[label]
			for k, v := range want {
				if diff := int(p[k]) - v; diff < -20 || diff > 20 {
					t.Errorf("image %d of class %d has the colour %v", i, label, p[:3])
					break
				}
			}
		}
	}
	if len(d.Skipped) != 0 || len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "1 of 8 images were cut") {
		t.Errorf("skipped %v, notes %v", d.Skipped, d.Notes)
	}
}

func TestFolderSkipsWhatIsDamaged(t *testing.T) {
	files := twoClasses()
	good := asJPEG(plain(4, 4, red))
	files["train/red/0-cut.jpg"] = &fstest.MapFile{Data: good[:len(good)-20]}
	large := asJPEG(plain(9, 9, red))
	files["train/red/5.jpg"] = &fstest.MapFile{Data: large[:len(large)-20]}
	files["train/red/4.jpg"] = &fstest.MapFile{Data: nil}
	files["test/red/notes.txt"] = &fstest.MapFile{Data: []byte("not a picture")}
	files["train/blue/bomb.png"] = &fstest.MapFile{Data: bomb()}
	d, err := readFS(files, "two")
	if err != nil {
		t.Fatal(err)
	}
	want := []Skip{
		{"test/red/notes.txt", "is no png, jpeg, gif or webp image"},
		{"train/blue/bomb.png", "is 100000x100000, more than 64 megapixels"},
		{"train/red/0-cut.jpg", "is truncated"},
		{"train/red/4.jpg", "is empty"},
		{"train/red/5.jpg", "is truncated"},
	}
	if !reflect.DeepEqual(d.Skipped, want) {
		t.Errorf("skipped\n%v, want\n%v", d.Skipped, want)
	}
	if !reflect.DeepEqual(d.Train.Labels, []int32{0, 0, 1, 1}) || d.Test.Len() != 2 {
		t.Errorf("labels %v and %v", d.Train.Labels, d.Test.Labels)
	}
	if want := []string{"train/blue/1.png", "train/blue/2.jpg", "train/red/1.png", "train/red/2.jpg"}; !reflect.DeepEqual(d.Train.Files, want) {
		t.Errorf("files %v, want %v", d.Train.Files, want)
	}
	if len(d.Notes) != 0 {
		t.Errorf("of images that have one size, but for one that is left out, it is told %v", d.Notes)
	}
}

// bomb is a PNG whose header claims 100000x100000 pixels.
func bomb() []byte {
	b := asPNG(plain(1, 1, red))
	copy(b[16:], []byte{0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0})
	sum := crc(b[12:29])
	copy(b[29:], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	return b
}

// crc is the checksum of a PNG chunk.
func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

func TestFolderHoldsOutAFifth(t *testing.T) {
	files := fstest.MapFS{}
	for _, class := range []string{"cat", "dog"} {
		for i := range 10 {
			files[class+"/"+string(rune('a'+i))+".png"] = &fstest.MapFile{Data: asPNG(plain(2, 2, color.Gray{uint8(i)}))}
		}
	}
	files["one/only.png"] = &fstest.MapFile{Data: asPNG(plain(2, 2, color.Gray{77}))}
	var sets []*Dataset
	for range 3 {
		d, err := readFS(files, "animals")
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, d)
	}
	d := sets[0]
	if !reflect.DeepEqual(d, sets[1]) || !reflect.DeepEqual(d, sets[2]) {
		t.Error("reading twice gives different sets")
	}
	if !reflect.DeepEqual(d.Test.Labels, []int32{0, 0, 1, 1}) || d.Train.Len() != 17 {
		t.Errorf("held out %v of %d, the first has value %d", d.Test.Labels, d.Train.Len()+d.Test.Len(), d.Test.Pixels[0])
	}
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "is held out by a hash of their names (4 of 21)") {
		t.Errorf("notes %v", d.Notes)
	}
}

func TestFolderRefuses(t *testing.T) {
	picture := &fstest.MapFile{Data: asPNG(plain(4, 4, red))}
	junk := &fstest.MapFile{Data: []byte("junk")}
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"empty":            {fstest.MapFS{}, "holds no files"},
		"hidden":           {fstest.MapFS{"a/.hidden": picture, "__MACOSX/b.png": picture}, "holds no files"},
		"one image":        {fstest.MapFS{"a.png": picture}, "has too few images that can be read: 1 to learn from and 0 to test on"},
		"test alone":       {fstest.MapFS{"test/a/1.png": picture}, "1 to learn from and 0 to test on"},
		"unknown class":    {fstest.MapFS{"train/a/1.png": picture, "train/b/1.png": picture, "test/c/1.png": picture}, `test/c/1.png is of the class "c", which is none of the training images; those are a, b`},
		"junk only":        {fstest.MapFS{"train/a/1.png": junk, "train/b/1.png": junk, "test/a/1.png": junk}, "of 3 files one, test/a/1.png, is no png, jpeg, gif or webp image; looked for images"},
		"only test usable": {fstest.MapFS{"train/a/1.png": junk, "train/b/1.png": junk, "test/a/1.png": picture}, "0 to learn from"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readFS(c.files, "x")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// Without classes, or with one, images are unlabelled and learned from all the same.
func TestFolderWithoutLabels(t *testing.T) {
	for name, c := range map[string]struct {
		paths []string
		note  string
		test  int
	}{
		"flat":        {[]string{"1", "2", "3", "4", "5"}, "The images have no labels.", 1},
		"train, test": {[]string{"train/1", "train/2", "test/1"}, "The images have no labels.", 1},
		"one class":   {[]string{"train/a/1", "train/a/2", "test/a/1", "test/a/2"}, `There is one class only, "a"`, 2},
		"deep":        {[]string{"x/y/z/1", "x/y/z/2"}, "The images have no labels.", 1},
	} {
		files := fstest.MapFS{}
		for i, p := range c.paths {
			files[p+".png"] = &fstest.MapFile{Data: asPNG(plain(2, 2, color.Gray{uint8(i)}))}
		}
		d, err := readFS(files, "x")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Labels != nil || d.Test.Labels != nil || d.Labelled() || d.Train.Classes != nil || d.Test.Len() != c.test || d.Train.Len()+d.Test.Len() != len(c.paths) {
			t.Errorf("%s: %d and %d images with labels %v", name, d.Train.Len(), d.Test.Len(), d.Train.Labels)
		}
		if !strings.Contains(strings.Join(d.Notes, " "), c.note) {
			t.Errorf("%s: notes %q", name, d.Notes)
		}
	}
}

func TestFolderLeavesOutWhatIsBeside(t *testing.T) {
	files := twoClasses()
	picture := &fstest.MapFile{Data: asPNG(plain(4, 4, red))}
	files["README.md"] = &fstest.MapFile{Data: []byte("hello")} // beside train and test
	files["val/green/1.png"] = picture                          // of two held-out parts, test counts
	files["train/cover.png"] = picture                          // beside the classes
	d, err := readFS(files, "two")
	if err != nil || d.Train.Len() != 4 || d.Test.Len() != 2 || len(d.Train.Classes) != 2 {
		t.Fatalf("%v: %+v", err, d)
	}
	if want := []Skip{{"train/cover.png", "lies outside the folders of classes"}}; !reflect.DeepEqual(d.Skipped, want) {
		t.Errorf("skipped %v", d.Skipped)
	}
}

// However parts are told, images for validation are neither learned from nor tested on where there is a part to test on, and
// are the test where there is none, or none with labels. A class that has no image that can be read is none.
func TestValidationIsNoTest(t *testing.T) {
	shard := func(n int) []byte {
		files := map[string][]byte{}
		for i := range n {
			files[fmt.Sprintf("%d.cls", i)], files[fmt.Sprintf("%d.png", i)] = []byte(fmt.Sprint(i%2)), asPNG(plain(2, 2, red))
		}
		return asTar(files)
	}
	table := func(parts ...string) map[string][]byte {
		files, rows := pictures(len(parts), func(i int) string { return fmt.Sprintf("%d.png", i) }), "file,label,split\n"
		for i, p := range parts {
			rows += fmt.Sprintf("%d.png,%d,%s\n", i, i%2, p)
		}
		files["all.csv"] = []byte(rows)
		return files
	}
	for name, c := range map[string]struct {
		files       map[string][]byte
		train, test int
		note        string
	}{
		"shards":     {map[string][]byte{"f-train-0.tar": shard(4), "f-val-0.tar": shard(3), "f-test-0.tar": shard(2), "f-test-1.tar": shard(2)}, 4, 4, "3 images for validation are not used"},
		"table":      {table("train", "train", "", "train", "val", "val", "val", "test", "test"), 4, 2, "3 images for validation are not used"},
		"no test":    {table("train", "train", "val", "val", "val"), 2, 3, ""},
		"kept back":  {map[string][]byte{"train/a/0.png": asPNG(plain(2, 2, red)), "train/a/1.png": asPNG(plain(2, 2, red)), "train/b/2.png": asPNG(plain(2, 2, red)), "train/b/3.png": asPNG(plain(2, 2, red)), "test/4.png": asPNG(plain(2, 2, red))}, 2, 2, "1 images to test on have no labels, so they are not used"},
		"validation": {map[string][]byte{"all.csv": []byte("file,label,split\n0.png,x,train\n1.png,y,train\n2.png,x,val\n3.png,,test\n"), "0.png": asPNG(plain(2, 2, red)), "1.png": asPNG(plain(2, 2, red)), "2.png": asPNG(plain(2, 2, red)), "3.png": asPNG(plain(2, 2, red))}, 2, 1, "no labels, so they are not used"},
		"test alone": {table("test", "test", "test", "test"), 2, 2, "a fifth"},
		"damaged":    {map[string][]byte{"train/a/0.png": asPNG(plain(2, 2, red)), "train/b/1.png": asPNG(plain(2, 2, red)), "train/c/2.png": nil, "test/a/3.png": asPNG(plain(2, 2, red))}, 2, 1, ""},
	} {
		d, err := Read(InMemory(c.files), name, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if notes := strings.Join(d.Notes, " "); d.Train.Len() != c.train || d.Test.Len() != c.test || len(d.Train.Classes) != 2 || !strings.Contains(notes, c.note) {
			t.Errorf("%s: %d and %d images, classes %v; %s", name, d.Train.Len(), d.Test.Len(), d.Train.Classes, notes)
		}
	}
}

// readFS is Read of a file system.
func readFS(fsys fs.FS, name string) (*Dataset, error) {
	f, err := FilesOf(fsys)
	if err != nil {
		return nil, err
	}
	return Read(f, name, Options{})
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, f := range twoClasses() {
		write("images/"+name, f.Data)
	}
	for name, f := range tinyMNIST() {
		write("digits/"+name, f.Data)
	}
	write("file", nil)
	write("text", []byte("hello"))
	open := func(name string, mnist fs.FS) (*Dataset, error) { return Open(name, mnist, Options{Cache: dir}) }
	if d, err := open("mnist", tinyMNIST()); err != nil || d.Name != "mnist" || d.Train.Len() != 3 {
		t.Errorf("mnist: %v", err)
	}
	if d, err := open(filepath.Join(dir, "images"), nil); err != nil || d.Name != "images" || d.Train.Len() != 4 {
		t.Errorf("images: %v", err)
	}
	if d, err := open(filepath.Join(dir, "digits"), nil); err != nil || d.Name != "digits" || d.Train.Len() != 3 {
		t.Errorf("digits: %v", err)
	}
	for name, want := range map[string]string{
		"mnsit":                       `there is no data set "mnsit"; did you mean "mnist"?`,
		"Shape":                       `did you mean "shapes"?`,
		"photographs":                 `there is no data set or file "photographs"; take shapes, mnist, cifar10, cifar100, fashion-mnist, stl10, or the path`,
		"cifar-10":                    `did you mean "cifar10"?`,
		"cifar10":                     "cifar10 is not here yet: `pushpull data get cifar10` downloads 162 MB",
		"":                            "no data set is named",
		"mnist":                       "MNIST is not on board",
		filepath.Join(dir, "file"):    "file: is empty",
		filepath.Join(dir, "text"):    "text: is a file of no kind that is known; looked for images (png, jpeg, gif, webp) in folders, zip or tar",
		filepath.Join(dir, "nothing"): "there is no data set or file",
	} {
		if _, err := open(name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", name, err, want)
		}
	}
	if _, err := open("mnist", fstest.MapFS{}); err == nil || !strings.HasPrefix(err.Error(), "MNIST: has no idx file") {
		t.Errorf("empty file system: %v", err)
	}
}

// unreadable refuses to open what lies below one folder.
type unreadable struct {
	fstest.MapFS
	below string
}

func (u unreadable) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, u.below) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.Open(name)
}

func (u unreadable) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == u.below {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadDir(name)
}

func (u unreadable) ReadFile(name string) ([]byte, error) {
	if strings.HasPrefix(name, u.below) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadFile(name)
}

func TestFolderUnreadable(t *testing.T) {
	if _, err := readFS(unreadable{twoClasses(), "train/red"}, "x"); err == nil || !strings.Contains(err.Error(), "train/red") || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("unreadable folder: %v", err)
	}
	d, err := readFS(unreadable{twoClasses(), "train/red/1.png"}, "x")
	if err != nil || len(d.Skipped) != 1 || d.Skipped[0] != (Skip{"train/red/1.png", "cannot be opened: permission denied"}) {
		t.Errorf("unreadable file: %v", err)
	}
}

func TestDecodeOtherKinds(t *testing.T) {
	half := plain(4, 4, color.NRGBA{0, 0, 0, 128})
	deep := image.NewNRGBA64(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		deep.Set(i%4, i/4, color.NRGBA64{0x8080, 0, 0xffff, 0xffff})
	}
	wide := image.NewNRGBA(image.Rect(0, 0, 24, 8)) // red, green, blue from left to right
	for i := range 24 * 8 {
		c := color.NRGBA{A: 255}
		*[]*uint8{&c.R, &c.G, &c.B}[i%24/8] = 255
		wide.SetNRGBA(i%24, i/24, c)
	}
	for name, c := range map[string]struct {
		file []byte
		want []uint8
	}{
		"half transparent black on white": {asPNG(half), []uint8{127, 127, 127}},
		"16 bits a channel":               {asPNG(deep), []uint8{128, 0, 255}},
		"the middle of a wide one":        {asPNG(wide), []uint8{0, 255, 0}},
		"a larger one":                    {asPNG(plain(33, 57, blue)), []uint8{0, 0, 255}},
		"a smaller one":                   {asPNG(plain(1, 1, red)), []uint8{255, 0, 0}},
	} {
		to := Set{H: 4, W: 4, C: 3, Pixels: make([]uint8, 48)}
		if err := decode(c.file, 4, 4, 3, to.Pixels); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range 16 {
			if !slices.Equal(to.Pixels[3*i:3*i+3], c.want) {
				t.Errorf("%s: pixel %d is %v, want %v", name, i, to.Pixels[3*i:3*i+3], c.want)
				break
			}
		}
	}
}

func TestGrayFolderHasOneChannel(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"train/a/1", "train/b/1", "test/a/1"} {
		m := image.NewGray(image.Rect(0, 0, 3, 2))
		m.Pix[4] = 200
		files[name] = &fstest.MapFile{Data: asPNG(m)}
	}
	d, err := readFS(files, "gray")
	if err != nil || d.Train.C != 1 || d.Train.H != 2 || d.Train.W != 3 || d.Train.Pixels[4] != 200 {
		t.Errorf("%v, %+v", err, d.Train)
	}
}

func FuzzDecode(f *testing.F) {
	m := plain(5, 3, red)
	for _, b := range [][]byte{asPNG(m), asJPEG(m), asGIF(m), redWebP, lossWebP, bomb(), []byte("junk")} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if s, err := parseHeader(file); err == nil && s.h*s.w > 1<<20 {
			return // allowed, but too slow for a fuzzer
		}
		if err := decode(file, 4, 4, 3, make([]uint8, 48)); err != nil && err.Error() == "" {
			t.Error("an error without a word")
		}
	})
}

// Folders of parts and classes may be links; a link to a folder that it lies in, or within a linked folder, is not followed.
func TestFolderWithLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "elsewhere"), twoClasses()); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"set/train": "elsewhere/train", "set/test/red": "elsewhere/test/red", "set/test/blue": "elsewhere/test/blue",
		"set/test/round": "set", "elsewhere/train/within": "elsewhere/test", "set/train.png": "elsewhere/train/red/1.png",
	} {
		link := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(dir, target), link); err != nil {
			t.Fatal(err)
		}
	}
	f, err := FilesOf(os.DirFS(filepath.Join(dir, "set")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"test/blue/1.gif", "test/red/1.gif", "train.png", "train/blue/1.png", "train/blue/2.jpg", "train/red/1.png", "train/red/2.jpg"}
	if !slices.Equal(f.Names, want) {
		t.Errorf("%q", f.Names)
	}
}

// A link whose target is gone is told as that, also where a folder of a class should be, and a pipe as what it is: opening it
// would wait for ever.
func TestFolderWithWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, twoClasses()); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(dir, "gone")
	for _, name := range []string{"train/red/gone.png", "train/green"} {
		if err := os.Symlink(gone, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	listen, err := net.Listen("unix", filepath.Join(dir, "train/red/s.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer listen.Close()
	d, err := Open(dir, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Skip{
		{"train/green", "cannot be opened: the target of this link is missing"},
		{"train/red/gone.png", "cannot be opened: the target of this link is missing"},
		{"train/red/s.png", "cannot be opened: it is a pipe, a socket or a device; save what comes from it as a file"},
	}
	if !slices.Equal(d.Skipped, want) {
		t.Errorf("%v", d.Skipped)
	}
	for _, name := range []string{filepath.Join(dir, "train/red/s.png"), os.DevNull} {
		if _, err := Open(name, nil, Options{}); err == nil || !strings.Contains(err.Error(), want[2].Reason) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Names that an old archive has left, in Latin-1, are no names of files here.
func TestNamesThatAreNoText(t *testing.T) {
	if _, err := os.DirFS(t.TempDir()).Open("gr\xfcn"); bare(err).Error() != "its name is not in UTF-8; rename it" {
		t.Errorf("error %v", bare(err))
	}
}

// It is the image that is left out for what lies beside it, whichever comes first in the folder.
func TestFolderNamesTheImageOfABadText(t *testing.T) {
	files := pictures(6, func(i int) string { return fmt.Sprintf("%d.png", i) })
	files["2.json"], files["4.txt"] = []byte("{"), []byte("\xff")
	d, err := Read(InMemory(files), "s", Options{})
	if want := "[{2.png has a json beside it that is damaged} {4.png has a text beside it that is not in UTF-8}]"; err != nil || fmt.Sprint(d.Skipped) != want {
		t.Errorf("%+v, %v; want %s skipped", d, err, want)
	}
}
