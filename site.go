package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/urfave/cli/v3"
)

func siteCommand() *cli.Command {
	return &cli.Command{
		Name:      "site",
		Usage:     "write the playground as files for any web server",
		ArgsUsage: "DIR",
		Description: "DIR may be new, empty, or hold an earlier site, whose files are replaced and others kept. Addresses in it are relative, so\n" +
			"it works below any path. Programs and MNIST are packed with gzip, and the page unpacks them, since plain hosts compress\n" +
			"few files or none. Threads need headers that such hosts do not send: the page's service worker adds them.\n\n" + examples(
			"pushpull site public",
			"pushpull site docs/play && git add docs/play          # for GitHub Pages, at USER.github.io/PROJECT/play/",
			"pushpull site public -json | jq .bytes",
			"python3 -m http.server -d public                      # to try it"),
		Flags:  []cli.Flag{jsonFlag("the outcome")},
		Action: writeSite,
	}
}

// siteRecord is the outcome of `pushpull site`.
type siteRecord struct {
	Dir        string  `json:"dir"`
	Version    string  `json:"version"`
	Files      int     `json:"files"`
	Bytes      int64   `json:"bytes"`
	PlainBytes int64   `json:"plain_bytes"` // before packing
	DataBytes  int64   `json:"data_bytes"`  // of Bytes, what is fetched only when it is chosen
	Removed    int     `json:"removed"`     // files of the earlier site that this one lacks
	Seconds    float64 `json:"seconds"`
}

func writeSite(ctx context.Context, c *cli.Command) error {
	dir, err := argument(c, "folder", "name where to write, such as `pushpull site public`")
	if err != nil {
		return err
	}
	s, err := playground()
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	stderr := c.Root().ErrWriter
	r, err := s.write(ctx, dir, stderr)
	if errors.Is(err, context.Canceled) {
		return interrupted(stderr, "; %s is as it was.", dir)
	}
	if err != nil {
		return err
	}
	return printResult(c, r)
}

// write prints the outcome for people.
func (r *siteRecord) write(to io.Writer) {
	removed := ""
	if r.Removed > 0 {
		removed = fmt.Sprintf(" %d files of the earlier site are gone.", r.Removed)
	}
	fmt.Fprintf(to, "%s holds the playground: %d files, %.1f MB, of which %.1f MB are MNIST, fetched when it is chosen.%s\nTry it: python3 -m http.server -d %s\n",
		r.Dir, r.Files, float64(r.Bytes)/1e6, float64(r.DataBytes)/1e6, removed, r.Dir)
}

// lazy tells of files that a visitor may never need.
func lazy(name string) bool { return strings.HasPrefix(name, "build/mnist/") }

// packed tells of files that the page fetches under their name and ".gz" (static/js/asset.js).
func packed(name string) bool {
	return lazy(name) || strings.HasPrefix(name, "build/") && strings.HasSuffix(name, ".wasm")
}

// write makes dir a copy of the site for a plain host of files. All files are written aside before the first takes its
// place, so after an error or an interruption dir is as it was.
func (s *site) write(ctx context.Context, dir string, stderr io.Writer) (*siteRecord, error) {
	start := time.Now()
	earlier, exists, err := earlierSite(dir)
	if err != nil {
		return nil, err
	}
	cannot := func(err error) error {
		if errors.Is(err, context.Canceled) {
			return err
		}
		return cannotWrite(dir, err, "choose another folder")
	}
	within := dir // where files wait: on the same disk as their place
	if !exists {
		within = filepath.Dir(filepath.Clean(dir))
		if err := os.MkdirAll(within, 0o755); err != nil {
			return nil, cannot(err)
		}
	}
	aside, err := os.MkdirTemp(within, ".pushpull-site-*")
	if err != nil {
		return nil, cannot(err)
	}
	defer os.RemoveAll(aside)

	names := slices.Sorted(maps.Keys(s.files))
	r := &siteRecord{Dir: dir, Version: s.version, Files: len(names)}
	for _, f := range s.files {
		r.PlainBytes += f.size
	}
	bar := newDownloadBar(stderr, "site", r.PlainBytes)
	var done atomic.Int64
	sizes, err := each(names, func(name string) (int64, error) {
		return s.copy(ctx, name, filepath.Join(aside, filepath.FromSlash(hosted(name))), func(n int) { bar.at(done.Add(int64(n))) })
	})
	bar.end()
	if err != nil {
		return nil, cannot(err)
	}
	for i, name := range names {
		r.Bytes += sizes[i]
		if lazy(name) {
			r.DataBytes += sizes[i]
		}
	}
	if !exists {
		if err := os.Chmod(aside, 0o755); err != nil {
			return nil, cannot(err)
		}
		if err := os.Rename(aside, dir); err != nil {
			return nil, cannot(err)
		}
	} else if r.Removed, err = s.replace(dir, aside, names, earlier); err != nil {
		return nil, cannot(err)
	}
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// replace moves the files from aside to dir, the edition last, and removes those of the earlier site that are no more.
func (s *site) replace(dir, aside string, names []string, earlier edition) (removed int, err error) {
	names = append(slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == editionName }), editionName)
	for _, name := range names {
		to := filepath.Join(dir, filepath.FromSlash(hosted(name)))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return 0, err
		}
		if err := os.Rename(filepath.Join(aside, filepath.FromSlash(hosted(name))), to); err != nil {
			return 0, err
		}
	}
	for name := range earlier.Files {
		path := filepath.FromSlash(name)
		still := slices.ContainsFunc(names, func(n string) bool { return hosted(n) == name })
		if !still && filepath.IsLocal(path) && os.Remove(filepath.Join(dir, path)) == nil {
			removed++
		}
	}
	return removed, nil
}

// earlierSite tells whether dir is there, and what site it holds. It is an error if it holds anything else.
func earlierSite(dir string) (e edition, exists bool, err error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, false, nil
	case err != nil:
		return e, false, withHint(fmt.Errorf("%s cannot be written: %w", dir, reason(err)), "name a folder that is new, empty or an earlier site")
	case len(entries) == 0:
		return e, true, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(editionName)))
	if err != nil || json.Unmarshal(text, &e) != nil || e.Version == "" {
		return e, true, withHint(fmt.Errorf("%s is not empty and holds no earlier site", dir), "name a folder that is new, empty or an earlier site")
	}
	return e, true, nil
}

// each calls f for all names on all cores.
func each(names []string, f func(name string) (int64, error)) ([]int64, error) {
	sizes, errs := make([]int64, len(names)), make([]error, len(names))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(names); i = next.Add(1) - 1 {
				if sizes[i], errs[i] = f(names[i]); errs[i] != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return sizes, errors.Join(errs...)
}

// hosted returns a file's name on a plain host.
func hosted(name string) string {
	if packed(name) {
		return name + ".gz"
	}
	return name
}

// copy writes a file to path as a plain host has it and returns its size there; told hears of the bytes of its plain content.
func (s *site) copy(ctx context.Context, name, path string, told func(n int)) (size int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	var w io.Writer = to
	if packed(name) {
		z := gzip.NewWriter(to) // its best level takes five times as long for 1% less
		defer func() {
			if err = errors.Join(err, z.Close()); err == nil {
				size, err = to.Seek(0, io.SeekCurrent)
			}
		}()
		w = z
	}
	content, err := s.forHost(name)
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(content, 1<<20) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if _, err := w.Write(part); err != nil {
			return 0, err
		}
		told(len(part))
	}
	return int64(len(content)), nil
}

// forHost returns what a plain host is to send for a file. It sends no headers of ours, so documents bring their policy.
func (s *site) forHost(name string) ([]byte, error) {
	content, err := s.files[name].read()
	if err != nil {
		return nil, err
	}
	const charset = `<meta charset="utf-8">`
	switch {
	case name == editionName:
		return s.edition(hosted), nil
	case name == "js/packed.js":
		return bytes.Replace(content, []byte("PACKED = ''"), []byte("PACKED = '.gz'"), 1), nil
	case strings.HasSuffix(name, ".html"):
		own, _, _ := strings.Cut(policy(name, false), "; frame-ancestors") // which only a header may say
		meta := charset + "\n  <meta http-equiv=\"Content-Security-Policy\" content=\"" + own + "\">"
		return bytes.Replace(content, []byte(charset), []byte(meta), 1), nil
	}
	return content, nil
}
