package bot_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	rules "github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// The persons of the hamlet.
const (
	wang household.PersonID = iota + 1
	zhou
	wu
	sun
)

// did fails the test unless an act took effect.
func did(t testing.TB) func(fault.Outcome, error) fault.Facts {
	return func(out fault.Outcome, err error) fault.Facts {
		t.Helper()
		if err != nil || out.Refused() {
			t.Fatalf("%+v, %v", out, err)
		}
		return out.Facts
	}
}

func (h *hamlet) by(who household.PersonID) usecase.Command {
	return usecase.Command{Key: rand.Text(), Actor: who, Now: h.now()}
}

// earn lets 王桂兰's household take part in a clean-up day: 孙会计 records it, 周书记
// confirms it. It is the household's next line.
func (h *hamlet) earn(t testing.TB) {
	t.Helper()
	u := record.Record{Once: storage.As(h.Store, func(tx *storage.Tx) record.Tx { return tx })}
	made := did(t)(u.Do(t.Context(), h.by(sun), record.Request{
		Village: 1, Targets: []record.Target{{Household: wangs}}, Item: "HJ06", On: calendar.DateOf(h.now()), Place: "1组", Note: "来过",
	}))
	r, err := h.RecordOf(t.Context(), rules.RecordID(made.ID))
	if err != nil {
		t.Fatal(err)
	}
	c := assess.Confirm{Once: storage.As(h.Store, func(tx *storage.Tx) assess.Tx { return tx })}
	did(t)(c.Do(t.Context(), h.by(zhou), r.Events[0].ID))
}

// talk is somebody of the hamlet talking; every message is answered by another
// instance of the service, as if the one before had been restarted.
type talk struct {
	*hamlet
	t    *testing.T
	from string
	n    int
}

func (c *talk) send(u bot.Update) string {
	c.t.Helper()
	u.From, u.At = c.from, c.now()
	reply, err := c.bot().Respond(c.t.Context(), u)
	if err != nil {
		c.t.Fatal(err)
	}
	again, err := c.bot().Respond(c.t.Context(), u)
	if err != nil || again != reply {
		c.t.Errorf("%q the second time:\n%s\nwant %s, %v", u.Words, again.Text, reply.Text, err)
	}
	if !script.Fits(reply.Text) {
		c.t.Errorf("%q: %q", u.Words, reply.Text)
	}
	return reply.Text
}

// says sends words and fails the test unless the reply holds all parts.
func (c *talk) says(words string, want ...string) {
	c.t.Helper()
	c.n++
	c.reads(words, c.send(bot.Update{Key: fmt.Sprintf("%s-%d", c.from, c.n), Kind: bot.Text, Words: words}), want)
}

func (c *talk) shows(picture string, want ...string) {
	c.t.Helper()
	c.n++
	c.reads(picture, c.send(bot.Update{Key: fmt.Sprintf("%s-%d", c.from, c.n), Kind: bot.Image, MediaID: picture}), want)
}

func (c *talk) reads(what, got string, want []string) {
	c.t.Helper()
	for _, part := range want {
		if !strings.Contains(got, part) {
			c.t.Errorf("%s: %q\nwant %q in it", what, got, part)
		}
	}
}

func newTalk(t *testing.T) *talk {
	h := newHamlet(t, conformance.SQLite)
	h.earn(t)
	h.earn(t)
	return &talk{hamlet: h, t: t, from: "o-wang"}
}

// decide lets 吴会计 decide the one dispute.
func (c *talk) decide(who household.PersonID, stands bool, as points.Tenths) {
	c.t.Helper()
	u := object.Decide{Once: c.cases()}
	did(c.t)(u.Do(c.t.Context(), c.by(who), 1, dispute.Ruling{Stands: stands, StandsAs: as, Reason: "问过在场的三户人家"}))
}

// push notes that what waits for somebody was sent to them.
func (c *talk) push() {
	c.t.Helper()
	if _, err := conformance.Tables(c.t, c.dsn).ExecContext(c.t.Context(), "UPDATE push SET state = 'accepted' WHERE state = 'waiting'"); err != nil {
		c.t.Fatal(err)
	}
}

func (c *talk) score() points.Tenths {
	c.t.Helper()
	s, _, err := c.Standing(c.t.Context(), "o-wang")
	if err != nil {
		c.t.Fatal(err)
	}
	return s.Accounts[0].Score
}

// TestDisputed plays the whole of it: filed with words and a picture, hurried,
// decided, taken to the township's door by a 2 long after it was sent.
func TestDisputed(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	before := c.score()
	c.says("异议", "哪一条不对", "少记了一次")
	c.says("第2条不对", "第2条 11月24日 参加清洁日 +2分（孙会计记录，周书记确认）", "还没公示", "为什么", "取消")
	c.says("那天为啥没给我家加够，我们去了两个人", "那天为啥没给我家加够", "照片", "好了")
	c.shows("picture one", "照片收下了1张")
	c.shows("picture two", "照片收下了2张")
	c.shows("picture two", "照片收下了2张")
	c.says("好", "第2条 11月24日 参加清洁日 +2分", "照片2张", "确认")
	c.says("确认", "异议1号", "最迟11月30日", "进度", "撤回")
	c.says("确认", "没有等您确认的事")
	c.says("第2条不对", "是异议1号", "进度")
	c.says("明细", "第2条 11月24日 参加清洁日 +2分，异议中")
	c.says("进度", "异议1号：第2条参加清洁日", "等小组来查，最迟11月30日", "催一下")
	c.says("催一下", "替您催了异议1号", "最迟11月30日")
	c.says("催一下", "今天催过了")
	c.says("认可", "没有等您回话")
	if got := c.score(); got != before {
		t.Errorf("the score moved to %s while it was in dispute", got)
	}
	c.decide(wu, false, 30)
	if got := c.score(); got != before+10 {
		t.Errorf("the score is %s, want %s", got, before+10)
	}
	c.says("2", "不知道您要选哪一样") // it was not sent yet
	c.push()
	c.pass(30 * time.Hour)
	c.says("2", "村里定的是：改成+3分", "哪里不服")
	c.says("取消", "不算了")
	c.says("1", "改成+3分", "认可请回：确认")
	c.says("取消", "不算了")
	c.says("2", "哪里不服")
	c.says("应该算两个人的，加四分", "要请镇上看异议1号", "应该算两个人的", "确认")
	c.says("确认", "转给镇上了，最迟12月2日")
	c.says("进度", "等镇上定，最迟12月2日")
	c.says("1", "不知道您要选哪一样")
	c.says("明细", "异议中", "把第2条改过来：参加清洁日 +1分（王桂兰提出，吴会计决定）")
}

// TestDisputeAgreed: the answer to 进度 is a question; its 1 ends it.
func TestDisputeAgreed(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	c.says("第1条不对", "为什么")
	c.says("我们没去，记错人了", "照片")
	c.says("没有", "没有照片", "确认")
	c.says("确认", "异议1号")
	c.decide(zhou, true, 0)
	c.says("明细", "异议维持")
	c.says("进度", "维持不变", "理由：问过在场的三户人家", "1 认可 2 不服，请镇上看")
	c.says("1", "异议1号办完了")
	c.says("不服", "哪一条不对")
	c.says("第1条不对", "是异议1号，不用再提")
}

// TestDisputeDropped leaves the conversation at each step, and takes a filed one back.
func TestDisputeDropped(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	steps := []string{"异议", "第2条不对", "记少了，我们两个人", "好了"}
	for n := range steps {
		for _, words := range steps[:n+1] {
			c.says(words)
		}
		c.says("取消", "不算了")
		c.says("确认", "没有等您确认的事")
		c.says("进度", "还没有提过异议")
	}
	for _, words := range append(steps, "确认") {
		c.says(words)
	}
	c.says("撤回", "要撤回异议1号", "确认")
	c.says("取消", "不算了")
	c.says("撤回", "要撤回异议1号")
	c.says("确认", "异议1号撤回了")
	c.says("撤回", "没有在办的异议")
	c.says("第2条不对", "为什么") // and may be objected to again
	c.pass(11 * time.Minute)
	c.says("我们去了两个人", "过了10分钟")
	c.shows("picture", "还没有存")
}

// TestMissingLine: 少记了一次 names no line; what the village finds right waits for
// a colleague as a declaration.
func TestMissingLine(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	c.says("少记了一次", "少记了什么")
	c.says("第3条不对", "没有第3条")
	c.says("少记了一次", "少记了什么")
	c.says("上个月20号扫院坝没有记", "扫院坝")
	c.says("好了", "要提的是：少记了一次", "确认")
	c.says("确认", "异议1号")
	c.says("进度", "少记的一次")
	c.decide(sun, false, 0)
	c.says("进度", "补记，等小组记上")
	waiting, err := c.Declarations(t.Context(), 1)
	if err != nil || len(waiting) != 1 || waiting[0].Words != "上个月20号扫院坝没有记" || waiting[0].Declarer != wang {
		t.Errorf("%+v, %v", waiting, err)
	}
}

// TestSeveralDisputes asks which one is meant.
func TestSeveralDisputes(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	for _, line := range []string{"第1条不对", "第2条不对"} {
		for _, words := range []string{line, "记少了，我们两个人", "好了", "确认"} {
			c.says(words)
		}
	}
	c.says("进度", "1 异议2号（第2条", "2 异议1号（第1条", "请回数字")
	c.says("2", "异议1号：第1条参加清洁日")
	c.says("催一下", "是哪一件", "1 异议2号")
	c.says("1", "替您催了异议2号")
	c.says("撤回", "是哪一件")
	c.says("2", "要撤回异议1号")
	c.says("确认", "异议1号撤回了")
	c.says("进度", "异议1号（第1条参加清洁日）撤回了")
}

// risky finds that no words may be shown.
func risky(context.Context, usecase.Command, ...string) error { return fault.Refuse(fault.TextRisky) }

// TestDisputeOfOthers: whoever names another household's line is not read their
// own, and is told where to complain.
func TestDisputeOfOthers(t *testing.T) {
	t.Parallel()
	h := newHamlet(t, conformance.SQLite)
	h.earn(t)
	for n, c := range []struct{ words, says string }{
		{"隔壁周家第1条不对", "别家的条目"},
		{"我家第1条不对", "哪里不对"},
		{"他家第1条记错了", "别家的条目"},
		{"王桂兰家第1条不对", "哪里不对"},
		{"地1条不对头", "哪里不对"},
	} {
		reply, err := h.bot().Respond(t.Context(), bot.Update{Key: fmt.Sprint(n), From: "o-wang", Kind: bot.Text, Words: c.words})
		if err != nil || !strings.Contains(reply.Text, c.says) {
			t.Errorf("%s: %s, %v; want %s", c.words, reply.Text, err, c.says)
		}
	}
}

// TestDisputeWords: what the platform finds must not be shown is not filed.
func TestDisputeWords(t *testing.T) {
	t.Parallel()
	h := newHamlet(t, conformance.SQLite)
	h.earn(t)
	ports := bot.Ports{
		Read: storage.Keep(h.Store), Talk: h.Store, Records: h.Store, Teller: h, Now: h.now, Enrol: h.desk(), Deeds: h.deeds(),
		Advance: h.bot().Advance, Disputes: h.disputes(),
	}
	ports.Disputes.Clean = risky
	b := bot.New(ports)
	var last string
	for n, words := range []string{"第1条不对", "骂人的话", "好了", "确认", "进度"} {
		reply, err := b.Respond(t.Context(), bot.Update{Key: fmt.Sprint(n), From: "o-wang", Kind: bot.Text, Words: words})
		if err != nil {
			t.Fatal(err)
		}
		if words == "确认" && !strings.Contains(reply.Text, "不能发的内容") {
			t.Error(reply.Text)
		}
		last = reply.Text
	}
	if !strings.Contains(last, "还没有提过异议") {
		t.Error(last)
	}
}

// TestDisputeByHelper: who helps a household objects for it, under its name, and
// the household sees by whom.
func TestDisputeByHelper(t *testing.T) {
	t.Parallel()
	c := newTalk(t)
	helper := fmt.Sprintf(`INSERT INTO helper (household_id, of_household, person_id, asked_by, state, asked_at, until)
		VALUES (%d, %d, %d, %d, 'accepted', '2026-05-01 00:00:00', '2027-05-01')`, wangs, zhous, zhou, wang)
	if _, err := conformance.Tables(t, c.dsn).ExecContext(t.Context(), helper); err != nil {
		t.Fatal(err)
	}
	c.from = "o-zhou"
	c.says("代办", "3 看王桂兰家的")
	c.says("3", "3 替那家提异议")
	c.says("3", "王桂兰家（HQ-0001）", "哪一条不对")
	c.says("2", "王桂兰家（HQ-0001）", "第2条", "为什么")
	c.says("她家去了两个人，我看见的", "王桂兰家（HQ-0001）", "照片")
	c.shows("picture one", "照片收下了1张")
	c.says("好了", "王桂兰家（HQ-0001）", "要提的是：第2条")
	c.says("确认", "王桂兰家（HQ-0001）", "异议1号")
	c.says("进度", "王桂兰家（HQ-0001）", "异议1号：第2条")
	c.from = "o-wang"
	c.says("代办记录", "代办")
	c.says("代办记录", "替您家提了异议")
	c.says("进度", "异议1号：第2条")
	c.says("撤回", "要撤回异议1号")
}
