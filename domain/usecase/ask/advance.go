package ask

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// The names of the open questions. A step's Data is, for StepLines, the
// Listing that is left; for StepHomes the ids of the households and for
// StepChoices the names of the intents, in the order shown.
const (
	StepLines   = "lines"
	StepHomes   = "homes"
	StepChoices = "choices"
)

// Answer is what a person said to their open question; exactly one field counts.
type Answer struct {
	More   bool     // 更多
	Cancel bool     // 取消
	Yes    bool     // 确认, 好, 要得: to a question that waits for it, and no other
	Typed  bool     // beside Yes: it was the word 确认 and nothing else, typed
	Number int      // the nth of the list, from 1
	Act    string   // the act of this name, of a list that has it
	Offer  []string // nothing that was understood: these intents are offered
	// Guessed says that a machine made out the answer from a recording. It
	// turns pages and picks what to look at, and sets nothing off.
	Guessed bool
	// Slow says that the person does too much: nothing is done, the question stays.
	Slow bool
}

func (a Answer) body() string {
	switch {
	case a.Yes && a.Typed:
		return "typed yes"
	case a.More:
		return "more"
	case a.Cancel:
		return "cancel"
	case a.Yes:
		return "yes"
	case a.Number != 0:
		return "number " + strconv.Itoa(a.Number)
	case a.Act != "":
		return "act " + a.Act
	}
	return "miss"
}

// Offered is the Step of the outcome of an Offer; Note is Again where the
// person was not understood twice in a row, Kept where the question that waits
// for a 确认 stays open, and Late where words came too late for the question
// that asked for them, whose act is the Data then.
const (
	Offered   = "offered"
	Cancelled = "cancelled"
	Again     = "again"
	Kept      = "kept"
	Late      = "late"
)

// Advance is the use case of moving a conversation on. The outcome's Step and
// Data say what to show: StepLines the listing whose first page it is, StepHomes
// and StepChoices the one that was picked, usecase.StepConfirm,
// usecase.StepTyped, usecase.StepMenu and usecase.StepPages the act that was
// agreed to, picked or is next, Offered what is offered, Cancelled nothing.
type Advance struct{ Once usecase.Once[StepTx] }

// Do answers the open question of the person with the openid. It refuses with
// NotFound where none is open that the answer fits, with TooLate where it has
// waited too long, with Forbidden what a guessed answer would set off, or what
// only the typed word may (its Step is usecase.StepTyped then), and with Invalid
// a number beyond the list, whose last is the Data then, and with SlowDown what is Slow.
func (a Advance) Do(ctx context.Context, cmd usecase.Command, openid string, answer Answer) (fault.Outcome, error) {
	cmd.Body = answer.body()
	return a.Once(ctx, cmd, func(tx StepTx) (fault.Outcome, error) {
		if answer.Slow { // kept, so that the message gets the same answer when it comes again
			return fault.Outcome{Code: fault.SlowDown}, nil
		}
		step, err := tx.Step(openid)
		if err != nil {
			return fault.Settle(err)
		}
		next, facts, err := advance(step, answer, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: facts}, tx.SetStep(openid, next)
	})
}

// lists are the questions that a number answers; where one thing waits for a
// 确认, 1 means it.
var lists = []string{StepHomes, StepChoices, usecase.StepMenu, usecase.StepConfirm, usecase.StepTyped}

// acts are the questions whose answer can change something, agreed those that
// a 确认 answers.
var (
	acts   = []string{usecase.StepMenu, usecase.StepConfirm, usecase.StepTyped}
	agreed = []string{usecase.StepConfirm, usecase.StepTyped}
)

// Missed stands after the act of a question to which something came that was
// not understood.
const Missed = " missed"

// remembered is how long somebody is told that their words came too late.
const remembered = 24 * time.Hour

func advance(step usecase.Step, answer Answer, now time.Time) (usecase.Step, fault.Facts, error) {
	if len(answer.Offer) > 0 {
		next, facts := offer(step, answer.Offer, now)
		return next, facts, nil
	}
	if answer.Act != "" {
		answer.Number = numberOf(step, answer.Act)
	}
	waits := answer.Cancel && step.Name != "" ||
		answer.More && (step.Name == StepLines || step.Name == usecase.StepPages) ||
		answer.Yes && slices.Contains(agreed, step.Name) ||
		answer.Number != 0 && slices.Contains(lists, step.Name)
	switch {
	case !waits:
		return step, fault.Facts{}, fault.Refuse(fault.NotFound)
	case !step.Open(now):
		return step, fault.Facts{}, fault.Refuse(fault.TooLate)
	case answer.Guessed && !answer.Cancel && slices.Contains(acts, step.Name):
		return step, fault.Facts{}, fault.With(fault.Forbidden, fault.Facts{Step: step.Name})
	case step.Name == usecase.StepTyped && !answer.Cancel && !answer.Typed:
		return step, fault.Facts{}, fault.With(fault.Forbidden, fault.Facts{Step: step.Name})
	case answer.Cancel:
		return usecase.Step{}, fault.Facts{Step: Cancelled}, nil
	case answer.More:
		return turn(step, now)
	case answer.Yes:
		return usecase.Step{}, fault.Facts{Step: step.Name, Data: strings.TrimSuffix(step.Data, Missed)}, nil
	}
	return pick(step, answer.Number)
}

// numberOf is where a menu has an act, from 1; 0 where it has not.
func numberOf(step usecase.Step, act string) int {
	if step.Name != usecase.StepMenu {
		return 0
	}
	return 1 + slices.IndexFunc(strings.Fields(step.Data), func(option string) bool { return strings.HasPrefix(option, act+":") })
}

// offer opens the choices, and notes whether choices were open already. The
// first time it leaves a question open that waits for a 确认.
func offer(step usecase.Step, intents []string, now time.Time) (usecase.Step, fault.Facts) {
	if slices.Contains(agreed, step.Name) && step.Open(now) && !strings.HasSuffix(step.Data, Missed) {
		step.Data += Missed
		return step, fault.Facts{Step: Offered, Note: Kept, Data: step.Name}
	}
	if late := now.Sub(step.Until); step.Name == usecase.StepWords && late >= 0 && late < remembered {
		return usecase.Step{}, fault.Facts{Step: Offered, Note: Late, Data: step.Data}
	}
	facts := fault.Facts{Step: Offered, Data: strings.Join(intents, " ")}
	if step.Name == StepChoices && step.Open(now) {
		facts.Note = Again
	}
	return usecase.Step{Name: StepChoices, Data: facts.Data, Until: now.Add(usecase.Patience)}, facts
}

// turn shows the first page that is left and keeps the rest.
func turn(step usecase.Step, now time.Time) (usecase.Step, fault.Facts, error) {
	if step.Name == usecase.StepPages {
		first, rest, _ := strings.Cut(step.Data, " ")
		return pages(rest, now), fault.Facts{Step: step.Name, Data: first}, nil
	}
	listing, err := ParseListing(step.Data)
	if err != nil {
		return step, fault.Facts{}, err
	}
	facts := fault.Facts{Step: StepLines, Data: step.Data}
	if len(listing.Pages) < 2 {
		return usecase.Step{}, facts, nil
	}
	listing.Pages = slices.Clone(listing.Pages[1:])
	return listing.step(now), facts, nil
}

// pages waits for 更多 while pages are left.
func pages(left string, now time.Time) usecase.Step {
	if left == "" {
		return usecase.Step{}
	}
	return usecase.Step{Name: usecase.StepPages, Data: left, Until: now.Add(usecase.Patience)}
}

func pick(step usecase.Step, n int) (usecase.Step, fault.Facts, error) {
	options := strings.Fields(strings.TrimSuffix(step.Data, Missed))
	if n < 1 || n > len(options) {
		return step, fault.Facts{}, fault.With(fault.Invalid, fault.Facts{Data: strconv.Itoa(len(options))})
	}
	return usecase.Step{}, fault.Facts{Step: step.Name, Data: options[n-1]}, nil
}
