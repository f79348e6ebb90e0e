package calendar

import (
	"fmt"
	"time"
)

// Quarter is a calendar quarter, N from 1 to 4. It is comparable.
type Quarter struct {
	Year int
	N    int
}

// QuarterOf returns the quarter that d lies in.
func QuarterOf(d Date) Quarter {
	return Quarter{d.Year, (int(d.Month)-1)/3 + 1}
}

// ParseQuarter reads "2026Q3" and fails on anything else.
func ParseQuarter(s string) (Quarter, error) {
	if len(s) == len("2026Q3") && s[4] == 'Q' && s[5] >= '1' && s[5] <= '4' {
		if year, err := time.Parse("2006", s[:4]); err == nil {
			return Quarter{year.Year(), int(s[5] - '0')}, nil
		}
	}
	return Quarter{}, fmt.Errorf("calendar: %q is not a quarter like 2026Q3", s)
}

// FromIndex returns the quarter whose Index is i, which is not negative.
func FromIndex(i int) Quarter { return Quarter{i / 4, i%4 + 1} }

// Index numbers the quarters without gaps in their order: year × 4 + N − 1.
func (q Quarter) Index() int { return q.Year*4 + q.N - 1 }

// String returns "2026Q3".
func (q Quarter) String() string { return fmt.Sprintf("%04dQ%d", q.Year, q.N) }

// Next returns the quarter after q.
func (q Quarter) Next() Quarter { return FromIndex(q.Index() + 1) }

// Prev returns the quarter before q.
func (q Quarter) Prev() Quarter { return FromIndex(q.Index() - 1) }

// Before reports whether q is earlier than other.
func (q Quarter) Before(other Quarter) bool { return q.Index() < other.Index() }

// First returns the first day of q.
func (q Quarter) First() Date { return On(q.Year, time.Month(q.N*3-2), 1) }

// Last returns the last day of q.
func (q Quarter) Last() Date { return q.Next().First().AddDays(-1) }

// Contains reports whether d lies in q.
func (q Quarter) Contains(d Date) bool { return QuarterOf(d) == q }

// Month is a calendar month. It is comparable.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf returns the month that d lies in.
func MonthOf(d Date) Month { return Month{d.Year, d.Month} }

// String returns "2026-11".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// First returns the first day of m.
func (m Month) First() Date { return On(m.Year, m.Month, 1) }

// Last returns the last day of m.
func (m Month) Last() Date { return On(m.Year, m.Month+1, 0) }

// Prev returns the month before m.
func (m Month) Prev() Month { return MonthOf(m.First().AddDays(-1)) }

// Next returns the month after m.
func (m Month) Next() Month { return MonthOf(m.Last().AddDays(1)) }

// Contains reports whether d lies in m.
func (m Month) Contains(d Date) bool { return MonthOf(d) == m }
