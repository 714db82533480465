//go:build !js

package data

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"
)

// exif is Exif data of one entry, the orientation.
func exif(order binary.AppendByteOrder, turn uint16) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint16(order.AppendUint32(b, 8), 1)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	return append(order.AppendUint16(b, turn), 0, 0)
}

// turned is a png with an orientation.
func turned(file []byte, turn uint16) []byte {
	tiff := exif(binary.BigEndian, turn)
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(tiff))), append([]byte("eXIf"), tiff...)...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc(chunk[4:]))
	return slices.Concat(file[:33], chunk, file[33:]) // after the header
}

// What a camera stored sideways is seen upright.
func TestDecodeTurnsUpright(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(m.Pix, []uint8{1, 2, 3, 4, 5, 6})
	for turn, want := range map[uint16][]uint8{
		1: {1, 2, 3, 4, 5, 6},
		2: {3, 2, 1, 6, 5, 4},
		3: {6, 5, 4, 3, 2, 1},
		4: {4, 5, 6, 1, 2, 3},
		5: {1, 4, 2, 5, 3, 6},
		6: {4, 1, 5, 2, 6, 3},
		7: {6, 3, 5, 2, 4, 1},
		8: {3, 6, 2, 5, 1, 4},
		9: {1, 2, 3, 4, 5, 6}, // there is no such orientation
	} {
		file := turned(asPNG(m), turn)
		h, err := parseHeader(file)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]uint8, 6)
		if err := decode(file, int(h.h), int(h.w), 1, got); err != nil || !slices.Equal(got, want) {
			t.Errorf("orientation %d: %dx%d %v, want %v (%v)", turn, h.w, h.h, got, want, err)
		}
	}
}

func TestOrientationInJPEG(t *testing.T) {
	file := asJPEG(plain(16, 8, red))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		segment := append([]byte("Exif\x00\x00"), exif(order, 6)...)
		head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(segment)))
		with := slices.Concat(file[:2], head, segment, file[2:])
		if h, err := parseHeader(with); err != nil || h.w != 8 || h.h != 16 || h.turn != 6 {
			t.Errorf("%s: %+v, %v", order, h, err)
		}
		if err := decode(with, 16, 8, 3, make([]uint8, 16*8*3)); err != nil {
			t.Error(err)
		}
		for n := 3; n < len(with)-len(file)+180; n++ { // whatever is cut off gives a header or a sentence
			if _, err := parseHeader(with[:n]); err != nil && err.Error() == "" {
				t.Errorf("%d bytes: an error without words", n)
			}
		}
	}
}

// cmyk is a jpeg of 8x8 pixels of one ink, each channel 1 or 255 as printers store it: the more, the less ink.
func cmyk(c, m, y, k bool) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xee, 0, 14}
	b = append(b, "Adobe\x00\x64\x00\x00\x00\x00\x00"...)
	b = append(b, 0xff, 0xdb, 0, 67, 0)
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4)
	for i := range byte(4) {
		b = append(b, i+1, 0x11, 0)
	}
	b = append(b, 0xff, 0xc4, 0, 20, 0x00, 1) // of DC: code 0 has 10 bits
	b = append(b, make([]byte, 15)...)
	b = append(b, 10)
	b = append(b, 0xff, 0xc4, 0, 20, 0x10, 1) // of AC: code 0 ends the block
	b = append(b, make([]byte, 15)...)
	b = append(b, 0)
	b = append(b, 0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0)
	var bits strings.Builder
	for _, full := range []bool{c, m, y, k} {
		bits.WriteString("0" + map[bool]string{true: "1111111000", false: "0000000111"}[full] + "0") // 1016 and -1016: 8 times 127
	}
	text := bits.String() + strings.Repeat("1", 7-(bits.Len()+7)%8)
	for len(text) > 0 {
		var v byte
		for _, bit := range text[:8] {
			v = v<<1 | byte(bit-'0')
		}
		if b = append(b, v); v == 0xff {
			b = append(b, 0)
		}
		text = text[8:]
	}
	return append(b, 0xff, 0xd9)
}

func TestDecodeCMYK(t *testing.T) {
	for want, file := range map[[3]uint8][]byte{{255, 0, 0}: cmyk(true, false, false, true), {0, 255, 255}: cmyk(false, true, true, true), {0, 0, 0}: cmyk(true, true, true, false)} {
		got := make([]uint8, 4*4*3)
		if err := decode(file, 4, 4, 3, got); err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if d := int(v) - int(want[i%3]); d < -3 || d > 3 {
				t.Fatalf("%v, want %v", got[:3], want)
			}
		}
	}
}

// A fine pattern that is made smaller becomes gray, not another pattern.
func TestResizingIsAntialiased(t *testing.T) {
	for _, side := range []int{64, 2200} { // the larger one is averaged first
		m := image.NewGray(image.Rect(0, 0, side, side))
		for i := range m.Pix {
			m.Pix[i] = uint8(255 * ((i/side + i%side) % 2))
		}
		got := make([]uint8, 16*16)
		if err := decode(asPNG(m), 16, 16, 1, got); err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if v < 120 || v > 135 {
				t.Fatalf("%d pixels: pixel %d is %d", side, i, v)
			}
		}
	}
}

// Large images are averaged channel by channel; several are decoded at once, as long as all of them are no larger than one may be.
func TestLargeImages(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 2201, 2003))
	for i := range m.Pix {
		m.Pix[i] = []uint8{uint8(200 * (i / 4 % 2)), 40, uint8(250 * (i / m.Stride % 2)), 255}[i%4]
	}
	file, got := asPNG(m), make([]uint8, 3)
	read := make(chan error)
	other := int64(maxPixels - 2201*2003)
	for _, taken := range []int64{other, other + 1} {
		if err := large.Acquire(t.Context(), taken); err != nil {
			t.Fatal(err)
		}
		go func() { read <- decode(file, 1, 1, 3, got) }()
		if taken == other { // there is room for it
			if err := <-read; err != nil {
				t.Fatal(err)
			}
			large.Release(taken)
			continue
		}
		select {
		case <-read:
			t.Error("more pixels are decoded at once than the largest image has")
		case <-time.After(20 * time.Millisecond):
			large.Release(taken)
			<-read
		}
	}
	for i, want := range []int{100, 40, 125} {
		if d := int(got[i]) - want; d < -1 || d > 1 {
			t.Errorf("mean colour %v, want 100, 40, 125", got)
		}
	}
}

// An animation of webp is not damaged, but not read.
func TestAnimatedWebP(t *testing.T) {
	file := slices.Concat([]byte("RIFF\x2a\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x07\x00\x00\x07\x00\x00ANIM\x06\x00\x00\x00"), make([]byte, 6))
	if err := decode(file, 8, 8, 3, make([]uint8, 8*8*3)); err == nil || !strings.Contains(err.Error(), "is an animated webp") {
		t.Errorf("error %v", err)
	}
}

// What is decoded at once is bounded by what the header says, before anything is decoded.
func FuzzHeader(f *testing.F) {
	m := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	m.Set(0, 0, color.NRGBA{1, 2, 3, 4})
	for _, file := range [][]byte{asPNG(m), turned(asPNG(m), 6), asJPEG(m), asGIF(m), redWebP, lossWebP, bomb(), cmyk(true, false, true, false), nil} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		h, err := parseHeader(file)
		if err == nil && (h.w < 1 || h.h < 1 || int64(h.w)*int64(h.h) > maxPixels || h.turn < 1 || h.turn > 8) {
			t.Errorf("%+v", h)
		}
	})
}
