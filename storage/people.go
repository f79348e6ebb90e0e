package storage

import (
	"errors"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type townshipRow struct {
	ID     village.TownshipID
	Name   string
	Office string
}

func (townshipRow) TableName() string { return "township" }

type villageRow struct {
	ID         village.ID
	TownshipID village.TownshipID
	Name       string
	Desk       string
	Board      village.Board
	Signers    int
	LateDays   int
	MendDays   int
	Sealed     int
	Published  int
	LastSheet  optional
	HeadSeq    ledger.Seq
	HeadHash   hash
	Version    int64
}

func (villageRow) TableName() string { return "village" }

func (r villageRow) village() village.Village {
	return village.Village{
		ID: r.ID, Township: r.TownshipID, Name: r.Name, Desk: r.Desk,
		Settings: village.Settings{Board: r.Board, Signers: r.Signers, LateDays: r.LateDays, MendDays: r.MendDays},
	}
}

func (r villageRow) progress() ledger.Progress {
	return ledger.Progress{Sealed: calendar.FromIndex(r.Sealed), Published: calendar.FromIndex(r.Published)}
}

func (r villageRow) head() ledger.Head {
	return ledger.Head{Village: r.ID, Seq: r.HeadSeq, Hash: ledger.Hash(r.HeadHash)}
}

type householdRow struct {
	ID        household.ID
	VillageID village.ID
	Number    string
	Head      string
	State     household.State
	Joined    day
}

func (householdRow) TableName() string { return "household" }

func (r householdRow) household() household.Household {
	return household.Household{ID: r.ID, Village: r.VillageID, Number: r.Number, Head: r.Head, State: r.State, Joined: r.Joined.Date}
}

type memberRow struct {
	ID          int64
	HouseholdID household.ID
	Name        string
	Phone       string
	PersonID    optional
	// Erased holds of a member who had their information deleted, until they come back.
	Erased bool
}

func (memberRow) TableName() string { return "member" }

type personRow struct {
	ID               household.PersonID
	Openid           *string
	MiniOpenid       *string
	Name             string
	CurrentHousehold optional
	Heard            string
	Version          int64
}

func (personRow) TableName() string { return "person" }

func (r personRow) person() household.Person {
	p := household.Person{ID: r.ID, Name: r.Name, Current: household.ID(r.CurrentHousehold)}
	if r.Openid != nil {
		p.OpenID = *r.Openid
	}
	if r.MiniOpenid != nil {
		p.MiniOpenID = *r.MiniOpenid
	}
	return p
}

type postRow struct {
	ID         int64
	PersonID   household.PersonID
	Role       household.Role
	VillageID  optional
	TownshipID optional
}

func (postRow) TableName() string { return "post" }

func (r postRow) post() household.Post {
	return household.Post{Person: r.PersonID, Role: r.Role, Village: village.ID(r.VillageID), Township: village.TownshipID(r.TownshipID)}
}

type kinRow struct {
	A, B     household.ID
	Relation household.Relation
}

func (kinRow) TableName() string { return "kin" }

// Village returns a village; NotFound where there is none.
func (t *Tx) Village(id village.ID) (village.Village, error) {
	var row villageRow
	err := t.db.Where("id = ?", id).Take(&row).Error
	return row.village(), translate(err)
}

// Household returns a household; NotFound where there is none.
func (t *Tx) Household(id household.ID) (household.Household, error) {
	var row householdRow
	err := t.db.Where("id = ?", id).Take(&row).Error
	return row.household(), translate(err)
}

// LockHousehold makes other acts on the household that lock it wait.
func (t *Tx) LockHousehold(id household.ID) error {
	var row householdRow
	return translate(t.locking().Where("id = ?", id).Take(&row).Error)
}

// Staff returns a person's posts and own households; a person without any
// holds none.
func (t *Tx) Staff(id household.PersonID) (household.Staff, error) {
	s := household.Staff{Person: id}
	var posts []postRow
	if err := t.db.Where("person_id = ?", id).Find(&posts).Error; err != nil {
		return s, err
	}
	s.Posts = each(posts, postRow.post)
	err := t.db.Model(&memberRow{}).Where("person_id = ?", id).Pluck("household_id", &s.Households).Error
	return s, err
}

// TeamStaff are who record and confirm in a village, in the order of their ids.
func (t *Tx) TeamStaff(v village.ID) ([]household.Staff, error) {
	return t.staffWhere("village_id = ? AND role IN ?", v, teamRoles)
}

// OfficeStaff are the officers of a township, in the order of their ids.
func (t *Tx) OfficeStaff(id village.TownshipID) ([]household.Staff, error) {
	return t.staffWhere("township_id = ? AND role = ?", id, household.Officer)
}

// staffWhere are who have a post of which something holds, with all their posts
// and households, in the order of their ids.
func (t *Tx) staffWhere(query string, args ...any) ([]household.Staff, error) {
	var posts []postRow
	holders := t.db.Model(&postRow{}).Select("person_id").Where(query, args...)
	if err := t.db.Where("person_id IN (?)", holders).Order("person_id, id").Find(&posts).Error; err != nil || len(posts) == 0 {
		return nil, err
	}
	var all []household.Staff
	at := map[household.PersonID]int{}
	for _, p := range posts {
		n, known := at[p.PersonID]
		if !known {
			n, at[p.PersonID] = len(all), len(all)
			all = append(all, household.Staff{Person: p.PersonID})
		}
		all[n].Posts = append(all[n].Posts, p.post())
	}
	var members []memberRow
	err := t.db.Select("person_id, household_id").Where("person_id IN ?", each(all, func(s household.Staff) household.PersonID { return s.Person })).Order("id").Find(&members).Error
	for _, m := range members {
		own := &all[at[household.PersonID(m.PersonID)]].Households
		*own = append(*own, m.HouseholdID)
	}
	return all, err
}

// holders are the people with a post of which something holds, in the order of
// their ids.
func (t *Tx) holders(query string, args ...any) (people []household.PersonID, err error) {
	err = t.db.Model(&postRow{}).Where(query, args...).Order("person_id").Distinct().Pluck("person_id", &people).Error
	return people, err
}

// Kin returns the ties of one household.
func (t *Tx) Kin(id household.ID) (household.Kin, error) { return t.KinOf([]household.ID{id}) }

// KinOf returns the ties of several households.
func (t *Tx) KinOf(homes []household.ID) (household.Kin, error) {
	return kinOf(t.db.Where("a IN ? OR b IN ?", homes, homes))
}

func kinOf(which *gorm.DB) (kin household.Kin, err error) {
	var rows []kinRow
	err = which.Find(&rows).Error
	for _, r := range rows {
		kin.Declare(r.A, r.B, r.Relation)
	}
	return kin, err
}

// Person locks and returns who chats under an openid, with their households
// in the order of their numbers; NotFound for a stranger.
func (t *Tx) Person(openid string) (household.Person, []household.Household, error) {
	var row personRow
	if err := t.locking().Where("openid = ?", openid).Take(&row).Error; err != nil {
		return household.Person{}, nil, translate(err)
	}
	var homes []householdRow
	err := t.db.Joins("JOIN member m ON m.household_id = household.id AND m.person_id = ?", row.ID).
		Order("household.number, household.id").Find(&homes).Error
	return row.person(), each(homes, householdRow.household), err
}

// SetCurrent makes a household the one that replies to the person are about.
func (t *Tx) SetCurrent(p household.PersonID, h household.ID) error {
	return t.db.Model(&personRow{}).Where("id = ?", p).
		Updates(map[string]any{"current_household": h, "version": t.store.redraw()}).Error
}

// touch lets what a household's people see have changed: by the version of
// its newest account, or where it has none yet, of the people themselves. One
// row only, so that nobody who locks many waits for this one in a circle.
func (t *Tx) touch(h household.ID) error {
	newest := t.db.Model(&accountRow{}).Select("id").Where("household_id = ?", h).Order("year DESC").Limit(1)
	done := t.db.Model(&accountRow{}).Where("id = (?)", newest).Update("version", t.store.redraw())
	if done.Error != nil || done.RowsAffected > 0 {
		return done.Error
	}
	members := t.db.Model(&memberRow{}).Select("person_id").Where("household_id = ?", h)
	return t.db.Model(&personRow{}).Where("id IN (?)", members).Update("version", t.store.redraw()).Error
}

// absent tells a missing row from other errors.
func absent(err error) bool {
	return errors.Is(err, gorm.ErrRecordNotFound) || fault.CodeOf(err) == fault.NotFound
}
