package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"

	"pushpull/core/wholefile"
)

// level is brotli's effort: 9 takes seconds, 11 half a minute for 12% less.
const level = 9

// manifest is the file that lists the assets and tells when one is up to date. It is written last.
const manifest = "manifest.json"

// entry describes a packed asset.
type entry struct {
	Hash  string `json:"hash"`  // of the plain content
	Bytes int64  `json:"bytes"` // of the plain content
}

// pack makes the assets on all cores and writes each that changed to dir as NAME.br, then the manifest. Other files
// in dir are left from earlier versions and removed. A reader finds whole files at any time.
func pack(dir string, assets []asset, progress io.Writer) error {
	before := map[string]entry{}
	if text, err := os.ReadFile(filepath.Join(dir, manifest)); err == nil {
		if json.Unmarshal(text, &before) != nil {
			before = map[string]entry{} // it is about to be written again
		}
	}
	now := map[string]entry{}
	var lock sync.Mutex
	var errs []error
	var wait sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, a := range assets {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			start := time.Now()
			e, size, err := a.pack(dir, before[a.name])
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", a.name, err))
				e = before[a.name] // as it still is
			case e == before[a.name]:
				fmt.Fprintf(progress, "assets: %-32s up to date\n", a.name)
			default:
				fmt.Fprintf(progress, "assets: %-32s %6.2f MB, %.2f MB compressed, %.1f s\n", a.name, mb(e.Bytes), mb(size), time.Since(start).Seconds())
			}
			if e != (entry{}) {
				now[a.name] = e
			}
		})
	}
	wait.Wait()
	if len(errs) > 0 && len(before) == 0 {
		return errors.Join(errs...) // without a manifest, nothing passes for built
	}
	text, err := json.MarshalIndent(now, "", "\t")
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(dir, manifest), text); err != nil {
		return err
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return clean(dir, now)
}

func mb(bytes int64) float64 { return float64(bytes) / 1e6 }

// pack makes one asset, and writes it unless its content is as before. It returns the size compressed.
func (a asset) pack(dir string, before entry) (entry, int64, error) {
	content, err := a.make()
	if err != nil {
		return entry{}, 0, err
	}
	sum := sha256.Sum256(content)
	e := entry{hex.EncodeToString(sum[:12]), int64(len(content))}
	path := filepath.Join(dir, filepath.FromSlash(a.name)+".br")
	if _, err := os.Stat(path); err == nil && e == before {
		return e, 0, nil
	}
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, level)
	if _, err := w.Write(content); err != nil {
		return entry{}, 0, err
	}
	if err := w.Close(); err != nil {
		return entry{}, 0, err
	}
	return e, int64(b.Len()), replace(path, b.Bytes())
}

// replace writes a file, and the folder that it lies in.
func replace(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// clean removes the files in dir that are neither an asset nor the manifest.
func clean(dir string, keep map[string]entry) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == manifest {
			return err
		}
		if asset, compressed := strings.CutSuffix(filepath.ToSlash(name), ".br"); compressed {
			if _, ok := keep[asset]; ok {
				return nil
			}
		}
		return os.Remove(path)
	})
}
