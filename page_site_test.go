package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// bareHost serves the written site below a path as a plain host of files does: without a header of ours.
func bareHost(t *testing.T) *httptest.Server {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	if _, err := realSite(t).write(context.Background(), dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/course/play/", http.FileServer(http.Dir(dir))))
	t.Cleanup(server.Close)
	return server
}

// The site that `pushpull site` writes trains on a plain host of files, below a path of it, with its own MNIST too.
func TestPageOnPlainHost(t *testing.T) {
	p := startBrowser(t)
	p.open(bareHost(t).URL + "/course/play/")
	p.awaitStart()
	if losses := p.losses(1); losses[0] == 0 {
		t.Error("a step has no loss")
	}
	p.set(`{data: 'mnist', 'conv-channels': '8-16', 'conv-strides': '4-2'}`)
	p.losses(1)
	if images := eval[string](p, "document.getElementById('about').textContent"); !strings.Contains(images, "60,000 images") {
		t.Errorf("the page says %q", images)
	}
}
