package mini

import (
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	act "github.com/xiangfeng/xiangfeng/domain/usecase/record"
)

// Acts are what the team and the households do.
type Acts struct {
	Record       act.Record
	Withdraw     act.Withdraw
	Correct      act.Correct
	Visit        act.Visit
	TakeAside    act.TakeAside
	DropAside    act.DropAside
	Declare      act.Declare
	TakeUp       act.TakeUp
	Decline      act.Decline
	Warn         act.Warn
	Mend         act.Mend
	CloseWarning act.CloseWarning
}

// ActsOf are the acts over one kind of transaction.
func ActsOf(once usecase.Once[act.Tx]) Acts {
	return Acts{
		act.Record{Once: once},
		act.Withdraw{Once: once},
		act.Correct{Once: once},
		act.Visit{Once: once},
		act.TakeAside{Once: once},
		act.DropAside{Once: once},
		act.Declare{Once: once},
		act.TakeUp{Once: once},
		act.Decline{Once: once},
		act.Warn{Once: once},
		act.Mend{Once: once},
		act.CloseWarning{Once: once},
	}
}
