package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// Outbox keeps the notices on their way. It is one for all instances.
type Outbox interface {
	// Take puts notices that are due on the wire and returns them; of looked ones,
	// the others are not to be sent now.
	Take(ctx context.Context, n int) (letters []notice.Letter, looked int, err error)
	// End keeps what the platform said.
	End(ctx context.Context, results []notice.Result) error
	// PutBack takes letters off the wire that were not sent.
	PutBack(ctx context.Context, letters []notice.Letter) error
	// Lose looks for messages that nothing is heard of any more, and returns how
	// many are in doubt now and how many are sent again.
	Lose(ctx context.Context) (doubtful, again int, err error)
	// Hold keeps others from sending for a while; 0 lets them.
	Hold(ctx context.Context, d time.Duration) error
}

// Postman brings a letter to the platform, once, and tells what it said.
type Postman interface {
	Post(ctx context.Context, l notice.Letter) notice.Result
}

// PushJob is the kind under which sending is enqueued.
const PushJob = "push"

// How sending goes.
const (
	pushTime   = 30 * time.Second // of one run; the next one goes on
	postTime   = 10 * time.Second // of one message, with a renewed token
	takenTime  = 8 * time.Second  // that a letter may wait for who posts it
	holdTime   = 4 * time.Second
	holdEvery  = time.Second
	loseEvery  = time.Second
	recordTime = 15 * time.Second // that a database may be away until what was said is lost
	cautious   = 30 * time.Second // after the platform was away
	alarmEvery = time.Minute

	answerEvery = 20 * time.Millisecond
)

// Push sends what people are told without asking. Only one process sends at a
// time, in this many at once; should two, each notice still goes out once.
type Push struct {
	Outbox  Outbox
	Postman Postman
	Workers int           // messages on the wire at once
	Pause   time.Duration // between two messages, to keep to a pace; 0 for none
	Log     *slog.Logger
	// Became counts what became of messages; nil counts nothing.
	Became func(c notice.Channel, became string, n int)

	running sync.Mutex
	careful bool // the platform was away: one message first
	alarms  alarms
}

// Name is the kind under which the job is enqueued.
func (*Push) Name() string { return PushJob }

// Run sends what is due, for half a minute at most. What it took and did not send
// is put back; whatever the platform said is kept also where ctx ends.
func (p *Push) Run(ctx context.Context, _ []byte, _ int) error {
	if !p.running.TryLock() {
		return nil // this process sends already
	}
	defer p.running.Unlock()
	ctx, cancel := context.WithTimeout(ctx, pushTime)
	defer cancel()
	held := p.hold(ctx)
	away, err := p.send(ctx)
	cancel()
	<-held
	wait := time.Duration(0)
	if away {
		p.Log.Warn("the platform does not answer; sending pauses", "for", cautious)
		wait = cautious
	}
	free, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer stop()
	_ = p.Outbox.Hold(free, wait) // else others begin a little later
	return err
}

// hold keeps others from sending while this process does.
func (p *Push) hold(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(holdEvery)
		defer tick.Stop()
		for ctx.Err() == nil {
			_ = p.Outbox.Hold(ctx, holdTime) // should two send, each notice still goes out once
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	}()
	return done
}

// taken is a letter, and since when it is on the wire.
type taken struct {
	notice.Letter
	at time.Time
}

// line is what is on the wire in one run.
type line struct {
	*Push
	letters chan taken
	results chan notice.Result

	mu      sync.Mutex
	silent  int  // messages in a row that the platform did not answer
	careful bool // until it answers one
	away    bool
	back    []notice.Letter
}

func (p *Push) send(ctx context.Context) (away bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &line{Push: p, careful: p.careful, letters: make(chan taken, p.Workers/2), results: make(chan notice.Result, 4*p.Workers)}
	var posting, recording sync.WaitGroup
	for range p.Workers {
		posting.Go(func() { l.post(ctx, cancel) })
	}
	recording.Go(l.record)
	err = l.feed(ctx)
	close(l.letters)
	posting.Wait()
	close(l.results)
	recording.Wait()
	p.careful = l.away || l.careful
	if len(l.back) > 0 {
		after, stop := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
		defer stop()
		if back := p.Outbox.PutBack(after, l.back); err == nil {
			err = back
		}
	}
	return l.away, err
}

// feed hands out what is due until there is no more, ctx ends or the database
// does not answer.
func (l *line) feed(ctx context.Context) error {
	var lost time.Time
	next := time.Now()
	for ctx.Err() == nil {
		if time.Since(lost) >= loseEvery {
			if err := l.lose(ctx); err != nil {
				return quiet(ctx, err)
			}
			lost = time.Now()
		}
		n, careful := l.Workers, l.unanswered()
		if careful {
			n = 1
		}
		began := time.Now()
		letters, looked, err := l.Outbox.Take(ctx, n)
		if err != nil {
			return quiet(ctx, err)
		}
		if looked == 0 {
			return nil
		}
		for i, letter := range letters {
			if !l.hand(ctx, taken{letter, began}, &next) {
				l.putBack(letters[i:]...)
				return nil
			}
		}
		for careful && len(letters) > 0 && l.unanswered() && ctx.Err() == nil {
			time.Sleep(answerEvery)
		}
	}
	return nil
}

// quiet is no error where the run has just come to its end.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// unanswered tells whether the platform was away and has not answered since.
func (l *line) unanswered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.careful
}

// hand gives a letter to who posts next, at the pace.
func (l *line) hand(ctx context.Context, letter taken, next *time.Time) bool {
	if wait := time.Until(*next); wait > 0 {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
	*next = next.Add(l.Pause)
	if now := time.Now(); next.Before(now) {
		*next = now
	}
	select {
	case <-ctx.Done():
		return false
	case l.letters <- letter:
		return true
	}
}

func (l *line) lose(ctx context.Context) error {
	doubtful, again, err := l.Outbox.Lose(ctx)
	if doubtful > 0 {
		l.Log.Warn("messages are in doubt, and not sent again", "messages", doubtful)
		l.became("", string(notice.InDoubt), doubtful)
	}
	if again > 0 {
		l.became("", "repeated", again)
	}
	return err
}

func (p *Push) became(c notice.Channel, became string, n int) {
	if p.Became != nil {
		p.Became(c, became, n)
	}
}

func (l *line) putBack(letters ...notice.Letter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.back = append(l.back, letters...)
}

// post brings letters to the platform one after the other. A letter on its way
// is not given up because the run ends.
func (l *line) post(ctx context.Context, stop func()) {
	for letter := range l.letters {
		if ctx.Err() != nil || time.Since(letter.at) > takenTime {
			l.putBack(letter.Letter)
			continue
		}
		posting, cancel := context.WithTimeout(context.WithoutCancel(ctx), postTime)
		result := l.Postman.Post(posting, letter.Letter)
		cancel()
		l.became(letter.Way.Channel, string(result.Answer), 1)
		if result.Answer.Alarming() && l.alarms.first(result) {
			l.Log.Error("a message was refused for what somebody has to mend", "answer", string(result.Answer), "code", result.Code,
				"channel", string(letter.Way.Channel), "kind", string(letter.Kind), "template", letter.Way.Template)
		}
		if l.heard(result.Answer) {
			stop()
		}
		l.results <- result
	}
}

// heard counts how many messages in a row the platform did not answer, and tells
// when there were so many that it must be away.
func (l *line) heard(a notice.Answer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a != notice.Silent && a != notice.Unsent {
		l.silent, l.careful = 0, false
		return false
	}
	l.silent++
	l.away = l.away || l.careful || l.silent >= max(l.Workers, 4)
	return l.away
}

// record keeps what was said, as much at once as there is.
func (l *line) record() {
	for first := range l.results {
		batch := []notice.Result{first}
		for more := true; more && len(batch) < 4*l.Workers; {
			select {
			case r, ok := <-l.results:
				if more = ok; ok {
					batch = append(batch, r)
				}
			default:
				more = false
			}
		}
		l.keep(batch)
	}
}

// keep tries for a while: what is not kept is in doubt, or sent again.
func (l *line) keep(batch []notice.Result) {
	ctx, cancel := context.WithTimeout(context.Background(), recordTime)
	defer cancel()
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := l.Outbox.End(ctx, batch)
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			l.Log.Error("what became of messages was not kept", "messages", len(batch), "error", err)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// alarms keeps the log from saying the same of each message.
type alarms struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (a *alarms) first(r notice.Result) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := string(r.Answer) + " " + string(r.Way.Channel) + " " + r.Way.Template
	if time.Since(a.last[key]) < alarmEvery {
		return false
	}
	if a.last == nil {
		a.last = map[string]time.Time{}
	}
	a.last[key] = time.Now()
	return true
}
