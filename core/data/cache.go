//go:build !js

package data

import (
	"os"
	"path/filepath"
	"runtime"
)

// cacheDir returns the folder that downloads and decoded images go to: pushpull in the user's folder for caches.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "pushpull"), nil
}

// atOnce is how much parallel does at least at the same time.
const atOnce = 1

// temporary makes a file that is gone when the program ends, in a folder, that for caches if dir is empty. It is nil
// where there are no files.
var temporary = func(dir, pattern string) (*os.File, error) {
	if dir == "" {
		var err error
		if dir, err = cacheDir(); err != nil {
			dir = os.TempDir()
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if runtime.GOOS == "windows" { // keeps the names of open files: remove those of programs that have ended
		left, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, name := range left {
			os.Remove(name)
		}
	}
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" {
		if err := os.Remove(f.Name()); err != nil {
			f.Close()
			return nil, err
		}
	}
	return f, nil
}
