package tell

import (
	"context"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// SummaryTx is what the month's summary needs of a transaction.
type SummaryTx interface {
	usecase.Notices
	// Exceptions are what a township's office has to see of a month, as of a day.
	Exceptions(t village.TownshipID, m calendar.Month, asOf calendar.Date) (script.Exceptions, error)
	Officers(village.TownshipID) ([]household.PersonID, error)
}

// summaryMatters is how many days the notice of a summary matters.
const summaryMatters = 14

// Summary is the use case of the month's summary for the townships' offices:
// exceptions only, one notice an officer and month (PRODUCT 4).
type Summary struct {
	Once usecase.Once[SummaryTx]
	// Townships are all of the county.
	Townships func(context.Context) ([]village.TownshipID, error)
}

// Summed counts what became of the summaries.
type Summed struct {
	Townships int
	Lines     int // exceptions
	Told      int // notices left
}

// Do tells the officers of the month before that of at, each township in a
// transaction of its own: a run that was cut short goes on where it was, and
// counts the same.
func (u Summary) Do(ctx context.Context, at time.Time) (Summed, error) {
	var sum Summed
	townships, err := u.Townships(ctx)
	if err != nil {
		return sum, err
	}
	month := calendar.MonthOf(calendar.DateOf(at)).Prev()
	for _, t := range townships {
		cmd := usecase.Command{Key: fmt.Sprintf("summary/%d/%s", t, month), Now: at}
		out, err := u.Once(ctx, cmd, func(tx SummaryTx) (fault.Outcome, error) { return summarize(tx, cmd, t, month) })
		if err != nil {
			return sum, err
		}
		sum.Townships++
		sum.Lines += int(out.Facts.Need)
		sum.Told += int(out.Facts.ID)
	}
	return sum, nil
}

// AsOf is the day as of which a month's exceptions are seen: that on which they
// were pushed, or today in a month that is not over.
func AsOf(m calendar.Month, today calendar.Date) calendar.Date {
	if pushed := m.Next().First(); pushed.Before(today) {
		return pushed
	}
	return today
}

func summarize(tx SummaryTx, cmd usecase.Command, t village.TownshipID, month calendar.Month) (fault.Outcome, error) {
	e, err := tx.Exceptions(t, month, calendar.DateOf(cmd.Now))
	if err != nil {
		return fault.Outcome{}, err
	}
	officers, err := tx.Officers(t)
	if err != nil {
		return fault.Outcome{}, err
	}
	all := make([]notice.Notice, len(officers))
	for i, p := range officers {
		all[i] = notice.Notice{
			Person: p, Scope: notice.Scope{Township: t}, Occasion: "summary:" + month.String(), Kind: notice.Summary,
			Facts: notice.Facts{Place: e.Place, Day: month.First().String(), Count: e.Count(), Names: e.Villages(), Reason: script.Summary(e)},
			At:    cmd.Now, Until: cmd.Now.AddDate(0, 0, summaryMatters),
		}
	}
	facts := fault.Facts{ID: int64(len(all)), Need: int64(e.Count())}
	return fault.Outcome{Code: fault.Done, Facts: facts}, tx.Notify(all...)
}
