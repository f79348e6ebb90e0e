package bot

import (
	"context"
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// lines answers 明细, by quarter, by year and for deductions alone.
func lines() intent {
	return intent{
		name: "lines", title: "看明细",
		phrases: []string{"明细", "查明细", "积分明细", "看明细", "我的明细"},
		match: func(m message) bool {
			return m.means("lines", detail|minus|part, score|count|who|why|year|ago) || m.intent == "points" && m.tags&part != 0
		},
		handle: (*Bot).openLines,
	}
}

// part are the tags of a part of a year. What was earned in one is told by its lines.
const part = quarter | back | month | past

// openLines shows the first page. Saving its step also closes what was open
// before, so that 更多 never turns the pages of an older list.
func (b *Bot) openLines(ctx context.Context, m message) (Reply, error) {
	if m.line > 0 {
		return b.oneLine(ctx, m)
	}
	year, quarter := m.time()
	asked := ask.Listing{Several: m.several(), Year: year, Quarter: quarter, Minus: m.tags&minus != 0}
	text, step, err := ask.Open(ctx, b.Read, m.From, asked, m.now)
	if err != nil {
		return Reply{}, err
	}
	if err := b.Talk.SaveStep(ctx, m.From, step); err != nil {
		return Reply{}, err
	}
	return say(text)
}

// oneLine shows the line whose number was named.
func (b *Bot) oneLine(ctx context.Context, m message) (Reply, error) {
	year, _ := m.time()
	got, err := b.Read.Lines(ctx, ask.Query{OpenID: m.From, Year: year, Before: m.line + 1, Limit: 1})
	if err != nil {
		return Reply{}, err
	}
	at := slices.IndexFunc(got.Lines, func(l script.Line) bool { return l.No == m.line })
	if at < 0 {
		return say(script.NoLine(m.who, m.line, year))
	}
	return say(script.OneLine(m.who, got.Lines[at], year))
}

// yearOfMonth is the year that was named, or that of the last such month.
func (m message) yearOfMonth(today calendar.Date) int {
	switch {
	case m.tags&year != 0:
		return m.inYear
	case m.tags&ago != 0:
		return today.Year - m.yearsAgo
	case m.inMonth > int(today.Month):
		return today.Year - 1
	}
	return today.Year
}

// time is the year and the quarter, 0 for none, that a message asks about.
func (m message) time() (askedYear, askedQuarter int) {
	today := calendar.DateOf(m.now)
	switch {
	case m.tags&back != 0:
		q := calendar.FromIndex(calendar.QuarterOf(today).Index() - m.quartersBack)
		return q.Year, q.N
	case m.tags&past != 0:
		q := calendar.QuarterOf(calendar.On(today.Year, today.Month-time.Month(m.monthsBack), 1))
		return q.Year, q.N
	case m.tags&month != 0:
		return m.yearOfMonth(today), (m.inMonth + 2) / 3
	case m.tags&year != 0:
		return m.inYear, m.inQuarter
	case m.tags&ago != 0:
		return today.Year - m.yearsAgo, m.inQuarter
	}
	return ask.YearOf(m.who.Accounts, m.inQuarter, m.now), m.inQuarter
}
