// Package ask is what villagers ask: points, lines, rank, the sheet. A
// question changes nothing but, where it opens a list, its own conversation.
package ask

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
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
	// NoticesOff are the kinds of notice that the person has turned off.
	NoticesOff(ctx context.Context, openid string) (notice.Off, error)
	// Suggestions are the person's own, the newest first, at most limit.
	Suggestions(ctx context.Context, openid string, limit int) ([]suggestion.Suggestion, error)
	// Numbered is the household of the township with a number on its card, by
	// preference of the same village; NotFound where there is none but the asker's.
	Numbered(ctx context.Context, openid, number string) (script.Home, error)
	// Helping is everything about helpers that concerns the person and holds today.
	Helping(ctx context.Context, openid string, today calendar.Date) (script.Helping, error)
	// HelperLog is what was done about the household's helpers and by them, the
	// newest first.
	HelperLog(ctx context.Context, openid string, limit int) ([]script.HelperAct, error)
	// Helped is the standing of the household that the person is the helper of,
	// by the helper's id; its Home is empty where the person is not.
	Helped(ctx context.Context, openid string, id int64, today calendar.Date) (script.Standing, error)
	// Homes are the person's households in the order of their numbers, with
	// the current one's position from 1, 0 for none.
	Homes(ctx context.Context, openid string) (homes []script.Home, current int, err error)
}

// Conversation keeps the open question of a person. Save is a plain write:
// the same message saves the same step again.
type Conversation interface {
	// SaveDraft keeps the words that wait for a 确认, in place of older ones,
	// under the key of the message that said them.
	SaveDraft(ctx context.Context, openid, key, words string) error
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
