package local

import (
	"context"
)

// pushersAtOnce is how many notices the platform pushes at the same time: those of a batch come in a burst.
const pushersAtOnce = 16

// crew pushes what the platform tells the accounts on its own. All but ctx and end is guarded by WeChat.mu.
type crew struct {
	ctx     context.Context // ended by Close
	end     context.CancelFunc
	waiting []Packet
	pushers int
	working int           // with those who look at pictures
	idle    chan struct{} // closed when the last worker stops
}

func newCrew() crew {
	ctx, end := context.WithCancel(context.Background())
	return crew{ctx: ctx, end: end}
}

// later pushes a notice in the background. Its answer is judged and traced, and nobody is shown anything.
func (w *WeChat) later(p Packet) {
	c := &w.crew
	if c.ctx.Err() != nil {
		return
	}
	c.waiting = append(c.waiting, p)
	if c.pushers == pushersAtOnce {
		return
	}
	c.begin()
	c.pushers++
	go w.pushWaiting()
}

// begin counts one more who works, finish one less.
func (c *crew) begin() {
	if c.working == 0 {
		c.idle = make(chan struct{})
	}
	c.working++
}

func (c *crew) finish() {
	if c.working--; c.working == 0 {
		close(c.idle)
	}
}

func (w *WeChat) pushWaiting() {
	for {
		p, ok := w.nextWaiting()
		if !ok {
			return
		}
		_, _ = w.Deliver(w.crew.ctx, p) // its error is the end of ctx; the answer is in the trace
	}
}

// nextWaiting takes the oldest notice; without one, or after the end, the worker is gone.
func (w *WeChat) nextWaiting() (Packet, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &w.crew
	if c.ctx.Err() != nil {
		c.waiting = nil
	}
	if len(c.waiting) == 0 {
		c.pushers--
		c.finish()
		return Packet{}, false
	}
	p := c.waiting[0]
	c.waiting = c.waiting[1:]
	return p, true
}

// Settle waits until everything the platform pushes on its own has been pushed, or returns ctx's error.
func (w *WeChat) Settle(ctx context.Context) error {
	w.mu.Lock()
	busy, idle := w.crew.working > 0, w.crew.idle
	w.mu.Unlock()
	if !busy {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
