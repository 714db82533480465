//go:build !js

package data

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"pushpull/core/filelock"
)

// Download is a data set that can be had from the network.
type Download struct {
	Name  string
	About string   // what it is, in a few words
	Parts []Remote // files; those of archives are unpacked
}

// Remote is a file in the network.
type Remote struct {
	URL    string
	SHA256 string
	Bytes  int64
}

// Downloads are the sets that are known, at their official addresses. The checksums are those that TensorFlow Datasets
// publishes for these files.
var Downloads = []Download{
	{"cifar10", "60,000 colour photographs of 10 classes, 32x32", []Remote{
		{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", 170052171}}},
	{"cifar100", "60,000 colour photographs of 100 classes, 32x32", []Remote{
		{"https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz", "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec", 168513733}}},
	{"fashion-mnist", "70,000 gray pictures of 10 kinds of clothes, 28x28", []Remote{
		{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880},
		{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515},
		{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102},
		{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148}}},
	{"stl10", "113,000 colour photographs, 13,000 of them of 10 classes, 96x96", []Remote{
		{"http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz", "f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866", 2640397119}}},
}

// Downloadable returns the download of a name.
func Downloadable(name string) (Download, bool) {
	for _, d := range Downloads {
		if d.Name == name {
			return d, true
		}
	}
	return Download{}, false
}

func downloadableNames() (names []string) {
	for _, d := range Downloads {
		names = append(names, d.Name)
	}
	return names
}

// From returns the same set from another server, whose folder at the address holds its files.
func (d Download) From(address string) Download {
	parts := make([]Remote, len(d.Parts))
	for i, p := range d.Parts {
		p.URL = strings.TrimSuffix(address, "/") + "/" + path.Base(p.URL)
		parts[i] = p
	}
	d.Parts = parts
	return d
}

// Bytes returns how much there is to download.
func (d Download) Bytes() (n int64) {
	for _, p := range d.Parts {
		n += p.Bytes
	}
	return n
}

// Dir returns the folder that the set is kept in, below the folder cache, or that for caches if cache is empty.
func (d Download) Dir(cache string) (string, error) {
	if cache == "" {
		var err error
		if cache, err = cacheDir(); err != nil {
			return "", fmt.Errorf("there is no folder for caches (%w); set XDG_CACHE_HOME or HOME", err)
		}
	}
	return filepath.Join(cache, "data", d.Name), nil
}

// Get downloads what is not there yet, telling how many bytes are, checks it, and unpacks it. Only a whole set appears in
// its folder, whose name Get returns. What an interrupted download has brought is gone on with by the next.
func (d Download) Get(ctx context.Context, cache string, progress func(done int64)) (string, error) {
	dir, err := d.Dir(cache)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err == nil {
		progress(d.Bytes())
		return dir, nil
	}
	parts := dir + ".part" // what is here so far
	if err := os.MkdirAll(parts, 0o755); err != nil {
		return "", fmt.Errorf("the folder %s cannot be made: %w; XDG_CACHE_HOME may name another for caches", parts, bare(err))
	}
	lock, err := os.Create(filepath.Join(parts, "lock"))
	if err != nil {
		return "", fmt.Errorf("the folder %s cannot be written: %w; XDG_CACHE_HOME may name another for caches", parts, bare(err))
	}
	defer lock.Close()
	if !filelock.Try(lock) {
		return "", fmt.Errorf("%s is being downloaded by another pushpull; wait until that one is done", d.Name)
	}
	unpacked := filepath.Join(parts, "unpacked")
	if err := os.RemoveAll(unpacked); err != nil { // left by a process that was killed
		return "", fmt.Errorf("the folder %s cannot be removed: %w", unpacked, bare(err))
	}
	if _, err := os.Stat(dir); err == nil { // another process has put it there meanwhile
		progress(d.Bytes())
		return dir, nil
	}
	var before int64
	for _, r := range d.Parts {
		if err := r.get(ctx, filepath.Join(parts, path.Base(r.URL)), func(done int64) { progress(before + done) }); err != nil {
			return "", err
		}
		before += r.Bytes
	}
	if err := os.Mkdir(unpacked, 0o755); err != nil {
		return "", fmt.Errorf("%s cannot be unpacked: %w", d.Name, bare(err))
	}
	defer os.RemoveAll(unpacked)
	for _, r := range d.Parts {
		file := filepath.Join(parts, path.Base(r.URL))
		if !strings.HasSuffix(file, ".tar.gz") {
			err = os.Rename(file, filepath.Join(unpacked, filepath.Base(file)))
		} else {
			err = unpackTar(file, unpacked)
		}
		if err != nil {
			return "", fmt.Errorf("%s cannot be unpacked: %w", filepath.Base(file), bare(err))
		}
	}
	if err := os.Rename(unpacked, dir); err != nil {
		return "", fmt.Errorf("%s cannot be put to its place: %w", d.Name, bare(err))
	}
	lock.Close() // an open file cannot be removed everywhere
	return dir, os.RemoveAll(parts)
}

// get downloads a file from where an earlier attempt has stopped, and checks it.
func (r Remote) get(ctx context.Context, to string, progress func(done int64)) error {
	f, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return bare(err)
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return bare(err)
	}
	if have < r.Bytes {
		if err := r.fetch(ctx, f, have, progress); err != nil {
			return fmt.Errorf("%s: %w; the same command goes on from there", r.URL, err)
		}
	}
	progress(r.Bytes)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return bare(err)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return bare(err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != r.SHA256 {
		f.Close()
		os.Remove(to)
		return fmt.Errorf("%s is not what it should be: its SHA-256 is %s, not %s; it was removed, try again later", r.URL, got, r.SHA256)
	}
	return nil
}

// patience is how long a server may send nothing.
var patience = time.Minute

// fetch adds to f, which has so many bytes, the rest of the file.
func (r Remote) fetch(ctx context.Context, f *os.File, have int64, progress func(done int64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := fmt.Errorf("the server has sent nothing for %g seconds", patience.Seconds())
	stalled := time.AfterFunc(patience, func() { cancel(silence) })
	defer stalled.Stop()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return err
	}
	if have > 0 {
		q.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return fmt.Errorf("cannot be reached: %w", cmp.Or(context.Cause(ctx), errors.Unwrap(err)))
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusPartialContent && strings.HasPrefix(answer.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)):
	case answer.StatusCode == http.StatusOK: // all of it, whatever was asked for
		have = 0
		if err := f.Truncate(0); err != nil {
			return bare(err)
		}
	default:
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return bare(err)
	}
	progress(have)
	body := io.LimitReader(answer.Body, r.Bytes-have+1) // one too many shows in the checksum
	buffer := make([]byte, 1<<18)
	for {
		n, err := body.Read(buffer)
		stalled.Reset(patience)
		if _, err := f.Write(buffer[:n]); err != nil {
			return fmt.Errorf("cannot be kept: %w; free some space, or set XDG_CACHE_HOME to a folder on a larger disk", bare(err))
		}
		have += int64(n)
		progress(min(have, r.Bytes))
		switch {
		case errors.Is(err, io.EOF) && have < r.Bytes:
			return fmt.Errorf("ended after %d of %d bytes", have, r.Bytes)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("broke off after %d of %d bytes (%w)", have, r.Bytes, cmp.Or(context.Cause(ctx), err))
		}
	}
}

// unpackTar unpacks the plain files of a .tar.gz into a folder. Nothing is written outside of it, whatever the names are.
func unpackTar(file, dir string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return fmt.Errorf("it is no gzip file: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left := max(maxPlain, maxRatio*info.Size())
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is damaged: %w", err)
		}
		name := path.Clean("/" + strings.ReplaceAll(h.Name, `\`, "/"))[1:]
		if h.Typeflag != tar.TypeReg || name == "" {
			continue
		}
		if left -= h.Size; left < 0 {
			return fmt.Errorf("it unpacks to more than %d MB", max(maxPlain, maxRatio*info.Size())>>20)
		}
		if err := writeIn(root, filepath.FromSlash(name), t); err != nil {
			return err
		}
	}
}

// writeIn makes a file below root.
func writeIn(root *os.Root, name string, content io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, content); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
