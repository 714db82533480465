package algos

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pushpull/core/data"
	"pushpull/core/safetensors"
	"pushpull/core/train"
)

// A checkpoint whose numbers are damaged is refused, or the run goes on until it diverges: nothing panics. Where the numbers
// have to be whole, or lie within a range, it is refused.
func TestDamagedCheckpointsDoNotPanic(t *testing.T) {
	d := smallSet()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, a := range All() {
		for _, given := range []map[string]string{small, variants[a.Name]} {
			if given == nil {
				continue
			}
			tr := begin(t, a, d, given)
			losses(t, tr, 4) // the second step from here begins an epoch
			var file bytes.Buffer
			if err := tr.Write(&file); err != nil {
				t.Fatal(err)
			}
			tensors, meta, err := safetensors.Read(&file, int64(file.Len()))
			if err != nil {
				t.Fatal(err)
			}
			layers, counts := 0, 0
			for i, x := range tensors {
				if strings.HasPrefix(x.Name, "optimiser.") {
					if counted := strings.HasSuffix(x.Name, ".steps"); !counted || counts > 0 {
						continue
					}
					counts++
				}
				if strings.HasSuffix(x.Name, ".weight") || strings.HasSuffix(x.Name, ".bias") || strings.Contains(x.Name, ".running_") {
					if layers++; layers > 1 { // one is enough
						continue
					}
				}
				for _, v := range []float32{-1, 0.5, 1e9, nan, inf} {
					hostile := slices.Clone(tensors)
					hostile[i].Data = slices.Clone(x.Data)
					for j := len(x.Data) / 2; j < len(x.Data); j++ {
						hostile[i].Data[j] = v
					}
					err := goOn(t, d, hostile, meta)
					place, cluster := strings.HasSuffix(x.Name, ".next") || strings.HasSuffix(x.Name, ".steps"), strings.HasSuffix(x.Name, "assignment")
					if (place || cluster && v != -1) && (err == nil || !strings.Contains(err.Error(), x.Name)) {
						t.Errorf("%s: %s with %v is taken: %v", a.Name, x.Name, v, err)
					}
				}
			}
		}
	}
}

// goOn restores a checkpoint of the tensors and takes two steps. It returns the error of the former.
func goOn(t *testing.T, d *data.Dataset, tensors []safetensors.Tensor, meta map[string]string) error {
	var file bytes.Buffer
	if err := safetensors.Write(&file, tensors, maps.Clone(meta)); err != nil {
		t.Fatal(err)
	}
	c, err := train.Read(&file, int64(file.Len()), "damaged")
	if err != nil {
		return err
	}
	tr, err := Start(c.Config, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Restore(c); err != nil {
		return err
	}
	for range 2 {
		if _, err := tr.Step(); err != nil {
			break // it diverged
		}
	}
	return nil
}
