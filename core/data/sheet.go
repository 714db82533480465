//go:build !js

package data

import (
	"image"
	"image/color"
)

// leastTile is the least side of an image on a contact sheet, in pixels.
const leastTile = 48

// Sheet returns a picture of images of the set: a row for each of the first classes, or rows of images where there are no
// classes, evenly spread over the set. It has at most so many rows and columns.
func (s *Set) Sheet(rows, columns int) *image.RGBA {
	chosen := s.choose(rows, columns)
	scale := max(1, (leastTile+s.W-1)/s.W)
	w, h := s.W*scale, s.H*scale
	const gap = 2
	sheet := image.NewRGBA(image.Rect(0, 0, columns*(w+gap)+gap, len(chosen)*(h+gap)+gap))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	pixels := make([]uint8, s.H*s.W*s.C)
	for row, images := range chosen {
		for column, i := range images {
			s.Bytes(i, pixels)
			for y := range h {
				for x := range w {
					p := pixels[(y/scale*s.W+x/scale)*s.C:]
					c := color.RGBA{p[0], p[s.C/2], p[s.C-1], 255}
					sheet.SetRGBA(gap+column*(w+gap)+x, gap+row*(h+gap)+y, c)
				}
			}
		}
	}
	return sheet
}

// choose returns the numbers of the images in each row of a sheet.
func (s *Set) choose(rows, columns int) [][]int {
	var groups [][]int
	if s.Labels == nil {
		n := min(rows*columns, s.Len())
		for k := range n {
			if k%columns == 0 {
				groups = append(groups, nil)
			}
			groups[len(groups)-1] = append(groups[len(groups)-1], k*s.Len()/n)
		}
		return groups
	}
	of := make([][]int, min(rows, len(s.Classes)))
	for i, label := range s.Labels {
		if int(label) < len(of) {
			of[label] = append(of[label], i)
		}
	}
	for _, images := range of {
		var row []int
		n := min(columns, len(images))
		for k := range n {
			row = append(row, images[k*len(images)/n])
		}
		groups = append(groups, row)
	}
	return groups
}
