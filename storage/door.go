package storage

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
)

type codeRow struct {
	Hash        hash `gorm:"primaryKey"`
	Browser     string
	Place       string
	AskedAt     instant
	ConfirmedBy optional
	ConfirmedAt instant
	UsedAt      instant
}

func (codeRow) TableName() string { return "console_code" }

func newCodeRow(a door.Asking) codeRow {
	return codeRow{
		Hash: hash(a.Hash), Browser: a.Browser, Place: a.Place, AskedAt: at(a.AskedAt),
		ConfirmedBy: optional(a.ConfirmedBy), ConfirmedAt: at(a.ConfirmedAt), UsedAt: at(a.UsedAt),
	}
}

func (r codeRow) asking() door.Asking {
	return door.Asking{
		Hash: r.Hash, Browser: r.Browser, Place: r.Place, AskedAt: r.AskedAt.Time,
		ConfirmedBy: household.PersonID(r.ConfirmedBy), ConfirmedAt: r.ConfirmedAt.Time, UsedAt: r.UsedAt.Time,
	}
}

type linkRow struct {
	Hash   hash `gorm:"primaryKey"`
	MadeAt instant
	UsedAt instant
}

func (linkRow) TableName() string { return "console_link" }

func (r linkRow) link() door.Link {
	return door.Link{Hash: r.Hash, MadeAt: r.MadeAt.Time, UsedAt: r.UsedAt.Time}
}

type consoleRow struct {
	Hash          hash `gorm:"primaryKey"`
	PersonID      optional
	Administrator bool
	OpenedAt      instant
	SeenAt        instant
}

func (consoleRow) TableName() string { return "console_session" }

func (r consoleRow) session() door.Session {
	return door.Session{
		Hash: r.Hash, By: usecase.Caller{Person: household.PersonID(r.PersonID), Administrator: r.Administrator},
		Opened: r.OpenedAt.Time, SeenAt: r.SeenAt.Time,
	}
}

// Asking locks and returns the browser that shows a code.
func (t *Tx) Asking(code [32]byte) (door.Asking, error) {
	var row codeRow
	err := t.locking().Where("hash = ?", hash(code)).Take(&row).Error
	return row.asking(), translate(err)
}

// AskingOf is the browser that shows a code.
func (s *Store) AskingOf(ctx context.Context, code [32]byte) (door.Asking, error) {
	var row codeRow
	err := s.read.WithContext(ctx).Where("hash = ?", hash(code)).Take(&row).Error
	return row.asking(), translate(err)
}

// AskingsFrom is how many codes a place was given since a moment.
func (t *Tx) AskingsFrom(place string, since time.Time) (int, error) {
	var n int64
	err := t.db.Model(&codeRow{}).Where("place = ? AND asked_at > ?", place, at(since)).Count(&n).Error
	return int(n), err
}

// AddAsking keeps a browser that waits.
func (t *Tx) AddAsking(a door.Asking) error {
	row := newCodeRow(a)
	return t.db.Create(&row).Error
}

// SaveAsking keeps how far a browser has come.
func (t *Tx) SaveAsking(a door.Asking) error {
	row := newCodeRow(a)
	return t.db.Save(&row).Error
}

// DropAskings drops the codes that were asked for before a moment.
func (t *Tx) DropAskings(before time.Time) error {
	return t.db.Where("asked_at < ?", at(before)).Delete(&codeRow{}).Error
}

// AddLink keeps the administrator's link.
func (t *Tx) AddLink(l door.Link) error {
	return t.db.Create(&linkRow{Hash: hash(l.Hash), MadeAt: at(l.MadeAt)}).Error
}

// Link locks and returns the administrator's link.
func (t *Tx) Link(token [32]byte) (door.Link, error) {
	var row linkRow
	err := t.locking().Where("hash = ?", hash(token)).Take(&row).Error
	return row.link(), translate(err)
}

// SaveLink keeps that a link was used.
func (t *Tx) SaveLink(l door.Link) error {
	return t.db.Model(&linkRow{}).Where("hash = ?", hash(l.Hash)).Update("used_at", at(l.UsedAt)).Error
}

// OpenConsole lets a browser in.
func (t *Tx) OpenConsole(s door.Session) error {
	return t.db.Create(&consoleRow{
		Hash: hash(s.Hash), PersonID: optional(s.By.Person), Administrator: s.By.Administrator,
		OpenedAt: at(s.Opened), SeenAt: at(s.SeenAt),
	}).Error
}

// CloseConsole ends a session; that there is none is fine.
func (t *Tx) CloseConsole(token [32]byte) error {
	return t.db.Where("hash = ?", hash(token)).Delete(&consoleRow{}).Error
}

// Console is the session of a token's hash.
func (s *Store) Console(ctx context.Context, token [32]byte) (door.Session, error) {
	var row consoleRow
	err := s.read.WithContext(ctx).Where("hash = ?", hash(token)).Take(&row).Error
	return row.session(), translate(err)
}

// SawConsole notes that a session was used.
func (s *Store) SawConsole(ctx context.Context, token [32]byte, now time.Time) error {
	return s.write.WithContext(ctx).Model(&consoleRow{}).Where("hash = ?", hash(token)).Update("seen_at", at(now)).Error
}

// LeaveConsole ends a session.
func (s *Store) LeaveConsole(ctx context.Context, token [32]byte) error {
	return s.write.WithContext(ctx).Where("hash = ?", hash(token)).Delete(&consoleRow{}).Error
}

// StaffOf are a person's posts and own households.
func (s *Store) StaffOf(ctx context.Context, p household.PersonID) (household.Staff, error) {
	return s.reading(ctx).Staff(p)
}

// PersonName is what a person is called; NotFound where there is none.
func (s *Store) PersonName(ctx context.Context, p household.PersonID) (string, error) {
	var row personRow
	err := s.read.WithContext(ctx).Where("id = ?", p).Take(&row).Error
	return row.Name, translate(err)
}
