package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

const maxPixels = 1 << 26 // of one image file: 64 megapixels

// header is what an image file says of itself before its pixels.
type header struct {
	h, w int32 // in pixels, as the image is to be seen
	gray bool
	turn uint8 // orientation as Exif has it, 1 to 8; 1 is as stored
}

// What is wrong with a file, in terms of the user.
var (
	errNoImage   = errors.New("is no png, jpeg, gif or webp image")
	errTruncated = errors.New("is truncated")
)

// parseHeader reads the header of a png, jpeg, gif or webp file. Whatever else the file claims, it has no more than
// maxPixels pixels. errTruncated may mean that file is only a file's first part, and too short.
func parseHeader(file []byte) (header, error) {
	h := header{turn: 1}
	var width, height uint32
	var err error
	switch {
	case len(file) == 0:
		return header{}, errors.New("is empty")
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		width, height, err = h.png(file)
	case bytes.HasPrefix(file, []byte{0xff, 0xd8}):
		width, height, err = h.jpeg(file)
	case bytes.HasPrefix(file, []byte("GIF8")):
		if len(file) < 10 {
			return header{}, errTruncated
		}
		width, height = uint32(binary.LittleEndian.Uint16(file[6:])), uint32(binary.LittleEndian.Uint16(file[8:]))
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		width, height, err = h.webp(file)
	case container(file) != "":
		err = fmt.Errorf("is an archive (%s) itself; name it, or unpack it", container(file))
	default:
		err = errNoImage
	}
	switch {
	case err != nil:
		return header{}, err
	case width == 0 || height == 0:
		return header{}, errors.New("has no pixels")
	case uint64(width)*uint64(height) > maxPixels:
		return header{}, fmt.Errorf("is %dx%d, more than %d megapixels", width, height, maxPixels>>20)
	}
	if h.turn > 4 {
		width, height = height, width
	}
	h.w, h.h = int32(width), int32(height)
	return h, nil
}

func (h *header) png(file []byte) (width, height uint32, err error) {
	if len(file) < 26 {
		return 0, 0, errTruncated
	}
	h.gray = file[25] == 0 || file[25] == 4 // types of colour: gray, and that with alpha
	for rest := file[8:]; len(rest) >= 8; {
		n, kind := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if kind == "IDAT" || n+12 > int64(len(rest)) {
			break
		}
		if kind == "eXIf" {
			h.exif(rest[8 : 8+n])
		}
		rest = rest[n+12:]
	}
	return binary.BigEndian.Uint32(file[16:]), binary.BigEndian.Uint32(file[20:]), nil
}

func (h *header) jpeg(file []byte) (width, height uint32, err error) {
	for rest := file[2:]; ; {
		for len(rest) > 0 && rest[0] != 0xff { // between segments anything may stand
			rest = rest[1:]
		}
		for len(rest) > 1 && rest[1] == 0xff {
			rest = rest[1:]
		}
		if len(rest) < 4 {
			return 0, 0, errTruncated
		}
		marker, n := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		switch {
		case marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8: // has no content
			rest = rest[2:]
			continue
		case marker == 0xd9 || marker == 0xda:
			return 0, 0, errors.New("is damaged (it has no header of its frame)")
		case n < 2:
			return 0, 0, errors.New("is damaged (a segment has no length)")
		case len(rest) < 2+n:
			return 0, 0, errTruncated
		}
		body := rest[4 : 2+n]
		switch {
		case marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			h.exif(body[6:])
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc: // start of frame
			if len(body) < 6 {
				return 0, 0, errors.New("is damaged (the header of its frame is too short)")
			}
			h.gray = body[5] == 1
			return uint32(binary.BigEndian.Uint16(body[3:])), uint32(binary.BigEndian.Uint16(body[1:])), nil
		}
		rest = rest[2+n:]
	}
}

func (h *header) webp(file []byte) (width, height uint32, err error) {
	if len(file) < 30 {
		return 0, 0, errTruncated
	}
	body := file[20:]
	switch string(file[12:16]) {
	case "VP8 ":
		return uint32(binary.LittleEndian.Uint16(body[6:]) & 0x3fff), uint32(binary.LittleEndian.Uint16(body[8:]) & 0x3fff), nil
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		return bits&0x3fff + 1, bits>>14&0x3fff + 1, nil
	case "VP8X":
		for rest := file[12:]; len(rest) >= 8; {
			n := int64(binary.LittleEndian.Uint32(rest[4:]))
			if n+8 > int64(len(rest)) {
				break
			}
			if string(rest[:4]) == "EXIF" {
				h.exif(bytes.TrimPrefix(rest[8:8+n], []byte("Exif\x00\x00")))
			}
			rest = rest[min(8+n+n%2, int64(len(rest))):]
		}
		return uint32(body[4]) | uint32(body[5])<<8 | uint32(body[6])<<16 + 1, uint32(body[7]) | uint32(body[8])<<8 | uint32(body[9])<<16 + 1, nil
	}
	return 0, 0, errors.New("is damaged (an unknown kind of webp)")
}

// exif reads the orientation in Exif data, a tiff without pictures. Without one the image is as stored.
func (h *header) exif(tiff []byte) {
	if len(tiff) < 8 {
		return
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return
		}
		if v := order.Uint16(entries[8:]); order.Uint16(entries) == 0x0112 && v >= 1 && v <= 8 {
			h.turn = uint8(v)
			return
		}
		entries = entries[12:]
	}
}
