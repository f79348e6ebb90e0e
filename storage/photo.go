package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type photoRow struct {
	Hash       string
	VillageID  village.ID
	Keeper     household.PersonID
	Original   hash
	Near       int64 // the 64 bits
	TakenAt    instant
	Width      int
	Height     int
	CheckState photo.Check
	Trace      string
	AskedAt    instant
	KeptAt     instant
	Reason     string
}

func (photoRow) TableName() string { return "photo" }

func newPhotoRow(p photo.Photo) photoRow {
	return photoRow{
		Hash: p.Hash, VillageID: p.Village, Keeper: p.Keeper, Original: hash(p.Original), Near: int64(p.Near), TakenAt: at(p.TakenAt),
		Width: p.Width, Height: p.Height, CheckState: p.Check, Trace: p.Trace, AskedAt: at(p.AskedAt), KeptAt: at(p.KeptAt), Reason: p.Reason,
	}
}

func (r photoRow) photo() photo.Photo {
	return photo.Photo{
		Hash: r.Hash, Village: r.VillageID, Keeper: r.Keeper, Original: r.Original, Near: uint64(r.Near), TakenAt: r.TakenAt.Time,
		Width: r.Width, Height: r.Height, Check: r.CheckState, Trace: r.Trace, AskedAt: r.AskedAt.Time, KeptAt: r.KeptAt.Time, Reason: r.Reason,
	}
}

type holdRow struct {
	Hash      string
	VillageID village.ID
	PersonID  household.PersonID
	HeldAt    instant
}

func (holdRow) TableName() string { return "photo_hold" }

func (r holdRow) holding() photo.Holding {
	return photo.Holding{Person: r.PersonID, Village: r.VillageID}
}

// KeepPhoto keeps a picture, and tells whether none with its hash was kept.
func (t *Tx) KeepPhoto(p photo.Photo) (first bool, err error) {
	row := newPhotoRow(p)
	res := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	return res.RowsAffected == 1, res.Error
}

// HoldPhoto notes that somebody handed a picture in.
func (t *Tx) HoldPhoto(hash string, h photo.Holding, now time.Time) error {
	row := holdRow{Hash: hash, VillageID: h.Village, PersonID: h.Person, HeldAt: at(now)}
	return t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}

// Photo locks and returns a picture; NotFound where there is none.
func (t *Tx) Photo(hash string) (photo.Photo, error) { return t.photoWhere("hash = ?", hash) }

// PhotoOfTrace is Photo by the number of its check.
func (t *Tx) PhotoOfTrace(trace string) (photo.Photo, error) {
	return t.photoWhere("trace = ? AND trace <> ''", trace)
}

func (t *Tx) photoWhere(condition, value string) (photo.Photo, error) {
	var row photoRow
	err := t.locking().Where(condition, value).Take(&row).Error
	return row.photo(), translate(err)
}

// SavePhoto keeps what became of a picture's check.
func (t *Tx) SavePhoto(p photo.Photo) error {
	return t.db.Model(&photoRow{}).Where("hash = ?", p.Hash).Updates(map[string]any{
		"check_state": p.Check, "trace": p.Trace, "asked_at": at(p.AskedAt), "reason": p.Reason,
	}).Error
}

// PhotoHolds are all who handed a picture in.
func (t *Tx) PhotoHolds(hash string) ([]photo.Holding, error) {
	var rows []holdRow
	err := t.db.Where("hash = ?", hash).Order("held_at, person_id").Find(&rows).Error
	return each(rows, holdRow.holding), err
}

// PhotoUsed tells whether the picture, or one that looks alike, is an event's
// evidence.
func (t *Tx) PhotoUsed(hash string, near uint64) (bool, error) {
	found, err := alike(t.db, hash, near)
	return len(found) > 0, err
}

// Alike are the events whose evidence is the picture or one that looks alike,
// in any village and year, the newest first, without those that were withdrawn.
func (s *Store) Alike(ctx context.Context, hash string) ([]script.Alike, error) {
	db := s.read.WithContext(ctx)
	var row photoRow
	if err := db.Where("hash = ?", hash).Take(&row).Error; err != nil {
		return nil, translate(err)
	}
	found, err := alike(db, hash, uint64(row.Near))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var uses []useRow
	err = db.Table("evidence x").Select("x.photo AS hash, e.id AS event_id, e.record_id, e.village_id, e.household_id, e.occurred_on").
		Joins("JOIN event e ON e.record_id = x.record_id AND e.state <> ?", record.Withdrawn).Where("x.photo IN ? AND x.photo <> ''", found).
		Order("e.occurred_on DESC, e.id DESC").Scan(&uses).Error
	return each(uses, func(u useRow) script.Alike { return u.alike(hash) }), err
}

type useRow struct {
	Hash        string
	EventID     int64
	RecordID    int64
	VillageID   village.ID
	HouseholdID household.ID
	OccurredOn  day
}

func (u useRow) alike(hash string) script.Alike {
	return script.Alike{
		Hash: u.Hash, Exact: u.Hash == hash, Event: u.EventID, Record: u.RecordID,
		Village: u.VillageID, Household: u.HouseholdID, OccurredOn: u.OccurredOn.Date,
	}
}

// The 64 bits of a Near fall into three bands. Of pictures that differ in at
// most eight, one band differs in at most two: an index on each band finds
// them all among millions.
var bands = []struct {
	expression string
	shift      int
	width      int
}{
	{"((p.near >> 42) & 4194303)", 42, 22},
	{"((p.near >> 21) & 2097151)", 21, 21},
	{"(p.near & 2097151)", 0, 21},
}

// alike are the hashes of the pictures in use that are, or look like, this one.
// That evidence has a picture is said although it goes without saying: its
// index holds nothing else.
func alike(db *gorm.DB, hash string, near uint64) ([]string, error) {
	candidates := db.Where("p.hash = ?", hash)
	for _, b := range bands {
		value := near >> b.shift & (1<<b.width - 1)
		candidates = candidates.Or(b.expression+" IN ?", neighbours(value, b.width))
	}
	var rows []photoRow
	err := db.Table("photo p").Select("p.hash, p.near").Where(candidates).
		Where("EXISTS (?)", db.Table("evidence x").Select("1").Where("x.photo = p.hash AND x.photo <> ''")).Scan(&rows).Error
	var found []string
	for _, r := range rows {
		if r.Hash == hash || photo.Alike(uint64(r.Near), near) {
			found = append(found, r.Hash)
		}
	}
	return found, err
}

// neighbours are the values that differ from one in at most two of its bits.
func neighbours(value uint64, width int) []int64 {
	out := []int64{int64(value)}
	for i := range width {
		out = append(out, int64(value^1<<i))
		for j := range i {
			out = append(out, int64(value^1<<i^1<<j))
		}
	}
	return out
}

// Photos are kept pictures by their hashes; those that are not kept are absent.
func (s *Store) Photos(ctx context.Context, hashes []string) (map[string]script.Picture, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	db := s.read.WithContext(ctx)
	var rows []photoRow
	if err := db.Where("hash IN ?", hashes).Find(&rows).Error; err != nil {
		return nil, err
	}
	held, err := s.held(ctx, hashes)
	out := make(map[string]script.Picture, len(rows))
	for _, r := range rows {
		out[r.Hash] = script.Picture{Photo: r.photo(), Held: held[r.Hash]}
	}
	return out, err
}

// held is who handed pictures in, by their hashes, the first first.
func (s *Store) held(ctx context.Context, hashes []string) (map[string][]photo.Holding, error) {
	var rows []holdRow
	err := s.read.WithContext(ctx).Where("hash IN ?", hashes).Order("held_at, person_id").Find(&rows).Error
	out := map[string][]photo.Holding{}
	for _, r := range rows {
		out[r.Hash] = append(out[r.Hash], r.holding())
	}
	return out, err
}

// PhotoToCheck tells whether the platform has still to be asked about a
// picture, and the Mini Program's openid of who handed it in, empty where they
// have none.
func (s *Store) PhotoToCheck(ctx context.Context, hash string) (openid string, waits bool, err error) {
	var found []struct {
		CheckState photo.Check
		Trace      string
		MiniOpenid *string
	}
	err = s.read.WithContext(ctx).Table("photo p").Select("p.check_state, p.trace, k.mini_openid").
		Joins("JOIN person k ON k.id = p.keeper").Where("p.hash = ?", hash).Scan(&found).Error
	if err != nil || len(found) == 0 || found[0].CheckState != photo.Waiting || found[0].Trace != "" {
		return "", false, err
	}
	if found[0].MiniOpenid != nil {
		openid = *found[0].MiniOpenid
	}
	return openid, true, nil
}
