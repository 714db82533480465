package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed torch.py
var torchScript string

// torch is the PyTorch of this machine.
type torch struct {
	python string // an interpreter that has it; empty where there is none
	budget time.Duration
	best   string // OPENBLAS_CORETYPE, empty if OpenBLAS chooses best by itself
}

// findTorch looks for PyTorch and for the fastest kernel of its OpenBLAS. On a processor younger than the library, that
// does not always choose well, and the peer is to do its best.
func findTorch(budget time.Duration) torch {
	t := torch{budget: budget / 4}
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import torch").Run() == nil {
			t.python = name
			break
		}
	}
	shortest := 0.0
	for _, core := range []string{"", "Haswell", "SkylakeX"} {
		took := t.run(1, "probe", core)["probe"]
		if took > 0 && (shortest == 0 || took < 0.97*shortest) { // its own choice, unless another is clearly better
			shortest, t.best = took, core
		}
	}
	t.budget = budget
	return t
}

// core returns the OPENBLAS_CORETYPE that has the instructions of a kernel of ours.
func (t torch) core(kernel string) string {
	switch kernel {
	case "avx2":
		return "Haswell"
	case "avx512":
		return "SkylakeX"
	}
	return t.best
}

// run returns what the script prints: what is "probe", "products", "steps", "memory" or "epoch", which needs a folder.
func (t torch) run(threads int, what, core string, folder ...string) times {
	args := append([]string{strconv.Itoa(threads), fmt.Sprint(t.budget.Seconds()), what}, folder...)
	return t.script(torchScript, what, core, args...)
}

// script returns what a script prints that is given the arguments.
func (t torch) script(text, what, core string, args ...string) times {
	if t.python == "" {
		return nil
	}
	cmd := exec.Command(t.python, append([]string{"-"}, args...)...)
	cmd.Stdin = strings.NewReader(text)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "OPENBLAS_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	if core != "" {
		cmd.Env = append(cmd.Env, "OPENBLAS_CORETYPE="+core)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil { // also an instruction that the processor lacks
		fmt.Fprintf(os.Stderr, "PyTorch, %s, OPENBLAS_CORETYPE=%q: %v\n%s", what, core, err, said.String())
		return nil
	}
	return parse(string(out))
}

// parse reads lines of a name, a tab, and a number; others are left out.
func parse(out string) times {
	all := times{}
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		if fields := strings.Split(lines.Text(), "\t"); len(fields) > 1 {
			if t, err := strconv.ParseFloat(fields[1], 64); err == nil {
				all[fields[0]] = t
			}
		}
	}
	return all
}
