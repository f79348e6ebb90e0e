package login

import (
	"context"
	"fmt"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// UnionJob is the kind of the job that finds out the unionids of people who are
// bound in the chat.
const UnionJob = "union"

// Uniting is that job's payload: the people whose numbers are From to To, both
// with them, or from From on where To is 0.
type Uniting struct{ From, To household.PersonID }

// UnionTx is what keeping the unionid of who chats needs.
type UnionTx interface {
	Tx
	// Of locks and returns a person; NotFound where there is none.
	Of(household.PersonID) (household.Person, error)
}

// Unite is the use case of learning the unionid of who chats.
type Unite struct{ Once usecase.Once[UnionTx] }

// Do keeps the unionid of who chats under an openid. Who came to the Mini Program
// with it before, and is nobody else yet, becomes that person at once. Who has
// another unionid already, or goes by another openid meanwhile, stays as they
// are, and so does whoever else the unionid belongs to.
func (u Unite) Do(ctx context.Context, p household.Person, union string, now time.Time) error {
	cmd := usecase.Command{Key: fmt.Sprintf("union/%d", p.ID), Now: now}
	_, err := u.Once(ctx, cmd, func(tx UnionTx) (fault.Outcome, error) {
		return fault.Outcome{Code: fault.Done}, unite(tx, p, union)
	})
	if code := fault.CodeOf(err); code == fault.Conflict || code == fault.NotFound {
		return nil // and no outcome: it may be otherwise the next time
	}
	return err
}

func unite(tx UnionTx, p household.Person, union string) error {
	me, err := tx.Of(p.ID)
	if err != nil {
		return err
	}
	if me.OpenID != p.OpenID {
		return fault.Refuse(fault.Conflict)
	}
	kept, err := tx.SetUnion(me.ID, union)
	if err != nil || kept == union {
		return err
	}
	if kept != "" {
		return fault.Refuse(fault.Conflict)
	}
	early, err := tx.ByUnion(union)
	if err != nil {
		return err
	}
	to, err := become(tx, early, me)
	if err == nil && to != me.ID {
		err = fault.Refuse(fault.Conflict)
	}
	return err
}
