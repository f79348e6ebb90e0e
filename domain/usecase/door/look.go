package door

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
)

// Reads is what is read at the door without changing anything.
type Reads interface {
	// AskingOf is the browser that shows a code; NotFound where there is none.
	AskingOf(ctx context.Context, hash [32]byte) (Asking, error)
	// StaffOf are a person's posts and own households.
	StaffOf(context.Context, household.PersonID) (household.Staff, error)
}

// Look shows which browser a scanned code lets in.
type Look struct{ Read Reads }

// Do returns the browser that shows the code, for the person on whose phone it
// was scanned. It refuses with Forbidden who holds no post, with NotFound a code
// that there is not, with Conflict one that was confirmed, with TooLate one that
// is too old.
func (u Look) Do(ctx context.Context, by household.PersonID, code string, now time.Time) (Asking, error) {
	staff, err := u.Read.StaffOf(ctx, by)
	if err != nil {
		return Asking{}, err
	}
	if len(staff.Posts) == 0 {
		return Asking{}, fault.Refuse(fault.Forbidden)
	}
	a, err := u.Read.AskingOf(ctx, Hash(code))
	if err == nil {
		err = a.waits(now)
	}
	if err != nil {
		return Asking{}, err
	}
	return a, nil
}

// State is how far a browser has come that waits.
type State int

// A browser that waits for a phone, one that may come in, and one that must ask
// for another code.
const (
	Over State = iota
	Waits
	Confirmed
)

// Watch tells a browser whether a phone has confirmed its code.
type Watch struct{ Read Reads }

// Do returns how far the browser with the secret has come.
func (u Watch) Do(ctx context.Context, s Secret, now time.Time) (State, Asking, error) {
	a, err := u.Read.AskingOf(ctx, Hash(s.Code()))
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return Over, a, nil
	case err != nil:
		return Over, a, err
	case a.waits(now) == nil:
		return Waits, a, nil
	case a.open(now):
		return Confirmed, a, nil
	}
	return Over, a, nil
}
