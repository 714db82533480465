package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Images of the sets that manyImages makes: so small that the time goes into their number.
const (
	manySide    = 16
	manyClasses = 10
)

// manyImages makes a set of n small images in each form, trains on it for a few steps with the command, and prints the most
// memory that the command has had. The sets are deleted again; folders of a million files take minutes.
func manyImages(n int, forms string) error {
	dir, err := os.MkdirTemp("", "many")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command := filepath.Join(dir, "pushpull")
	if said, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, said)
	}
	fmt.Println("| set | images | made in | read and 20 steps in | memory at most |")
	fmt.Println("|---|---|---|---|---|")
	for form := range strings.SplitSeq(forms, ",") {
		set, start := filepath.Join(dir, "set"), time.Now()
		make, ok := map[string]func(dir string, n int) error{"tar": manyInTar, "folder": manyInFolders, "npy": manyInNPY}[form]
		if !ok {
			return fmt.Errorf("-forms has %q: give tar, folder or npy, or several of them joined by commas", form)
		}
		if err := make(set, n); err != nil {
			return err
		}
		made := time.Since(start)
		start = time.Now()
		run := filepath.Join(dir, "run")
		train := exec.Command(command, "train", "-data", set, "-encoder", "mlp", "-mlp-widths", "64-32", "-batch", "64", "-max-steps", "20", "-out", run)
		train.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
		if said, err := train.CombinedOutput(); err != nil {
			return fmt.Errorf("pushpull train: %w: %s", err, said)
		}
		took := time.Since(start)
		fmt.Printf("| %s | %d | %.0f s | %.0f s | %s |\n", form, n, made.Seconds(), took.Seconds(), megabytes(resident(train.ProcessState)))
		for _, path := range []string{set, run} {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// manyFiles are image files to choose from, half of them png, with the endings of their names.
func manyFiles() (files [][]byte, endings []string, err error) {
	for i := range 200 {
		picture := image.NewRGBA(image.Rect(0, 0, manySide, manySide))
		for y := range manySide {
			for x := range manySide {
				picture.Set(x, y, color.RGBA{uint8(i), uint8(x * 16), uint8(y * i), 255})
			}
		}
		var b bytes.Buffer
		if i%2 == 0 {
			err, endings = png.Encode(&b, picture), append(endings, "png")
		} else {
			err, endings = jpeg.Encode(&b, picture, nil), append(endings, "jpg")
		}
		if err != nil {
			return nil, nil, err
		}
		files = append(files, b.Bytes())
	}
	return files, endings, nil
}

// manyInTar writes shards of ten thousand images, each with its class in a file beside it, as WebDataset has them.
func manyInTar(dir string, n int) error {
	const per = 10_000
	files, endings, err := manyFiles()
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for from := 0; from < n; from += per {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("shard-%04d.tar", from/per)))
		if err != nil {
			return err
		}
		w := tar.NewWriter(f)
		add := func(name string, content []byte) {
			if err == nil {
				err = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))})
			}
			if err == nil {
				_, err = w.Write(content)
			}
		}
		for i := from; i < min(from+per, n); i++ {
			k := i % len(files)
			add(fmt.Sprintf("%08d.cls", i), fmt.Appendf(nil, "%d", i%manyClasses))
			add(fmt.Sprintf("%08d.%s", i, endings[k]), files[k])
		}
		for _, end := range []io.Closer{w, f} {
			if e := end.Close(); err == nil {
				err = e
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// manyInFolders writes an image file each, in folders of their classes.
func manyInFolders(dir string, n int) error {
	files, endings, err := manyFiles()
	if err != nil {
		return err
	}
	for c := range manyClasses {
		if err := os.MkdirAll(filepath.Join(dir, fmt.Sprintf("class%d", c)), 0o755); err != nil {
			return err
		}
	}
	for i := range n {
		k := i % len(files)
		name := filepath.Join(dir, fmt.Sprintf("class%d", i%manyClasses), fmt.Sprintf("%08d.%s", i, endings[k]))
		if err := os.WriteFile(name, files[k], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manyInNPY writes an array of images and one of labels.
func manyInNPY(dir string, n int) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	write := func(name, shape string, size int) error {
		head := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%s), }", shape)
		head += strings.Repeat(" ", 117-len(head)) + "\n"
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := fmt.Fprintf(f, "\x93NUMPY\x01\x00%c\x00%s", len(head), head); err != nil {
			return err
		}
		block := make([]byte, size)
		for i := range n {
			for j := range block {
				block[j] = byte((i + j) % manyClasses)
			}
			if _, err := f.Write(block); err != nil {
				return err
			}
		}
		return f.Close()
	}
	if err := write("images.npy", fmt.Sprintf("%d, %d, %d, 3", n, manySide, manySide), 3*manySide*manySide); err != nil {
		return err
	}
	return write("labels.npy", fmt.Sprintf("%d,", n), 1)
}
