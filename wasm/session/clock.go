package session

import "time"

// Looking at the points must not slow training much: refreshing them takes at most one share of the time, the whole
// evaluation another; but nobody should wait longer than evaluateWithin to see whether anything is learned, unless an
// evaluation takes so long that it would then be more than evaluateMost of the time.
const (
	snapshotEvery  = 500 * time.Millisecond
	snapshotShare  = 0.05
	evaluateEvery  = 1500 * time.Millisecond
	evaluateShare  = 0.12
	evaluateWithin = 6 * time.Second
	evaluateMost   = 1. / 3
	leastRefreshed = 32
)

// clock decides when it is time to look, from what looking took before.
type clock struct {
	snapshot, evaluation time.Time // when the last one ended
	evaluating           time.Duration
	perImage             time.Duration // of embedding
	step                 time.Time     // when the last step ended
	speed                float64       // images a second, smoothed; 0 before the second step
}

// start begins a run. What embedding costs is learned anew.
func (c *clock) start() { *c = clock{} }

func (c *clock) snapshotDue(now time.Time) bool { return now.Sub(c.snapshot) >= snapshotEvery }

func (c *clock) evaluationDue(now time.Time) bool {
	rest := func(share float64) time.Duration { return time.Duration(float64(c.evaluating) * (1 - share) / share) }
	return now.Sub(c.evaluation) >= min(max(evaluateEvery, rest(evaluateShare)), max(evaluateWithin, rest(evaluateMost)))
}

// affordable returns how many of n points to embed for the next snapshot.
func (c *clock) affordable(now time.Time, n int) int {
	if c.perImage == 0 {
		return min(leastRefreshed, n)
	}
	budget := snapshotShare * float64(now.Sub(c.snapshot))
	return min(max(int(budget/float64(c.perImage)), leastRefreshed), n)
}

// embedded notes what embedding n images took.
func (c *clock) embedded(n int, took time.Duration) {
	each := took / time.Duration(n)
	if c.perImage == 0 {
		c.perImage = each
	}
	c.perImage = (3*c.perImage + each) / 4
}

// stepped notes that a step of so many images ended.
func (c *clock) stepped(images int) {
	now := time.Now()
	if !c.step.IsZero() {
		v := float64(images) / max(now.Sub(c.step).Seconds(), 1e-6)
		if c.speed == 0 {
			c.speed = v
		}
		c.speed += 0.2 * (v - c.speed)
	}
	c.step = now
}

// rested notes that training stood still, so that the pause does not count as a step's time.
func (c *clock) rested() { c.step = time.Time{} }
