package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// unseen are a village's pictures that wait for a person at now. The states are
// spelt out: their index holds these alone.
func (s *Store) unseen(ctx context.Context, v village.ID, now time.Time) *gorm.DB {
	silent := at(now.Add(-photo.Patience))
	return s.read.WithContext(ctx).Table("photo p").Joins("JOIN photo_hold k ON k.hash = p.hash AND k.village_id = ?", v).
		Where("p.check_state IN ('waiting', 'person')").
		Where("p.check_state = 'person' OR p.asked_at <= ? OR p.asked_at IS NULL AND p.kept_at <= ?", silent, silent)
}

// Unseen are a village's pictures that wait for a person to look at them, those
// that wait longest first.
func (s *Store) Unseen(ctx context.Context, v village.ID, now time.Time, limit int) ([]script.Unseen, error) {
	var rows []struct {
		Hash     string
		HeldAt   instant
		Name     string
		Title    string
		Declared bool
	}
	err := s.unseen(ctx, v, now).Joins("JOIN person n ON n.id = k.person_id").
		Where("NOT EXISTS (SELECT 1 FROM photo_hold o WHERE o.hash = k.hash AND o.village_id = k.village_id AND (o.held_at < k.held_at OR o.held_at = k.held_at AND o.person_id < k.person_id))").
		Select(`p.hash, k.held_at, n.name,
			COALESCE((SELECT i.title FROM evidence x LEFT JOIN record r ON r.id = x.record_id LEFT JOIN warning w ON w.id = x.warning_id
				JOIN item i ON i.id = COALESCE(r.item_id, w.item_id)
				WHERE x.photo = p.hash AND x.photo <> '' AND COALESCE(r.village_id, w.village_id) = k.village_id ORDER BY x.id DESC LIMIT 1), '') AS title,
			EXISTS (SELECT 1 FROM evidence x JOIN declaration d ON d.id = x.declaration_id
				WHERE x.photo = p.hash AND x.photo <> '' AND d.village_id = k.village_id) AS declared`).
		Order("p.kept_at, p.hash").Limit(limit).Scan(&rows).Error
	var out []script.Unseen
	for _, r := range rows {
		out = append(out, script.Unseen{Hash: r.Hash, At: r.HeldAt.Time, By: r.Name, Item: r.Title, Declared: r.Declared})
	}
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, s.holders(ctx, out)
}

// holders notes who handed pictures in: they do not look at their own.
func (s *Store) holders(ctx context.Context, unseen []script.Unseen) error {
	held, err := s.held(ctx, each(unseen, func(u script.Unseen) string { return u.Hash }))
	for i := range unseen {
		unseen[i].Held = each(held[unseen[i].Hash], func(h photo.Holding) household.PersonID { return h.Person })
	}
	return err
}

// CountUnseen is how many of them somebody may look at, who handed in none of them.
func (s *Store) CountUnseen(ctx context.Context, v village.ID, who household.PersonID, now time.Time) (int, error) {
	var n int64
	err := s.unseen(ctx, v, now).
		Where("NOT EXISTS (SELECT 1 FROM photo_hold o WHERE o.hash = p.hash AND o.person_id = ?)", who).
		Distinct("p.hash").Count(&n).Error
	return int(n), err
}
