// Package login is how people come into the Mini Program: by who WeChat says
// they are, and from there to the person whom the chat or the register knows.
package login

import (
	"context"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Life is how long a session lasts.
const Life = 30 * 24 * time.Hour

// Identity is who WeChat says somebody is.
type Identity struct {
	MiniOpenID string
	UnionID    string // "" where WeChat gives none
}

// Session is a phone's leave to act as a person. The token itself is known to
// that phone only.
type Session struct {
	Hash      [32]byte
	Person    household.PersonID
	MadeAt    time.Time
	ExpiresAt time.Time
}

// minis marks who is known at the Mini Program alone, where an openid of the
// official account is asked for.
const minis = "mini:"

// Key is what somebody of the Mini Program goes by where the chat goes by its
// openid: the same one for who is known there, so that locks are shared.
func Key(p household.Person) string {
	if p.OpenID != "" {
		return p.OpenID
	}
	return MiniKey(p.MiniOpenID)
}

// MiniKey is the Key of who is known at the Mini Program alone.
func MiniKey(openid string) string { return minis + openid }

// MiniOf is the openid at the Mini Program that a Key was made from, "" for
// one of the official account.
func MiniOf(key string) string {
	if mini, ok := strings.CutPrefix(key, minis); ok {
		return mini
	}
	return ""
}

// Tx is what coming in needs of a transaction.
type Tx interface {
	// ByMini and ByUnion lock and return a person; NotFound where there is none.
	ByMini(openid string) (household.Person, error)
	ByUnion(union string) (household.Person, error)
	// NewMini makes a person of whom nothing else is known, or returns who was
	// made at the same time.
	NewMini(openid string) (household.Person, error)
	// Staff is what a person holds and which households they belong to.
	Staff(household.PersonID) (household.Staff, error)
	// SetUnion keeps a person's unionid, unless they have one or it is another's,
	// and returns which one they have now, "" for none.
	SetUnion(p household.PersonID, union string) (kept string, err error)
	// Become makes the person to whom an openid at the Mini Program belonged
	// another one: it, their unionid and their sessions go over.
	Become(old, known household.PersonID) error
	AddPhone(Session) error
}

// Enter is the use case of opening the Mini Program.
type Enter struct{ Once usecase.Once[Tx] }

// Do opens a session under the token's hash; the outcome's ID is the person's.
func (e Enter) Do(ctx context.Context, cmd usecase.Command, id Identity, hash [32]byte) (fault.Outcome, error) {
	return e.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		p, err := who(tx, id)
		if err != nil {
			return fault.Settle(err)
		}
		s := Session{Hash: hash, Person: p, MadeAt: cmd.Now, ExpiresAt: cmd.Now.Add(Life)}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(p)}}, tx.AddPhone(s)
	})
}

// who finds the person: by the openid, by the unionid, or as somebody new. One
// who came before anything linked them becomes the person whom the chat knows.
func who(tx Tx, id Identity) (household.PersonID, error) {
	mine, err := known(tx.ByMini(id.MiniOpenID))
	if err != nil {
		return 0, err
	}
	var theirs household.Person
	if id.UnionID != "" {
		if theirs, err = known(tx.ByUnion(id.UnionID)); err != nil {
			return 0, err
		}
	}
	if mine.ID == 0 {
		if mine, err = tx.NewMini(id.MiniOpenID); err != nil {
			return 0, err
		}
	}
	if id.UnionID == "" || theirs.ID == mine.ID {
		return mine.ID, nil
	}
	if theirs.ID == 0 {
		_, err = tx.SetUnion(mine.ID, id.UnionID)
		return mine.ID, err
	}
	return become(tx, mine, theirs)
}

// become makes mine theirs, unless either is somebody of their own already.
func become(tx Tx, mine, theirs household.Person) (household.PersonID, error) {
	staff, err := tx.Staff(mine.ID)
	if err != nil {
		return 0, err
	}
	if theirs.MiniOpenID != "" || mine.OpenID != "" || len(staff.Posts)+len(staff.Households) > 0 {
		return mine.ID, nil
	}
	return theirs.ID, tx.Become(mine.ID, theirs.ID)
}

// known turns nobody into a person without a number.
func known(p household.Person, err error) (household.Person, error) {
	if fault.CodeOf(err) == fault.NotFound {
		return household.Person{}, nil
	}
	return p, err
}

// CertainFor is for how long what a phone said is taken for what it holds.
const CertainFor = 14 * 24 * time.Hour

// Unsent is what a phone says that it still holds: how much, and since when.
type Unsent struct {
	Count int
	Since time.Time // zero for none
}

// Held is a session with who holds it.
type Held struct {
	Session
	Person household.Person
	Staff  household.Staff
	Phone  string // which phone it is by its own word, "" where it does not say
	Unsent Unsent
	SeenAt time.Time
}
