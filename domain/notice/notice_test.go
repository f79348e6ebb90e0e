package notice_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// clock is a time of a working day.
func clock(h, m, s int) time.Time {
	return calendar.On(2026, 11, 24).Start().Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second)
}

func TestHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at, next time.Time
	}{
		{clock(0, 0, 0), clock(8, 30, 0)},
		{clock(8, 29, 59), clock(8, 30, 0)},
		{clock(8, 30, 0), clock(8, 30, 0)},
		{clock(19, 59, 59), clock(19, 59, 59)},
		{clock(20, 0, 0), clock(32, 30, 0)},
		{clock(23, 59, 59), clock(32, 30, 0)},
	} {
		if got := notice.NextGo(c.at.UTC()); !got.Equal(c.next) {
			t.Errorf("from %v on one may send at %v, want %v", c.at, got, c.next)
		}
		if got := notice.MayGo(c.at.UTC()); got != c.at.Equal(c.next) {
			t.Errorf("at %v one may send: %v", c.at, got)
		}
	}
}

var (
	template = notice.Way{Channel: notice.Template, Template: "T"}
	oneTime  = notice.Way{Channel: notice.OneTime, Template: "S"}
	mini     = notice.Way{Channel: notice.MiniOneTime, Template: "M"}
	service  = notice.Way{Channel: notice.Service}
	all      = []notice.Way{template, oneTime, mini, service}
)

// TestDecide: what is done with a row, by all that it depends on.
func TestDecide(t *testing.T) {
	t.Parallel()
	noon := clock(12, 0, 0)
	wrote := notice.Reach{OpenID: "o", MiniOpenID: "m", SaidAt: noon.Add(-47 * time.Hour)}
	with := func(change func(*notice.Reach)) notice.Reach {
		r := wrote
		change(&r)
		return r
	}
	row := notice.Row{Kind: notice.Published, Until: noon.Add(24 * time.Hour)}
	doubt := func(w notice.Way, ago time.Duration) notice.Row {
		r := row
		r.Doubtful, r.Begun = w, noon.Add(-ago)
		return r
	}
	tried := func(channels ...notice.Channel) notice.Row {
		r := row
		r.Tried = channels
		return r
	}
	sending := func(w notice.Way) notice.Plan { return notice.Plan{State: notice.Sending, Way: w} }
	later := func(due time.Time) notice.Plan { return notice.Plan{State: notice.Waiting, Due: due} }
	end := func(s notice.State) notice.Plan { return notice.Plan{State: s} }
	unfollowed := with(func(r *notice.Reach) { r.Unfollowed = true })
	for name, c := range map[string]struct {
		row   notice.Row
		reach notice.Reach
		off   bool
		ways  []notice.Way
		stops []notice.Stop
		now   time.Time
		want  notice.Plan
	}{
		"the first way":                 {row: row, reach: wrote, ways: all, want: sending(template)},
		"the configured order":          {row: row, reach: wrote, ways: []notice.Way{service, template}, want: sending(service)},
		"not following":                 {row: row, reach: unfollowed, ways: all, want: end(notice.Unreachable)},
		"not following, with credit":    {row: row, reach: with(func(r *notice.Reach) { r.Unfollowed, r.Credits = true, map[string]int{"S": 1} }), ways: all, want: sending(oneTime)},
		"in the Mini Program alone":     {row: row, reach: notice.Reach{MiniOpenID: "m", Credits: map[string]int{"M": 1}}, ways: all, want: sending(mini)},
		"no account at all":             {row: row, reach: notice.Reach{Credits: map[string]int{"M": 1, "S": 1}}, ways: all, want: end(notice.Unreachable)},
		"after the template":            {row: tried(notice.Template), reach: wrote, ways: all, want: sending(service)},
		"after all":                     {row: tried(notice.Template, notice.Service), reach: wrote, ways: all, want: end(notice.Unreachable)},
		"window just over":              {row: row, reach: with(func(r *notice.Reach) { r.SaidAt = noon.Add(-48 * time.Hour) }), ways: []notice.Way{service}, want: end(notice.Unreachable)},
		"window just open":              {row: row, reach: with(func(r *notice.Reach) { r.SaidAt = noon.Add(time.Second - 48*time.Hour) }), ways: []notice.Way{service}, want: sending(service)},
		"fifth of the window":           {row: row, reach: with(func(r *notice.Reach) { r.Used = 4 }), ways: []notice.Way{service}, want: sending(service)},
		"sixth of the window":           {row: row, reach: with(func(r *notice.Reach) { r.Used = 5 }), ways: []notice.Way{service}, want: end(notice.Unreachable)},
		"nothing configured":            {row: row, reach: wrote, want: end(notice.Unreachable)},
		"too late":                      {row: row, reach: wrote, ways: all, now: noon.Add(24 * time.Hour), want: end(notice.Expired)},
		"too late at night":             {row: row, reach: wrote, ways: all, now: clock(36, 0, 0), want: end(notice.Expired)},
		"just in time":                  {row: row, reach: wrote, ways: all, now: noon.Add(24*time.Hour - 1), want: sending(template)},
		"at night":                      {row: row, reach: wrote, ways: all, now: clock(20, 0, 0), want: later(clock(32, 30, 0))},
		"turned off":                    {row: row, reach: wrote, off: true, ways: all, want: end(notice.Declined)},
		"a post's cannot be off":        {row: notice.Row{Kind: notice.Case, Until: row.Until}, reach: wrote, off: true, ways: all, want: sending(template)},
		"stopped channel":               {row: row, reach: wrote, ways: all, stops: []notice.Stop{{What: "template", Until: noon.Add(time.Hour)}}, want: sending(service)},
		"stopped template":              {row: row, reach: wrote, ways: []notice.Way{template}, stops: []notice.Stop{{What: "T", Until: noon.Add(time.Hour)}}, want: later(noon.Add(time.Hour))},
		"another template is stopped":   {row: row, reach: wrote, ways: []notice.Way{template}, stops: []notice.Stop{{What: "U", Until: noon.Add(time.Hour)}}, want: sending(template)},
		"stop that is over":             {row: row, reach: wrote, ways: []notice.Way{template}, stops: []notice.Stop{{What: "T", Until: noon}}, want: sending(template)},
		"everything stopped":            {row: row, reach: wrote, ways: all, stops: []notice.Stop{{What: notice.Everything, Until: noon.Add(time.Hour)}}, want: later(noon.Add(time.Hour))},
		"stopped into the night":        {row: row, reach: wrote, ways: []notice.Way{template}, stops: []notice.Stop{{What: "T", Until: clock(24, 0, 0)}}, want: later(clock(32, 30, 0))},
		"had too many":                  {row: row, reach: with(func(r *notice.Reach) { r.Rests = noon.Add(time.Hour) }), ways: []notice.Way{template}, want: later(noon.Add(time.Hour))},
		"had too many, but wrote":       {row: row, reach: with(func(r *notice.Reach) { r.Rests = noon.Add(time.Hour) }), ways: all, want: sending(service)},
		"in doubt, repeated":            {row: doubt(template, notice.Repeating-1), reach: wrote, ways: all, want: sending(template)},
		"in doubt for too long":         {row: doubt(template, notice.Repeating), reach: wrote, ways: all, want: end(notice.InDoubt)},
		"in doubt, the clock went back": {row: doubt(template, -time.Second), reach: wrote, ways: all, want: end(notice.InDoubt)},
		"in doubt, no number":           {row: doubt(service, time.Second), reach: wrote, ways: all, want: end(notice.InDoubt)},
		"in doubt, not wanted any more": {row: doubt(template, time.Second), reach: wrote, off: true, ways: all, want: sending(template)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.now.IsZero() {
				c.now = noon
			}
			if diff := cmp.Diff(c.want, notice.Decide(c.row, c.reach, c.off, c.ways, c.stops, c.now)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestAfter: what each answer of the platform means.
func TestAfter(t *testing.T) {
	t.Parallel()
	noon, nextDay := clock(12, 0, 0), clock(32, 30, 0)
	next := notice.Effect{State: notice.Waiting, Due: noon, Tried: true}
	taught := func(l notice.Lesson) notice.Effect {
		e := next
		e.Person = l
		return e
	}
	stop := func(what string, until time.Time) notice.Effect {
		return notice.Effect{State: notice.Waiting, Due: noon, Stop: notice.Stop{What: what, Until: until}}
	}
	for _, c := range []struct {
		a        notice.Answer
		way      notice.Way
		attempts int
		want     notice.Effect
	}{
		{notice.Taken, template, 1, notice.Effect{State: notice.Accepted}},
		{notice.Taken, oneTime, 1, notice.Effect{State: notice.Accepted, Person: notice.UsedConsent}},
		{notice.Taken, notice.Way{Channel: notice.LongTerm, Template: "L"}, 1, notice.Effect{State: notice.Accepted}},
		{notice.Taken, service, 1, notice.Effect{State: notice.Delivered, Person: notice.UsedWindow}},
		{notice.Silent, template, 1, notice.Effect{State: notice.Waiting, Due: noon.Add(20 * time.Second), Doubtful: true}},
		{notice.Silent, oneTime, 1, notice.Effect{State: notice.InDoubt, Person: notice.UsedConsent}},
		{notice.Silent, service, 1, notice.Effect{State: notice.InDoubt, Person: notice.UsedWindow}},
		{notice.Busy, template, 1, notice.Effect{State: notice.Waiting, Due: noon.Add(30 * time.Second)}},
		{notice.Busy, template, 3, notice.Effect{State: notice.Waiting, Due: noon.Add(2 * time.Minute)}},
		{notice.Busy, service, 99, notice.Effect{State: notice.Waiting, Due: noon.Add(30 * time.Minute)}},
		{notice.Unsent, service, 1, notice.Effect{State: notice.Waiting, Due: noon.Add(30 * time.Second)}},
		{notice.SlowDown, template, 1, stop("template", noon.Add(time.Minute))},
		{notice.DayFull, template, 1, stop("template", clock(24, 0, 0))},
		{notice.BadAddress, template, 1, stop(notice.Everything, noon.Add(10*time.Minute))},
		{notice.BadTemplate, template, 1, stop("T", noon.Add(time.Hour))},
		{notice.BadSetup, template, 1, stop("template", noon.Add(time.Hour))},
		{notice.TooFrequent, template, 1, notice.Effect{State: notice.Waiting, Due: noon, Rests: noon.Add(24 * time.Hour)}},
		{notice.NoSuchPerson, template, 1, next},
		{notice.BadWords, template, 1, next},
		{notice.Refused, template, 1, next},
		{notice.NotFollowing, template, 1, taught(notice.Unfollowed)},
		{notice.OutOfWindow, service, 1, taught(notice.NoWindow)},
		{notice.WindowUsed, service, 1, taught(notice.NoWindow)},
		{notice.NoConsent, oneTime, 1, taught(notice.NoCredit)},
	} {
		if diff := cmp.Diff(c.want, notice.After(c.a, c.way, c.attempts, false, noon)); diff != "" {
			t.Errorf("%s by %s (-want +got):\n%s", c.a, c.way.Channel, diff)
		}
	}
	late := clock(19, 59, 50)
	if got := notice.After(notice.Busy, service, 1, false, late); !got.Due.Equal(nextDay) {
		t.Errorf("a pause that ends after hours ends at %v", got.Due)
	}
	for _, a := range notice.Answers() {
		got := notice.After(a, template, 1, true, noon)
		if want := a == notice.Taken; (got.State == notice.Accepted) != want || got.Doubtful == want || got.Tried {
			t.Errorf("%s to what was in doubt: %+v", a, got)
		}
	}
}

func TestReported(t *testing.T) {
	t.Parallel()
	noon := clock(12, 0, 0)
	next := notice.Effect{State: notice.Waiting, Due: noon, Tried: true}
	for _, c := range []struct {
		r        notice.Report
		attempts int
		want     notice.Effect
	}{
		{notice.Arrived, 1, notice.Effect{State: notice.Delivered}},
		{notice.Lost, 1, notice.Effect{State: notice.InDoubt}},
		{notice.Blocked, 1, next},
		{notice.Failed, 1, next},
		{notice.Broken, 1, notice.Effect{State: notice.Waiting, Due: noon.Add(15 * time.Minute)}},
		{notice.Broken, 3, next},
		{notice.Frequency, 1, notice.Effect{State: notice.Waiting, Due: noon, Rests: noon.Add(24 * time.Hour)}},
	} {
		if diff := cmp.Diff(c.want, notice.Reported(c.r, c.attempts, noon)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.r, diff)
		}
	}
}

// TestEverythingEnds: whatever the platform answers, a row ends, is never sent
// by a way that cannot repeat after a silence, and never at night.
func TestEverythingEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := clock(rapid.IntRange(0, 23).Draw(t, "hour"), 17, 0)
		row := notice.Row{Kind: notice.Published, Until: now.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)}
		reach := notice.Reach{OpenID: "o", MiniOpenID: "m", SaidAt: now, Credits: map[string]int{"S": 1, "M": 1}}
		var stops []notice.Stop
		perhapsArrived := false
		for range 5000 {
			plan := notice.Decide(row, reach, false, all, stops, now)
			switch plan.State {
			case notice.Waiting:
				if !plan.Due.After(now) {
					t.Fatalf("it waits until %v at %v", plan.Due, now)
				}
				now = plan.Due
				continue
			case notice.Sending:
			default:
				if perhapsArrived && plan.State != notice.InDoubt {
					t.Fatalf("what may have arrived ends as %s", plan.State)
				}
				return
			}
			if !notice.MayGo(now) {
				t.Fatalf("it is sent at %v", now)
			}
			if perhapsArrived && !plan.Way.Channel.Repeats() {
				t.Fatalf("after a silence it goes by %s", plan.Way.Channel)
			}
			row.Attempts++
			if row.Doubtful.Channel == "" {
				row.Begun = now
			}
			answer := rapid.SampledFrom(notice.Answers()).Draw(t, "answer")
			e := notice.After(answer, plan.Way, row.Attempts, row.Doubtful.Channel != "", now)
			perhapsArrived = perhapsArrived || answer == notice.Silent
			row.Doubtful = notice.Way{}
			if e.Doubtful {
				row.Doubtful = plan.Way
			}
			if e.Tried {
				row.Tried = append(row.Tried, plan.Way.Channel)
			}
			if e.Stop.What != "" {
				stops = append(stops, e.Stop)
			}
			reach.Rests = e.Rests
			if e.State != notice.Waiting {
				return
			}
			now = e.Due
			if plan.Way.Channel.Repeats() && e.Doubtful && rapid.Bool().Draw(t, "the process was away") {
				now = now.Add(time.Hour)
			}
		}
		t.Fatal("it never ends")
	})
}
