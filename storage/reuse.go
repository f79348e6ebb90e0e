package storage

import (
	"context"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// reuses are, for each of several records with their evidence, the uses of its
// pictures, or of pictures that look alike, by other records, a record once.
func (s *Store) reuses(ctx context.Context, evidence map[int64][]evidenceRow) (map[int64][]script.Alike, error) {
	of := map[string][]int64{} // records by their pictures
	var hashes []string
	for id, rows := range evidence {
		for _, p := range shown(rows, false) {
			if of[string(p)] == nil {
				hashes = append(hashes, string(p))
			}
			of[string(p)] = append(of[string(p)], id)
		}
	}
	alike, err := s.alikeOf(ctx, hashes)
	if err != nil || len(alike) == 0 {
		return nil, err
	}
	var names []string
	for other := range alike {
		names = append(names, other)
	}
	var uses []useRow
	err = s.read.WithContext(ctx).Table("evidence x").
		Select("x.photo AS hash, e.id AS event_id, e.record_id, e.village_id, e.household_id, e.occurred_on").
		Joins("JOIN event e ON e.record_id = x.record_id AND e.state <> ?", record.Withdrawn).Where("x.photo IN ? AND x.photo <> ''", names).
		Order("e.occurred_on DESC, e.id DESC").Scan(&uses).Error
	out := map[int64][]script.Alike{}
	told := map[[2]int64]bool{}
	for _, u := range uses {
		for _, hash := range alike[u.Hash] {
			for _, id := range of[hash] {
				if pair := [2]int64{id, u.RecordID}; id != u.RecordID && !told[pair] {
					told[pair] = true
					out[id] = append(out[id], u.alike(hash))
				}
			}
		}
	}
	return out, err
}

// together is how many pictures are looked for in one statement.
const together = 12

// alikeOf are, by pictures in use, those of the given that are the same or look
// alike. The numbers stand in the statement: a driver would go through thousands
// of parameters one by one.
func (s *Store) alikeOf(ctx context.Context, hashes []string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(hashes) == 0 {
		return out, nil
	}
	db := s.read.WithContext(ctx)
	var known []photoRow
	if err := db.Select("hash, near").Where("hash IN ?", hashes).Find(&known).Error; err != nil {
		return nil, err
	}
	for from := 0; from < len(known); from += together {
		part := known[from:min(from+together, len(known))]
		candidates, err := candidatesOf(db, part)
		if err != nil {
			return nil, err
		}
		for _, c := range candidates {
			for _, p := range part {
				if c.Hash == p.Hash || photo.Alike(uint64(c.Near), uint64(p.Near)) {
					out[c.Hash] = append(out[c.Hash], p.Hash)
				}
			}
		}
	}
	return out, nil
}

// candidatesOf are the pictures in use that are, or could look like, one of these.
func candidatesOf(db *gorm.DB, pictures []photoRow) ([]photoRow, error) {
	where := make([]string, len(bands))
	for i, b := range bands {
		var values []string
		for _, p := range pictures {
			for _, n := range neighbours(uint64(p.Near)>>b.shift&(1<<b.width-1), b.width) {
				values = append(values, strconv.FormatInt(n, 10))
			}
		}
		where[i] = b.expression + " IN (" + strings.Join(values, ",") + ")"
	}
	var rows []photoRow
	err := db.Raw("SELECT p.hash, p.near FROM photo p WHERE (" + strings.Join(where, " OR ") +
		") AND EXISTS (SELECT 1 FROM evidence x WHERE x.photo = p.hash AND x.photo <> '')").Scan(&rows).Error
	return rows, err
}
