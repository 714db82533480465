//go:build !js

package data

import (
	"io"

	"github.com/andybalholm/brotli"
)

func init() {
	unpackers[".br"] = func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }
}
