package storage

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"sync"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// Kept is a store that keeps answers to the hot question and asks the database
// only whether they still hold: the versions are redrawn in the transaction of
// anything that an answer shows, so an equal version is an equal answer, on any
// number of instances and without telling each other anything.
type Kept struct {
	*Store

	mu         sync.Mutex
	young, old map[string]keptAnswer
}

type keptAnswer struct {
	standing script.Standing
	version  script.Version
}

// generation is how many answers are kept before those that nobody asked for
// meanwhile are forgotten: at most twice as many, of about 2 KB each.
const generation = 8192

// Keep keeps answers of the store.
func Keep(s *Store) *Kept {
	return &Kept{Store: s, young: map[string]keptAnswer{}, old: map[string]keptAnswer{}}
}

// Standing answers the hot question as the store does. What it returns is
// shared and must not be changed.
func (k *Kept) Standing(ctx context.Context, openid string) (script.Standing, script.Version, error) {
	if kept, ok := k.get(openid); ok {
		now, err := k.Store.version(ctx, openid)
		if err != nil {
			return script.Standing{}, "", err
		}
		if now == kept.version {
			return kept.standing, kept.version, nil
		}
	}
	standing, version, err := k.Store.Standing(ctx, openid)
	// Strangers are not kept: anybody can be one, under any number of names.
	if err == nil && standing.Person != 0 {
		k.put(openid, keptAnswer{standing, version})
	}
	return standing, version, err
}

func (k *Kept) get(openid string) (keptAnswer, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept, ok := k.young[openid]; ok {
		return kept, true
	}
	kept, ok := k.old[openid]
	if ok {
		k.keep(openid, kept)
	}
	return kept, ok
}

func (k *Kept) put(openid string, kept keptAnswer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keep(openid, kept)
}

func (k *Kept) keep(openid string, kept keptAnswer) {
	if len(k.young) >= generation {
		k.young, k.old = make(map[string]keptAnswer, generation), k.young
	}
	k.young[openid] = kept
}

// versionQuery reads what standingQuery composes its version of, in the same
// order, and nothing else.
const versionQuery = `
SELECT p.version, v.version, COALESCE((SELECT c.name FROM step c WHERE c.openid = p.openid), ''), a.version
FROM person p
LEFT JOIN member m ON m.person_id = p.id AND m.household_id = p.current_household
LEFT JOIN household h ON h.id = m.household_id
LEFT JOIN village v ON v.id = h.village_id
LEFT JOIN account a ON a.household_id = h.id
WHERE p.openid = ?
ORDER BY a.year DESC
LIMIT 2`

// version is the version of a person's Standing.
func (s *Store) version(ctx context.Context, openid string) (script.Version, error) {
	rows, err := s.hotRows(ctx, &s.hot.version, versionQuery, openid)
	if err != nil {
		return "", fmt.Errorf("storage: version: %w", err)
	}
	defer rows.Close()
	var v versions
	for first := true; rows.Next(); first = false {
		var person, village, account sql.NullInt64
		var step string
		if err := rows.Scan(&person, &village, &step, &account); err != nil {
			return "", fmt.Errorf("storage: version: %w", err)
		}
		if first {
			v.add(person.Int64)
			v.add(village.Int64)
			v.add(listed(step))
		}
		if account.Valid {
			v.add(account.Int64)
		}
	}
	return v.version(), rows.Err()
}

// versions composes the version of a Standing: the person's, the village's,
// whether a list is open, and that of each account shown.
type versions struct{ text []byte }

func (v *versions) add(n int64) {
	if v.text == nil {
		v.text = make([]byte, 0, 64)
	} else {
		v.text = append(v.text, '.')
	}
	v.text = strconv.AppendInt(v.text, n, 36)
}

func (v *versions) version() script.Version { return script.Version(v.text) }
