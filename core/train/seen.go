package train

// Seen is what the last step learned from, valid until the next one.
type Seen struct {
	Config Config    // of that step, whatever has been set since
	Labels []int32   // [n], classes of its images; nil where there are none
	Views  int       // of each image
	Images []float32 // [views·n, h, w, c], normalised; the first view of each image, then the second
	Z      []float32 // [views·n, Width], their projections in that step; nil where the objective made them in another way
	H      []float32 // [views·n, Dim], their representations; nil likewise

	// Gradients of the loss with respect to Z and H, of the same shapes: nil unless KeepGradients asked for them.
	GradZ, GradH []float32
}

// KeepGradients makes the steps that follow keep what Seen tells of gradients, or no longer.
func (t *Trainer) KeepGradients(on bool) { t.keepGradients = on }

// Seen returns what the last step learned from; ok is false before the first one.
func (t *Trainer) Seen() (s Seen, ok bool) {
	c := &t.current
	if c.images == nil || t.step == 0 {
		return Seen{}, false
	}
	s = Seen{Config: c.Config, Views: c.views, Images: c.images.Data}
	if t.Data.Train.Labels != nil {
		s.Labels = c.Labels
	}
	if c.z != nil {
		s.Z, s.GradZ = c.z.Data, c.z.Grad
	}
	if c.h != nil {
		s.H, s.GradH = c.h.Data, c.h.Grad
	}
	if !t.keepGradients {
		s.GradZ, s.GradH = nil, nil
	}
	return s, true
}
