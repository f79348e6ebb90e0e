package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
)

// pushers is how many messages are on the wire at once.
const pushers = 16

// push prepares the job that tells people what waits for them.
func (s *service) push() error {
	sender, err := weixin.NewSender(s.cfg.Wechat.APIBaseURL, s.tokens)
	if err != nil {
		return err
	}
	p := postman{routes: s.cfg.Push.routes(), official: sender, app: s.cfg.MiniProgram.AppID}
	if s.miniTokens != nil {
		if p.mini, err = weixin.NewSender(s.cfg.Wechat.APIBaseURL, s.miniTokens); err != nil {
			return err
		}
	}
	push := &jobs.Push{
		Outbox:  outbox{s.store, s.clock.Now, storage.Sending{Ways: p.ways, Daily: s.cfg.Push.daily()}},
		Postman: p, Workers: pushers, Pause: s.cfg.Push.pause(), Log: s.log, Became: s.metrics.Pushed,
	}
	s.handlers[push.Name()] = push.Run
	return nil
}

// hearing takes what the platform and people do beside what they ask.
func (s *service) hearing() *jobs.Ear {
	return &jobs.Ear{Diary: diary{s.store, s.clock.Now}, Log: s.log, Reported: s.metrics.Reported}
}

// did notes by what somebody did how they can be reached.
func did(ear *jobs.Ear) func(bot.Update) {
	said := []bot.Kind{bot.Text, bot.Voice, bot.Image, bot.Unsupported}
	return func(u bot.Update) {
		ear.Sign(notice.Sign{OpenID: u.From, At: u.At, Said: slices.Contains(said, u.Kind), Gone: u.Kind == bot.Unfollow})
	}
}

// toldTo notes what the platform tells of our messages.
func toldTo(ear *jobs.Ear) func(weixin.Told) {
	return func(t weixin.Told) {
		for _, w := range t.Words {
			ear.Word(w)
		}
		for _, c := range t.Consents {
			ear.Consent(c)
		}
	}
}

// toldMini is told for the Mini Program; nobody listens without an official account.
func (s *service) toldMini() func(weixin.Told) {
	if s.ear == nil {
		return nil
	}
	return toldTo(s.ear)
}

// outbox is the store at the product's time.
type outbox struct {
	*storage.Store
	now     func() time.Time
	sending storage.Sending
}

func (o outbox) Take(ctx context.Context, n int) ([]notice.Letter, int, error) {
	return o.TakePushes(ctx, n, o.now(), o.sending)
}

func (o outbox) End(ctx context.Context, results []notice.Result) error {
	return o.EndPushes(ctx, o.now(), results)
}

func (o outbox) Lose(ctx context.Context) (doubtful, again int, err error) {
	return o.LosePushes(ctx, o.now())
}

func (o outbox) Hold(ctx context.Context, d time.Duration) error {
	return o.Lease(ctx, jobs.PushJob, d)
}

// diary is the store at the product's time.
type diary struct {
	*storage.Store
	now func() time.Time
}

func (d diary) Report(ctx context.Context, words []notice.Word) ([]notice.Word, error) {
	return d.ReportPushes(ctx, d.now(), words)
}

func (d diary) Learn(ctx context.Context, signs []notice.Sign, used []notice.Used, consents []notice.Consent) error {
	return d.Store.Learn(ctx, storage.Learnt{Signs: signs, Used: used, Consents: consents})
}

// postman words a letter and brings it to WeChat.
type postman struct {
	routes         map[notice.Kind][]route
	official, mini *weixin.Sender // mini is nil without a Mini Program
	app            string         // the Mini Program's
}

// ways are those that a kind goes by.
func (p postman) ways(k notice.Kind) []notice.Way {
	var ways []notice.Way
	for _, r := range p.routes[k] {
		if !r.Channel.Mini() || p.mini != nil {
			ways = append(ways, r.Way)
		}
	}
	return ways
}

// Post sends a letter once and tells what WeChat said.
func (p postman) Post(ctx context.Context, l notice.Letter) notice.Result {
	sent, err := p.send(ctx, l)
	result := notice.Result{Letter: l, Answer: answerOf(sent.Verdict), Code: sent.Code, Message: sent.Message}
	var failed *weixin.CallError
	switch {
	case err == nil:
	case errors.Is(err, errNoRoute):
		result.Answer = notice.BadTemplate
	case errors.As(err, &failed) && failed.InDoubt():
		result.Answer = notice.Silent
	case errors.As(err, &failed) && !failed.Passing():
		result.Answer, result.Code = notice.BadAddress, failed.Code // no token for anything
	default:
		result.Answer = notice.Unsent
	}
	return result
}

// errNoRoute is of a letter whose way is not configured any more.
var errNoRoute = errors.New("the way is not configured")

func (p postman) send(ctx context.Context, l notice.Letter) (weixin.Sent, error) {
	home := script.Home{Number: l.Number, Head: l.Head}
	if l.Way.Channel == notice.Service {
		outcome, err := p.official.SendText(ctx, l.To(), script.Push(l.Kind, l.Facts, home, l.Several))
		return weixin.Sent{Outcome: outcome}, err
	}
	at := slices.IndexFunc(p.routes[l.Kind], func(r route) bool { return r.Way == l.Way })
	if at < 0 || l.Way.Channel.Mini() && p.mini == nil {
		return weixin.Sent{}, errNoRoute
	}
	r := p.routes[l.Kind][at]
	letter := weixin.Letter{
		To: l.To(), Template: r.Template, Page: r.page, App: p.app, Number: "xf" + strconv.FormatInt(l.ID, 10),
		Fields: script.Fields(r.slots, l.Kind, l.Facts, home, calendar.DateOf(l.CameAt)),
	}
	switch {
	case l.Way.Channel.Mini():
		return p.mini.SendMini(ctx, letter)
	case l.Way.Channel == notice.Template:
		return p.official.SendTemplate(ctx, letter)
	}
	return p.official.SendSubscribed(ctx, letter)
}

var meanings = map[weixin.Verdict]notice.Answer{
	weixin.Accepted: notice.Taken, weixin.Duplicate: notice.Taken,
	weixin.Busy: notice.Busy, weixin.BadToken: notice.Busy, weixin.SlowDown: notice.SlowDown, weixin.DayQuota: notice.DayFull,
	weixin.BadOpenID: notice.NoSuchPerson, weixin.NotFollowing: notice.NotFollowing,
	weixin.OutsideReach: notice.OutOfWindow, weixin.WindowUsed: notice.WindowUsed,
	weixin.NoCredit: notice.NoConsent, weixin.TooFrequent: notice.TooFrequent,
	weixin.TooLong: notice.BadWords, weixin.BadField: notice.BadWords,
	weixin.Template: notice.BadTemplate, weixin.Setup: notice.BadSetup, weixin.CallerIP: notice.BadAddress,
}

// answerOf is what WeChat's verdict means for a notice.
func answerOf(v weixin.Verdict) notice.Answer {
	if a, known := meanings[v]; known {
		return a
	}
	return notice.Refused
}
