//go:build !js

package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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

func FuzzTable(f *testing.F) {
	for _, text := range []string{"file,label\n0.png,a\n1.png,b\n", "file\tcaption\n0.png\t\"a\n", "", "\xef\xbb\xbffile;split\n0.png;test", "file\n../0.png\n/1.png\n", pixelLines(5, 16, small, labelFirst)} {
		f.Add(text)
	}
	pictures := pictures(2, func(i int) string { return string(rune('0'+i)) + ".png" })
	f.Fuzz(func(t *testing.T, text string) {
		files := map[string][]byte{"0.png": pictures["0.png"], "1.png": pictures["1.png"], "all.csv": []byte(text)}
		if d, err := Read(InMemory(files), "fuzz", Options{}); err == nil && d.Train.Len() == 0 {
			t.Error("a set without images")
		}
	})
}
