package data

import "errors"

// decode is left to the browser, see Options.Decode.
func decode([]byte, int, int, int, []uint8) error { return errors.New("cannot be decoded here") }
