package bot_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/govern"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// home is a household of the cast.
type home struct {
	script.Home
	place   script.Place
	lines   []script.Line // pending first, then the newest
	account script.Account
	sheet   *script.Placing
}

// person is somebody of the cast who chats.
type person struct {
	id      household.PersonID
	homes   []household.ID
	current household.ID
}

// town is an in-memory stand-in for the storage, with a clock of its own. It
// notes whose lines were asked for and how often something was written.
type town struct {
	mu       sync.Mutex
	clock    time.Time
	homes    map[household.ID]*home
	people   map[string]*person
	steps    map[string]usecase.Step
	outcomes map[string]fault.Outcome
	asked    []ask.Query
	openids  map[string]bool
	writes   int
	drafts   map[string][2]string
	filed    []suggestion.Suggestion
	off      notice.Off
	switches int
}

func on(month time.Month, day int) calendar.Date { return calendar.On(2026, month, day) }

// clock is a Tuesday between two windows: the third quarter is sealed.
var clock = time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.Shanghai)

var huangqiao = script.Place{
	Village: 1, Name: "黄桥村", Desk: "黄桥村积分小组（孙会计 023-5550101）",
	Township: "高阳镇", Office: "镇积分办 023-5550000", Board: "masked",
}

// newTown makes the cast: 王桂兰 (one household, 14 lines and one waiting),
// 李秀英 (two households), 陈建军 (two, none chosen), 赵小满 (newly joined), 孙大海
// (no sheet yet in the village), 周全 (bound to none); whoever else writes is a stranger.
func newTown() *town {
	t := &town{
		clock: clock, homes: map[household.ID]*home{}, people: map[string]*person{}, steps: map[string]usecase.Step{},
		outcomes: map[string]fault.Outcome{}, openids: map[string]bool{}, drafts: map[string][2]string{}, off: notice.Off{},
	}
	t.add(31, "王桂兰", 5, busyYear())
	t.add(52, "李建国", 12, plainYear())
	t.add(53, "李老栓", 5, plainYear())
	t.add(61, "陈建军", 30, plainYear())
	t.add(62, "陈有福", 31, plainYear())
	t.add(70, "赵小满", 0, []script.Line{base()})
	t.add(80, "孙大海", 0, []script.Line{base()})
	t.homes[80].place = script.Place{Village: 2, Name: "青树村"}
	t.homes[80].sheet = nil
	t.people["o-wang"] = &person{1, []household.ID{31}, 31}
	t.people["o-li"] = &person{2, []household.ID{52, 53}, 52}
	t.people["o-chen"] = &person{3, []household.ID{61, 62}, 0}
	t.people["o-zhao"] = &person{4, []household.ID{70}, 70}
	t.people["o-sun"] = &person{5, []household.ID{80}, 80}
	t.people["o-zhou"] = &person{6, nil, 0}
	return t
}

func (t *town) add(id household.ID, head string, rank int, lines []script.Line) {
	account := script.Account{Account: ledger.Account{Household: id, Year: 2026, State: ledger.Open}}
	for _, l := range lines {
		if l.Pending() {
			continue
		}
		if l.Root == ledger.BaseKind || l.Root == ledger.EventKind {
			account.Score += l.Tenths
		}
		switch {
		case l.Root == ledger.EventKind && l.CountsIn.N == 4:
			account.Waiting[3] += l.Tenths
		case l.Root != ledger.BaseKind:
			account.Settled += l.Tenths
		}
		if account.Lines++; len(account.Newest) < 2 {
			account.Newest = append(account.Newest, l)
		}
	}
	t.homes[id] = &home{
		Home: script.Home{ID: id, Number: fmt.Sprintf("HQ-%04d", id), Head: head}, place: huangqiao, lines: lines, account: account,
		sheet: &script.Placing{Quarter: calendar.Quarter{Year: 2026, N: 3}, Rank: rank, Of: 68, Score: account.Score, Sealed: true},
	}
}

func event(no int, d calendar.Date, title string, tenths points.Tenths) script.Line {
	return script.Line{
		No: no, Kind: ledger.EventKind, Root: ledger.EventKind, Title: title, Tenths: tenths,
		OccurredOn: d, CountsIn: calendar.QuarterOf(d), Recorder: "孙会计", Confirmer: "周支书",
	}
}

func base() script.Line {
	return script.Line{No: 1, Kind: ledger.BaseKind, Root: ledger.BaseKind, Tenths: points.Base, OccurredOn: on(1, 1), CountsIn: calendar.Quarter{Year: 2026, N: 1}}
}

func plainYear() []script.Line {
	return []script.Line{event(3, on(8, 2), "志愿服务", 30), event(2, on(3, 8), "参加清洁日（五清理一活动）", 30), base()}
}

func busyYear() []script.Line {
	late := event(9, on(6, 28), "参加技术技能培训", 30)
	late.CountsIn = calendar.Quarter{Year: 2026, N: 3}
	lines := []script.Line{
		base(),
		event(2, on(1, 18), "房前屋后干净、无乱堆乱放", 50),
		event(3, on(2, 3), "参加清洁日（五清理一活动）", 30),
		event(4, on(3, 8), "主动改厨改厕并验收", 100),
		event(5, on(4, 11), "乱倒垃圾", -30),
		{No: 6, Kind: ledger.Redemption, Root: ledger.Redemption, Title: "食用油5升", Tenths: -80, OccurredOn: on(4, 20), CountsIn: calendar.Quarter{Year: 2026, N: 2}, Recorder: "钱老板", Confirmer: "王桂兰"},
		{No: 7, Kind: ledger.Return, Root: ledger.Redemption, Title: "食用油5升", Tenths: 80, Corrects: 6, OccurredOn: on(4, 22), CountsIn: calendar.Quarter{Year: 2026, N: 2}, Recorder: "钱老板", Confirmer: "王桂兰"},
		event(8, on(5, 6), "污水乱排", -30),
		late,
		{No: 10, Kind: ledger.Correction, Root: ledger.EventKind, Title: "污水乱排", Tenths: 30, Corrects: 8, Reason: "当天是村里水管坏了", OccurredOn: on(7, 9), CountsIn: calendar.Quarter{Year: 2026, N: 3}, Recorder: "孙会计", Confirmer: "周支书"},
		event(11, on(8, 2), "志愿服务", 30),
		event(12, on(9, 5), "参加村民会议、院坝会", 20),
		event(13, on(10, 16), "治安巡逻、护林防火值守", 50),
		event(14, on(11, 3), "犬只不拴、伤人", -30),
	}
	slices.Reverse(lines)
	waiting := event(0, on(11, 20), "院落绿化、植树", 30)
	waiting.Confirmer = ""
	return append([]script.Line{waiting}, lines...)
}

func (t *town) now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.clock
}

func (t *town) current(openid string) *home {
	t.openids[openid] = true
	p := t.people[openid]
	if p == nil || p.current == 0 {
		return nil
	}
	return t.homes[p.current]
}

func (t *town) Standing(_ context.Context, openid string) (script.Standing, script.Version, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s script.Standing
	if p := t.people[openid]; p != nil {
		s.Person, s.Homes = p.id, len(p.homes)
	}
	s.Listed = slices.Contains([]string{ask.StepHomes, ask.StepChoices, usecase.StepMenu}, t.steps[openid].Name)
	if h := t.current(openid); h != nil {
		s.Home, s.Place, s.Sheet, s.Accounts = h.Home, h.place, h.sheet, []script.Account{h.account}
		s.Progress.Sealed = calendar.Quarter{Year: 2026, N: 3}
		for _, l := range h.lines {
			if l.Pending() {
				s.Pending, s.PendingSum = s.Pending+1, s.PendingSum+l.Tenths
			}
		}
	}
	return s, "", nil
}

func (t *town) Lines(_ context.Context, q ask.Query) (script.Lines, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, q)
	h := t.current(q.OpenID)
	if h == nil {
		return script.Lines{}, nil
	}
	page := script.Lines{Home: h.Home, Year: q.Year}
	for _, l := range h.lines {
		switch {
		case q.Year != h.account.Year, q.Quarter != 0 && l.CountsIn.N != q.Quarter, q.Minus && l.Tenths >= 0, q.Before != 0 && l.No >= q.Before, q.Before != 0 && l.Pending():
		case len(page.Lines) == q.Limit:
			page.Next = max(page.Lines[len(page.Lines)-1].No, l.No+1)
			return page, nil
		default:
			page.Lines = append(page.Lines, l)
		}
	}
	return page, nil
}

func (t *town) SheetRows(_ context.Context, openid string) ([]script.Row, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.current(openid)
	ranks := []int{1, 2, 2, 4, 5, 5, 7, 8, 9, 10, 11, 12, 13}
	names := []string{"吴**", "郑*", "钱**", "冯**", "王**", "李**", "张*", "刘**", "杨**", "朱*", "何**", "李**", "罗**"}
	var rows []script.Row
	for i, rank := range ranks {
		row := script.Row{Rank: rank, Name: names[i], Score: points.Whole(140 - rank*3)}
		row.Own = h.ID == 31 && i == 4 || h.ID == 53 && i == 5 || h.ID == 52 && i == 11
		rows = append(rows, row)
	}
	return append(rows, script.Row{Name: "赵**", Score: points.Base, Own: h.ID == 70}), nil
}

func (t *town) Sheet(_ context.Context, openid string) (script.Published, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.current(openid)
	p := script.Published{Home: h.Home, Place: h.place, None: h.sheet == nil}
	if h.sheet != nil {
		p.Quarter, p.Code, p.PublishedOn, p.SealedOn = h.sheet.Quarter, "K7QM-2XWD", on(10, 9), on(10, 16)
		p.Households, p.Own, p.Gained = 69, h.sheet, 80
	}
	return p, nil
}

// adopted is what 黄桥村 scores by; 青树村 has adopted nothing.
func (t *town) Items(_ context.Context, openid string, year int) ([]catalogue.Item, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.current(openid); h == nil || h.place.Village != huangqiao.Village || year != 2026 {
		return nil, nil
	}
	return catalogue.County(), nil
}

func (t *town) SaveDraft(_ context.Context, openid, key, words string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drafts[openid] = [2]string{key, words}
	return nil
}

func (t *town) Draft(openid string) (key, words string, err error) {
	return t.drafts[openid][0], t.drafts[openid][1], nil
}

func (t *town) DropDraft(openid string) error {
	delete(t.drafts, openid)
	return nil
}

func (t *town) Village(id village.ID) (village.Village, error) {
	return village.Village{ID: id, Township: 1}, nil
}

func (t *town) Suggested(household.PersonID, time.Time) (int, error) { return len(t.filed), nil }

func (t *town) NextSerial(village.TownshipID, int) (int, error) { return len(t.filed) + 12, nil }

func (t *town) AddSuggestion(s suggestion.Suggestion) (int64, error) {
	t.filed = append(t.filed, s)
	return int64(len(t.filed)), nil
}

func (t *town) Suggestions(_ context.Context, openid string, limit int) ([]suggestion.Suggestion, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.openids[openid] = true
	newest := slices.Clone(t.filed)
	slices.Reverse(newest)
	return newest[:min(limit, len(newest))], nil
}

func (t *town) NoticesOff(_ context.Context, openid string) (notice.Off, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.openids[openid] = true
	return maps.Clone(t.off), nil
}

// nobody is known to the acts on helpers: they are played on a real store.
func nobody(context.Context, usecase.Command, func(govern.HelperTx) (fault.Outcome, error)) (fault.Outcome, error) {
	return fault.Outcome{Code: fault.NotFound}, nil
}

func (t *town) Numbered(_ context.Context, openid, number string) (script.Home, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.current(openid)
	for _, h := range t.homes {
		if h.Number == number && h != own {
			return h.Home, nil
		}
	}
	return script.Home{}, fault.Refuse(fault.NotFound)
}

func (t *town) Helping(context.Context, string, calendar.Date) (script.Helping, error) {
	return script.Helping{}, nil
}

func (t *town) HelperLog(context.Context, string, int) ([]script.HelperAct, error) { return nil, nil }

func (t *town) Helped(context.Context, string, int64, calendar.Date) (script.Standing, error) {
	return script.Standing{}, nil
}

func (t *town) SetWanted(_ household.PersonID, k notice.Kind, wanted bool, _ time.Time) error {
	if t.off[k] = !wanted; wanted {
		delete(t.off, k)
	}
	return nil
}

func (t *town) Homes(_ context.Context, openid string) ([]script.Home, int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.openids[openid] = true
	var homes []script.Home
	for _, id := range t.people[openid].homes {
		homes = append(homes, t.homes[id].Home)
	}
	return homes, slices.Index(t.people[openid].homes, t.people[openid].current) + 1, nil
}

func (t *town) SaveStep(_ context.Context, openid string, s usecase.Step) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.SetStep(openid, s)
}

func (t *town) OpenStep(_ context.Context, openid string) (usecase.Step, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.steps[openid], nil
}

func (t *town) Step(openid string) (usecase.Step, error) { return t.steps[openid], nil }

func (t *town) SetStep(openid string, s usecase.Step) error {
	t.openids[openid] = true
	t.writes++
	t.steps[openid] = s
	return nil
}

func (t *town) Person(openid string) (household.Person, []household.Household, error) {
	p := t.people[openid]
	if p == nil {
		return household.Person{}, nil, fault.Refuse(fault.NotFound)
	}
	var homes []household.Household
	for _, id := range p.homes {
		homes = append(homes, household.Household{ID: id, Village: t.homes[id].place.Village})
	}
	return household.Person{ID: p.id, OpenID: openid, Current: p.current}, homes, nil
}

func (t *town) SetCurrent(id household.PersonID, h household.ID) error {
	for _, p := range t.people {
		if p.id == id {
			p.current = h
		}
	}
	t.switches++
	return nil
}

// once keeps each outcome under its key, as the storage does.
func once[T any](t *town, tx T) usecase.Once[T] {
	return func(_ context.Context, cmd usecase.Command, act func(T) (fault.Outcome, error)) (fault.Outcome, error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		if out, kept := t.outcomes[cmd.Key]; kept {
			return out, nil
		}
		out, err := act(tx)
		if err == nil {
			t.outcomes[cmd.Key] = out
		}
		return out, err
	}
}

func (t *town) ports() bot.Ports {
	return bot.Ports{
		Read: t, Talk: t, Advance: ask.Advance{Once: once[ask.StepTx](t, t)}, Switch: enrol.Switch{Once: once[enrol.Tx](t, t)}, Now: t.now,
		Suggest: govern.Suggest{Once: once[govern.SuggestTx](t, t)}, Choose: tell.Choose{Once: once[tell.ChooseTx](t, t)}, Helpers: govern.Helpers{Once: nobody},
		Enrol: enrol.Desk{Once: closed}, Records: records{town: t}, Deeds: bot.Deeds{Read: unwarned{}, Gallery: emptied{}},
		Disputes: bot.Disputes{Read: t},
	}
}

// Objectable reads a line of a household; nobody has objected to any: filing is
// played on a real store.
func (t *town) Objectable(_ context.Context, p household.PersonID, id household.ID, year, no int, _ time.Time) (script.Objectable, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.homes[id]
	at := slices.IndexFunc(h.lines, func(l script.Line) bool { return l.No == no && !l.Pending() })
	if at < 0 || year != h.account.Year {
		return script.Objectable{}, fault.Refuse(fault.NotFound)
	}
	l := h.lines[at]
	o := script.Objectable{Home: h.Home, Line: l, StandsAs: l.Tenths, Disputable: l.Kind == ledger.EventKind, Posted: script.Posted{Quarter: l.CountsIn}}
	if l.CountsIn.N < 4 {
		o.Posted.PublishedOn = l.CountsIn.Next().First().AddDays(8)
		o.Posted.SealedOn = o.Posted.PublishedOn.AddDays(7)
	}
	return o, nil
}

func (t *town) Cases(context.Context, household.PersonID, household.ID, time.Time) ([]script.Dispute, error) {
	return nil, nil
}

func (t *town) Awaiting(context.Context, household.PersonID, household.ID) ([]dispute.ID, error) {
	return nil, nil
}

// unwarned has nothing to mend: deeds are played on a real store.
type unwarned struct{ bot.DeedReader }

func (unwarned) WarningsOf(context.Context, household.ID) ([]script.Warning, error) { return nil, nil }

// emptied is a platform that has lost every picture.
type emptied struct{}

func (emptied) Picture(context.Context, string) ([]byte, error) { return nil, errors.New("lost") }

// closed is a desk at which nobody is known: binding is played on a real store.
func closed(context.Context, usecase.Command, func(enrol.Register) (fault.Outcome, error)) (fault.Outcome, error) {
	return fault.Outcome{Code: fault.NotFound}, nil
}

// records are of a town where nobody was ever asked for a card.
type records struct {
	enrol.Records
	town *town
}

func (r records) Talked(context.Context, string) (bool, error) { return false, nil }

func (r records) Outside(context.Context, string, time.Time) (script.Outsider, error) {
	return script.Outsider{Office: huangqiao.Office}, nil
}

func (r records) Waiting(context.Context, string, time.Time) ([]script.Asking, error) {
	return nil, nil
}

func (r records) DropStep(_ context.Context, openid string) error {
	r.town.mu.Lock()
	defer r.town.mu.Unlock()
	delete(r.town.steps, openid)
	return nil
}

func (r records) Bound(_ context.Context, openid string) ([]script.Bound, error) {
	return []script.Bound{{Person: 1, Name: "王桂兰", Self: true}}, nil
}

func (t *town) bot() *bot.Bot {
	return bot.New(t.ports())
}

// chat is somebody talking to the bot; each message has a key of its own.
type chat struct {
	t    testing.TB
	town *town
	bot  *bot.Bot
	from string
	n    int
}

func newChat(t testing.TB, town *town, from string) *chat {
	return &chat{t: t, town: town, bot: town.bot(), from: from}
}

func (c *chat) say(words string) string {
	c.n++
	return c.send(bot.Update{Key: fmt.Sprintf("%s-%d", c.from, c.n), Kind: bot.Text, Words: words})
}

func (c *chat) send(u bot.Update) string {
	c.t.Helper()
	u.From, u.At = c.from, c.town.now()
	reply, err := c.bot.Respond(c.t.Context(), u)
	if err != nil {
		c.t.Fatalf("%q: %v", u.Words, err)
	}
	return reply.Text
}
