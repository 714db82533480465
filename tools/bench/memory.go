package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"pushpull/core/kernel"
	"pushpull/tools/bench/work"
)

const memoryStep = "ConvNet step, 256 views"

// memory measures the most memory that a process which does nothing but a step has had.
func memory(torch torch) {
	self, err := os.Executable()
	if err != nil {
		fail(err)
	}
	out, err := exec.Command(self, "-alone", memoryStep).Output()
	if err != nil {
		fail(err)
	}
	ours, _ := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	row("memory of the "+memoryStep, kernel.Threads(), megabytes, ours, "PyTorch", torch.run(kernel.Threads(), "memory", torch.best)["memory"])
}

// runAlone does a step a few times, then prints the process's largest resident set in bytes, where Linux tells it.
func runAlone(name string) {
	for _, s := range work.Steps {
		if s.Name == name {
			step := s.Prepare()
			for range 5 {
				step()
			}
		}
	}
	status, _ := os.ReadFile("/proc/self/status")
	if _, after, ok := strings.Cut(string(status), "VmHWM:"); ok {
		kilobytes, _ := strconv.Atoi(strings.Fields(after)[0])
		fmt.Println(kilobytes * 1024)
	}
}
