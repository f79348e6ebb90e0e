package storage

import (
	"context"
	"crypto/sha256"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

type unpassedRow struct {
	Hash   hash
	SaidAt instant
}

func (unpassedRow) TableName() string { return "unpassed" }

// Pass notes whether the platform passed each of some words that were typed at now.
func (t *Tx) Pass(words []string, passed bool, now time.Time) error {
	var rows []unpassedRow
	for _, w := range words {
		if w != "" {
			rows = append(rows, unpassedRow{hash(sha256.Sum256([]byte(w))), at(now)})
		}
	}
	switch {
	case len(rows) == 0:
		return nil
	case passed:
		return t.db.Where("hash IN ?", each(rows, func(r unpassedRow) hash { return r.Hash })).Delete(&unpassedRow{}).Error
	}
	return t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
}

// withhold puts a sentence in the place of those words that the platform has
// not passed, before a household reads them.
func (s *Store) withhold(ctx context.Context, words ...*string) error {
	return withhold(s.read.WithContext(ctx), words...)
}

func withhold(db *gorm.DB, words ...*string) error {
	places := map[hash][]*string{}
	var hashes []hash
	for _, w := range words {
		if *w != "" {
			h := hash(sha256.Sum256([]byte(*w)))
			places[h], hashes = append(places[h], w), append(hashes, h)
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	var found []unpassedRow
	if err := db.Where("hash IN ?", hashes).Find(&found).Error; err != nil {
		return err
	}
	for _, r := range found {
		for _, w := range places[r.Hash] {
			*w = script.Withheld
		}
	}
	return nil
}
