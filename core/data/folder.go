package data

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// partOf tells the part of a set that a folder of this name holds.
func partOf(name string) int8 {
	switch strings.ToLower(name) {
	case "train", "training":
		return toTrain
	case "test", "testing", "privatetest": // of FER2013, whose other test is for validation
		return toTest
	case "val", "valid", "validation", "publictest":
		return toCheck
	}
	return unknown
}

// partWithin is partOf for a name that has the word somewhere in it, as shards and tables have: flowers-train-000.tar.
func partWithin(name string) int8 {
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == ' ' }) {
		if p := partOf(word); p != unknown {
			return p
		}
	}
	return unknown
}

// folder lists images in folders: train/CLASS/* and test/CLASS/* (or val, valid, validation), CLASS/*, or simply images,
// which have no labels then. An image may have a caption in a file of the same name with the ending txt, a class in one
// with cls, or both in one with json: that is a WebDataset, whose tars are folders here.
func folder(f *Files) (*listing, error) {
	l := &listing{files: f}
	root := f.below()
	hasTrain := slices.ContainsFunc(f.Names, func(name string) bool { return placeOf(name[len(root):]).part == toTrain })
	for from := 0; from < len(f.Names); {
		to := from + 1
		for to < len(f.Names) && key(f.Names[to]) == key(f.Names[from]) {
			to++
		}
		of, first := sidecars(f.Names[from:to]), from
		from = to
		p := placeOf(f.Names[first][len(root):])
		if hasTrain && p.part == unknown {
			continue // what lies beside the parts of the set is none of it
		}
		if !hasTrain {
			p.part = unknown
		}
		class, caption, err := l.beside(first, of)
		if err != nil {
			l.skipped = append(l.skipped, Skip{f.Names[first+slices.Index(of, false)], err.Error()})
			continue
		}
		for i := first; i < to; i++ {
			if of[i-first] {
				continue
			}
			l.samples = append(l.samples, sample{int32(i), l.class(cmp.Or(class, p.class)), caption, p.part})
		}
	}
	l.dropOutside()
	if hasTrain {
		if err := l.sameClasses(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// dropOutside leaves out what has no class in a part that has classes, as a README beside their folders.
func (l *listing) dropOutside() {
	classed := map[int8]bool{} // parts
	for _, s := range l.samples {
		if s.class >= 0 {
			classed[s.part] = true
		}
	}
	kept := l.samples[:0]
	for _, s := range l.samples {
		if s.class < 0 && classed[s.part] {
			reason := errors.New("lies outside the folders of classes")
			if _, err := l.files.size(int(s.file)); err != nil { // it may be the link to such a folder
				reason = fmt.Errorf("cannot be opened: %w", bare(err))
			}
			l.skip(s, reason)
			continue
		}
		kept = append(kept, s)
	}
	l.samples = kept
}

// sameClasses checks that the part to test on has no class of its own.
func (l *listing) sameClasses() error {
	test, trained, tested := l.testPart(), map[int32]bool{}, map[int32]int32{} // class to file
	for _, s := range l.samples {
		if s.part == toTrain {
			trained[s.class] = true
		} else if s.part == test {
			tested[s.class] = s.file
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.classes)) { // the same one is named every time
		if file, is := tested[l.classes[name]]; is && !trained[l.classes[name]] && len(trained) > 1 {
			known := make([]string, 0, len(l.classes))
			for other, c := range l.classes {
				if trained[c] {
					known = append(known, other)
				}
			}
			sortNames(known)
			return fmt.Errorf("%s is of the class %q, which is none of the training images; those are %s", l.files.Names[file], name, list(known))
		}
	}
	return nil
}

// place is where in a set a file lies.
type place struct {
	part  int8
	class string // "" for none
}

// placeOf reads the path of a file below the set's root: [shard.tar/][part/][class/…]file.
func placeOf(name string) place {
	var p place
	for {
		dir, rest, ok := strings.Cut(name, "/")
		switch {
		case !ok:
			return p
		case path.Ext(dir) == ".tar":
			p.part = partWithin(dir)
		case partOf(dir) != unknown && p.part == unknown:
			p.part = partOf(dir)
		default:
			p.class = dir
			return p
		}
		name = rest
	}
}

// key is what the files of one sample share: the path up to the first dot of the file's name.
func key(name string) string {
	base := strings.LastIndexByte(name, '/') + 1
	if dot := strings.IndexByte(name[base:], '.'); dot > 0 {
		return name[:base+dot]
	}
	return name
}

// sidecars tells which of the files with one key say something about the others.
func sidecars(names []string) []bool {
	of, all := make([]bool, len(names)), true
	for i, name := range names {
		switch strings.ToLower(path.Ext(name)) {
		case ".txt", ".text", ".caption", ".cls", ".json":
			of[i] = true
		default:
			all = false
		}
	}
	if all { // then they are no images, which is told as of any other file
		clear(of)
	}
	return of
}

// beside reads the class and the caption that files beside an image tell. The first of them has the number first.
func (l *listing) beside(first int, of []bool) (class, caption string, err error) {
	for i, is := range of {
		if !is {
			continue
		}
		content, err := l.files.read(first+i, maxText)
		if err != nil {
			return "", "", fmt.Errorf("has a text beside it that %w", err)
		}
		if !utf8.Valid(content) {
			return "", "", errors.New("has a text beside it that is not in UTF-8")
		}
		text := string(bytes.TrimSpace(content))
		switch strings.ToLower(path.Ext(l.files.Names[first+i])) {
		case ".cls":
			class = text
		case ".json":
			var about map[string]any
			if err := json.Unmarshal(content, &about); err != nil {
				return "", "", errors.New("has a json beside it that is damaged")
			}
			for _, name := range captionNames {
				if text, ok := about[name].(string); ok && caption == "" {
					caption = text
				}
			}
			for _, name := range labelNames {
				if v, ok := about[name]; ok && class == "" && v != nil {
					class = fmt.Sprint(v)
				}
			}
		default:
			caption = text
		}
	}
	return class, caption, nil
}

// list names a few things in a sentence.
func list(names []string) string {
	if len(names) > 8 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:7], ", "), len(names)-7)
	}
	return strings.Join(names, ", ")
}

// Names of columns, in lower case, by what they hold.
var (
	fileNames    = []string{"file", "file_name", "filename", "path", "image", "image_path", "img"}
	captionNames = []string{"caption", "text", "title", "description"}
	labelNames   = []string{"label", "class", "category", "cls"}
	partNames    = []string{"split", "part", "subset", "usage"}
)

// column returns the number of the first column with one of the names, -1 if there is none.
func column(header, names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
			return i
		}
	}
	return -1
}
