package bot_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// longYear gives 王桂兰 so many lines and so many events that wait.
func longYear(town *town, lines, waiting int) {
	items := catalogue.County()
	town.homes[31].lines = nil
	for i := range waiting {
		town.homes[31].lines = append(town.homes[31].lines, event(0, on(11, 20), fmt.Sprintf("等%d的%s", i+1, items[i].Title), 30))
	}
	for no := lines; no > 0; no-- {
		item := items[no%len(items)]
		town.homes[31].lines = append(town.homes[31].lines, event(no, on(1, 1).AddDays(no*3), item.Title, item.Value))
	}
}

var (
	numberOf  = regexp.MustCompile(`(?m)^第(\d+)条 `)
	waitingOf = regexp.MustCompile(`(?m)^待确认 .* 等(\d+)的`)
)

// TestAllPages turns the pages of 60 lines and sees each line once, in order.
func TestAllPages(t *testing.T) {
	t.Parallel()
	for _, waiting := range []int{0, 1, 9} {
		c := newChat(t, newTown(), "o-wang")
		longYear(c.town, 60, waiting)
		var seen, want []string
		for i := range waiting {
			want = append(want, fmt.Sprintf("w%d", i+1))
		}
		for no := 60; no > 0; no-- {
			want = append(want, fmt.Sprint(no))
		}
		page := c.say("明细")
		for range len(want) + 1 { // no page is empty
			for _, m := range waitingOf.FindAllStringSubmatch(page, -1) {
				seen = append(seen, "w"+m[1])
			}
			for _, m := range numberOf.FindAllStringSubmatch(page, -1) {
				seen = append(seen, m[1])
			}
			if !script.Fits(page) {
				t.Errorf("too long: %q", page)
			}
			if !strings.HasSuffix(page, "更多") {
				break
			}
			page = c.say("更多")
		}
		if !slices.Equal(seen, want) {
			t.Errorf("%d waiting: seen %v", waiting, seen)
		}
	}
}

// TestPagesStayWhileLinesCome shows that pages do not shift when an event is
// confirmed and a line is added between two of them.
func TestPagesStayWhileLinesCome(t *testing.T) {
	t.Parallel()
	quiet, busy := newChat(t, newTown(), "o-wang"), newChat(t, newTown(), "o-wang")
	longYear(quiet.town, 60, 0)
	longYear(busy.town, 60, 0)
	want, got := quiet.say("明细"), busy.say("明细")
	for n := 61; n < 121 && strings.HasSuffix(want, "更多"); n++ {
		if want != got {
			t.Fatalf("got %q, want %q", got, want)
		}
		h := busy.town.homes[31]
		h.lines = append([]script.Line{event(n, on(11, 24), "志愿服务", 30)}, h.lines...)
		want, got = quiet.say("更多"), busy.say("更多")
	}
}

// TestParallelDuplicates sends the same message many times at once: one
// answer, and the conversation moves on once.
func TestParallelDuplicates(t *testing.T) {
	t.Parallel()
	town := newTown()
	longYear(town, 60, 0)
	c := newChat(t, town, "o-wang")
	c.say("明细")
	again := bot.Update{Key: "same", From: "o-wang", Kind: bot.Text, Words: "更多"}
	want := c.send(again)
	writes := town.writes
	replies := make([]string, 16)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() {
			reply, err := c.bot.Respond(t.Context(), again)
			if err != nil {
				t.Error(err)
			}
			replies[i] = reply.Text
		})
	}
	all.Wait()
	for _, reply := range replies {
		if reply != want {
			t.Errorf("got %q, want %q", reply, want)
		}
	}
	if town.writes != writes {
		t.Errorf("written %d times more", town.writes-writes)
	}
	if next := c.say("更多"); next == want || !strings.Contains(next, "条") {
		t.Errorf("the next page is %q", next)
	}
}

// TestSwitchOnce repeats the number that switches the household.
func TestSwitchOnce(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-li")
	c.say("换户")
	u := bot.Update{Key: "switch", Kind: bot.Text, Words: "2"}
	first, second := c.send(u), c.send(u)
	if first != second || c.town.switches != 1 || c.town.people["o-li"].current != 53 {
		t.Errorf("%q, %q, switched %d times to %d", first, second, c.town.switches, c.town.people["o-li"].current)
	}
}

// TestPointsWriteNothing holds what makes the hot question cheap.
func TestPointsWriteNothing(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-wang")
	for _, words := range []string{"积分", "查分", "鸡分", "排名", "公示", "前十"} {
		c.say(words)
	}
	if c.town.writes != 0 || len(c.town.outcomes) != 0 || len(c.town.asked) != 0 {
		t.Errorf("%d writes, %d outcomes, %d lines read", c.town.writes, len(c.town.outcomes), len(c.town.asked))
	}
}

// TestStrangersWriteNothing keeps who belongs to no household from filling tables.
func TestStrangersWriteNothing(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"o-nobody", "o-zhou"} {
		c := newChat(t, newTown(), from)
		for _, words := range []string{"积分", "明细", "更多", "1", "取消", "换户", "讲个笑话"} {
			c.say(words)
		}
		if c.town.writes != 0 || len(c.town.outcomes) != 0 || len(c.town.asked) != 0 {
			t.Errorf("%s: %d writes, %d outcomes, %d lines read", from, c.town.writes, len(c.town.outcomes), len(c.town.asked))
		}
	}
}

// TestHouseholdIsNamed holds that a person with two households reads in every
// answer which one it is about.
func TestHouseholdIsNamed(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"积分", "明细", "二季度", "去年明细", "谁扣的", "排名", "前十", "全镇排名", "公示", "帮助", "你好", "换户", "7", "更多", "取消", "讲个笑话", "兑换",
	} {
		c := newChat(t, newTown(), "o-li")
		if reply := c.say(words); !strings.Contains(reply, "李建国家（HQ-0052）") {
			t.Errorf("%s is answered %q", words, reply)
		}
	}
}

// TestAnyWords sends anything at all, in any order: there is always an answer
// within the limits, and nobody's data is asked for by another's openid.
func TestAnyWords(t *testing.T) {
	t.Parallel()
	known := []string{"积分", "明细", "更多", "换户", "1", "2", "3", "取消", "排名", "前十", "公示", "二季度", "谁扣的", "兑换", "退订", "?", "全镇排名", "去年明细"}
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.SampledFrom([]string{"o-wang", "o-li", "o-chen", "o-zhao", "o-sun", "o-zhou", "o-nobody"}).Draw(rt, "from")
		c := newChat(t, newTown(), from)
		longYear(c.town, rapid.IntRange(1, 60).Draw(rt, "lines"), 1)
		for i := range rapid.IntRange(1, 8).Draw(rt, "messages") {
			u := bot.Update{
				Key: fmt.Sprint(i), From: from,
				Kind:     rapid.SampledFrom([]bot.Kind{bot.Text, bot.Text, bot.Text, bot.Voice, bot.Image, bot.Follow, bot.Click, bot.Scan, bot.Unsupported}).Draw(rt, "kind"),
				Words:    rapid.OneOf(rapid.SampledFrom(known), rapid.String(), rapid.StringMatching(`[积分明细排名第一二三季度前十户条扣的我家0-9?？ ]{0,12}`)).Draw(rt, "words"),
				EventKey: rapid.SampledFrom([]string{"", "points", "lines", "more", "fallback", "number", "x"}).Draw(rt, "event"),
			}
			reply, err := c.bot.Respond(t.Context(), u)
			if err != nil || reply.Text == "" || !script.Fits(reply.Text) || len(reply.Text) > 2048 {
				rt.Fatalf("%q is answered %q, %v", u.Words, reply.Text, err)
			}
			c.town.clock = c.town.clock.Add(time.Duration(rapid.IntRange(0, 12).Draw(rt, "minutes")) * time.Minute)
		}
		for openid := range c.town.openids {
			if openid != from {
				rt.Fatalf("%s asked for %s", from, openid)
			}
		}
		for _, q := range c.town.asked {
			if q.OpenID != from {
				rt.Fatalf("%s asked for the lines of %s", from, q.OpenID)
			}
		}
	})
}

// TestKeyUsedForSomethingElse words what storage refuses under a used key.
func TestKeyUsedForSomethingElse(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-wang")
	c.town.outcomes["used"] = fault.Outcome{Code: fault.Conflict}
	reply := c.send(bot.Update{Key: "used", Kind: bot.Text, Words: "更多"})
	if reply != "这一条没有办成。\n请再发一次。" {
		t.Errorf("got %q", reply)
	}
}

// TestUnfollow says nothing and reads nothing.
func TestUnfollow(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-wang")
	if reply := c.send(bot.Update{Key: "u", Kind: bot.Unfollow}); reply != "" || len(c.town.openids) != 0 {
		t.Errorf("%q, after asking for %v", reply, c.town.openids)
	}
}

var errAway = errors.New("the database is away")

// away fails at one of the readings.
type away struct {
	*town
	standing, lines, rows, sheet, homes, save, items, posted, cases, off, own, helping error
}

func (a away) Standing(ctx context.Context, openid string) (script.Standing, script.Version, error) {
	s, v, _ := a.town.Standing(ctx, openid)
	return s, v, a.standing
}

func (a away) Lines(ctx context.Context, q ask.Query) (script.Lines, error) {
	l, _ := a.town.Lines(ctx, q)
	return l, a.lines
}

func (a away) SheetRows(ctx context.Context, openid string) ([]script.Row, error) {
	r, _ := a.town.SheetRows(ctx, openid)
	return r, a.rows
}

func (a away) Sheet(ctx context.Context, openid string) (script.Published, error) {
	p, _ := a.town.Sheet(ctx, openid)
	return p, a.sheet
}

func (a away) Homes(ctx context.Context, openid string) ([]script.Home, int, error) {
	h, n, _ := a.town.Homes(ctx, openid)
	return h, n, a.homes
}

func (a away) Items(ctx context.Context, openid string, year int) ([]catalogue.Item, error) {
	i, _ := a.town.Items(ctx, openid, year)
	return i, a.items
}

func (a away) Objectable(ctx context.Context, p household.PersonID, h household.ID, year, no int, now time.Time) (script.Objectable, error) {
	o, _ := a.town.Objectable(ctx, p, h, year, no, now)
	return o, a.posted
}

func (a away) Cases(context.Context, household.PersonID, household.ID, time.Time) ([]script.Dispute, error) {
	return nil, a.cases
}

func (a away) NoticesOff(context.Context, string) (notice.Off, error) { return nil, a.off }

func (a away) Suggestions(context.Context, string, int) ([]suggestion.Suggestion, error) {
	return nil, a.own
}

func (a away) Helping(context.Context, string, calendar.Date) (script.Helping, error) {
	return script.Helping{}, a.helping
}

func (a away) SaveStep(context.Context, string, usecase.Step) error { return a.save }

// TestErrorsReachTheRim shows that nothing is made up when the database is away.
func TestErrorsReachTheRim(t *testing.T) {
	t.Parallel()
	for words, broken := range map[string]away{
		"积分": {standing: errAway}, "明细": {lines: errAway}, "二季度": {save: errAway}, "排名": {rows: errAway},
		"前十": {rows: errAway}, "公示": {sheet: errAway}, "换户": {homes: errAway}, "切换": {save: errAway},
		"细则": {items: errAway}, "第3条不对": {posted: errAway}, "进度": {cases: errAway}, "催一下": {cases: errAway}, "订阅": {off: errAway}, "我的建议": {own: errAway}, "代办": {helping: errAway}, "帮助": {save: errAway},
	} {
		town := newTown()
		broken.town = town
		ports := town.ports()
		ports.Read, ports.Talk, ports.Disputes.Read = broken, broken, broken
		b := bot.New(ports)
		reply, err := b.Respond(t.Context(), bot.Update{Key: "1", From: "o-li", Kind: bot.Text, Words: words})
		if !errors.Is(err, errAway) || reply != (bot.Reply{}) {
			t.Errorf("%s: %q, %v", words, reply.Text, err)
		}
	}
}

// TestListingOfAnotherHome holds that a page of one household is not shown
// under the name of another after a switch on the way.
func TestListingOfAnotherHome(t *testing.T) {
	t.Parallel()
	c := newChat(t, newTown(), "o-li")
	c.town.homes[52].lines = c.town.homes[31].lines
	c.say("明细")
	c.town.people["o-li"].current = 53
	if reply := c.say("更多"); !strings.Contains(reply, "后面没有了") {
		t.Errorf("got %q", reply)
	}
}

// TestJanuary asks about times at the turn of the year.
func TestJanuary(t *testing.T) {
	t.Parallel()
	town := newTown()
	town.clock = time.Date(2027, 1, 5, 10, 0, 0, 0, calendar.Shanghai)
	c := newChat(t, town, "o-wang")
	for words, want := range map[string]string{
		"积分": "王桂兰家2026年积分125分", "去年积分": "王桂兰家2026年积分125分", "明细": "王桂兰家2026年明细", "上季度": "王桂兰家2026年第四季度明细",
		"四季度": "王桂兰家2026年第四季度明细", "去年明细": "王桂兰家2026年明细", "今年明细": "王桂兰家2027年没有记录。", "第三季度排名": "王桂兰家2026年第三季度排第5，共排68户",
	} {
		if got, _, _ := strings.Cut(c.say(words), "\n"); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

// BenchmarkRespond measures the hot question without storage, and the ways to
// understand words that cost more.
func BenchmarkRespond(b *testing.B) {
	for _, words := range []string{"积分", "請問我家還有多少積分呀", "鸡分", "张三家的积分怎么换东西嘛"} {
		b.Run(words, func(b *testing.B) {
			town := newTown()
			answer := town.bot()
			u := bot.Update{Key: "1", From: "o-wang", Kind: bot.Text, Words: words}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := answer.Respond(b.Context(), u); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	town := newTown()
	for b.Loop() {
		town.bot()
	}
}

// TestWhoFloodsIsSlowedDown: where there is no room for more the act is not
// done and its question stays open; questions are answered as ever.
func TestWhoFloodsIsSlowedDown(t *testing.T) {
	t.Parallel()
	town := newTown()
	ports := town.ports()
	var counted []string
	room := false
	ports.Allow = func(_ context.Context, key, _ string) (bool, time.Duration) {
		counted = append(counted, key)
		return room, time.Minute
	}
	b := bot.New(ports)
	for n, say := range []struct{ words, want string }{{"积分", "分"}, {"换户", "1"}, {"2", "太快"}, {"好", "太快"}, {"2", "现在看的是"}} {
		room = n == 4
		reply, err := b.Respond(t.Context(), bot.Update{Key: fmt.Sprint(n), From: "o-li", Kind: bot.Text, Words: say.words})
		if err != nil || !strings.Contains(reply.Text, say.want) {
			t.Errorf("%s: %q, %v; want %s", say.words, reply.Text, err, say.want)
		}
	}
	if town.switches != 1 || len(counted) != 3 || counted[0] != "chat:o-li" {
		t.Errorf("%d switches, counted %v", town.switches, counted)
	}
}
