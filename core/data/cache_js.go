package data

import "os"

// temporary is nil: a page has no files.
var temporary func(dir, pattern string) (*os.File, error)
