package augment

import (
	"strings"
	"testing"

	"pushpull/core/golden"
)

// TestGoldenAugment checks every operation against torchvision's results.
func TestGoldenAugment(t *testing.T) {
	var s Scratch
	crop := operation(func(t *testing.T, c golden.Case, dst, src Image) {
		box := Box{c.Int(t, "top"), c.Int(t, "left"), c.Int(t, "height"), c.Int(t, "width")}
		ResizedCrop(dst, src, box, c.Params["antialias"].(bool), &s)
	})
	affine := operation(func(t *testing.T, c golden.Case, dst, src Image) {
		Affine(dst, src, Matrix(numbers(t, c, "inverse_matrix")), strings.Contains(c.Name, "bilinear"))
	})
	change := func(kind Kind) func(*testing.T, golden.Case) {
		return operation(func(t *testing.T, c golden.Case, dst, src Image) {
			copy(dst.Pix, src.Pix)
			factor := 0.0
			if kind != Gray {
				factor = c.Float(t, "factor")
			}
			Recolour(dst, Change{kind, float32(factor)})
		})
	}
	golden.Run(t, "augment.json", map[string]func(*testing.T, golden.Case){
		"resized_crop_plain":     crop,
		"resized_crop_antialias": crop,
		"rotate":                 affine,
		"shear":                  affine,
		"translate":              affine,
		"brightness":             change(Brightness),
		"contrast":               change(Contrast),
		"saturation":             change(Saturation),
		"hue":                    change(Hue),
		"grayscale":              change(Gray),
		"hflip":                  operation(func(_ *testing.T, _ golden.Case, dst, src Image) { FlipH(dst, src) }),
		"vflip":                  operation(func(_ *testing.T, _ golden.Case, dst, src Image) { FlipV(dst, src) }),
		"invert":                 operation(func(_ *testing.T, _ golden.Case, dst, src Image) { Invert(dst, src) }),
		"equalize":               operation(func(_ *testing.T, _ golden.Case, dst, src Image) { Equalize(dst, src) }),
		"autocontrast":           operation(func(_ *testing.T, _ golden.Case, dst, src Image) { AutoContrast(dst, src) }),
		"sharpness": operation(func(t *testing.T, c golden.Case, dst, src Image) {
			Sharpness(dst, src, float32(c.Float(t, "factor")))
		}),
		"gaussian_blur": operation(func(t *testing.T, c golden.Case, dst, src Image) {
			k := numbers(t, c, "kernel")
			GaussianBlur(dst, src, int(k[0]), int(k[1]), float32(c.Float(t, "sigma")), &s)
		}),
		"solarize": operation(func(t *testing.T, c golden.Case, dst, src Image) {
			threshold := float32(c.Float(t, "threshold"))
			if strings.HasSuffix(c.Name, "_uint8") {
				threshold /= 255
			}
			Solarize(dst, src, threshold)
		}),
		"posterize": operation(func(t *testing.T, c golden.Case, dst, src Image) { Posterize(dst, src, c.Int(t, "bits")) }),
		"normalize": operation(func(t *testing.T, c golden.Case, dst, src Image) {
			Normalize(dst, src, numbers(t, c, "mean"), numbers(t, c, "std"))
		}),
		"mixup": func(t *testing.T, c golden.Case) {
			x, labels, partner := c.Input(t, "x"), c.Input(t, "labels").F32(), c.Input(t, "partner").I32()
			lambda := float32(c.Float(t, "lambda"))
			y, mixed := make([]float32, len(x.Data)), make([]float32, len(labels))
			Mixup(y, x.F32(), partner, lambda)
			Mixup(mixed, labels, partner, lambda)
			c.Output(t, "y", y)
			c.Output(t, "labels", mixed)
		},
		"cutmix": func(t *testing.T, c golden.Case) {
			x, labels, partner := c.Input(t, "x").NHWC(), c.Input(t, "labels").F32(), c.Input(t, "partner").I32()
			b := numbers(t, c, "box")
			y, mixed := make([]float32, len(x.Data)), make([]float32, len(labels))
			lambda := CutMix(y, x.F32(), partner, x.Shape[1], x.Shape[2], x.Shape[3], Box{int(b[0]), int(b[1]), int(b[2]), int(b[3])})
			Mixup(mixed, labels, partner, lambda)
			golden.Compare(t, c, "y", y, c.Outputs["y"].NHWC())
			c.Output(t, "labels", mixed)
		},
	})
}

// operation checks an operation from input x to output y. Images of bytes are brought to 0 to 1 and back.
func operation(do func(t *testing.T, c golden.Case, dst, src Image)) func(*testing.T, golden.Case) {
	return func(t *testing.T, c golden.Case) {
		x, want := c.Input(t, "x").NHWC(), c.Outputs["y"].NHWC()
		src := Image{x.Shape[0], x.Shape[1], x.Shape[2], x.F32()}
		dst := NewImage(want.Shape[0], want.Shape[1], want.Shape[2])
		bytes := strings.HasSuffix(c.Name, "_uint8")
		if bytes {
			for i := range src.Pix {
				src.Pix[i] /= 255
			}
		}
		do(t, c, dst, src)
		if bytes {
			for i, v := range dst.Pix {
				dst.Pix[i] = float32(level(v))
			}
		}
		golden.Compare(t, c, "y", dst.Pix, want)
	}
}

// numbers returns a parameter that is a list.
func numbers(t *testing.T, c golden.Case, key string) []float32 {
	list, ok := c.Params[key].([]any)
	if !ok {
		t.Fatalf("%s: parameter %q is %v, want a list", c.Name, key, c.Params[key])
	}
	out := make([]float32, len(list))
	for i, v := range list {
		out[i] = float32(v.(float64))
	}
	return out
}
