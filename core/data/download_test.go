//go:build !js

package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pushpull/core/filelock"
)

// served is a server of one file, and the download of it. ranges gets the Range header of each request.
func served(t *testing.T, content []byte) (d Download, ranges *[]string) {
	ranges = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*ranges = append(*ranges, r.Header.Get("Range"))
		http.ServeContent(w, r, "set.tar.gz", time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(server.Close)
	sum := sha256.Sum256(content)
	return Download{"set", "a test", []Remote{{server.URL + "/set.tar.gz", hex.EncodeToString(sum[:]), int64(len(content))}}}, ranges
}

func TestDownload(t *testing.T) {
	batches := map[string][]byte{"cifar/data_batch_1.bin": cifarBatch(20), "cifar/test_batch.bin": cifarBatch(10)}
	d, ranges := served(t, asGzip(asTar(batches)))
	cache, last := t.TempDir(), int64(-1)
	dir, err := d.Get(t.Context(), cache, func(done int64) {
		if done < last {
			t.Errorf("progress goes back from %d to %d", last, done)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if last != d.Bytes() {
		t.Errorf("the last progress is %d of %d", last, d.Bytes())
	}
	set, err := Open(dir, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if set.Train.Len() != 20 {
		t.Errorf("%d images", set.Train.Len())
	}
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err != nil || len(*ranges) != 1 {
		t.Errorf("a set that is there is asked for again: %v, %d requests", err, len(*ranges))
	}
}

func TestDownloadGoesOn(t *testing.T) {
	content := asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(20)}))
	d, ranges := served(t, content)
	cache := t.TempDir()
	dir, err := d.Dir(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir+".part", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir+".part", "set.tar.gz"), content[:100], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if len(*ranges) != 1 || (*ranges)[0] != "bytes=100-" {
		t.Errorf("asked for %q", *ranges)
	}
}

// What another process downloads is left to it.
func TestDownloadOneAtATime(t *testing.T) {
	d, ranges := served(t, asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(20)})))
	cache := t.TempDir()
	dir, err := d.Dir(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir+".part", 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir+".part", "set.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if !filelock.Try(f) {
		t.Fatal("a new file is locked")
	}
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err == nil || !strings.Contains(err.Error(), "is being downloaded by another pushpull") || len(*ranges) > 0 {
		t.Errorf("error %v, %d requests", err, len(*ranges))
	}
	f.Close()
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err != nil {
		t.Error(err)
	}
}

func TestDownloadChecks(t *testing.T) {
	d, _ := served(t, asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(1)})))
	d.Parts[0].SHA256 = strings.Repeat("0", 64)
	cache := t.TempDir()
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err == nil || !strings.Contains(err.Error(), "is not what it should be: its SHA-256 is") {
		t.Errorf("error %v", err)
	}
	dir, _ := d.Dir(cache)
	if _, err := os.Stat(dir); err == nil {
		t.Error("a set whose checksum is wrong appeared")
	}
	if left, _ := os.ReadDir(dir + ".part"); len(left) != 0 {
		t.Errorf("the wrong file stays: %v", left)
	}
}

// A name in an archive that leads out of the folder does not.
func TestDownloadStaysInItsFolder(t *testing.T) {
	d, _ := served(t, asGzip(asTar(map[string][]byte{"../../out.txt": []byte("x"), "/abs.txt": []byte("y"), "in/a.txt": []byte("z")})))
	cache := t.TempDir()
	dir, err := d.Get(t.Context(), cache, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	filepath.Walk(cache, func(p string, info os.FileInfo, _ error) error {
		if !info.IsDir() {
			files = append(files, p)
			if !strings.HasPrefix(p, dir) {
				t.Errorf("%s lies outside of %s", p, dir)
			}
		}
		return nil
	})
	if len(files) != 3 {
		t.Errorf("unpacked %v", files)
	}
}
