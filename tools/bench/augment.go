package main

import (
	_ "embed"
	"fmt"
	"time"

	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/train"
	"pushpull/tools/bench/work"
)

//go:embed augment.py
var augmentScript string

// views measures two SimCLR views of a batch of 256 images of 32x32 pixels, on one thread.
func views(torch torch, budget time.Duration) {
	const images = 256
	kernel.SetThreads(1)
	set := data.Shapes(1, images, 1)
	config, err := train.Resolve("views", set.Name, "mlp", nil, map[string]string{"augment": "simclr", "crop-min": "0.2", "gray-prob": "0.2"})
	if err != nil {
		fail(err)
	}
	loader := train.NewLoader(config, set.Train, train.InputOf(set), train.Plan{Images: images, Views: 2})
	samples := make([]int32, images)
	for i := range samples {
		samples[i] = int32(i)
	}
	epoch := 0
	ours := work.Median(budget, func() {
		loader.Load(epoch, samples)
		epoch++
	})
	theirs := torch.script(augmentScript, "views", "", fmt.Sprint(budget.Seconds()), fmt.Sprint(images))
	row(fmt.Sprintf("two SimCLR views of %d images of %dx%d", images, set.Train.H, set.Train.W), 1, milliseconds,
		ours, "torchvision", theirs["views"])
}
