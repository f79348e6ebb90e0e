// Package ask is what villagers ask: points, lines, rank, the sheet. A
// question changes nothing but, where it opens a list, its own conversation.
package ask

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Standings answers the hot question. What it returns holds nothing that the
// clock changes; a stranger's Standing has no Person.
type Standings interface {
	Standing(ctx context.Context, openid string) (script.Standing, script.Version, error)
}

// Query picks lines of the asking person's current household. Nobody's lines
// can be asked for by anything but one's own openid.
type Query struct {
	OpenID string
	Year   int
	// Quarter is 0 for the whole year.
	Quarter int
	// Minus asks for deductions only (谁扣的).
	Minus bool
	// Before asks for lines with lower numbers than this, 0 for the first page.
	Before int
	Limit  int
}

// Reader reads what the other questions show, each for the person's current
// household; a stranger's answer has no Home.
type Reader interface {
	Standings
	Lines(ctx context.Context, q Query) (script.Lines, error)
	// SheetRows are all rows of the village's newest sheet, by rank, the
	// unranked last, with names as the board writes them; Own marks the asker's.
	SheetRows(ctx context.Context, openid string) ([]script.Row, error)
	// Sheet is the village's newest sheet without its rows.
	Sheet(ctx context.Context, openid string) (script.Published, error)
	// Items are the catalogue of the village for a year, in the order adopted.
	Items(ctx context.Context, openid string, year int) ([]catalogue.Item, error)
	// Posted is when the village published and sealed a quarter.
	Posted(ctx context.Context, openid string, q calendar.Quarter) (script.Posted, error)
	// Homes are the person's households in the order of their numbers, with
	// the current one's position from 1, 0 for none.
	Homes(ctx context.Context, openid string) (homes []script.Home, current int, err error)
}

// Conversation keeps the open question of a person. Save is a plain write:
// the same message saves the same step again.
type Conversation interface {
	// OpenStep reads the person's question, a zero one where there is none.
	OpenStep(ctx context.Context, openid string) (usecase.Step, error)
	SaveStep(ctx context.Context, openid string, s usecase.Step) error
}

// StepTx is a person's open question within a transaction.
type StepTx interface {
	// Step locks and returns the person's step, a zero one where there is none.
	Step(openid string) (usecase.Step, error)
	SetStep(openid string, s usecase.Step) error
}
