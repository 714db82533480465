package main

import (
	"net"
	"strings"
	"testing"
)

func TestListenTakesTheNextPort(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	next, err := listen(taken.Addr().String(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if a, b := taken.Addr().(*net.TCPAddr).Port, next.Addr().(*net.TCPAddr).Port; b <= a || b > a+100 {
		t.Errorf("port %d is taken, and %d was", a, b)
	}
	if _, err := listen(taken.Addr().String(), true); err == nil || !strings.Contains(err.Error(), "taken") {
		t.Errorf("a taken port that was asked for gives %v", err)
	}
}

func TestPageAddress(t *testing.T) {
	for at, want := range map[string]struct {
		url   string
		local bool
	}{
		"127.0.0.1:8080":     {"http://localhost:8080", true},
		"[::1]:8080":         {"http://localhost:8080", true},
		"0.0.0.0:80":         {"http://localhost:80", false},
		"[::]:80":            {"http://localhost:80", false},
		"192.0.2.7:8080":     {"http://192.0.2.7:8080", false},
		"[2001:db8::1]:8080": {"http://[2001:db8::1]:8080", false},
	} {
		addr, err := net.ResolveTCPAddr("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if url, local := pageAddress(addr); url != want.url || local != want.local {
			t.Errorf("%s: %s, %v; want %s, %v", at, url, local, want.url, want.local)
		}
	}
}
