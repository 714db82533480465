package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A visitor drops a zip of images, the page learns from them; a hostile file afterwards is told in a sentence and changes
// nothing.
func TestPageTakesDroppedImages(t *testing.T) {
	p := openPage(t, "")
	p.awaitStart()
	p.drop("pets.zip", zipOfImages(t))
	p.await("pushpull.state.data === 'yours'", time.Minute)
	p.awaitStart()
	if got := eval[string](p, "document.querySelector('.drop p').textContent"); !strings.Contains(got, "48 images to learn from, 12 to test on, 32x32, colour, 2 classes") ||
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
	if losses := p.losses(3); len(losses) != 3 || losses[0] == 0 {
		t.Errorf("losses %v", losses)
	}
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"bomb.zip":   {zipOfImages(t)[:500], "bomb.zip: is a damaged zip"},
		"x.npy":      {[]byte("\x93NUMPY\x01\x00\x48\x00{'descr': '|u1', 'fortran_order': False, 'shape': (999999999, 28, 28)}"), "X.npy is truncated"},
		"notes.docx": {[]byte("nothing to see"), "Notes.docx: holds no image that can be read"},
	} {
		p.drop(name, c.content)
		p.await(fmt.Sprintf("document.getElementById('alert-message').textContent.toLowerCase().includes(%q)", strings.ToLower(c.want)), 30*time.Second)
		p.do(chromedp.Evaluate[chromedp.Void]("document.getElementById('alert-close').click(); 0"))
	}
	if step := eval[float64](p, "pushpull.metrics.step"); step != 3 || eval[string](p, "pushpull.state.data") != "yours" {
		t.Errorf("bad files leave the run at step %v", step)
	}
	p.losses(1)
}

// drop lets a file fall onto the page.
func (p *page) drop(name string, content []byte) {
	p.Helper()
	eval[bool](p, fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), c => c.charCodeAt(0)), transfer = new DataTransfer();
		transfer.items.add(new File([bytes], %q));
		for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
		return true;
	})()`, base64.StdEncoding.EncodeToString(content), name))
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
