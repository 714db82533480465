package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A visitor drops a zip of images, the page learns from them; a hostile file afterwards is told in a sentence and changes
// nothing.
func TestPageTakesDroppedImages(t *testing.T) {
	t.Parallel()
	p := openPage(t, "")
	p.awaitStart()
	p.drop("pets.zip", zipOfImages(t))
	p.await("pushpull.state.data === 'yours'")
	p.awaitStart()
	if got := p.text(".drop p"); !strings.Contains(got, "48 to learn from, 12 held out; 32×32, colour; 2 classes") ||
		!strings.Contains(got, "pets/cat/broken.jpg") {
		t.Errorf("the page says %q", got)
	}
	if got := eval[string](p, "document.getElementById('pick-data').selectedOptions[0].textContent"); got != "Yours: pets.zip" {
		t.Errorf("the data set is called %q", got)
	}
	// Red on one side and blue on the other, or green alone: colours have come through the browser's decoder.
	if got := eval[[]int](p, `(() => {
		const images = new Promise(done => pushpull.on('images', done));
		pushpull.reset();
		pushpull.set({seed: 7});
		return images.then(buffer => {
			const pixels = new Uint8Array(buffer).slice(-12 * 32 * 32 * 3), seen = [0, 0, 0];
			for (let i = 0; i < pixels.length; i += 3) for (let c = 0; c < 3; c++) if (pixels[i + c] > 200) seen[c]++;
			return seen;
		});
	})()`); got[0] < 2000 || got[1] < 4000 || got[2] < 2000 {
		t.Errorf("red, green and blue pixels: %v", got)
	}
	p.awaitStart()
	p.losses(3)
	// A point can be told by its file.
	p.await("pushpull.embedding()?.files?.length === 12")
	if got := eval[string](p, "document.querySelector('input[type=search]').placeholder"); got != "class or file" {
		t.Errorf("points are told to be found by %q", got)
	}
	p.run(`const search = document.querySelector('#space-tools input[type=search]');
		search.value = pushpull.embedding().files[3];
		search.dispatchEvent(new Event('input'))`)
	p.awaitText("#hover", `1 point is called "pets/`)
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"bomb.zip":   {zipOfImages(t)[:500], "Bomb.zip: is a damaged zip"},
		"x.npy":      {[]byte("\x93NUMPY\x01\x00\x48\x00{'descr': '|u1', 'fortran_order': False, 'shape': (999999999, 28, 28)}"), "X.npy is truncated"},
		"notes.docx": {[]byte("nothing to see"), "Notes.docx: holds no image that can be read"},
	} {
		p.drop(name, c.content)
		p.awaitAlert(c.want)
	}
	if step := eval[float64](p, "pushpull.metrics.step"); step != 3 || eval[string](p, "pushpull.state.data") != "yours" {
		t.Errorf("bad files leave the run at step %v", step)
	}
	p.losses(1)
	p.run("document.getElementById('keep').click()")
	if got := p.text(".keeps code"); !strings.HasPrefix(got, "pushpull train -algo simclr -data path/to/images ") {
		t.Errorf("the command is %q", got)
	}
	if got := p.text(".keeps li"); !strings.Contains(got, "but not your images: whoever opens it needs them, too") {
		t.Errorf("of the address it says %q", got)
	}
	p.run("document.querySelector('dialog.keep').close()")

	// Of images without labels the page says nothing of classes, whatever it showed before.
	choose := func(label, value string) {
		p.run(fmt.Sprintf(`const select = document.querySelector('#space-tools select[aria-label=%s]');
			select.value = %q;
			select.dispatchEvent(new Event('change'))`, label, value))
	}
	choose("Colour", "agreement")
	p.awaitView()
	p.dropOn("document.querySelector('#view iframe').contentWindow", map[string][]byte{ // as from a window that lies over the picture
		"x.npy": append([]byte("\x93NUMPY\x01\x00\x48\x00{'descr': '|u1', 'fortran_order': False, 'shape': (20, 8, 8, 3), }        \n"), bytes.Repeat([]byte{7, 90, 200}, 20*64)...)})
	p.awaitText(".drop p", "no labels")
	p.await("pushpull.state.phase === 'paused' && pushpull.state.step === 0 && /no labels/.test(pushpull.state.verdict?.reason)")
	p.losses(1)
	p.await(`(() => {
		const frame = document.querySelector('#view iframe').contentWindow;
		const there = document.querySelectorAll('#neighbours .thumbnail').length > 3;
		if (!/^image \d/.test(document.getElementById('hover').textContent)) frame.dispatchEvent(new frame.KeyboardEvent('keydown', {key: '.', bubbles: true})); // heard once points are drawn
		return there;
	})()`)
	if got := eval[string](p, "document.querySelector('#space-tools select[aria-label=Colour]').value"); got != "class" {
		t.Errorf("points without classes are coloured by %q", got)
	}
	if got := p.text("#neighbours"); strings.Contains(got, "class") {
		t.Errorf("of images without classes the page says %q", got)
	}
	p.click("#tab-this-batch")
	p.awaitText(".batch .keys", "other image")

	// A run does not go on with other images than its own.
	p.click("#run-before button")
	p.awaitAlert("learned from other images of yours than those that are here")
	p.awaitText("#run-before", "SimCLR on your images is kept as it was at step 4.")
}

// drop lets a file fall onto the page.
func (p *page) drop(name string, content []byte) {
	p.Helper()
	p.dropAll(map[string][]byte{name: content})
}

// dropAll lets files fall onto the page.
func (p *page) dropAll(files map[string][]byte) {
	p.Helper()
	p.dropOn("globalThis", files)
}

// dropOn lets files fall onto the page of a window.
func (p *page) dropOn(window string, files map[string][]byte) {
	p.Helper()
	text, err := json.Marshal(files) // contents in base64
	if err != nil {
		p.Fatal(err)
	}
	p.run(`const target = ` + window + `, transfer = new DataTransfer();
		for (const [name, text] of Object.entries(` + string(text) + `)) transfer.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
		for (const type of ['dragover', 'drop']) target.document.body.dispatchEvent(new target.DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}))`)
}

// zipOfImages holds 30 jpegs of cats, which are red and blue, and of dogs, which are green, and one that is none.
func zipOfImages(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		picture := image.NewRGBA(image.Rect(0, 0, 40+i%5, 40))
		for y := range 40 {
			for x := range 40 + i%5 {
				c := color.RGBA{20, 230, 20, 255}
				if i%2 == 0 {
					c = color.RGBA{230, 20, 20, 255}
					if x > 20 {
						c = color.RGBA{20, 20, 230, 255}
					}
				}
				picture.Set(x, y, c)
			}
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, picture, nil); err != nil {
			t.Fatal(err)
		}
		add(fmt.Sprintf("pets/%s/%d.jpg", []string{"cat", "dog"}[i%2], i), file.Bytes())
	}
	add("pets/cat/broken.jpg", []byte("This is no image."))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever form the user's files have they become a data set, or a sentence says why not.
func TestPageTakesEveryForm(t *testing.T) {
	t.Parallel()
	p := openPage(t, "#v=1&batch=8&conv-channels=4&conv-strides=4")
	p.awaitStart()
	picture := func(i, h, w int) []byte {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for at := range img.Pix {
			img.Pix[at] = []byte{byte(20 * i), 100, byte(255 - 20*i), 255}[at%4]
		}
		var file bytes.Buffer
		if err := png.Encode(&file, img); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	table := []byte("file,caption,label\n")
	tabled := map[string][]byte{}
	for i := range 10 {
		name := fmt.Sprintf("%d.png", i)
		tabled[name] = picture(i, 20, 20)
		table = fmt.Appendf(table, "%s,picture %d,%s\n", name, i, []string{"a", "b"}[i%2])
	}
	tabled["all.csv"] = table
	gzipped := func(content []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(content) // writing to memory does not fail
		z.Close()
		return b.Bytes()
	}
	images := append([]byte{0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 8, 0, 0, 0, 8}, bytes.Repeat([]byte{0, 90, 200, 250}, 20*16)...)
	labels := append([]byte{0, 0, 8, 1, 0, 0, 0, 20}, bytes.Repeat([]byte{0, 1}, 10)...)
	array := append([]byte("\x93NUMPY\x01\x00\x46\x00{'descr': '|u1', 'fortran_order': False, 'shape': (20, 8, 8, 3), }      \n"), bytes.Repeat([]byte{7, 90, 200}, 20*64)...)
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00")
	for _, c := range []struct {
		name, want string
		files      map[string][]byte
	}{
		{"table", "8 to learn from, 2 held out; 32×32, colour; 2 classes", tabled},
		{"idx", "16 to learn from, 4 held out; 8×8, gray; 2 classes. There is no test part",
			map[string][]byte{"t10k-images-idx3-ubyte.gz": gzipped(images), "t10k-labels-idx1-ubyte.gz": gzipped(labels)}},
		{"pixels in a table", "24 to learn from, 6 held out; 8×8, gray; 2 classes", map[string][]byte{"digits.csv": bytes.Repeat([]byte("7"+strings.Repeat(",0,255", 32)+"\n9"+strings.Repeat(",255,0", 32)+"\n"), 15)}},
		{"numpy", "16 to learn from, 4 held out; 8×8, colour; no labels", map[string][]byte{"x.npy": array}},
		{"oversized and mislabelled beside good ones", "Left out: 2. huge.png is 65535x65535, more than 64 megapixels; text.png is no png, jpeg, gif or webp image",
			map[string][]byte{"huge.png": huge, "text.png": []byte("No picture at all, only words."), "a.gif": picture(1, 9, 9), "b.png": picture(2, 9, 9), "c.png": picture(3, 9, 9), "d.png": picture(4, 9, 9), "e.png": picture(5, 9, 9)}},
	} {
		p.dropAll(c.files)
		p.awaitText(".drop p", c.want)
		if views := eval[string](p, `(() => {
			const data = document.getElementById('pick-data'), views = document.getElementById('set-augment'), was = views.value;
			data.value = 'shapes';
			data.dispatchEvent(new Event('change'));
			return was + ', ' + views.value;
		})()`); strings.Contains(c.want, "gray") != (views == "digits, simclr") {
			t.Errorf("%s: the views of own images and then of Shapes are %s", c.name, views)
		}
	}

	// A folder is chosen, of images in folders of their classes, at another size.
	dir := filepath.Join(t.TempDir(), "pets")
	for i := range 12 {
		file := filepath.Join(dir, []string{"cat", "dog"}[i%2], fmt.Sprintf("%d.png", i))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if err == nil {
			err = os.WriteFile(file, picture(i, 60, 50), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p.run("document.querySelector('.drop select').value = '48'")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("input[webkitdirectory]"), []string{dir}, chromedp.NodeReady))
	p.awaitText(".drop p", "10 to learn from, 2 held out; 48×48, colour; 2 classes")
	p.awaitStart()
	p.losses(2)
}
