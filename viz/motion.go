package viz

// motion moves points from where they are to where the next snapshot has them, so that the eye can follow each.
type motion struct {
	from, to, at []float32 // [n, 3]
	start, end   float64   // seconds
}

// A move takes as long as snapshots are apart, within bounds: a lone snapshot must not crawl.
const shortest, longest = 0.25, 1.2

// aim starts a move to the positions to [n, 3], taking the given time in seconds. Points that were not there before,
// because n differs, appear in place.
func (m *motion) aim(to []float32, now, seconds float64) {
	if len(to) != len(m.at) {
		m.from = make([]float32, len(to))
		m.at = append([]float32(nil), to...)
		seconds = 0
	}
	copy(m.from, m.at)
	m.to, m.start, m.end = to, now, now+seconds
	if seconds == 0 {
		copy(m.at, to)
	}
}

// moving tells whether at has yet to reach to.
func (m *motion) moving() bool { return m.start < m.end }

// advance brings at to the given time. A point's distance from the origin moves evenly too, so that one on the sphere
// stays on it.
func (m *motion) advance(now float64) {
	if !m.moving() {
		return
	}
	t := float32((now - m.start) / (m.end - m.start))
	if t >= 1 {
		copy(m.at, m.to)
		m.start = m.end
		return
	}
	t = max(t, 0)
	t = t * (1.5 - 0.5*t) // starts lively and slows a little, yet without a stop before the next move
	for i := 0; i+2 < len(m.at); i += 3 {
		a, b, p := m.from[i:i+3:i+3], m.to[i:i+3:i+3], m.at[i:i+3:i+3]
		x, y, z := a[0]+(b[0]-a[0])*t, a[1]+(b[1]-a[1])*t, a[2]+(b[2]-a[2])*t
		ra, rb := a[0]*a[0]+a[1]*a[1]+a[2]*a[2], b[0]*b[0]+b[1]*b[1]+b[2]*b[2]
		if r := x*x + y*y + z*z; r > 0 {
			scale := (sqrt(ra) + (sqrt(rb)-sqrt(ra))*t) / sqrt(r)
			x, y, z = x*scale, y*scale, z*scale
		}
		p[0], p[1], p[2] = x, y, z
	}
}
