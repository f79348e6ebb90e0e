package storage

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

type helperRow struct {
	ID          int64
	HouseholdID household.ID
	OfHousehold household.ID
	PersonID    optional
	AskedBy     household.PersonID
	State       household.HelperState
	AskedAt     instant
	Until       day
}

func (helperRow) TableName() string { return "helper" }

func newHelperRow(h household.Helper) helperRow {
	return helperRow{
		ID: h.ID, HouseholdID: h.Household, OfHousehold: h.Of, PersonID: optional(h.Person), AskedBy: h.AskedBy, State: h.State,
		AskedAt: at(h.AskedAt), Until: day{h.Until},
	}
}

func (r helperRow) helper() household.Helper {
	return household.Helper{
		ID: r.ID, Household: r.HouseholdID, Of: r.OfHousehold, Person: household.PersonID(r.PersonID), AskedBy: r.AskedBy, State: r.State,
		AskedAt: r.AskedAt.Time, Until: r.Until.Date,
	}
}

type helperLogRow struct {
	ID       int64
	HelperID int64
	PersonID household.PersonID
	What     string
	At       instant
}

func (helperLogRow) TableName() string { return "helper_log" }

// Gather locks who chats under an openid and all who are bound to a household,
// or to the person's current one where it is 0, in the order of their ids.
func (t *Tx) Gather(openid string, h household.ID) error {
	db := t.locking().Model(&personRow{}).Order("id")
	members := t.db.Model(&memberRow{}).Select("person_id")
	if h == 0 {
		members = members.Where("household_id IN (?)", t.db.Model(&personRow{}).Select("current_household").Where("openid = ?", openid))
	} else {
		members = members.Where("household_id = ?", h)
	}
	return db.Where("openid = ? OR id IN (?)", openid, members).Find(&[]personRow{}).Error
}

// PeopleOf are the persons bound to a household, in the order of their ids.
func (t *Tx) PeopleOf(h household.ID) (people []household.PersonID, err error) {
	err = t.db.Model(&memberRow{}).Where("household_id = ? AND person_id IS NOT NULL", h).Order("person_id").Pluck("person_id", &people).Error
	return people, err
}

// Helper locks and returns a helper; NotFound where there is none.
func (t *Tx) Helper(id int64) (household.Helper, error) {
	var row helperRow
	err := t.locking().Where("id = ?", id).Take(&row).Error
	return row.helper(), translate(err)
}

// living are the states of a helper in which something can still happen.
var living = []household.HelperState{household.HelperAsked, household.HelperAccepted}

// HelpersOf are those of a household that were asked or have accepted.
func (t *Tx) HelpersOf(h household.ID) ([]household.Helper, error) {
	var rows []helperRow
	err := t.db.Where("household_id = ? AND state IN ?", h, living).Order("id").Find(&rows).Error
	return each(rows, helperRow.helper), err
}

// HelpedBy are those that a person has accepted.
func (t *Tx) HelpedBy(p household.PersonID) ([]household.Helper, error) {
	var rows []helperRow
	err := t.db.Where("person_id = ? AND state = ?", p, household.HelperAccepted).Order("id").Find(&rows).Error
	return each(rows, helperRow.helper), err
}

// AskedSince counts whom a person has asked to help since a moment.
func (t *Tx) AskedSince(p household.PersonID, since time.Time) (int, error) {
	var n int64
	err := t.db.Model(&helperRow{}).Where("asked_by = ? AND asked_at >= ?", p, at(since)).Count(&n).Error
	return int(n), err
}

// AddHelper keeps a helper and returns its id.
func (t *Tx) AddHelper(h household.Helper) (int64, error) {
	row := newHelperRow(h)
	err := t.db.Create(&row).Error
	return row.ID, err
}

// SetHelper keeps what a helper has come to.
func (t *Tx) SetHelper(h household.Helper) error {
	row := newHelperRow(h)
	return t.db.Model(&helperRow{}).Where("id = ?", h.ID).
		Updates(map[string]any{"person_id": row.PersonID, "state": row.State, "until": row.Until}).Error
}

// LogHelper notes what somebody did about a helper, or as one.
func (t *Tx) LogHelper(id int64, p household.PersonID, what string, now time.Time) error {
	return t.db.Create(&helperLogRow{HelperID: id, PersonID: p, What: what, At: at(now)}).Error
}

// TellHelped leaves a household's people, but the one who acted, news of its
// helpers, unless they have such news already.
func (t *Tx) TellHelped(h household.ID, but household.PersonID) error {
	people, err := t.PeopleOf(h)
	if err != nil {
		return err
	}
	for _, p := range people {
		var told int64
		have := t.db.Model(&newsRow{}).Where("person_id = ? AND household_id = ? AND kind = ?", p, h, enrol.Helping)
		if err := have.Count(&told).Error; err != nil {
			return err
		}
		if p == but || told > 0 {
			continue
		}
		if _, err := t.AddNews(p, enrol.News{Kind: enrol.Helping, Household: h}); err != nil {
			return err
		}
	}
	return nil
}

// Numbered is the household with a number on its card in the asker's village,
// or else the only one in the township; NotFound where there is none, and for
// the asker's own.
func (s *Store) Numbered(ctx context.Context, openid, number string) (script.Home, error) {
	o, err := s.own(ctx, openid)
	if err != nil {
		return script.Home{}, err
	}
	var found []householdRow
	err = s.read.WithContext(ctx).
		Joins("JOIN village v ON v.id = household.village_id AND v.township_id = (SELECT township_id FROM village WHERE id = ?)", o.VillageID).
		Where("household.number = ? AND household.state = ? AND household.id <> ?", number, household.Active, o.ID).Find(&found).Error
	if err != nil {
		return script.Home{}, err
	}
	for _, h := range found {
		if len(found) == 1 || h.VillageID == o.VillageID {
			return script.Home{ID: h.ID, Number: h.Number, Head: h.Head}, nil
		}
	}
	return script.Home{}, fault.Refuse(fault.NotFound)
}

type helperScan struct {
	ID          int64
	HouseholdID household.ID
	Number      string
	Head        string
	OfID        household.ID
	OfNumber    string
	OfHead      string
	PersonID    optional
	Name        string
	State       household.HelperState
	AskedAt     instant
	Until       day
}

// Helping is who helps the asker's current household, who asks theirs to help,
// and whom they help themselves, as far as it still holds today.
func (s *Store) Helping(ctx context.Context, openid string, today calendar.Date) (script.Helping, error) {
	var out script.Helping
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return out, err
	}
	var rows []helperScan
	err = s.read.WithContext(ctx).Table("helper h").
		Select(`h.id, h.household_id, a.number, a.head, h.of_household AS of_id, b.number AS of_number, b.head AS of_head,
			h.person_id, COALESCE(p.name, '') AS name, h.state, h.asked_at, h.until`).
		Joins("JOIN household a ON a.id = h.household_id").Joins("JOIN household b ON b.id = h.of_household").
		Joins("LEFT JOIN person p ON p.id = h.person_id").
		Where("h.state IN ?", living).
		Where("h.household_id = ? OR h.person_id = ? OR h.of_household IN (SELECT household_id FROM member WHERE person_id = ?)", o.ID, o.Person, o.Person).
		Order("h.id").Scan(&rows).Error
	for _, r := range rows {
		r.add(&out, o, today)
	}
	return out, err
}

// helpedBy are the households that a person has said yes to help.
func (s *Store) helpedBy(ctx context.Context, p household.PersonID) ([]script.Helper, error) {
	var rows []helperScan
	err := s.read.WithContext(ctx).Table("helper h").Select("h.id, h.household_id, a.number, a.head, h.until").
		Joins("JOIN household a ON a.id = h.household_id").
		Where("h.person_id = ? AND h.state = ?", p, household.HelperAccepted).Order("h.id").Scan(&rows).Error
	return each(rows, helperScan.helped), err
}

func (r helperScan) helped() script.Helper {
	return script.Helper{ID: r.ID, Home: script.Home{ID: r.HouseholdID, Number: r.Number, Head: r.Head}, Until: r.Until.Date}
}

func (r helperScan) add(out *script.Helping, o own, today calendar.Date) {
	h := household.Helper{State: r.State, AskedAt: r.AskedAt.Time, Until: r.Until.Date}
	helped := r.helped()
	switch {
	case !h.Waits(today) && !h.Serves(today):
	case r.HouseholdID == o.ID:
		of := script.Home{ID: r.OfID, Number: r.OfNumber, Head: r.OfHead}
		out.Mine = append(out.Mine, script.Helper{ID: r.ID, Home: of, Name: r.Name, Until: r.Until.Date})
	case h.Waits(today):
		out.Asking = append(out.Asking, helped)
	case household.PersonID(r.PersonID) == o.Person:
		out.Helped = append(out.Helped, helped)
	}
}

// HelperLog is what was done about the helpers of the asker's current
// household, and by them, the newest first.
func (s *Store) HelperLog(ctx context.Context, openid string, limit int) ([]script.HelperAct, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return nil, err
	}
	var rows []struct {
		At   instant
		Name string
		What string
	}
	err = s.read.WithContext(ctx).Table("helper_log l").Select("l.at, p.name, l.what").
		Joins("JOIN helper h ON h.id = l.helper_id AND h.household_id = ?", o.ID).
		Joins("JOIN person p ON p.id = l.person_id").
		Order("l.id DESC").Limit(limit).Scan(&rows).Error
	acts := make([]script.HelperAct, len(rows))
	for i, r := range rows {
		acts[i] = script.HelperAct{At: r.At.Time, Name: r.Name, What: r.What}
	}
	return acts, err
}

// helpedQuery is the hot question about a household that the asker helps.
var helpedQuery = standingOf("JOIN helper m ON m.person_id = p.id AND m.id = ? AND m.state = 'accepted' AND m.until >= ?", "p.openid")

// Helped is the standing of a household that the asker is the helper of today;
// its Home is empty where they are not.
func (s *Store) Helped(ctx context.Context, openid string, id int64, today calendar.Date) (script.Standing, error) {
	rows, err := s.read.WithContext(ctx).Raw(helpedQuery, id, day{today}, openid).Rows()
	if err != nil {
		return script.Standing{}, err
	}
	defer rows.Close()
	standing, _, err := readStanding(rows)
	return standing, err
}
