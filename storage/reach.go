package storage

import (
	"context"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

type reachRow struct {
	Openid     string
	Unfollowed bool
	SaidAt     instant
	Used       int
	Rests      instant
	Code       int
	RefusedAt  instant
}

func (reachRow) TableName() string { return "reach" }

type creditRow struct {
	Openid    string
	Template  string
	Remaining int
	ChangedAt instant
}

func (creditRow) TableName() string { return "credit" }

// creditsOf are the consents that are left to the rows' people, by their openid
// and the template.
func (t *Tx) creditsOf(due []dueScan) (map[string]map[string]int, error) {
	var ids []string
	for _, d := range due {
		for _, id := range []*string{d.Openid, d.MiniOpenid} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	left := map[string]map[string]int{}
	if len(ids) == 0 {
		return left, nil
	}
	var rows []creditRow
	err := t.db.Where("openid IN ? AND remaining > 0", ids).Find(&rows).Error
	for _, r := range rows {
		if left[r.Openid] == nil {
			left[r.Openid] = map[string]int{}
		}
		left[r.Openid][r.Template] = r.Remaining
	}
	return left, err
}

// learn keeps what messages taught about their people, and closes ways.
func (t *Tx) learn(all []ended, now time.Time) error {
	taught, rested := map[notice.Lesson][]string{}, map[time.Time][]string{}
	for _, e := range all {
		if e.effect.Person != notice.NoLesson && e.effect.Person != notice.UsedConsent && e.effect.Person != notice.NoCredit {
			taught[e.effect.Person] = append(taught[e.effect.Person], e.OpenID)
		}
		if !e.effect.Rests.IsZero() {
			rested[e.effect.Rests] = append(rested[e.effect.Rests], e.OpenID)
		}
		if err := t.spend(e); err != nil {
			return err
		}
		if e.effect.Stop.What != "" {
			row := stopRow{What: e.effect.Stop.What, Until: at(e.effect.Stop.Until), Code: e.code, At: at(now)}
			if err := t.db.Clauses(clause.OnConflict{UpdateAll: true, Columns: []clause.Column{{Name: "what"}}}).Create(&row).Error; err != nil {
				return err
			}
		}
	}
	for lesson, openids := range taught {
		changes := map[notice.Lesson]map[string]any{
			notice.Unfollowed: {"unfollowed": true, "code": 43004, "refused_at": at(now)},
			notice.NoWindow:   {"used": notice.WindowSends, "code": 45047, "refused_at": at(now)},
			notice.UsedWindow: {"used": gorm.Expr("used + 1")},
		}[lesson]
		if err := t.reachable(openids, changes); err != nil {
			return err
		}
	}
	for until, openids := range rested {
		if err := t.reachable(openids, map[string]any{"rests": at(until), "code": 43117, "refused_at": at(now)}); err != nil {
			return err
		}
	}
	return nil
}

// reachable changes what is known of people.
func (t *Tx) reachable(openids []string, changes map[string]any) error {
	openids = slices.DeleteFunc(openids, func(s string) bool { return s == "" })
	slices.Sort(openids)
	openids = slices.Compact(openids)
	if len(openids) == 0 {
		return nil
	}
	if err := insert(t.db.Clauses(clause.OnConflict{DoNothing: true}), each(openids, func(o string) reachRow { return reachRow{Openid: o} })); err != nil {
		return err
	}
	return t.db.Model(&reachRow{}).Where("openid IN ?", openids).Updates(changes).Error
}

// spend takes a used consent away, or all of a refused one.
func (t *Tx) spend(e ended) error {
	which := t.db.Model(&creditRow{}).Where("openid = ? AND template = ?", e.To(), e.Way.Template)
	switch e.effect.Person {
	case notice.UsedConsent:
		return which.Where("remaining > 0").Update("remaining", gorm.Expr("remaining - 1")).Error
	case notice.NoCredit:
		return which.Update("remaining", 0).Error
	}
	return nil
}

// Learnt is what was gathered of how people can be reached, since it was kept last.
type Learnt struct {
	Signs    []notice.Sign
	Used     []notice.Used
	Consents []notice.Consent
}

// Learn keeps what people did. Of one person the order of the signs counts.
func (s *Store) Learn(ctx context.Context, l Learnt) error {
	return s.inTx(ctx, func(tx *Tx) error {
		if err := tx.signs(l.Signs); err != nil {
			return err
		}
		slices.SortFunc(l.Used, func(a, b notice.Used) int { return strings.Compare(a.OpenID, b.OpenID) })
		for _, u := range l.Used {
			err := tx.db.Model(&reachRow{}).Where("openid = ? AND said_at <= ?", u.OpenID, at(u.At)).Update("used", gorm.Expr("used + 1")).Error
			if err != nil {
				return err
			}
		}
		slices.SortStableFunc(l.Consents, func(a, b notice.Consent) int { return strings.Compare(a.OpenID, b.OpenID) })
		for _, c := range l.Consents {
			if err := tx.consent(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// signs keeps the newest of each person.
func (t *Tx) signs(signs []notice.Sign) error {
	newest := map[string]reachRow{}
	for _, s := range signs {
		row := newest[s.OpenID]
		row.Openid, row.Unfollowed = s.OpenID, s.Gone
		if s.Said && s.At.After(row.SaidAt.Time) {
			row.SaidAt = at(s.At)
		}
		newest[s.OpenID] = row
	}
	rows := make([]reachRow, 0, len(newest))
	for _, r := range newest {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b reachRow) int { return strings.Compare(a.Openid, b.Openid) })
	newer := "excluded.said_at IS NOT NULL AND (reach.said_at IS NULL OR excluded.said_at > reach.said_at)"
	return insert(t.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "openid"}},
		DoUpdates: clause.Assignments(map[string]any{
			"unfollowed": gorm.Expr("excluded.unfollowed"),
			"used":       gorm.Expr("CASE WHEN " + newer + " THEN 0 ELSE reach.used END"),
			"said_at":    gorm.Expr("CASE WHEN " + newer + " THEN excluded.said_at ELSE reach.said_at END"),
		}),
	}), rows)
}

// consent counts a consent once, however often the platform tells of it: each
// bears its time, and those of one person and template come in order.
func (t *Tx) consent(c notice.Consent) error {
	row := creditRow{Openid: c.OpenID, Template: c.Template, ChangedAt: at(c.At)}
	left := gorm.Expr("0")
	if c.Accepted {
		row.Remaining, left = 1, gorm.Expr("credit.remaining + 1")
	}
	return t.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "openid"}, {Name: "template"}},
		Where:     clause.Where{Exprs: []clause.Expression{gorm.Expr("excluded.changed_at > credit.changed_at")}},
		DoUpdates: clause.Assignments(map[string]any{"remaining": left, "changed_at": gorm.Expr("excluded.changed_at")}),
	}).Create(&row).Error
}
