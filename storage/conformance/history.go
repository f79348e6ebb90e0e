package conformance

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

// testKeptAnswers plays random histories through the use cases. Whatever
// happens, an answer that was kept under a version is the answer that the
// database gives under the same version, to everybody, on any instance.
func testKeptAnswers(t *testing.T, database Database) {
	happened := map[string]int{}
	// Four in which together every kind of act takes effect, and one that is new each time.
	for _, seed := range []uint64{2, 4, 5, 10, rand.Uint64()} {
		h := newHistory(t, database, seed)
		for n := range 160 {
			h.step()
			h.talk(n)
			// Some at a time: what was missed at once is still there to be seen.
			h.compare(h.r.Perm(len(everybody))[:5]...)
		}
		h.compare(h.r.Perm(len(everybody))...)
		h.a.sound(t)
		for act, n := range h.happened {
			happened[act] += n
		}
	}
	if all := len((&history{}).acts()); len(happened) < all {
		t.Errorf("only %v took effect; want all %d kinds of act", happened, all)
	}
}

// history is a random course of the cast's two villages.
type history struct {
	t        *testing.T
	seed     uint64
	r        *rand.Rand
	a, b     acts          // who acts, and who answers
	keeper   *storage.Kept // answers too, from what it kept
	now      time.Time
	last     string
	pending  []int64
	lines    []lineAt // of events
	bought   []lineAt
	next     map[village.ID]calendar.Quarter
	kept     map[string]map[script.Version]script.Standing
	happened map[string]int
}

func newHistory(t *testing.T, database Database, seed uint64) *history {
	a := stage(t, database)
	h := &history{
		t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 1)), a: a, b: enter(t, a.dsn), now: on(1, 5),
		next: map[village.ID]calendar.Quarter{hongqi: q1, qingshan: q1},
		kept: map[string]map[script.Version]script.Standing{}, happened: map[string]int{},
	}
	h.keeper = storage.Keep(enter(t, a.dsn).Store)
	h.compare(h.r.Perm(len(everybody))...)
	return h
}

type randomAct struct {
	name   string
	weight int
	do     func() (fault.Outcome, error)
}

func (h *history) acts() []randomAct {
	return []randomAct{
		{"record", 7, h.record},
		{"confirm", 9, h.confirm},
		{"reject", 1, func() (fault.Outcome, error) { return h.a.reject(h.by(h.decider()), h.event(), "不对") }},
		{"sweep", 3, h.sweep},
		{"withdraw", 2, func() (fault.Outcome, error) { return h.a.withdraw(h.by(h.team(h.village())), h.event(), "不对") }},
		{"correct", 2, func() (fault.Outcome, error) {
			l := h.one(h.lines)
			return h.a.correct(h.by(h.decider()), l.village, l.seq, points.Tenths(h.r.IntN(500)-250))
		}},
		{"redeem", 12, h.redeem},
		{"return", 6, func() (fault.Outcome, error) {
			l := h.one(h.bought)
			return h.a.giveBack(h.by(h.team(l.village)), l.village, l.seq, points.Tenths(1+h.r.IntN(20)), far)
		}},
		{"reserve", 2, h.reserve},
		{"publish", 4, h.publish},
		{"seal", 4, func() (fault.Outcome, error) { v := h.village(); return h.a.seal(h.by(0), v, h.next[v].Prev()) }},
		{"close", 1, func() (fault.Outcome, error) { return h.a.closeYear(h.by(0), h.village(), h.now.Year()-1) }},
		{"open", 4, h.openYear},
		{"switch", 2, func() (fault.Outcome, error) { return h.a.switchTo(h.by(widow), widow, 1+h.r.IntN(2)) }},
		{"wait", 4, h.wait},
	}
}

// talk has everybody asked in turn what a number answers, something else and nothing.
func (h *history) talk(n int) {
	h.t.Helper()
	open := usecase.Step{Name: []string{ask.StepChoices, ask.StepLines, ""}[n%3], Data: "points", Until: h.now.Add(time.Hour)}
	if err := h.a.SaveStep(ctx, openid(everybody[n%len(everybody)]), open); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) step() {
	all := h.acts()
	n := 0
	for _, act := range all {
		n += act.weight
	}
	n = h.r.IntN(n)
	for _, act := range all {
		if n -= act.weight; n >= 0 {
			continue
		}
		out, err := act.do()
		if err != nil {
			h.t.Fatalf("seed %d: %s: %v", h.seed, act.name, err)
		}
		h.last = act.name + " " + string(out.Code)
		if out.Code == fault.Done {
			h.happened[act.name]++
		}
		return
	}
}

// everybody who may ask, a stranger last.
var everybody = []household.PersonID{
	leader, deputy, zhao, qian, shopkeeper, officer, wang, widow, kinsman, newcomer, far, farLeader, homeless, latecomer, intruder, intruder + 1,
}

// compare asks for some of everybody and holds the answers against what was kept.
func (h *history) compare(some ...int) {
	h.t.Helper()
	for _, i := range some {
		p := everybody[i]
		facts, version := h.b.standing(h.t, openid(p))
		kept := h.kept[openid(p)]
		if kept == nil {
			kept = map[script.Version]script.Standing{}
			h.kept[openid(p)] = kept
		}
		if before, known := kept[version]; known {
			if diff := cmp.Diff(before, facts); diff != "" {
				h.t.Fatalf("seed %d, after %s: person %d's answer changed under the version %q (-kept +fresh):\n%s", h.seed, h.last, p, version, diff)
			}
		}
		kept[version] = facts
		remembered, same, err := h.keeper.Standing(ctx, openid(p))
		if diff := cmp.Diff(facts, remembered); diff != "" || same != version || err != nil {
			h.t.Fatalf("seed %d, after %s: person %d is answered from memory (-fresh +kept), version %q for %q, %v:\n%s", h.seed, h.last, p, same, version, err, diff)
		}
	}
}

func (h *history) by(actor household.PersonID) usecase.Command { return by(actor, h.now) }

func pick[T any](h *history, of ...T) T { return of[h.r.IntN(len(of))] }

func (h *history) village() village.ID { return pick(h, hongqi, hongqi, qingshan) }

// team is mostly somebody who serves the village.
func (h *history) team(v village.ID) household.PersonID {
	if v == qingshan {
		return pick(h, farLeader, farLeader, qian)
	}
	return pick(h, zhao, qian, leader, farLeader)
}

func (h *history) decider() household.PersonID { return pick(h, leader, deputy, officer) }

func (h *history) home() household.ID {
	return pick(h, wangsHome, wangsHome, widowsHome, widowsHome, newHome, farHome, bareHome)
}

// lineAt is an entry of a village.
type lineAt struct {
	village village.ID
	seq     int64
}

func villageOf(h household.ID) village.ID {
	if h >= farHome {
		return qingshan
	}
	return hongqi
}

// one of the newest lines, or none that there is.
func (h *history) one(lines []lineAt) lineAt {
	if len(lines) == 0 {
		return lineAt{hongqi, 0}
	}
	return lines[len(lines)-1-h.r.IntN(min(len(lines), 12))]
}

func (h *history) confirm() (fault.Outcome, error) {
	out, err := h.a.confirm(h.by(h.decider()), h.event())
	if out.Code == fault.Done {
		h.lines = append(h.lines, lineAt{villageOf(household.ID(out.Facts.Household)), out.Facts.Seq})
		h.pending = slices.DeleteFunc(h.pending, func(id int64) bool { return id == out.Facts.ID })
	}
	return out, err
}

func (h *history) redeem() (fault.Outcome, error) {
	home := h.home()
	out, err := h.a.redeem(h.by(h.team(villageOf(home))), home, points.Tenths(1+h.r.IntN(60)), far)
	if out.Code == fault.Done {
		h.bought = append(h.bought, lineAt{villageOf(home), out.Facts.Seq})
	}
	return out, err
}

// event is one that waits, or a number that no event has.
func (h *history) event() int64 {
	if len(h.pending) == 0 {
		return 0
	}
	return pick(h, h.pending[max(0, len(h.pending)-5):]...)
}

func (h *history) record() (fault.Outcome, error) {
	home := h.home()
	out, err := h.a.record(h.by(h.team(villageOf(home))), home, pick(h, cleanup, meeting, harvest, harvest, burning))
	if out.Code == fault.Done {
		h.pending = append(h.pending, out.Facts.ID)
	}
	return out, err
}

// sweep records for several households at once.
func (h *history) sweep() (fault.Outcome, error) {
	v := h.village()
	req := swept(calendar.DateOf(h.now), wangsHome, widowsHome, sonsHome, newHome, farHome, bareHome)
	req.Village, req.Item = v, meeting
	out, err := h.a.report(h.by(h.team(v)), req)
	if err != nil || out.Refused() {
		return out, err
	}
	r, err := h.a.RecordOf(ctx, record.RecordID(out.Facts.ID))
	for _, e := range r.Events {
		h.pending = append(h.pending, int64(e.ID))
	}
	return out, err
}

func (h *history) publish() (fault.Outcome, error) {
	v := h.village()
	who, with := leader, signed
	if v == qingshan {
		who, with = farLeader, farSigned
	}
	out, err := h.a.publish(h.by(who), v, h.next[v], with)
	if out.Code == fault.Done {
		h.next[v] = h.next[v].Next()
	}
	return out, err
}

// reserve holds points and lets them go at once, as the shop will.
func (h *history) reserve() (fault.Outcome, error) {
	home := h.home()
	return h.a.bare(h.by(0), func(tx *storage.Tx) (fault.Outcome, error) {
		account, err := tx.Account(home, h.now.Year())
		if err != nil {
			return fault.Settle(err)
		}
		if account.Reserved > 0 {
			account.Reserved = 0
			return fault.Outcome{Code: fault.Done}, tx.SaveReserved(account)
		}
		if account, err = account.Reserve(5, ledger.Progress{}); err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done}, tx.SaveReserved(account)
	})
}

// openYear opens a household's account of the year that it is by now.
func (h *history) openYear() (fault.Outcome, error) {
	home := h.home()
	v, year := villageOf(home), h.now.Year()
	return h.a.bare(h.by(0), func(tx *storage.Tx) (fault.Outcome, error) {
		head, err := tx.Head(v)
		if err != nil {
			return fault.Settle(err)
		}
		if _, err := tx.Account(home, year); err == nil {
			return fault.Outcome{Code: fault.Conflict}, nil
		}
		account := ledger.Account{Household: home, Village: v, Year: year, State: ledger.Open}
		if account.ID, err = tx.AddAccount(account); err != nil {
			return fault.Outcome{}, err
		}
		posted, err := ledger.Post(head, account, ledger.Progress{}, ledger.Start(calendar.DateOf(h.now)), h.now)
		if err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done}, tx.Keep(posted)
	})
}

func (h *history) wait() (fault.Outcome, error) {
	h.now = h.now.Add(time.Duration(h.r.IntN(9*24)) * time.Hour)
	if h.r.IntN(4) == 0 {
		// Straight to the start of the next window, where most can happen.
		h.now = calendar.NextWindow(h.now).From.AddDate(0, 0, 7)
	}
	return fault.Outcome{Code: fault.Done}, nil
}
