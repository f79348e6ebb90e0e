// Package screen has the platform look at what somebody typed before others
// read it.
package screen

import (
	"context"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Patience is how long the platform is waited for, however much was typed.
const Patience = 2 * time.Second

// most is how many characters the platform looks at at once.
const most = 2500

// Found is what the platform thinks of words.
type Found string

// What it may think. Whatever else, and no answer, is Doubted.
const (
	Passed  Found = "pass"
	Doubted Found = "doubt"
	Risky   Found = "risky"
)

// Tx is what keeping what was found needs of a transaction.
type Tx interface {
	// Pass notes whether the platform passed each of some words that were typed at
	// now: those that it did not pass no household is shown.
	Pass(words []string, passed bool, now time.Time) error
}

// Words is the use case.
type Words struct {
	Once usecase.Once[Tx]
	// Ask tells what the platform thinks of words; nil where there is no Mini Program.
	Ask func(ctx context.Context, openid, words string) (Found, error)
	// Failed hears of a platform that does not answer.
	Failed func(error)
}

// Do refuses with TextRisky an act whose words must not be shown. What the
// platform doubts, or does not answer in time, goes through to the team, who are
// people who look, and is kept from households until the platform passes the same
// words. It is asked outside any transaction, and what it said first stands for
// every repeat of the command.
func (u Words) Do(ctx context.Context, cmd usecase.Command, openid string, words ...string) error {
	text := strings.TrimSpace(strings.Join(words, "\n"))
	if u.Ask == nil || openid == "" || text == "" {
		return nil
	}
	found := u.find(ctx, openid, text)
	cmd.Key = "words/" + cmd.Key
	out, err := u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		if found == Risky {
			return fault.Outcome{Code: fault.TextRisky}, nil
		}
		return fault.Outcome{Code: fault.Done}, tx.Pass(words, found == Passed, cmd.Now)
	})
	if err != nil || !out.Refused() {
		return err
	}
	return fault.Refuse(out.Code)
}

// find is the worst that the platform finds in any part of a text.
func (u Words) find(ctx context.Context, openid, text string) Found {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	worst := Passed
	for left := []rune(text); len(left) > 0; left = left[min(most, len(left)):] {
		found, err := u.Ask(ctx, openid, string(left[:min(most, len(left))]))
		switch {
		case err != nil:
			u.Failed(err)
			return Doubted
		case found == Risky:
			return Risky
		case found != Passed:
			worst = Doubted
		}
	}
	return worst
}
