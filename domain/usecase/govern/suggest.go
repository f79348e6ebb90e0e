// Package govern is what people say about how the scheme is run, and whom they
// trust to act for them (PRODUCT 3: suggestion, helper).
package govern

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// SuggestTx is what filing a suggestion needs of a transaction.
type SuggestTx interface {
	// Person locks and returns who chats under an openid, with their
	// households; NotFound for a stranger.
	Person(openid string) (household.Person, []household.Household, error)
	Village(village.ID) (village.Village, error)
	// Draft is what the person was about to send last, under the key of the
	// message that said it; both are empty where there is nothing.
	Draft(openid string) (key, words string, err error)
	DropDraft(openid string) error
	// Suggested counts what the person has filed since a moment.
	Suggested(p household.PersonID, since time.Time) (int, error)
	// NextSerial locks the township and returns the year's next number.
	NextSerial(t village.TownshipID, year int) (int, error)
	AddSuggestion(suggestion.Suggestion) (int64, error)
}

// Suggest is the use case of filing a suggestion or complaint.
type Suggest struct{ Once usecase.Once[SuggestTx] }

// Do files the draft with the key for an audience. The outcome's Note is its
// number and Data the audience. It refuses with NotFound a draft that another
// has replaced, with Invalid what is too short or long or may not be read by
// the audience, and with CapReached more than suggestion.PerDay.
func (s Suggest) Do(ctx context.Context, cmd usecase.Command, openid, key string, a suggestion.Audience) (fault.Outcome, error) {
	cmd.Body = "suggest " + string(a) + " " + key
	return s.Once(ctx, cmd, func(tx SuggestTx) (fault.Outcome, error) {
		filed, err := prepare(tx, cmd, openid, key, a)
		if err != nil {
			return fault.Settle(err)
		}
		if filed.Serial, err = tx.NextSerial(filed.Township, filed.Year); err != nil {
			return fault.Outcome{}, err
		}
		if filed.ID, err = tx.AddSuggestion(filed); err != nil {
			return fault.Outcome{}, err
		}
		facts := fault.Facts{ID: filed.ID, Note: filed.Number(), Data: string(a)}
		return fault.Outcome{Code: fault.Done, Facts: facts}, tx.DropDraft(openid)
	})
}

func prepare(tx SuggestTx, cmd usecase.Command, openid, key string, a suggestion.Audience) (suggestion.Suggestion, error) {
	person, home, err := current(tx.Person(openid))
	if err != nil {
		return suggestion.Suggestion{}, err
	}
	drafted, words, err := tx.Draft(openid)
	if err != nil {
		return suggestion.Suggestion{}, err
	}
	kind := suggestion.KindOf(words)
	length := utf8.RuneCountInString(words)
	switch {
	case drafted != key:
		return suggestion.Suggestion{}, fault.Refuse(fault.NotFound)
	case length < suggestion.Shortest || length > suggestion.Longest || !slices.Contains(kind.Audiences(), a):
		return suggestion.Suggestion{}, fault.Refuse(fault.Invalid)
	}
	today := calendar.DateOf(cmd.Now)
	n, err := tx.Suggested(person.ID, today.Start())
	if err != nil {
		return suggestion.Suggestion{}, err
	}
	if n >= suggestion.PerDay {
		return suggestion.Suggestion{}, fault.Refuse(fault.CapReached)
	}
	place, err := tx.Village(home.Village)
	return suggestion.Suggestion{
		Township: place.Township, Year: today.Year, Village: place.ID, Household: home.ID, Person: person.ID,
		Kind: kind, Audience: a, Words: words, FiledAt: cmd.Now,
	}, err
}

// current is a person with the household that replies are about; NotFound
// where there is none.
func current(p household.Person, homes []household.Household, err error) (household.Person, household.Household, error) {
	if err != nil {
		return p, household.Household{}, err
	}
	at := slices.IndexFunc(homes, func(h household.Household) bool { return h.ID == p.Current })
	if at < 0 {
		return p, household.Household{}, fault.Refuse(fault.NotFound)
	}
	return p, homes[at], nil
}
