package conformance

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/govern"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/storage"
)

// say drafts words under a key.
func (a acts) say(t testing.TB, who household.PersonID, key, words string) {
	t.Helper()
	if err := a.SaveDraft(ctx, openid(who), key, words); err != nil {
		t.Fatal(err)
	}
}

func (a acts) suggest(cmd usecase.Command, key string, to suggestion.Audience) (fault.Outcome, error) {
	u := govern.Suggest{Once: storage.As(a.Store, func(tx *storage.Tx) govern.SuggestTx { return tx })}
	return u.Do(ctx, cmd, openid(cmd.Actor), key, to)
}

func (a acts) choose(cmd usecase.Command, wanted bool, kinds ...notice.Kind) (fault.Outcome, error) {
	u := tell.Choose{Once: storage.As(a.Store, func(tx *storage.Tx) tell.ChooseTx { return tx })}
	return u.Do(ctx, cmd, openid(cmd.Actor), wanted, kinds...)
}

func (a acts) helpers() govern.Helpers {
	return govern.Helpers{Once: storage.As(a.Store, func(tx *storage.Tx) govern.HelperTx { return tx })}
}

func (a acts) askHelp(cmd usecase.Command, of household.ID) (fault.Outcome, error) {
	return a.helpers().Ask(ctx, cmd, openid(cmd.Actor), of)
}

func (a acts) acceptHelp(cmd usecase.Command, id int64) (fault.Outcome, error) {
	return a.helpers().Accept(ctx, cmd, openid(cmd.Actor), id)
}

func (a acts) look(cmd usecase.Command, id int64) (fault.Outcome, error) {
	return a.helpers().Look(ctx, cmd, openid(cmd.Actor), id)
}

func (a acts) endHelp(cmd usecase.Command, id int64) (fault.Outcome, error) {
	return a.helpers().End(ctx, cmd, openid(cmd.Actor), id)
}

const (
	light  = "村口的路灯坏了"
	unjust = "会计给自家亲戚多记分"
)

func testSuggestions(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	a.say(t, wang, "m1", light)
	cmd := by(wang, now)
	first := done(t)(a.suggest(cmd, "m1", suggestion.Village))
	if again := done(t)(a.suggest(cmd, "m1", suggestion.Village)); again != first || first.Note != "2026-0001" {
		t.Errorf("%+v, again %+v; want 2026-0001 twice", first, again)
	}
	// It is filed, so the draft is gone; and a newer draft is not filed for an older one.
	refused(t, fault.NotFound)(a.suggest(by(wang, now), "m1", suggestion.Village))
	a.say(t, wang, "m2", light)
	a.say(t, wang, "m3", unjust)
	refused(t, fault.NotFound)(a.suggest(by(wang, now), "m2", suggestion.Office))
	// What speaks of somebody never goes where they could read it.
	refused(t, fault.Invalid)(a.suggest(by(wang, now), "m3", suggestion.Village))
	done(t)(a.suggest(by(wang, now), "m3", suggestion.Office))
	a.say(t, far, "m4", light)
	if facts := done(t)(a.suggest(by(far, now), "m4", suggestion.Office)); facts.Note != "2026-0003" {
		t.Errorf("%s; want the township's third", facts.Note)
	}
	refused(t, fault.NotFound)(a.suggest(by(homeless, now), "m5", suggestion.Office))
	own, err := a.Suggestions(ctx, openid(wang), 9)
	if err != nil || len(own) != 2 || own[0].Words != unjust || own[0].Kind != suggestion.Complaint || own[0].Audience != suggestion.Office ||
		own[1].Audience != suggestion.Village || own[1].Township != 1 || own[1].Village != hongqi || own[1].Household != wangsHome {
		t.Errorf("%+v, %v", own, err)
	}
	if others, err := a.Suggestions(ctx, openid(leader), 9); err != nil || len(others) != 0 {
		t.Errorf("the leader reads %+v, %v", others, err)
	}
	if _, err := raw(t, a.dsn).Exec("UPDATE suggestion SET audience = 'village' WHERE kind = 'complaint'"); err == nil {
		t.Error("a complaint was laid before the village")
	}
	a.sound(t)
}

func testSuggestionsAreCounted(t *testing.T, database Database) {
	a := stage(t, database)
	var all sync.WaitGroup
	numbers := make(chan string, 2*suggestion.PerDay)
	for _, who := range []household.PersonID{wang, far} {
		all.Go(func() {
			for n := range suggestion.PerDay {
				key := fmt.Sprintf("%d-%d", who, n)
				if err := a.SaveDraft(ctx, openid(who), key, light); err != nil {
					t.Error(err)
				}
				out, err := a.suggest(by(who, on(5, 4)), key, suggestion.Office)
				if err != nil || out.Refused() {
					t.Errorf("%+v, %v", out, err)
				}
				numbers <- out.Facts.Note
			}
		})
	}
	all.Wait()
	close(numbers)
	var got []string
	for n := range numbers {
		got = append(got, n)
	}
	slices.Sort(got)
	if last := got[len(got)-1]; last != fmt.Sprintf("2026-%04d", 2*suggestion.PerDay) || len(slices.Compact(got)) != 2*suggestion.PerDay {
		t.Errorf("the numbers are %v", got)
	}
	a.say(t, wang, "more", light)
	refused(t, fault.CapReached)(a.suggest(by(wang, on(5, 4).Add(11*time.Hour)), "more", suggestion.Office))
	done(t)(a.suggest(by(wang, on(5, 5)), "more", suggestion.Office))
	a.say(t, wang, "new", light)
	if facts := done(t)(a.suggest(by(wang, noon(calendar.On(year+1, 1, 1))), "new", suggestion.Office)); facts.Note != "2027-0001" {
		t.Errorf("%s; want a new year's first", facts.Note)
	}
}

func testNotices(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	off := func(who household.PersonID) int {
		got, err := a.NoticesOff(ctx, openid(who))
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	done(t)(a.choose(by(wang, now), false, notice.Redeem))
	if got, err := a.NoticesOff(ctx, openid(wang)); err != nil || !got[notice.Redeem] || len(got) != 1 {
		t.Errorf("%v, %v; want 兑换提醒 off", got, err)
	}
	done(t)(a.choose(by(wang, now), false, notice.Kinds()...))
	if off(wang) != len(notice.Kinds()) || off(widow) != 0 {
		t.Errorf("%d are off for 王桂兰, %d for 向婆婆", off(wang), off(widow))
	}
	done(t)(a.choose(by(wang, now), true, notice.Lapse))
	if off(wang) != len(notice.Kinds())-1 {
		t.Errorf("%d are off", off(wang))
	}
	refused(t, fault.Invalid)(a.choose(by(wang, now), true, "everything"))
	refused(t, fault.NotFound)(a.choose(by(99, now), true, notice.Lapse))
}

func testHelpers(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	refused(t, fault.NotFound)(a.askHelp(by(wang, now), 999))
	refused(t, fault.NotFound)(a.askHelp(by(homeless, now), widowsHome))
	refused(t, fault.NotFound)(a.askHelp(by(intruder, now), widowsHome))
	refused(t, fault.Invalid)(a.askHelp(by(wang, now), wangsHome))
	for _, of := range []household.ID{leadersHome, deputysHome, zhaosHome, shopsHome} {
		refused(t, fault.Forbidden)(a.askHelp(by(wang, now), of))
	}
	id := done(t)(a.askHelp(by(wang, now), widowsHome)).ID
	refused(t, fault.Conflict)(a.askHelp(by(wang, now), widowsHome))
	refused(t, fault.NotFound)(a.look(by(widow, now), id))         // not yet
	refused(t, fault.NotFound)(a.acceptHelp(by(kinsman, now), id)) // not asked
	refused(t, fault.NotFound)(a.acceptHelp(by(widow, now.AddDate(0, 0, 31)), id))
	accept := by(widow, now)
	facts := done(t)(a.acceptHelp(accept, id))
	if again := done(t)(a.acceptHelp(accept, id)); again != facts || facts.Day != "2027-05-04" {
		t.Errorf("%+v, again %+v; want a year", facts, again)
	}
	refused(t, fault.NotFound)(a.acceptHelp(by(widow, now), id))
	// The household's people are told, once until they have read it; the helper's are not.
	done(t)(a.look(by(widow, now), id))
	for who, want := range map[household.PersonID]int{wang: 1, widow: 0} {
		if got, _, err := a.Standing(ctx, openid(who)); err != nil || got.News != want {
			t.Errorf("%d has %d news, %v", who, got.News, err)
		}
	}
	today := calendar.DateOf(now)
	helped, err := a.Helped(ctx, openid(widow), id, today)
	if err != nil || helped.Home.ID != wangsHome || len(helped.Accounts) != 1 || len(helped.Accounts[0].Newest) != 1 {
		t.Errorf("%+v, %v; want 王桂兰's points", helped, err)
	}
	for name, read := range map[string]func() (household.ID, error){
		"another person": func() (household.ID, error) {
			s, err := a.Helped(ctx, openid(kinsman), id, today)
			return s.Home.ID, err
		},
		"after the year": func() (household.ID, error) {
			s, err := a.Helped(ctx, openid(widow), id, calendar.On(2027, 5, 5))
			return s.Home.ID, err
		},
	} {
		if home, err := read(); err != nil || home != 0 {
			t.Errorf("%s reads household %d, %v", name, home, err)
		}
	}
	refused(t, fault.NotFound)(a.look(by(widow, noon(calendar.On(2027, 5, 5))), id))
	log, err := a.HelperLog(ctx, openid(wang), 9)
	var what []string
	for _, l := range log {
		what = append(what, l.Name+" "+l.What)
	}
	if err != nil || !slices.Equal(what, []string{"向婆婆 looked", "向婆婆 accepted", "王桂兰 asked"}) {
		t.Errorf("%v, %v", what, err)
	}
	if other, err := a.HelperLog(ctx, openid(widow), 9); err != nil || len(other) != 0 {
		t.Errorf("the helper's household reads %v, %v", other, err)
	}
	refused(t, fault.NotFound)(a.endHelp(by(kinsman, now), id))
	done(t)(a.endHelp(by(wang, now), id))
	refused(t, fault.NotFound)(a.look(by(widow, now), id))
	refused(t, fault.NotFound)(a.endHelp(by(widow, now), id))
	if got, err := a.Helped(ctx, openid(widow), id, today); err != nil || got.Home.ID != 0 {
		t.Errorf("who was removed still reads %+v, %v", got.Home, err)
	}
	done(t)(a.askHelp(by(wang, now), widowsHome)) // asked anew
}

// testForgottenHelper shows that who has their information deleted helps
// nobody, and leaves neither drafts nor choices.
func testForgottenHelper(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	id := done(t)(a.askHelp(by(wang, now), widowsHome)).ID
	done(t)(a.acceptHelp(by(widow, now), id))
	done(t)(a.choose(by(widow, now), false, notice.Lapse))
	a.say(t, widow, "m1", light)
	done(t)(a.bare(by(widow, now), func(tx *storage.Tx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Forget(household.Person{ID: widow, OpenID: openid(widow)})
	}))
	if got, err := a.Helping(ctx, openid(wang), calendar.DateOf(now)); err != nil || len(got.Mine) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	var left int
	query(t, raw(t, a.dsn), &left, "SELECT (SELECT count(*) FROM draft) + (SELECT count(*) FROM notice_choice)")
	if left != 0 {
		t.Errorf("%d drafts and choices are left", left)
	}
}

// testHelperLists looks at what each side of helping sees.
func testHelperLists(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	today := calendar.DateOf(now)
	accepted := done(t)(a.askHelp(by(wang, now), widowsHome)).ID
	done(t)(a.acceptHelp(by(widow, now), accepted))
	waits := done(t)(a.askHelp(by(wang, now), kinsHome)).ID
	mine, err := a.Helping(ctx, openid(wang), today)
	if err != nil || len(mine.Mine) != 2 || mine.Mine[0].Name != "向婆婆" || mine.Mine[1].Name != "" || mine.Mine[1].Home.Number != "HQ-0009" ||
		len(mine.Asking)+len(mine.Helped) != 0 {
		t.Errorf("%+v, %v", mine, err)
	}
	theirs, err := a.Helping(ctx, openid(kinsman), today)
	if err != nil || len(theirs.Asking) != 1 || theirs.Asking[0].ID != waits || theirs.Asking[0].Home.ID != wangsHome || len(theirs.Mine)+len(theirs.Helped) != 0 {
		t.Errorf("%+v, %v", theirs, err)
	}
	hers, err := a.Helping(ctx, openid(widow), today)
	if err != nil || len(hers.Helped) != 1 || hers.Helped[0].ID != accepted || len(hers.Mine)+len(hers.Asking) != 0 {
		t.Errorf("%+v, %v", hers, err)
	}
	if late, err := a.Helping(ctx, openid(wang), calendar.On(2027, 6, 1)); err != nil || len(late.Mine) != 0 {
		t.Errorf("after the year: %+v, %v", late, err)
	}
	for number, want := range map[string]household.ID{"HQ-0007": widowsHome, "QS-0001": farHome, "HQ-0006": 0, "HQ-9999": 0} {
		got, err := a.Numbered(ctx, openid(wang), number)
		if got.ID != want || (fault.CodeOf(err) == fault.NotFound) != (want == 0) {
			t.Errorf("%s: %+v, %v", number, got, err)
		}
	}
}

// testFiveHelped lets six households ask one person, all answered at once.
func testFiveHelped(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	askers := []household.PersonID{zhao, qian, shopkeeper, widow, kinsman, newcomer, leader}
	ids := make([]int64, len(askers))
	for i, who := range askers {
		ids[i] = done(t)(a.askHelp(by(who, now), wangsHome)).ID
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	counts := map[fault.Code]int{}
	for _, id := range ids {
		all.Go(func() {
			out, err := a.acceptHelp(by(wang, now), id)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			counts[out.Code]++
		})
	}
	all.Wait()
	if counts[fault.Done] != household.MostHelped || counts[fault.CapReached] != len(askers)-household.MostHelped {
		t.Errorf("%v", counts)
	}
	// A household has three helpers at most.
	done(t)(a.askHelp(by(widow, on(5, 5)), kinsHome))
	done(t)(a.askHelp(by(widow, on(5, 5)), newHome))
	refused(t, fault.Blocked)(a.askHelp(by(widow, on(5, 5)), farHome))
}

func testCatalogue(t *testing.T, database Database) {
	a := stage(t, database)
	got, err := a.Items(ctx, openid(wang), year)
	if err != nil || !slices.Equal(got, items()) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, who := range []household.PersonID{homeless, intruder, 99} {
		if got, err := a.Items(ctx, openid(who), year); err != nil || len(got) != 0 {
			t.Errorf("%d reads %+v, %v", who, got, err)
		}
	}
	if got, err := a.Items(ctx, openid(wang), year+1); err != nil || len(got) != 0 {
		t.Errorf("next year: %+v, %v", got, err)
	}
}
