package storage

import (
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// pushLease is how long, by the database's clock, news of a message on the wire
// is waited for: longer than any call of the platform takes.
const pushLease = 20 * time.Second

// reportLease is how long the platform has at least to tell what became of a
// message, whatever the product's clock says.
const reportLease = time.Minute

type stopRow struct {
	What  string
	Until instant
	Code  int
	At    instant
}

func (stopRow) TableName() string { return "push_stop" }

type sentRow struct {
	Channel notice.Channel
	Day     day
	Sent    int
}

func (sentRow) TableName() string { return "push_day" }

// Sending is what deciding about notices needs besides them.
type Sending struct {
	// Ways are those by which a kind goes, in their order.
	Ways func(notice.Kind) []notice.Way
	// Daily is how many messages of a channel may go out on a day; 0 is any number.
	Daily map[notice.Channel]int
}

// later is a time by the database's clock.
func (s *Store) later(by time.Duration) clause.Expr {
	if s.postgres {
		return gorm.Expr("clock_timestamp() + ? * interval '1 millisecond'", by.Milliseconds())
	}
	return gorm.Expr("?", at(time.Now().Add(by)))
}

// dueScan is a row that is looked at, with all that is known of its person.
type dueScan struct {
	Row        pushRow `gorm:"embedded"`
	Openid     *string
	MiniOpenid *string
	Wanted     *bool
	Homes      int
	Head       string
	Number     string
	Unfollowed *bool
	SaidAt     instant
	Used       *int
	Rests      instant
}

func (d dueScan) reach() notice.Reach {
	r := notice.Reach{SaidAt: d.SaidAt.Time, Rests: d.Rests.Time, Unfollowed: d.Unfollowed != nil && *d.Unfollowed}
	if d.Openid != nil {
		r.OpenID = *d.Openid
	}
	if d.MiniOpenid != nil {
		r.MiniOpenID = *d.MiniOpenid
	}
	if d.Used != nil {
		r.Used = *d.Used
	}
	return r
}

// TakePushes looks at up to n notices that are due at now and decides about each
// of them. Those that are to be sent are on the wire when it returns: whoever got
// them sends them and calls EndPushes. Any number may take at once. looked is how
// many there were.
func (s *Store) TakePushes(ctx context.Context, n int, now time.Time, o Sending) (letters []notice.Letter, looked int, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		due, err := tx.duePushes(n, now)
		if err != nil || len(due) == 0 {
			return err
		}
		looked = len(due)
		credits, err := tx.creditsOf(due)
		if err != nil {
			return err
		}
		stops, err := tx.stops(now, o.Daily)
		if err != nil {
			return err
		}
		planned := map[notice.Plan][]int64{}
		claim := rand.Int64() // #nosec G404 -- tells claims apart
		for _, d := range due {
			reach := d.reach()
			reach.Credits = both(credits[reach.OpenID], credits[reach.MiniOpenID])
			plan := notice.Decide(d.Row.row(), reach, d.Wanted != nil && !*d.Wanted, o.Ways(d.Row.Kind), stops, now)
			planned[plan] = append(planned[plan], d.Row.ID)
			if plan.State == notice.Sending {
				letter, err := d.letter(plan.Way, reach, claim)
				if err != nil {
					return err
				}
				letters = append(letters, letter)
			}
		}
		return tx.follow(planned, claim, now)
	})
	return letters, looked, err
}

func both(a, b map[string]int) map[string]int {
	all := map[string]int{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

func (d dueScan) letter(w notice.Way, r notice.Reach, claim int64) (notice.Letter, error) {
	l := notice.Letter{
		ID: d.Row.ID, Claim: claim, Kind: d.Row.Kind, Way: w, CameAt: d.Row.CameAt.Time, Attempts: d.Row.Attempts + 1, Doubtful: d.Row.Doubtful,
		OpenID: r.OpenID, MiniOpenID: r.MiniOpenID, Head: d.Head, Number: d.Number, Several: d.Homes > 1,
	}
	return l, json.Unmarshal([]byte(d.Row.Facts), &l.Facts)
}

const dueText = `SELECT p.*, n.openid, n.mini_openid, c.wanted, r.unfollowed, r.said_at, r.used, r.rests,
	COALESCE(h.head, '') AS head, COALESCE(h.number, '') AS number,
	(SELECT count(*) FROM member m WHERE m.person_id = p.person_id) AS homes
FROM push p JOIN person n ON n.id = p.person_id
LEFT JOIN notice_choice c ON c.person_id = p.person_id AND c.kind = p.kind
LEFT JOIN reach r ON r.openid = n.openid
LEFT JOIN household h ON h.id = p.household_id
WHERE p.state = 'waiting' AND p.due_at <= ?
ORDER BY p.doubtful DESC, p.due_at, p.id LIMIT ?`

// duePushes locks those that are due and that nobody else is looking at.
func (t *Tx) duePushes(n int, now time.Time) (due []dueScan, err error) {
	text := dueText
	if t.store.postgres {
		text += " FOR NO KEY UPDATE OF p SKIP LOCKED"
	}
	err = t.db.Raw(text, at(now), n).Scan(&due).Error
	return due, err
}

// follow does what was planned.
func (t *Tx) follow(planned map[notice.Plan][]int64, claim int64, now time.Time) error {
	for plan, ids := range planned {
		changes := map[string]any{"state": plan.State, "changed_at": at(now)}
		switch plan.State {
		case notice.Sending:
			changes["claim"], changes["lease_until"] = claim, t.store.later(pushLease)
			changes["channel"], changes["template"] = plan.Way.Channel, plan.Way.Template
			changes["attempts"] = gorm.Expr("attempts + 1")
			changes["begun_at"] = gorm.Expr("CASE WHEN doubtful THEN begun_at ELSE ? END", at(now))
			changes["msg_id"] = ""
		case notice.Waiting:
			changes["due_at"] = at(plan.Due)
		}
		if err := t.db.Model(&pushRow{}).Where("id IN ?", ids).Updates(changes).Error; err != nil {
			return err
		}
		if plan.State == notice.Sending || plan.State == notice.Waiting {
			continue
		}
		if err := insert(t.db, each(ids, func(id int64) pushLogRow {
			return pushLogRow{PushID: id, At: at(now), Became: string(plan.State)}
		})); err != nil {
			return err
		}
	}
	return nil
}

// stops are the ways that are closed at now, with the channels whose day is full.
func (t *Tx) stops(now time.Time, daily map[notice.Channel]int) ([]notice.Stop, error) {
	var rows []stopRow
	if err := t.db.Where("until > ?", at(now)).Find(&rows).Error; err != nil {
		return nil, err
	}
	stops := each(rows, func(r stopRow) notice.Stop { return notice.Stop{What: r.What, Until: r.Until.Time, Code: r.Code} })
	today := calendar.DateOf(now)
	var sent []sentRow
	if err := t.db.Where("day = ?", day{today}).Find(&sent).Error; err != nil {
		return nil, err
	}
	for _, r := range sent {
		if most := daily[r.Channel]; most > 0 && r.Sent >= most {
			stops = append(stops, notice.Stop{What: string(r.Channel), Until: today.AddDays(1).Start()})
		}
	}
	return stops, nil
}

// ended is a message, what became of it, and what that means.
type ended struct {
	notice.Letter
	effect  notice.Effect
	became  string
	code    int
	message string
}

// EndPushes keeps what the platform said to letters. One whose lease was over
// meanwhile counts by what is known now.
func (s *Store) EndPushes(ctx context.Context, now time.Time, results []notice.Result) error {
	all := each(results, func(r notice.Result) ended {
		effect := notice.After(r.Answer, r.Way, r.Attempts, r.Doubtful, now)
		return ended{r.Letter, effect, string(r.Answer), r.Code, r.Message}
	})
	return s.inTx(ctx, func(tx *Tx) error { return tx.end(all, now, true) })
}

// PutBack takes letters that were never sent off the wire again.
func (s *Store) PutBack(ctx context.Context, letters []notice.Letter) error {
	return s.inTx(ctx, func(tx *Tx) error {
		for _, l := range letters {
			err := tx.db.Model(&pushRow{}).Where("id = ? AND claim = ? AND state = 'sending'", l.ID, l.Claim).
				Updates(map[string]any{"state": notice.Waiting, "attempts": gorm.Expr("attempts - 1"), "lease_until": nil}).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// outcome is what rows that are changed alike have in common.
type outcome struct {
	claim    int64
	state    notice.State
	due      time.Time
	tried    notice.Channel
	doubtful bool
	code     int
}

// end changes the rows by what became of them. With claimed, only those that are
// still the letters' own.
func (t *Tx) end(all []ended, now time.Time, claimed bool) error {
	slices.SortFunc(all, func(a, b ended) int { return int(a.ID - b.ID) }) // locked in one order
	alike, order := map[outcome][]ended{}, []outcome{}
	for _, e := range all {
		o := outcome{state: e.effect.State, due: e.effect.Due, doubtful: e.effect.Doubtful, code: e.code}
		if claimed {
			o.claim = e.Claim
		}
		if e.effect.Tried {
			o.tried = e.Way.Channel
		}
		if alike[o] == nil {
			order = append(order, o)
		}
		alike[o] = append(alike[o], e)
	}
	for _, o := range order {
		if err := t.change(o, alike[o], now, claimed); err != nil {
			return err
		}
	}
	if err := insert(t.db, each(all, func(e ended) pushLogRow {
		return pushLogRow{PushID: e.ID, At: at(now), Channel: e.Way.Channel, Became: e.became, Code: e.code}
	})); err != nil {
		return err
	}
	if err := t.learn(all, now); err != nil {
		return err
	}
	return t.count(all, now)
}

func (t *Tx) change(o outcome, rows []ended, now time.Time, claimed bool) error {
	ids := each(rows, func(e ended) int64 { return e.ID })
	changes := map[string]any{"state": o.state, "doubtful": o.doubtful, "code": o.code, "changed_at": at(now), "lease_until": nil}
	switch o.state {
	case notice.Waiting:
		changes["due_at"] = at(o.due)
	case notice.Accepted:
		changes["lease_until"] = t.store.later(reportLease)
	}
	if o.tried != "" {
		changes["tried"] = gorm.Expr("CASE tried WHEN '' THEN '' ELSE tried || ',' END || ?", string(o.tried))
	}
	if numbers := numbersOf(rows); numbers.SQL != "" {
		changes["msg_id"] = numbers
	}
	which := t.db.Model(&pushRow{}).Where("id IN ?", ids)
	if claimed {
		which = which.Where("claim = ? AND state IN ('sending', 'in_doubt')", o.claim)
	}
	return which.Updates(changes).Error
}

// numbersOf gives each row the platform's number of its message.
func numbersOf(rows []ended) clause.Expr {
	var text strings.Builder
	var args []any
	for _, e := range rows {
		if e.message != "" {
			text.WriteString(" WHEN ? THEN ?")
			args = append(args, e.ID, e.message)
		}
	}
	if len(args) == 0 {
		return clause.Expr{}
	}
	return gorm.Expr("CASE id"+text.String()+" ELSE msg_id END", args...)
}

// count adds to the day what the platform took.
func (t *Tx) count(all []ended, now time.Time) error {
	sent := map[notice.Channel]int{}
	for _, e := range all {
		if e.became == string(notice.Taken) {
			sent[e.Way.Channel]++
		}
	}
	for _, c := range notice.Channels() {
		if sent[c] == 0 {
			continue
		}
		row := sentRow{Channel: c, Day: day{calendar.DateOf(now)}, Sent: sent[c]}
		if err := t.db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "channel"}, {Name: "day"}},
			DoUpdates: clause.Assignments(map[string]any{"sent": gorm.Expr("push_day.sent + excluded.sent")}),
		}).Create(&row).Error; err != nil {
			return err
		}
	}
	return nil
}

// LosePushes looks for messages that nothing was heard of: those that were on the
// wire when a process ended, and those whose end the platform never told. It
// returns how many are in doubt now, and how many will be sent again.
func (s *Store) LosePushes(ctx context.Context, now time.Time) (doubtful, again int, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		doubtful, again = 0, 0
		all, err := tx.lost(now)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, e := range all {
			if e.effect.State == notice.InDoubt {
				doubtful++
			} else {
				again++
			}
		}
		return tx.end(all, now, false)
	})
	return doubtful, again, err
}

// losing is how many are looked at in one go.
const losing = 500

func (t *Tx) lost(now time.Time) ([]ended, error) {
	text := `SELECT p.*, n.openid, n.mini_openid FROM push p JOIN person n ON n.id = p.person_id
		WHERE p.state IN ('sending', 'accepted') AND p.lease_until < ? AND (p.state = 'sending' OR p.changed_at <= ?) ORDER BY p.id LIMIT ?`
	if t.store.postgres {
		text += " FOR NO KEY UPDATE OF p SKIP LOCKED"
	}
	var rows []dueScan
	if err := t.db.Raw(text, t.store.later(0), at(now.Add(-notice.ReportWithin)), losing).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return each(rows, func(d dueScan) ended {
		e := d.ended()
		if d.Row.State == notice.Accepted {
			e.effect, e.became = notice.Reported(notice.Lost, d.Row.Attempts, now), string(notice.Lost)
			return e
		}
		e.effect, e.became = notice.After(notice.Silent, d.Row.way(), d.Row.Attempts, d.Row.Doubtful, now), string(notice.Silent)
		return e
	}), nil
}

func (d dueScan) ended() ended {
	r := d.reach()
	return ended{Letter: notice.Letter{
		ID: d.Row.ID, Claim: d.Row.Claim, Kind: d.Row.Kind, Way: d.Row.way(), Attempts: d.Row.Attempts, Doubtful: d.Row.Doubtful, OpenID: r.OpenID, MiniOpenID: r.MiniOpenID,
	}, code: d.Row.Code, message: d.Row.MsgID}
}

// ReportPushes keeps the platform's later words on messages. It returns those on
// messages that it does not know: the word may come before the answer was kept.
func (s *Store) ReportPushes(ctx context.Context, now time.Time, words []notice.Word) (unknown []notice.Word, err error) {
	err = s.inTx(ctx, func(tx *Tx) error {
		unknown = nil
		known, err := tx.numbered(words)
		if err != nil {
			return err
		}
		var all []ended
		for _, w := range words {
			d, found := known[w.Message]
			if !found || d.reach().ID(w.Mini) != w.OpenID {
				if d, found, err = tx.unnumbered(w); err != nil {
					return err
				}
			}
			switch {
			case !found:
				unknown = append(unknown, w)
			case d.Row.State != notice.Accepted && d.Row.State != notice.InDoubt:
				// its end was told before
			case !slices.ContainsFunc(all, func(o ended) bool { return o.ID == d.Row.ID }):
				e := d.ended()
				e.effect, e.became, e.code, e.message = notice.Reported(w.Report, d.Row.Attempts, now), string(w.Report), w.Code, w.Message
				all = append(all, e)
			}
		}
		if len(all) == 0 {
			return nil
		}
		return tx.end(all, now, false)
	})
	return unknown, err
}

const reportedText = "SELECT p.*, n.openid, n.mini_openid FROM push p JOIN person n ON n.id = p.person_id WHERE "

func (t *Tx) reportedRows(where string, args ...any) (rows []dueScan, err error) {
	if t.store.postgres {
		where += " FOR NO KEY UPDATE OF p"
	}
	err = t.db.Raw(reportedText+where, args...).Scan(&rows).Error
	return rows, err
}

// numbered finds the messages that words are about by their numbers.
func (t *Tx) numbered(words []notice.Word) (map[string]dueScan, error) {
	numbers := each(words, func(w notice.Word) string { return w.Message })
	rows, err := t.reportedRows("p.msg_id IN ? AND p.msg_id <> '' ORDER BY p.id", numbers)
	known := map[string]dueScan{}
	for _, d := range rows {
		known[d.Row.MsgID] = d
	}
	return known, err
}

// unnumbered finds the message that a word is about, where the platform gave it
// no number: as it does with the official account's subscriptions.
func (t *Tx) unnumbered(w notice.Word) (dueScan, bool, error) {
	if w.Template == "" || w.Mini {
		return dueScan{}, false, nil
	}
	rows, err := t.reportedRows("n.openid = ? AND p.template = ? AND p.msg_id = '' AND p.state = 'accepted' ORDER BY p.changed_at, p.id LIMIT 1", w.OpenID, w.Template)
	if err != nil || len(rows) == 0 {
		return dueScan{}, false, err
	}
	return rows[0], true, nil
}

// ForgetStops opens the ways that a faulty configuration closed: it may have been mended.
func (s *Store) ForgetStops(ctx context.Context, now time.Time) error {
	return s.write.WithContext(ctx).Where("until > ? AND code IN ?", at(now), []int{40037, 41030, 43116, 48001, 40164}).Delete(&stopRow{}).Error
}

// PushesDue tells whether any notice is due at now, or any message was lost.
func (s *Store) PushesDue(ctx context.Context, now time.Time) (bool, error) {
	var due bool
	err := s.read.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM push WHERE state = 'waiting' AND due_at <= ?)
		OR EXISTS (SELECT 1 FROM push WHERE state IN ('sending', 'accepted') AND lease_until < ? AND (state = 'sending' OR changed_at <= ?))`,
		at(now), s.later(0), at(now.Add(-notice.ReportWithin))).Scan(&due).Error
	return due, err
}
