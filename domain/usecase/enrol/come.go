package enrol

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// unnamed is who comes where nobody asks for a name.
const unnamed = "没写姓名的人"

// Come is the whole way of somebody who gives card and digits at once: the card
// is shown, the digits are proved and what follows is filed. The outcome's Note
// and refusals are those of File; beside them it refuses with WrongFactor card
// and digits that do not go together, with Locked who has tried too often, with
// Conflict a household that the person belongs to.
func (d Desk) Come(ctx context.Context, cmd usecase.Command, openid string, c Claim, digits string) (fault.Outcome, []News, error) {
	out, err := d.Present(ctx, part(cmd, "card"), openid, c)
	if err != nil || out.Refused() {
		return out, nil, err
	}
	if out, err = d.Prove(ctx, part(cmd, "digits"), openid, digits); err != nil || out.Refused() {
		return out, nil, err
	}
	if out.Facts.Step == StepName {
		if out, err = d.Name(ctx, part(cmd, "name"), openid, unnamed); err != nil || out.Refused() {
			return out, nil, err
		}
	}
	if out.Facts.Step != usecase.StepConfirm {
		return fault.Outcome{Code: fault.WrongFactor}, nil, nil
	}
	return d.File(ctx, part(cmd, "file"), openid, out.Facts.ID)
}

// part is the command of one of the steps.
func part(cmd usecase.Command, name string) usecase.Command {
	cmd.Key += "/" + name
	return cmd
}

// ClaimOf reads a card as somebody types or scans it.
func ClaimOf(card string) Claim {
	number, token := household.ReadCard(card)
	return Claim{Number: number, Token: token}
}
