package conformance

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/storage"
)

// published is a notice of a sheet to somebody of a household.
func published(p household.PersonID, h household.ID, occasion string) notice.Notice {
	return notice.Notice{
		Person: p, Scope: notice.Scope{Household: h}, Occasion: occasion, Kind: notice.Published, At: on(10, 12), Until: on(10, 19),
		Facts: notice.Facts{Place: "红旗村", Quarter: "2026Q3", Edition: 1, Code: "K7QM"},
	}
}

func (a acts) notify(t testing.TB, notices ...notice.Notice) {
	t.Helper()
	_, err := a.bare(by(0, on(10, 12)), func(tx *storage.Tx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, tx.Notify(notices...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ways are those that the notices of these tests go by.
func ways(w ...notice.Way) storage.Sending {
	return storage.Sending{Ways: func(notice.Kind) []notice.Way { return w }}
}

var (
	byTemplate = notice.Way{Channel: notice.Template, Template: "T"}
	byOnce     = notice.Way{Channel: notice.OneTime, Template: "S"}
	byService  = notice.Way{Channel: notice.Service}
)

func (a acts) take(t testing.TB, now time.Time, s storage.Sending) []notice.Letter {
	t.Helper()
	letters, _, err := a.TakePushes(ctx, 100, now, s)
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

func (a acts) ends(t testing.TB, now time.Time, letters []notice.Letter, answer notice.Answer, number string) {
	t.Helper()
	var results []notice.Result
	for _, l := range letters {
		results = append(results, notice.Result{Letter: l, Answer: answer, Message: number})
	}
	if err := a.EndPushes(ctx, now, results); err != nil {
		t.Fatal(err)
	}
}

// state is how far the notice of an occasion has come.
func (a acts) state(t testing.TB, occasion string) (state string) {
	t.Helper()
	query(t, raw(t, a.dsn), &state, "SELECT state FROM push WHERE occasion = '"+occasion+"'")
	return state
}

func (a acts) is(t testing.TB, occasion string, want notice.State) {
	t.Helper()
	if got := a.state(t, occasion); got != string(want) {
		t.Errorf("%s is %s; want %s", occasion, got, want)
	}
}

// A notice is kept once, taken once however many take, and ends as the platform says.
func testPushes(t *testing.T, database Database) {
	a := stage(t, database)
	for range 2 {
		a.notify(t, published(wang, wangsHome, "one"), published(widow, widowsHome, "one"), published(widow, sonsHome, "one"))
	}
	if got := a.take(t, on(10, 12).Add(-4*time.Hour), ways(byTemplate)); len(got) > 0 {
		t.Errorf("%d are taken before they are due", len(got))
	}
	var mu sync.Mutex
	var all []notice.Letter
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			got, _, err := a.TakePushes(ctx, 2, on(10, 12), ways(byTemplate))
			mu.Lock()
			defer mu.Unlock()
			if all = append(all, got...); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	all = append(all, a.take(t, on(10, 12), ways(byTemplate))...)
	seen := map[int64]bool{}
	for _, l := range all {
		seen[l.ID] = true
		if l.Facts.Code != "K7QM" || l.Attempts != 1 || l.To() == "" || l.Several != (l.Head == "向婆婆" || l.Head == "向长安") {
			t.Errorf("%+v", l)
		}
	}
	if len(all) != 3 || len(seen) != 3 {
		t.Fatalf("%d letters of %d notices were taken; want 3", len(all), len(seen))
	}
	a.ends(t, on(10, 12), all[:1], notice.Taken, "7001")
	if err := a.PutBack(ctx, all[1:2]); err != nil {
		t.Fatal(err)
	}
	if again := a.take(t, on(10, 12), ways(byTemplate)); len(again) != 1 || again[0].ID != all[1].ID || again[0].Attempts != 1 {
		t.Errorf("%+v was taken again", again)
	}
	word := notice.Word{OpenID: all[0].OpenID, Message: "7001", Report: notice.Arrived}
	other := word
	other.OpenID = "o-somebody"
	unknown, err := a.ReportPushes(ctx, on(10, 12), []notice.Word{other, word, word})
	if err != nil || len(unknown) != 1 || unknown[0] != other {
		t.Errorf("%+v, %v; want the other's alone unknown", unknown, err)
	}
	var delivered, logged, sent int
	query(t, raw(t, a.dsn), &delivered, "SELECT count(*) FROM push WHERE state = 'delivered'")
	query(t, raw(t, a.dsn), &logged, "SELECT count(*) FROM push_log WHERE became IN ('taken', 'arrived')")
	query(t, raw(t, a.dsn), &sent, "SELECT sent FROM push_day WHERE channel = 'template'")
	if delivered != 1 || logged != 2 || sent != 1 {
		t.Errorf("%d delivered, %d in the log, %d counted", delivered, logged, sent)
	}
}

// What was on the wire when a process ended is sent again only under its number.
func testLostPushes(t *testing.T, database Database) {
	a := stage(t, database)
	a.notify(t, published(wang, wangsHome, "repeats"))
	first := a.take(t, on(10, 12), ways(byTemplate))
	a.notify(t, published(wang, wangsHome, "cannot"))
	learn(t, a, storage.Learnt{Signs: []notice.Sign{{OpenID: openid(wang), At: on(10, 12), Said: true}}})
	second := a.take(t, on(10, 12), ways(byService))
	if doubtful, again, err := a.LosePushes(ctx, on(10, 12)); err != nil || doubtful+again != 0 {
		t.Fatalf("%d and %d are lost while they are waited for, %v", doubtful, again, err)
	}
	execute(t, a, "UPDATE push SET lease_until = begun_at WHERE state = 'sending'")
	if doubtful, again, err := a.LosePushes(ctx, on(10, 12)); err != nil || doubtful != 1 || again != 1 {
		t.Fatalf("%d in doubt, %d again, %v", doubtful, again, err)
	}
	a.is(t, "cannot", notice.InDoubt)
	a.ends(t, on(10, 12), second, notice.Taken, "") // its process was only slow
	a.is(t, "cannot", notice.Delivered)
	later := on(10, 12).Add(time.Minute)
	repeated := a.take(t, later, ways(byService, byTemplate))
	if len(repeated) != 1 || repeated[0].ID != first[0].ID || !repeated[0].Doubtful || repeated[0].Way != byTemplate {
		t.Fatalf("%+v is sent again", repeated)
	}
	a.ends(t, later, repeated, notice.NotFollowing, "")
	if got := a.take(t, on(10, 12).Add(notice.Repeating), ways(byTemplate, byService)); len(got) > 0 {
		t.Errorf("%+v is sent once more", got)
	}
	a.is(t, "repeats", notice.InDoubt)
}

// What a person did and refused decides how they are reached next.
func testReach(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(10, 12)
	consent := notice.Consent{OpenID: openid(wang), Template: "S", Accepted: true, At: now}
	learn(t, a, storage.Learnt{Consents: []notice.Consent{consent, consent}})
	learn(t, a, storage.Learnt{Consents: []notice.Consent{consent}, Signs: []notice.Sign{{OpenID: openid(wang), At: now, Gone: true}}})
	for i, want := range []notice.State{notice.Accepted, notice.Unreachable} {
		occasion := []string{"with the consent", "without"}[i]
		a.notify(t, published(wang, wangsHome, occasion))
		a.ends(t, now, a.take(t, now, ways(byTemplate, byOnce)), notice.Taken, "")
		a.is(t, occasion, want)
	}
	if unknown, err := a.ReportPushes(ctx, now, []notice.Word{{OpenID: openid(wang), Template: "S", Message: "9", Report: notice.Arrived}}); err != nil || len(unknown) != 0 {
		t.Errorf("%+v, %v", unknown, err)
	}
	a.is(t, "with the consent", notice.Delivered)
	learn(t, a, storage.Learnt{Signs: []notice.Sign{{OpenID: openid(wang), At: now, Said: true}}})
	for range notice.WindowSends {
		learn(t, a, storage.Learnt{Used: []notice.Used{{OpenID: openid(wang), At: now}}})
	}
	a.notify(t, published(wang, wangsHome, "window used"))
	a.take(t, now, ways(byService))
	a.is(t, "window used", notice.Unreachable)
	learn(t, a, storage.Learnt{Signs: []notice.Sign{{OpenID: openid(wang), At: now.Add(time.Second), Said: true}}})
	a.notify(t, published(wang, wangsHome, "stopped"))
	a.ends(t, now, a.take(t, now, ways(byTemplate)), notice.BadTemplate, "")
	if got := a.take(t, now, ways(byTemplate)); len(got) > 0 {
		t.Error("a stopped template is used")
	}
	a.is(t, "stopped", notice.Waiting)
	if got := a.take(t, now.Add(time.Hour), ways(byTemplate)); len(got) != 1 {
		t.Error("the template stays stopped")
	}
	untold, err := a.Untold(ctx, hongqi, "window used")
	if err != nil || len(untold.Rows) != 1 || untold.Rows[0].Home.ID != wangsHome || untold.Counts[notice.Unreachable] != 1 || len(untold.Occasions) != 4 {
		t.Errorf("%+v, %v", untold, err)
	}
	if log, err := a.PushLog(ctx, hongqi, 0, 2); err != nil || len(log) != 2 || log[0].Occasion != "stopped" {
		t.Errorf("%+v, %v", log, err)
	}
	if elsewhere, err := a.Untold(ctx, qingshan, "window used"); err != nil || len(elsewhere.Rows)+len(elsewhere.Occasions) != 0 {
		t.Errorf("%+v, %v in the other village", elsewhere, err)
	}
}

func learn(t testing.TB, a acts, l storage.Learnt) {
	t.Helper()
	if err := a.Learn(ctx, l); err != nil {
		t.Fatal(err)
	}
}

func execute(t testing.TB, a acts, statement string) {
	t.Helper()
	run(t, raw(t, a.dsn), statement)
}

// Occasions are kept once for all instances and run one after the other.
func testOccasions(t *testing.T, database Database) {
	a := stage(t, database)
	names := []string{"late", "early"}
	if _, err := a.Watermarks(ctx, names, on(10, 1)); err != nil {
		t.Fatal(err)
	}
	due := func(job string, after time.Time) (all []time.Time) {
		at := map[string]time.Time{"late": on(10, 3), "early": on(10, 2)}[job]
		if after.Before(at) {
			all = append(all, at)
		}
		return all
	}
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			if _, err := a.ScheduleOccasions(ctx, names, "occasion", due); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	var left int
	query(t, raw(t, a.dsn), &left, "SELECT count(*) FROM river_job")
	if left != 2 {
		t.Errorf("%d jobs are left; want 2", left)
	}
	var ran []string
	for range 2 {
		o, found, err := a.TakeOccasion(ctx)
		if err != nil || !found || o.Attempts != 1 {
			t.Fatalf("%+v, %v, %v", o, found, err)
		}
		if other, found, err := a.TakeOccasion(ctx); found || err != nil {
			t.Errorf("%+v runs beside it, %v", other, err)
		}
		if ran = append(ran, o.Job); a.EndOccasion(ctx, o, map[string]int{"n": 1}, false) != nil {
			t.Error("it does not end")
		}
	}
	if diff := cmp.Diff([]string{"early", "late"}, ran); diff != "" {
		t.Error(diff)
	}
	if waits, err := a.OccasionsWait(ctx); waits || err != nil {
		t.Errorf("%v, %v; nothing waits", waits, err)
	}
}
