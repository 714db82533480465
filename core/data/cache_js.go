package data

import "os"

// temporary is nil: a page has no files.
var temporary func(dir, pattern string) (*os.File, error)

// atOnce is how much parallel does at least at the same time: the browser decodes images beside this program's one thread.
const atOnce = 8
