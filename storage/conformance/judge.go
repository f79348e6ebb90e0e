package conformance

import (
	"strconv"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

func (a acts) judges(cmd usecase.Command, p photo.Photo, pass bool, reason string) (fault.Outcome, error) {
	u := keep.Judge{Once: storage.As(a.Store, func(tx *storage.Tx) keep.JudgeTx { return tx })}
	return u.Do(ctx, cmd, p.Hash, pass, reason)
}

// unseenIs fails the test unless a village's unseen pictures are these, in this
// order, and somebody may look at so many of them.
func (a acts) unseenIs(t testing.TB, v village.ID, now time.Time, who household.PersonID, may int, want ...photo.Photo) {
	t.Helper()
	found, err := a.Unseen(ctx, v, now, 10)
	if err != nil || len(found) != len(want) {
		t.Fatalf("%+v, %v; want %d", found, err, len(want))
	}
	for i, p := range want {
		if found[i].Hash != p.Hash {
			t.Errorf("%d is %s, want %s", i, found[i].Hash[:2], p.Hash[:2])
		}
	}
	if n, err := a.CountUnseen(ctx, v, who, now); err != nil || n != may {
		t.Errorf("%d, %v; want %d", n, err, may)
	}
}

// testAPersonJudges: what the platform did not judge waits for who may decide in
// a village of the picture's, once, and never for who handed it in.
func testAPersonJudges(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	silent, doubted, fresh, elsewhere := shot(1, 1), shot(2, 1<<40), shot(3, 3<<41), shot(4, 7<<42)
	done(t)(a.keeps(by(qian, now), hongqi, silent))
	done(t)(a.keeps(by(deputy, now.Add(time.Minute)), hongqi, silent))
	done(t)(a.keeps(by(qian, now.Add(time.Minute)), hongqi, doubted))
	done(t)(a.keeps(by(far, now), qingshan, elsewhere))
	mustDo(t, a.check().GiveUp(ctx, doubted.Hash, now))
	a.unseenIs(t, hongqi, now.Add(photo.Patience-time.Second), leader, 1, doubted)
	now = now.Add(photo.Patience)
	done(t)(a.keeps(by(qian, now), hongqi, fresh))
	a.unseenIs(t, hongqi, now, leader, 2, silent, doubted)
	a.unseenIs(t, hongqi, now, deputy, 1, silent, doubted)
	a.unseenIs(t, qingshan, now, leader, 1, elsewhere)
	a.shows(t, wangsHome, 4, doubted)
	found, err := a.Unseen(ctx, hongqi, now, 10)
	if err != nil || found[0].For() != "" || found[1].For() == "" || found[0].By == "" || len(found[0].Held) != 2 || !found[0].At.Equal(on(5, 4)) {
		t.Errorf("%+v, %v", found, err)
	}

	for _, who := range []household.PersonID{qian, zhao, wang, far} { // the team, and who has nothing to do with it
		refused(t, fault.NotFound)(a.judges(by(who, now), silent, true, ""))
	}
	refused(t, fault.NotFound)(a.judges(by(leader, now), elsewhere, true, ""))
	refused(t, fault.NotFound)(a.judges(by(leader, now), shot(9, 0), true, ""))
	refused(t, fault.SamePerson)(a.judges(by(deputy, now), silent, true, ""))
	refused(t, fault.Invalid)(a.judges(by(leader, now), silent, false, ""))
	refused(t, fault.Conflict)(a.judges(by(leader, now), fresh, true, ""))
	if n := a.count(t, "SELECT count(*) FROM audit"); n != 0 {
		t.Errorf("%d audit lines of what was refused", n)
	}

	pass := by(leader, now)
	for range 2 {
		done(t)(a.judges(pass, silent, true, ""))
	}
	refused(t, fault.Conflict)(a.judges(by(officer, now), silent, false, "看不清"))
	done(t)(a.judges(by(officer, now), doubted, false, "有别人家孩子"))
	if got := a.picture(t, silent.Hash); got.Check != photo.Passed || !got.VisibleTo(wang, nil) {
		t.Errorf("%+v", got)
	}
	if got := a.picture(t, doubted.Hash); got.Check != photo.Refused || got.Reason != "有别人家孩子" || got.VisibleTo(wang, nil) {
		t.Errorf("%+v", got)
	}
	for what, who := range map[string]household.PersonID{usecase.PhotoPassed: leader, usecase.PhotoRefused: officer} {
		if n := a.count(t, "SELECT count(*) FROM audit WHERE what = '"+what+"' AND village_id = 1 AND length(object) = 64 AND person_id = "+strconv.FormatInt(int64(who), 10)); n != 1 {
			t.Errorf("%d lines of %s; want 1", n, what)
		}
	}
	a.unseenIs(t, hongqi, now, leader, 0)
}

// testJudgedTogether: of several who look at once, one decides.
func testJudgedTogether(t *testing.T, database Database) {
	a := stage(t, database)
	both := [2]acts{a, enter(t, a.dsn)}
	now, p := on(5, 4), shot(1, 1)
	done(t)(a.keeps(by(qian, now), hongqi, p))
	people := []household.PersonID{leader, deputy, officer}
	effects, refusals := count(t, together(12, func(i int) (fault.Outcome, error) {
		return both[i%2].judges(by(people[i%3], now.Add(photo.Patience)), p, i%4 < 2, "看不清")
	}))
	if effects != 1 || refusals[fault.Conflict] != 11 {
		t.Errorf("%d decided; %v", effects, refusals)
	}
	if n := a.count(t, "SELECT count(*) FROM audit"); n != 1 {
		t.Errorf("%d audit lines; want 1", n)
	}
}

// testUnpassedWords: a household reads no words that the platform did not pass.
func testUnpassedWords(t *testing.T, database Database) {
	a := stage(t, database)
	p := shot(1, 1)
	done(t)(a.keeps(by(qian, on(5, 4)), hongqi, p))
	a.shows(t, wangsHome, 4, p)
	run(t, raw(t, a.dsn), "UPDATE event SET note = '说不准的话'")
	notes := func() (found []string) {
		t.Helper()
		lines, err := a.LinesOf(ctx, wang, wangsHome, ask.Query{Year: year, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines.Lines {
			if l.Reason != "" {
				found = append(found, l.Reason)
			}
		}
		return found
	}
	pass := func(passed bool, words ...string) {
		t.Helper()
		_, err := a.bare(by(qian, on(5, 4)), func(tx *storage.Tx) (fault.Outcome, error) {
			return fault.Outcome{Code: fault.Done}, tx.Pass(words, passed, on(5, 4))
		})
		mustDo(t, err)
	}
	for _, step := range []struct {
		passed bool
		words  []string
		want   string
	}{
		{false, []string{"", "别的话"}, "说不准的话"},
		{false, []string{"", "说不准的话", "说不准的话"}, script.Withheld},
		{true, []string{"别的话", ""}, script.Withheld},
		{true, []string{"说不准的话"}, "说不准的话"},
		{true, nil, "说不准的话"},
	} {
		pass(step.passed, step.words...)
		if got := notes(); len(got) != 1 || got[0] != step.want {
			t.Errorf("after %q passed %v: %q, want %q", step.words, step.passed, got, step.want)
		}
	}
}
