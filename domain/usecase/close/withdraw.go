package close

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Withdraw is the use case that takes a wrong sheet down.
type Withdraw struct{ Once usecase.Once[Tx] }

// Asked is the note of an outcome after which the township's consent is still
// to come.
const Asked = "asked"

// Do asks for the hanging sheet to come down, as the leader or a deputy; as the
// township's officer it consents to what was asked, or takes the sheet down at
// once. Published anew it is another edition with another code, whose days start
// again. It refuses with Conflict where nothing hangs or the village has asked
// already, and with Invalid without a reason.
func (u Withdraw) Do(ctx context.Context, cmd usecase.Command, v village.ID, q calendar.Quarter, reason string) (fault.Outcome, error) {
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := enter(tx, cmd, v, q, usecase.Consent, usecase.Publish)
		if err != nil {
			return fault.Settle(err)
		}
		asked, err := s.quarter.AskWithdrawal(cmd.Actor, reason, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		before, err := tx.Withdrawal(v, q, s.quarter.Edition)
		waits := err == nil
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return fault.Outcome{}, err
		}
		if s.access.May(usecase.Consent) {
			if waits {
				asked = before
			}
			return takeDown(tx, cmd, s.quarter, asked.Consent(cmd.Actor, cmd.Now), reason)
		}
		if waits {
			return fault.Outcome{Code: fault.Conflict}, nil
		}
		if err := tx.SaveWithdrawal(v, q, s.quarter.Edition, asked); err != nil {
			return fault.Outcome{}, err
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(v), Note: Asked}}, trace(tx, cmd, usecase.WithdrawalAsked, s.quarter, reason)
	})
}

func takeDown(tx Tx, cmd usecase.Command, q quarter.Quarter, w quarter.Withdrawal, reason string) (fault.Outcome, error) {
	next, err := q.Withdraw(cmd.Actor)
	if err != nil {
		return fault.Settle(err)
	}
	if err := tx.SaveWithdrawal(q.Village, q.Q, q.Edition, w); err != nil {
		return fault.Outcome{}, err
	}
	if err := tx.SaveQuarter(next); err != nil {
		return fault.Outcome{}, err
	}
	if err := tx.TakeDown(next); err != nil {
		return fault.Outcome{}, err
	}
	return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Village: int64(q.Village)}}, trace(tx, cmd, usecase.SheetWithdrawn, q, reason)
}

func trace(tx Tx, cmd usecase.Command, what string, q quarter.Quarter, reason string) error {
	return tx.Trace(usecase.Trace{
		At: cmd.Now, By: usecase.Caller{Person: cmd.Actor}, What: what, Village: q.Village, Object: q.Q.String() + " " + reason,
	})
}
