package tell

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Places are the villages and townships by their ids.
type Places struct {
	Villages  map[village.ID]village.Village
	Townships map[village.TownshipID]village.Township
}

// PostsTx is what telling those who hold a post needs of a transaction.
type PostsTx interface {
	usecase.Notices
	// Posts are those of the roles, everywhere, in a fixed order.
	Posts(roles ...household.Role) ([]household.Post, error)
	Places() (Places, error)
}

// once runs an act of the schedule once for its occasion and returns how many
// notices it left.
func once[T usecase.Notices](ctx context.Context, do usecase.Once[T], name string, at time.Time, act func(T, time.Time) ([]notice.Notice, error)) (map[string]int, error) {
	cmd := usecase.Command{Key: name + "/" + at.UTC().Format(time.RFC3339), Now: at}
	out, err := do(ctx, cmd, func(tx T) (fault.Outcome, error) {
		notices, err := act(tx, at)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(len(notices))}}, tx.Notify(notices...)
	})
	return map[string]int{"notices": int(out.Facts.ID)}, err
}

// Timetable tells each leader on the first day of a quarter until when the last
// one is to be assessed and published (PRODUCT 2.8).
type Timetable struct{ Once usecase.Once[PostsTx] }

// Do leaves the notices of an occasion, once, and counts them.
func (u Timetable) Do(ctx context.Context, at time.Time) (map[string]int, error) {
	return once(ctx, u.Once, "timetable", at, timetable)
}

func timetable(tx PostsTx, at time.Time) ([]notice.Notice, error) {
	q := calendar.QuarterOf(calendar.DateOf(at)).Prev()
	by := calendar.PublishBy(q)
	places, err := tx.Places()
	if err != nil {
		return nil, err
	}
	leaders, err := tx.Posts(household.Leader)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, p := range leaders {
		out = append(out, notice.Notice{
			Person: p.Person, Scope: notice.Scope{Village: p.Village}, Occasion: "timetable:" + q.String(), Kind: notice.Timetable,
			Facts: notice.Facts{Place: places.Villages[p.Village].Name, Quarter: q.String(), Until: by.String()},
			At:    at, Until: by.AddDays(1).Start(),
		})
	}
	return out, nil
}

// LateTx is what telling of late villages needs of a transaction.
type LateTx interface {
	PostsTx
	// Unpublished are the villages that had no sheet of the quarter at a time.
	Unpublished(calendar.Quarter, time.Time) ([]village.ID, error)
}

// Late tells the leader of a village that has not published the last quarter,
// and the township's office which villages those are (PRODUCT 2.8).
type Late struct{ Once usecase.Once[LateTx] }

// lateDays is how long it matters that a village is late.
const lateDays = 10

// named is how many villages a notice names.
const named = 10

// Do leaves the notices of an occasion, once, and counts them.
func (u Late) Do(ctx context.Context, at time.Time) (map[string]int, error) {
	return once(ctx, u.Once, "late", at, late)
}

func late(tx LateTx, at time.Time) ([]notice.Notice, error) {
	q := calendar.QuarterOf(calendar.DateOf(at)).Prev()
	places, err := tx.Places()
	if err != nil {
		return nil, err
	}
	villages, err := tx.Unpublished(q, at)
	if err != nil {
		return nil, err
	}
	posts, err := tx.Posts(household.Leader, household.Officer)
	if err != nil {
		return nil, err
	}
	is, names := map[village.ID]bool{}, map[village.TownshipID][]string{}
	for _, id := range villages {
		v := places.Villages[id]
		is[id], names[v.Township] = true, append(names[v.Township], v.Name)
	}
	var out []notice.Notice
	for _, p := range posts {
		n := notice.Notice{
			Person: p.Person, Occasion: "late:" + q.String(), Kind: notice.Late, At: at, Until: at.AddDate(0, 0, lateDays),
			Facts: notice.Facts{Quarter: q.String(), Day: calendar.PublishBy(q).String()},
		}
		switch {
		case p.Village != 0 && is[p.Village]:
			n.Scope, n.Facts.Place = notice.Scope{Village: p.Village}, places.Villages[p.Village].Name
		case p.Township != 0 && len(names[p.Township]) > 0:
			all := names[p.Township]
			n.Scope, n.Facts.Place = notice.Scope{Township: p.Township}, places.Townships[p.Township].Name
			n.Facts.Count, n.Facts.Names = len(all), all[:min(len(all), named)]
		default:
			continue
		}
		out = append(out, n)
	}
	return out, nil
}

// VisitsTx is what telling of households that were not visited needs of a transaction.
type VisitsTx interface {
	PostsTx
	// Unvisited is how many active households of each village nobody had visited
	// in the month up to a time.
	Unvisited(calendar.Month, time.Time) (map[village.ID]int, error)
}

// Visits tells the team of each village how many households are not visited yet
// this month (PRODUCT 2.6).
type Visits struct{ Once usecase.Once[VisitsTx] }

// Do leaves the notices of an occasion, once, and counts them.
func (u Visits) Do(ctx context.Context, at time.Time) (map[string]int, error) {
	return once(ctx, u.Once, "visits", at, visits)
}

func visits(tx VisitsTx, at time.Time) ([]notice.Notice, error) {
	month := calendar.MonthOf(calendar.DateOf(at))
	places, err := tx.Places()
	if err != nil {
		return nil, err
	}
	left, err := tx.Unvisited(month, at)
	if err != nil {
		return nil, err
	}
	team, err := tx.Posts(household.TeamMember)
	if err != nil {
		return nil, err
	}
	var out []notice.Notice
	for _, p := range team {
		if left[p.Village] == 0 {
			continue
		}
		out = append(out, notice.Notice{
			Person: p.Person, Scope: notice.Scope{Village: p.Village}, Occasion: "visits:" + month.String(), Kind: notice.Visits,
			Facts: notice.Facts{Place: places.Villages[p.Village].Name, Count: left[p.Village], Until: month.Last().String()},
			At:    at, Until: month.Last().AddDays(1).Start(),
		})
	}
	return out, nil
}
