package jobs

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
)

// UnionTeller tells the unionid of somebody who chats, "" where the account has
// none to tell of anybody.
type UnionTeller interface {
	UnionID(ctx context.Context, openid string) (string, error)
}

// ErrNoUnion is in a UnionTeller's error where there is none of this person alone.
var ErrNoUnion = errors.New("jobs: the platform tells no unionid of this person")

// Apart are the people of the chat whom the Mini Program does not know.
type Apart interface {
	// Apart are up to n of those whom the job names, in the order of their numbers.
	Apart(ctx context.Context, of login.Uniting, n int) ([]household.Person, error)
	// Unite keeps the unionid of one of them.
	Unite(ctx context.Context, p household.Person, union string) error
	// AskUnions leaves the job about others.
	AskUnions(ctx context.Context, of login.Uniting) error
}

// UnionsAtOnce is of how many people one run asks, so that it ends in time.
const UnionsAtOnce = 50

// Union finds out the unionids of people who are bound in the chat, so that the
// Mini Program knows them.
type Union struct {
	Teller UnionTeller // nil: there is no Mini Program that would ask for it
	People Apart
}

// Name is the kind under which the job is enqueued.
func (Union) Name() string { return login.UnionJob }

// Run asks of those whom the payload names, at most UnionsAtOnce, and leaves
// those who come after them to another job. What was found out is kept also where
// it ends early.
func (u Union) Run(ctx context.Context, payload []byte, _ int) error {
	var of login.Uniting
	if err := json.Unmarshal(payload, &of); err != nil || of.From <= 0 {
		return errors.New("jobs: the payload names nobody")
	}
	if u.Teller == nil {
		return nil
	}
	people, err := u.People.Apart(ctx, of, UnionsAtOnce)
	if err != nil {
		return err
	}
	for _, p := range people {
		union, err := u.Teller.UnionID(ctx, p.OpenID)
		if errors.Is(err, ErrNoUnion) {
			continue
		}
		if err != nil || union == "" {
			return err
		}
		if err := u.People.Unite(ctx, p, union); err != nil {
			return err
		}
	}
	if len(people) < UnionsAtOnce {
		return nil
	}
	return u.People.AskUnions(ctx, login.Uniting{From: people[len(people)-1].ID + 1, To: of.To})
}
