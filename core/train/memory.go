package train

import (
	"slices"
	"strings"

	"pushpull/core/ad"
	"pushpull/core/nn"
)

// Memory is what a part of the objective takes throughout the run.
type Memory struct {
	Name  string `json:"name"`  // of the part: "queue", "momentum", "predictor"
	Bytes int    `json:"bytes"` // of its weights and of its other state, without the optimiser's
}

// Memory returns what the objective keeps beside encoder and head, in its order. It does not grow while training runs.
func (t *Trainer) Memory() (all []Memory) {
	for _, e := range t.extra {
		name, _, _ := strings.Cut(e.name, ".")
		at := slices.IndexFunc(all, func(m Memory) bool { return m.Name == name })
		if at < 0 {
			at = len(all)
			all = append(all, Memory{Name: name})
		}
		e.part.Visit(nn.Visitor{
			Param:  func(_ string, v *ad.Value, _ bool) { all[at].Bytes += 4 * v.Len() },
			Buffer: func(_ string, data []float32, _ ...int) { all[at].Bytes += 4 * len(data) },
		})
	}
	return all
}
