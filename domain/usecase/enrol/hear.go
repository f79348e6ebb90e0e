package enrol

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Hear takes the oldest of what the person has still to be told: the outcome's
// Note is its Kind, "" where nothing is left that still matters.
func (d Desk) Hear(ctx context.Context, cmd usecase.Command, openid string) (fault.Outcome, error) {
	cmd.Body = "hear"
	out, _, err := d.act(ctx, cmd, openid, func(tx Register) (fault.Facts, []News, error) {
		person, _, err := tx.Known(openid)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		waiting, err := tx.News(person.ID)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		news, over, err := first(tx, waiting, cmd)
		if err != nil {
			return fault.Facts{}, nil, err
		}
		if err := tx.DropNews(over); err != nil {
			return fault.Facts{}, nil, err
		}
		if news.Kind == "" {
			return fault.Facts{}, nil, nil
		}
		facts := fault.Facts{Note: string(news.Kind), ID: news.Request, Household: int64(news.Household)}
		return facts, nil, tx.Heard(person.ID, cmd.Key)
	})
	return out, err
}

// first finds the first of the news that is still worth telling, and which are
// over with it.
func first(tx Register, waiting []News, cmd usecase.Command) (found News, over []News, err error) {
	for i, n := range waiting {
		if n.Kind != Asked {
			return n, waiting[:i+1], nil
		}
		r, err := tx.Request(n.Request)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return News{}, nil, err
		}
		if r.Waits(cmd.Now) {
			return n, waiting[:i+1], nil
		}
	}
	return News{}, waiting, nil
}
