package main

import (
	"time"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/train"
)

// epoch measures one epoch of SimCLR on a folder of images, augmentation included: the set is in memory before.
func epoch(torch torch, folder string, threads int) {
	kernel.SetThreads(threads)
	set, err := data.Open(folder, nil, data.Options{})
	if err != nil {
		fail(err)
	}
	simclr, err := algos.Find("simclr")
	if err != nil {
		fail(err)
	}
	config, err := train.Resolve("simclr", folder, "convnet", simclr.Defaults, map[string]string{"epochs": "1"})
	if err != nil {
		fail(err)
	}
	objective, err := simclr.New(config)
	if err != nil {
		fail(err)
	}
	trainer, err := train.New(config, set, objective)
	if err != nil {
		fail(err)
	}
	start := time.Now()
	for !trainer.Done() {
		if _, err := trainer.Step(); err != nil {
			fail(err)
		}
	}
	row("epoch of SimCLR, ConvNet, "+set.Name, threads, milliseconds, time.Since(start).Seconds(), "PyTorch",
		torch.run(threads, "epoch", torch.best, folder)["epoch"])
}
