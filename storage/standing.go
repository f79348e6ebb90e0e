package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// shownYears is how many of a household's years a Standing has.
const shownYears = 2

// standingQuery answers 积分 in one statement, one row for each of the two
// newest lines of each year, the newest year first; a year with fewer lines
// lets one more in, which is left alone. To ask for the newest years in SQL
// costs a third of the whole. It is plain SQL because it is
// asked more than everything else together, and gorm's reflection would cost
// as much as the query. The join through member confines it to a household
// that the person really belongs to.
var standingQuery = standingOf("LEFT JOIN member m ON m.person_id = p.id AND m.household_id = p.current_household", "p.openid")

// standingOf is the query about the household that tie, a join, finds as
// m.household_id, of the person in whose column its last argument stands.
func standingOf(tie, column string) string { return fmt.Sprintf(standingText, tie, column) }

const standingText = `
SELECT p.id, p.version, p.heard, COALESCE((SELECT c.name FROM step c WHERE c.openid = p.openid), ''),
       (SELECT count(*) FROM enrol_news n WHERE n.person_id = p.id),
       (SELECT count(*) FROM member o WHERE o.person_id = p.id),
       h.id, h.number, h.head,
       v.id, v.name, v.desk, v.board, v.sealed, v.published, v.version, t.name, t.office,
       (SELECT count(*) FROM event w WHERE w.household_id = h.id AND w.state = 'pending'),
       (SELECT sum(w.tenths) FROM event w WHERE w.household_id = h.id AND w.state = 'pending'),
       s.year, s.n, s.ranked, r.rank, r.score,
       a.id, a.year, a.state, a.lines, a.score, a.waiting1, a.waiting2, a.waiting3, a.waiting4,
       a.settled, a.reserved, a.written_off, a.grace, a.version,
       q.published_on, q.sealed_on,
       e.line_no, e.kind, e.root, e.title, e.tenths, e.occurred_on, e.counts_in
FROM person p
%s
LEFT JOIN household h ON h.id = m.household_id
LEFT JOIN village v ON v.id = h.village_id
LEFT JOIN township t ON t.id = v.township_id
LEFT JOIN sheet s ON s.id = v.last_sheet
LEFT JOIN sheet_row r ON r.sheet_id = s.id AND r.household_id = h.id
LEFT JOIN account a ON a.household_id = h.id
LEFT JOIN quarter q ON q.village_id = v.id AND q.year = a.year AND q.n = 4
LEFT JOIN ledger_entry e ON e.account_id = a.id AND e.line_no > a.lines - 2
WHERE %s = ?
ORDER BY a.year DESC, e.line_no DESC
LIMIT 4`

// hotQueries are statements that stay prepared.
type hotQueries struct{ standing, version hotQuery }

func (h *hotQueries) close() {
	h.standing.close()
	h.version.close()
}

// hotQuery is a statement that the first question prepares, for the tables
// must be there; where that fails the next one tries again.
type hotQuery struct{ stmt atomic.Pointer[sql.Stmt] }

func (q *hotQuery) close() {
	if stmt := q.stmt.Load(); stmt != nil {
		_ = stmt.Close()
	}
}

// prepared returns the statement of a hot query, whose only argument is an openid.
func (s *Store) prepared(ctx context.Context, q *hotQuery, text string) (*sql.Stmt, error) {
	if stmt := q.stmt.Load(); stmt != nil {
		return stmt, nil
	}
	pool, err := s.read.DB()
	if err != nil {
		return nil, err
	}
	if s.postgres {
		text = strings.Replace(text, "?", "$1", 1)
	}
	stmt, err := pool.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if !q.stmt.CompareAndSwap(nil, stmt) {
		_ = stmt.Close() // another question was faster
	}
	return q.stmt.Load(), nil
}

// hotRows asks a hot query for one person.
func (s *Store) hotRows(ctx context.Context, q *hotQuery, text, openid string) (*sql.Rows, error) {
	stmt, err := s.prepared(ctx, q, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, openid)
}

// standingScan is one row of the hot query. Outer joins make most of it
// nullable.
type standingScan struct {
	person                        int64
	personVersion                 int64
	heard, step                   string
	news                          int
	homes                         int
	home                          sql.NullInt64
	number, head                  sql.NullString
	village                       sql.NullInt64
	place, desk, board            sql.NullString
	sealed, published             sql.NullInt64
	villageVersion                sql.NullInt64
	township, office              sql.NullString
	pending                       int
	pendingSum                    sql.NullInt64
	sheetYear, sheetN, ranked     sql.NullInt64
	rank, sheetScore              sql.NullInt64
	account, year                 sql.NullInt64
	state                         sql.NullString
	lines, score                  sql.NullInt64
	waiting                       [4]sql.NullInt64
	settled, reserved, writtenOff sql.NullInt64
	grace                         instant
	accountVersion                sql.NullInt64
	q4Published, q4Sealed         day
	line                          sql.NullInt64
	kind, root, title             sql.NullString
	tenths                        sql.NullInt64
	occurredOn                    day
	countsIn                      quarterText
}

func (r *standingScan) targets() []any {
	return []any{
		&r.person, &r.personVersion, &r.heard, &r.step, &r.news, &r.homes, &r.home, &r.number, &r.head,
		&r.village, &r.place, &r.desk, &r.board, &r.sealed, &r.published, &r.villageVersion, &r.township, &r.office,
		&r.pending, &r.pendingSum, &r.sheetYear, &r.sheetN, &r.ranked, &r.rank, &r.sheetScore,
		&r.account, &r.year, &r.state, &r.lines, &r.score, &r.waiting[0], &r.waiting[1], &r.waiting[2], &r.waiting[3],
		&r.settled, &r.reserved, &r.writtenOff, &r.grace, &r.accountVersion, &r.q4Published, &r.q4Sealed,
		&r.line, &r.kind, &r.root, &r.title, &r.tenths, &r.occurredOn, &r.countsIn,
	}
}

// Standing answers the hot question; a stranger's has no Person.
func (s *Store) Standing(ctx context.Context, openid string) (script.Standing, script.Version, error) {
	rows, err := s.hotRows(ctx, &s.hot.standing, standingQuery, openid)
	if err != nil {
		return script.Standing{}, "", fmt.Errorf("storage: standing: %w", err)
	}
	defer rows.Close()
	return readStanding(rows)
}

// readStanding reads the rows of the hot query.
func readStanding(rows *sql.Rows) (script.Standing, script.Version, error) {
	var out script.Standing
	var v versions
	var r standingScan
	targets := r.targets()
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return script.Standing{}, "", fmt.Errorf("storage: standing: %w", err)
		}
		if out.Person == 0 {
			r.start(&out)
			v.add(r.personVersion)
			v.add(r.villageVersion.Int64)
			v.add(listed(r.step))
		}
		further := r.addsAccount(&out)
		if further && len(out.Accounts) == shownYears {
			break
		}
		if further {
			r.addAccount(&out)
			v.add(r.accountVersion.Int64)
		}
		r.addLine(&out)
	}
	return out, v.version(), rows.Err()
}

// listed is 1 where a question of the name is a list that a number answers, else 0.
func listed(step string) int64 {
	switch step {
	case ask.StepHomes, ask.StepChoices, usecase.StepMenu:
		return 1
	}
	return 0
}

// start fills what is the same in every row.
func (r *standingScan) start(out *script.Standing) {
	out.Person, out.Homes, out.News, out.Heard = household.PersonID(r.person), r.homes, r.news, r.heard
	out.Listed = listed(r.step) == 1
	if !r.home.Valid {
		return
	}
	out.Home = script.Home{ID: household.ID(r.home.Int64), Number: r.number.String, Head: r.head.String}
	out.Place = script.Place{
		Village: village.ID(r.village.Int64), Name: r.place.String, Desk: r.desk.String,
		Township: r.township.String, Office: r.office.String, Board: village.Board(r.board.String),
	}
	out.Progress = ledger.Progress{
		Sealed: calendar.FromIndex(int(r.sealed.Int64)), Published: calendar.FromIndex(int(r.published.Int64)),
	}
	out.Pending, out.PendingSum = r.pending, points.Tenths(r.pendingSum.Int64)
	if !r.rank.Valid {
		return
	}
	quarter := calendar.Quarter{Year: int(r.sheetYear.Int64), N: int(r.sheetN.Int64)}
	out.Sheet = &script.Placing{
		Quarter: quarter, Rank: int(r.rank.Int64), Of: int(r.ranked.Int64), Score: points.Tenths(r.sheetScore.Int64),
		Sealed: out.Progress.IsSealed(quarter),
	}
}

// addsAccount tells whether the row is of a further account.
func (r *standingScan) addsAccount(out *script.Standing) bool {
	n := len(out.Accounts)
	return r.account.Valid && (n == 0 || out.Accounts[n-1].ID != ledger.AccountID(r.account.Int64))
}

func (r *standingScan) addAccount(out *script.Standing) {
	a := ledger.Account{
		ID: ledger.AccountID(r.account.Int64), Household: out.Home.ID, Village: out.Place.Village, Year: int(r.year.Int64), State: ledger.State(r.state.String),
		Lines: int(r.lines.Int64), Score: points.Tenths(r.score.Int64), Settled: points.Tenths(r.settled.Int64),
		Reserved: points.Tenths(r.reserved.Int64), WrittenOff: points.Tenths(r.writtenOff.Int64), Grace: r.grace.Time,
	}
	for i, w := range r.waiting {
		a.Waiting[i] = points.Tenths(w.Int64)
	}
	out.Accounts = append(out.Accounts, script.Account{Account: a, Q4Published: r.q4Published.Date, Q4Sealed: r.q4Sealed.Date})
}

func (r *standingScan) addLine(out *script.Standing) {
	if !r.line.Valid {
		return
	}
	a := &out.Accounts[len(out.Accounts)-1]
	a.Newest = append(a.Newest, script.Line{
		No: int(r.line.Int64), Kind: ledger.Kind(r.kind.String), Root: ledger.Kind(r.root.String), Title: r.title.String,
		Tenths: points.Tenths(r.tenths.Int64), OccurredOn: r.occurredOn.Date, CountsIn: r.countsIn.Quarter,
	})
}
