package optim_test

import (
	"strings"
	"testing"

	"pushpull/core/ad"
	"pushpull/core/golden"
	"pushpull/core/kernel"
	"pushpull/core/optim"
)

func TestGoldenOptimisers(t *testing.T) {
	golden.Run(t, "optimisers.json", map[string]func(*testing.T, golden.Case){
		"sgd":                       sgd,
		"adam":                      adam(false),
		"adamw":                     adam(true),
		"lars":                      lars,
		"schedule/cosine_warmup":    cosine,
		"schedule/cosine_no_warmup": cosine,
		"schedule/cosine_ema":       cosineMomentum,
		"ema":                       movingAverage,
		"clip_grad_norm":            clip,
	})
}

func sgd(t *testing.T, c golden.Case) {
	steps(t, c, func(ps []optim.Param) optim.Optimiser {
		o := optim.NewSGD(ps, given(c, "momentum", 0), given(c, "weight_decay", 0))
		o.Nesterov = nesterov(c)
		return o
	})
}

func adam(decoupled bool) func(*testing.T, golden.Case) {
	return func(t *testing.T, c golden.Case) {
		steps(t, c, func(ps []optim.Param) optim.Optimiser {
			o := optim.NewAdam(ps, given(c, "weight_decay", 0), decoupled)
			o.Beta1, o.Beta2, o.Eps = given(c, "beta1", 0.9), given(c, "beta2", 0.999), given(c, "eps", 1e-8)
			return o
		})
	}
}

func lars(t *testing.T, c golden.Case) {
	steps(t, c, func(ps []optim.Param) optim.Optimiser {
		o := optim.NewLARS(ps, given(c, "momentum", 0), given(c, "weight_decay", 0))
		o.Trust, o.Eps, o.Nesterov = given(c, "trust_coefficient", 0.001), given(c, "eps", 1e-8), nesterov(c)
		return o
	})
}

// steps takes as many steps as the case has gradients and compares every parameter after each. Cases named excluded, and
// those of LARS, decay the weight w alone; the others decay all parameters.
func steps(t *testing.T, c golden.Case, make func([]optim.Param) optim.Optimiser) {
	var ps []optim.Param
	excludes := strings.HasPrefix(c.Name, "lars/") || strings.HasSuffix(c.Name, "/excluded")
	for name, x := range c.Inputs {
		if strings.HasPrefix(name, "grad.") {
			continue
		}
		p := ad.NewParam(x.Shape...)
		copy(p.Data, x.F32())
		ps = append(ps, optim.Param{Name: name, Value: p, Decay: name == "w" || !excludes})
	}
	if len(ps) != len(c.Outputs) {
		t.Fatalf("%d parameters and %d outputs", len(ps), len(c.Outputs))
	}
	o := make(ps)
	for step := range c.Outputs[ps[0].Name].Shape[0] {
		for _, p := range ps {
			copy(p.Value.Grad, at(c.Input(t, "grad."+p.Name), step).F32())
		}
		o.Step(given(c, "lr", 0))
		for _, p := range ps {
			golden.Compare(t, c, p.Name, p.Value.Data, at(c.Outputs[p.Name], step))
		}
		if t.Failed() {
			t.Fatalf("at step %d", step)
		}
	}
}

// at returns entry i of the first axis.
func at(x golden.Tensor, i int) golden.Tensor {
	n := len(x.Data) / x.Shape[0]
	return golden.Tensor{Shape: x.Shape[1:], DType: x.DType, Data: x.Data[i*n : (i+1)*n]}
}

// given returns a parameter of the case, or otherwise where it has none of that name.
func given(c golden.Case, key string, otherwise float32) float32 {
	if v, ok := c.Params[key].(float64); ok {
		return float32(v)
	}
	return otherwise
}

func nesterov(c golden.Case) bool {
	v, ok := c.Params["nesterov"].(bool)
	return v || !ok && strings.HasSuffix(c.Name, "/nesterov")
}

func cosine(t *testing.T, c golden.Case) {
	s := optim.Cosine{Base: given(c, "base_lr", 0), Steps: c.Int(t, "steps"), Warmup: c.Int(t, "warmup_steps"),
		End: given(c, "end_factor", 0)}
	got := make([]float32, s.Steps)
	for i := range got {
		got[i] = s.At(i)
	}
	c.Output(t, "lr", got)
}

func cosineMomentum(t *testing.T, c golden.Case) {
	got := make([]float32, c.Int(t, "steps"))
	for i := range got {
		got[i] = optim.CosineMomentum(i, len(got), given(c, "start", 0), given(c, "end", 0))
	}
	c.Output(t, "momentum", got)
}

func movingAverage(t *testing.T, c golden.Case) {
	target, online := c.Input(t, "target").F32(), c.Input(t, "online")
	for i := range online.Shape[0] {
		kernel.Lerp(target, at(online, i).F32(), float32(c.Float(t, "momentum")))
		golden.Compare(t, c, "target", target, at(c.Outputs["target"], i))
	}
}

func clip(t *testing.T, c golden.Case) {
	var ps []optim.Param
	for name, x := range c.Inputs {
		p := ad.NewParam(x.Shape...)
		copy(p.Grad, x.F32())
		ps = append(ps, optim.Param{Name: name, Value: p})
	}
	norm := optim.ClipGradNorm(ps, float32(c.Float(t, "max_norm")))
	c.Output(t, "norm", []float32{norm})
	for _, p := range ps {
		c.Output(t, p.Name, p.Value.Grad)
	}
}
