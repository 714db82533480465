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

// underWay makes the folder in which a download is under way, and returns the one that it is to become.
func underWay(t *testing.T, d Download, cache string) string {
	t.Helper()
	dir, err := d.Dir(cache)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir+".part", 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDownloadGoesOn(t *testing.T) {
	content := asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(20)}))
	d, ranges := served(t, content)
	cache := t.TempDir()
	dir := underWay(t, d, cache)
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

// A server that falls silent is given up, before its answer or within it; what it has sent is kept.
func TestDownloadStalls(t *testing.T) {
	before := patience
	defer func() { patience = before }()
	content := asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(20)}))
	d, ranges := served(t, content)
	for sent, want := range map[int]string{0: "cannot be reached: the server has sent nothing for 0.2 seconds", 100: "broke off after 100 of "} {
		over := make(chan struct{})
		silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if sent > 0 {
				w.Write(content[:sent])
				w.(http.Flusher).Flush()
			}
			<-over
		}))
		cache := t.TempDir()
		patience = 200 * time.Millisecond
		_, err := d.From(silent.URL).Get(t.Context(), cache, func(int64) {})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "nothing for 0.2 seconds") || !strings.Contains(err.Error(), "the same command goes on from there") {
			t.Errorf("after %d bytes: %v", sent, err)
		}
		close(over)
		silent.Close()
		*ranges, patience = nil, before
		if _, err := d.Get(t.Context(), cache, func(int64) {}); err != nil {
			t.Error(err)
		}
		if sent > 0 && (len(*ranges) != 1 || (*ranges)[0] != "bytes=100-") {
			t.Errorf("then asked for %q", *ranges)
		}
	}
}

// What another process downloads is left to it.
func TestDownloadOneAtATime(t *testing.T) {
	d, ranges := served(t, asGzip(asTar(map[string][]byte{"data_batch_1.bin": cifarBatch(20)})))
	cache := t.TempDir()
	dir := underWay(t, d, cache)
	f, err := os.Create(filepath.Join(dir+".part", "lock"))
	if err != nil {
		t.Fatal(err)
	}
	if !filelock.Try(f) {
		t.Fatal("a new file is locked")
	}
	unpacked := filepath.Join(dir+".part", "unpacked") // of that one, and left by it after it was killed
	if err := os.MkdirAll(filepath.Join(unpacked, "half"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err == nil || !strings.Contains(err.Error(), "is being downloaded by another pushpull") || len(*ranges) > 0 {
		t.Errorf("error %v, %d requests", err, len(*ranges))
	}
	if _, err := os.Stat(unpacked); err != nil {
		t.Errorf("what the other unpacks was touched: %v", err)
	}
	f.Close()
	if _, err := d.Get(t.Context(), cache, func(int64) {}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
		t.Error("what a killed process has unpacked is in the set")
	}
	if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) != 1 {
		t.Errorf("beside the set there is %v", left)
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
	if _, err := os.Stat(filepath.Join(dir+".part", "set.tar.gz")); err == nil {
		t.Error("the wrong file stays")
	}
}

// A folder that cannot be made is told with what names another.
func TestDownloadWithoutAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	d, _ := served(t, nil)
	if _, err := d.Get(t.Context(), filepath.Join(file, "caches"), func(int64) {}); err == nil || !strings.Contains(err.Error(), "cannot be made: not a directory; XDG_CACHE_HOME may name another") {
		t.Errorf("error %v", err)
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
