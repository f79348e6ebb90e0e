package sample

import (
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
)

// How many of a hundred waiting events a sitting leaves for the next one.
const (
	leftInMonth      = 4
	leftAtAssessing  = 1
	leftInLastMonths = 12
)

// planSittings lets the leader or a deputy go through what waits three times
// a month.
func (y *year) planSittings() {
	for month := time.January; month <= time.December; month++ {
		left := leftInMonth
		if month >= time.October {
			left = leftInLastMonths
		}
		last := calendar.Month{Year: y.c.Year, Month: month}.Last()
		for _, day := range []int{10, 20, last.Day} {
			y.plan(calendar.On(y.c.Year, month, day), 19, 0, func(time.Time) { y.sit(left, day == 20) })
		}
	}
}

// planQuarters plans each quarter's sheet, its seal, and what follows from both.
func (y *year) planQuarters() {
	for n := 1; n <= 4; n++ {
		q := calendar.Quarter{Year: y.c.Year, N: n}
		published := calendar.NthWorkingDay(q.Next().First(), 1+y.r.IntN(3))
		sealed := calendar.SealFrom(published).AddDays(y.r.IntN(3))
		y.plan(published, 9, 0, func(time.Time) { y.sit(leftAtAssessing, false) })
		y.plan(published, 15, y.r.IntN(60), func(now time.Time) { y.publish(q, now) })
		y.plan(sealed, 0, 10, func(now time.Time) { y.seal(q, now) })
		y.planDisputes(q, published, sealed)
		y.planWindow(q, sealed)
	}
}

// sit goes through the waiting events and decides most of them.
func (y *year) sit(left int, byDeputy bool) {
	kept := y.pending[:0]
	for _, w := range y.pending {
		if !w.sure && y.r.IntN(100) < left {
			kept = append(kept, w)
			continue
		}
		y.tick()
		y.decide(w, byDeputy)
	}
	y.pending = kept
}

var rejections = []string{"照片看不清，请补拍后再记", "签到表上没有这一户", "和上一条是同一件事"}

// decide confirms an event or, rarely, rejects it; where the first may not,
// the next, and at last the township's officer.
func (y *year) decide(w waiting, byDeputy bool) {
	judges := [3]household.Staff{y.staff.leader, y.staff.deputy, y.staff.officer}
	if byDeputy {
		judges[0], judges[1] = judges[1], judges[0]
	}
	reject := !w.sure && y.r.IntN(100) == 0
	for _, judge := range judges {
		err := y.decideAs(judge, w, reject)
		if code := fault.CodeOf(err); code == fault.SamePerson || code == fault.Kin {
			continue
		}
		must(err)
		return
	}
	panic(fmt.Sprintf("sample: nobody may decide event %d", y.v.Events[w.event].ID))
}

func (y *year) decideAs(judge household.Staff, w waiting, reject bool) error {
	e := &y.v.Events[w.event]
	if reject {
		rejected, err := e.Reject(y.scene(judge), rejections[int(e.ID)%len(rejections)])
		if err == nil {
			*e = rejected
			y.free(w)
		}
		return err
	}
	confirmed, draft, err := e.Confirm(y.scene(judge), y.v.Progress)
	if err == nil {
		*e = confirmed
		y.post(w.home, draft, y.clock())
	}
	return err
}

// free gives a rejected event's room under the caps back.
func (y *year) free(w waiting) {
	used := y.homes[w.home].used
	for i := range used {
		if used[i].id == y.v.Events[w.event].ID {
			y.homes[w.home].used = append(used[:i], used[i+1:]...)
			return
		}
	}
}

// publish assesses the quarter and puts its sheet on the wall, signed by as
// many of the team as the village asks for.
func (y *year) publish(q calendar.Quarter, now time.Time) {
	next, err := quarter.New(y.v.Village.ID, q).Assess(now)
	must(err)
	signing := quarter.Signing{
		Minutes: fmt.Sprintf("%d年第%d季度积分评议会记录", q.Year, q.N),
		Need:    y.v.Village.Settings.Signers,
	}
	for _, s := range y.recorders[:signing.Need] {
		signing.Signers = append(signing.Signers, s.Person)
	}
	next, err = next.Publish(y.v.Progress, signing, now)
	must(err)
	y.v.Progress.Published = q
	y.v.Quarters = append(y.v.Quarters, next)
	y.v.Sheets = append(y.v.Sheets, quarter.Snapshot(next, y.v.Head, now, y.listed(q), y.lines(y.v.Entries)))
}

// listed are the households on a quarter's sheet: the active ones that had
// joined by its last day.
func (y *year) listed(q calendar.Quarter) []household.Household {
	out := make([]household.Household, 0, len(y.v.Households))
	for _, h := range y.v.Households {
		if h.State == household.Active && !h.Joined.After(q.Last()) {
			out = append(out, h)
		}
	}
	return out
}

// lines are the scored entries as a sheet reads them.
func (y *year) lines(entries []ledger.Entry) []quarter.Line {
	out := make([]quarter.Line, 0, len(entries))
	for _, e := range entries {
		if e.Scored() {
			out = append(out, quarter.Line{
				Household: y.v.Accounts[y.homeOf(e)].Household, Root: e.Root, CountsIn: e.CountsIn, Tenths: e.Tenths,
			})
		}
	}
	return out
}

// homeOf is the place of an entry's household in the village.
func (y *year) homeOf(e ledger.Entry) int { return int(e.Account - y.v.Accounts[0].ID) }

// seal ends the published quarter and lets its lines reach the claims.
func (y *year) seal(q calendar.Quarter, now time.Time) {
	last := &y.v.Quarters[len(y.v.Quarters)-1]
	sealed, err := last.Seal(now)
	must(err)
	*last = sealed
	for i, a := range y.v.Accounts {
		y.v.Accounts[i] = a.Seal(q)
	}
	y.v.Progress = ledger.Progress{Sealed: q}
	if y.v.Accounts[endingHome].State == ledger.Merged {
		y.merge(now)
	}
}
