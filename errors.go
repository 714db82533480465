package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// hintedError is an error with a remedy.
type hintedError struct {
	error
	hint string
}

func withHint(err error, format string, args ...any) error {
	return hintedError{err, fmt.Sprintf(format, args...)}
}

func (e hintedError) Hint() string  { return e.hint }
func (e hintedError) Unwrap() error { return e.error }

// codedError is an error with an exit code.
type codedError struct {
	error
	code int
}

func (e codedError) Unwrap() error { return e.error }

// misuse is an error of the command line, with its remedy.
func misuse(err error, hint string, args ...any) error {
	return codedError{withHint(err, hint, args...), exitUsage}
}

// errQuiet is an error that was told already.
var errQuiet = errors.New("")

// interrupted tells what an interruption leaves, and is its error.
func interrupted(stderr io.Writer, format string, args ...any) error {
	fmt.Fprintf(stderr, "Stopped"+format+"\n", args...)
	return codedError{errQuiet, exitInterrupted}
}

// cannotWrite is the error for a file or a folder that cannot be written, with its remedy.
func cannotWrite(what string, err error, remedy string) error {
	if errors.Is(err, syscall.ENOSPC) {
		remedy = "free some space, or " + remedy
	}
	return withHint(fmt.Errorf("%s cannot be written: %w", what, reason(err)), "%s", remedy)
}

// reason returns what is wrong with a file, without the name of the file and of what was done to it.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// missing tells of an error whether it says that a file is not there.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
