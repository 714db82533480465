package main

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"pushpull/algos"
	"pushpull/core/data"
	"pushpull/core/kernel"
	"pushpull/core/probe"
	"pushpull/core/train"
)

// summary is the final record of a run. Accuracies are shares from 0 to 1, nil where there are no labels.
type summary struct {
	Algo          string   `json:"algo"`
	Data          string   `json:"data"`
	Probe         string   `json:"probe_data,omitempty"` // that accuracy was measured on, where it is another
	Encoder       string   `json:"encoder"`
	Epochs        int      `json:"epochs"`
	Steps         int      `json:"steps"`
	Batch         int      `json:"batch"`
	Seed          int      `json:"seed"`
	Loss          float32  `json:"loss"` // of the last step
	KNN           *float64 `json:"knn_top1"`
	KNNUntrained  *float64 `json:"knn_untrained"`
	KNNPixels     *float64 `json:"knn_raw_pixels"`
	KNNBank       int      `json:"knn_bank"`
	KNNQueries    int      `json:"knn_queries"`
	KNNK          int      `json:"knn_k"`
	Std           float64  `json:"std"`
	EffectiveRank float64  `json:"effective_rank"`
	ViewsPerS     float64  `json:"views_per_s"` // while stepping
	Seconds       float64  `json:"seconds"`     // of training
	PeakRSS       float64  `json:"peak_rss_mb"` // of training and evaluation, 0 where the system does not tell
	Parameters    int      `json:"parameters"`
	Threads       int      `json:"threads"`
	Kernels       string   `json:"kernels"`
	Skipped       int      `json:"skipped_files"`
	Out           string   `json:"out"`

	classes     int
	temperature float32
}

// summarise measures a finished run: its encoder, the same encoder before training, and the pixels themselves.
func (r *run) summarise(set *data.Dataset) (*summary, error) {
	c := r.Config
	s := &summary{Algo: c.Algo, Data: c.Data, Probe: c.Probe, Encoder: c.Encoder, Epochs: c.Int("epochs"), Steps: r.Steps(), Batch: c.Int("batch"),
		Seed: c.Int("seed"), Loss: r.loss, Seconds: r.seconds(), Parameters: r.Parameters(), Threads: kernel.Threads(),
		Kernels: kernel.Name(), Skipped: len(set.Skipped), Out: r.dir.path, classes: len(set.Known().Classes), temperature: c.Float("knn-temperature")}
	s.ViewsPerS = r.viewsPerStep() * float64(r.Steps()-r.first) / r.stepTime.Seconds()

	m, err := r.evaluate(train.MostBank, train.MostQueries)
	if err != nil {
		return nil, err
	}
	s.Std, s.EffectiveRank = m.Std, m.EffectiveRank
	s.PeakRSS = peakMemory() // now: raw pixels below take more than training does
	if r.labelled() {
		s.KNNBank, s.KNNQueries = min(train.MostBank, set.Known().Len()), min(train.MostQueries, set.Test.Len())
		s.KNNK = min(c.Int("knn-k"), probe.DefaultK(s.KNNBank))
		fresh, err := algos.Start(c, set)
		if err != nil {
			return nil, err
		}
		fresh.Input = r.Input // a run may have gone on with other images
		untrained, err := fresh.Evaluate(train.MostBank, train.MostQueries)
		if err != nil {
			return nil, err
		}
		pixels, err := r.RawPixels(train.MostBank, train.MostQueries)
		if err != nil {
			return nil, err
		}
		s.KNN, s.KNNUntrained, s.KNNPixels = &m.KNN, &untrained.KNN, &pixels
	}
	return s, nil
}

// write prints the summary for people.
func (s *summary) write(to io.Writer) {
	fmt.Fprintf(to, "\n%s, %s on %s: %d steps of %d images in %v, %.0f views/s, peak memory %.0f MB\n",
		s.Algo, s.Encoder, s.Data, s.Steps, s.Batch, time.Duration(s.Seconds*float64(time.Second)).Round(100*time.Millisecond), s.ViewsPerS, s.PeakRSS)
	fmt.Fprintf(to, "loss %.4f, std %.3f (1 healthy, 0 collapsed), effective rank %.1f\n", s.Loss, s.Std, s.EffectiveRank)
	if s.KNN == nil {
		fmt.Fprintln(to, unlabelled)
	} else {
		fmt.Fprintf(to, "\nkNN accuracy on %d test images of %s (bank of %d, k %d, temperature %g):\n", s.KNNQueries, cmp.Or(s.Probe, s.Data), s.KNNBank, s.KNNK, s.temperature)
		w := table(to)
		for _, row := range []struct {
			name  string
			share float64
		}{{"trained", *s.KNN}, {"untrained encoder", *s.KNNUntrained}, {"raw pixels", *s.KNNPixels}, {"chance", 1 / float64(s.classes)}} {
			fmt.Fprintf(w, "%s\t%s\t\n", row.name, percent(row.share))
		}
		w.Flush()
	}
	fmt.Fprintf(to, "\n%s holds %s, %s and %s\n", s.Out, configName, metricsName, checkpointName)
}
