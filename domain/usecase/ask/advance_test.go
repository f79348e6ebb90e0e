package ask_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.Shanghai)

// steps is one person's open question.
type steps struct {
	step   usecase.Step
	writes int
}

func (s *steps) Step(string) (usecase.Step, error) { return s.step, nil }

func (s *steps) SetStep(_ string, step usecase.Step) error {
	s.step, s.writes = step, s.writes+1
	return nil
}

func (s *steps) advance(answer ask.Answer) (fault.Outcome, error) {
	act := ask.Advance{Once: func(_ context.Context, _ usecase.Command, act func(ask.StepTx) (fault.Outcome, error)) (fault.Outcome, error) {
		return act(s)
	}}
	return act.Do(context.Background(), usecase.Command{Key: "1", Now: now}, "o-wang", answer)
}

// TestAdvance answers every kind of open question in every way.
func TestAdvance(t *testing.T) {
	t.Parallel()
	const twoPages, lastPage = "31 2026 2 all 0,0,9,6 0,0,6,1", "31 2026 2 all 0,0,6,1"
	lines := usecase.Step{Name: ask.StepLines, Data: twoPages, Until: now.Add(time.Second)}
	last := usecase.Step{Name: ask.StepLines, Data: lastPage, Until: now.Add(time.Second)}
	homes := usecase.Step{Name: ask.StepHomes, Data: "52 53", Until: now.Add(time.Second)}
	offered := usecase.Step{Name: ask.StepChoices, Data: "points lines", Until: now.Add(time.Second)}
	late := func(s usecase.Step) usecase.Step { s.Until = now; return s }
	until := now.Add(usecase.Patience)
	done := func(step, data, note string) fault.Outcome {
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{Step: step, Data: data, Note: note}}
	}
	refused := func(c fault.Code) fault.Outcome { return fault.Outcome{Code: c} }
	beyond := fault.Outcome{Code: fault.Invalid, Facts: fault.Facts{Data: "2"}}
	again := usecase.Step{Name: ask.StepChoices, Data: "rank help", Until: until}
	typed := usecase.Step{Name: usecase.StepTyped, Data: "erase", Until: now.Add(time.Second)}
	mistyped := usecase.Step{Name: usecase.StepTyped, Data: "erase missed", Until: now.Add(time.Second)}
	words := usecase.Step{Name: usecase.StepWords, Data: "suggestion-words:", Until: now.Add(time.Second)}
	wordOnly := fault.Outcome{Code: fault.Forbidden, Facts: fault.Facts{Step: usecase.StepTyped}}
	miss := ask.Answer{Offer: []string{"rank", "help"}}
	for _, test := range []struct {
		name   string
		step   usecase.Step
		answer ask.Answer
		want   fault.Outcome
		next   usecase.Step
	}{
		{"turn the page", lines, ask.Answer{More: true}, done("lines", twoPages, ""), usecase.Step{Name: ask.StepLines, Data: lastPage, Until: until}},
		{"turn the last page", last, ask.Answer{More: true}, done("lines", lastPage, ""), usecase.Step{}},
		{"too late to turn", late(lines), ask.Answer{More: true}, refused(fault.TooLate), late(lines)},
		{"nothing to turn", usecase.Step{}, ask.Answer{More: true}, refused(fault.NotFound), usecase.Step{}},
		{"more of a list that has no pages", homes, ask.Answer{More: true}, refused(fault.NotFound), homes},
		{"pick a household", homes, ask.Answer{Number: 2}, done("homes", "53", ""), usecase.Step{}},
		{"pick beyond the list", homes, ask.Answer{Number: 3}, beyond, homes},
		{"too late to pick", late(homes), ask.Answer{Number: 1}, refused(fault.TooLate), late(homes)},
		{"pick an intent", offered, ask.Answer{Number: 1}, done("choices", "points", ""), usecase.Step{}},
		{"a number while lines are open", lines, ask.Answer{Number: 1}, refused(fault.NotFound), lines},
		{"a number and nothing open", usecase.Step{}, ask.Answer{Number: 1}, refused(fault.NotFound), usecase.Step{}},
		{"cancel", lines, ask.Answer{Cancel: true}, done("cancelled", "", ""), usecase.Step{}},
		{"cancel nothing", usecase.Step{}, ask.Answer{Cancel: true}, refused(fault.NotFound), usecase.Step{}},
		{"cancel too late", late(offered), ask.Answer{Cancel: true}, refused(fault.TooLate), late(offered)},
		{"the word, typed", typed, ask.Answer{Yes: true, Typed: true}, done("typed", "erase", ""), usecase.Step{}},
		{"yes to what takes only the word", typed, ask.Answer{Yes: true}, wordOnly, typed},
		{"a number to what takes only the word", typed, ask.Answer{Number: 1}, wordOnly, typed},
		{"the word, guessed", typed, ask.Answer{Yes: true, Typed: true, Guessed: true}, wordOnly, typed},
		{"no to what takes only the word", typed, ask.Answer{Cancel: true}, done("cancelled", "", ""), usecase.Step{}},
		{"the word, too late", late(typed), ask.Answer{Yes: true, Typed: true}, refused(fault.TooLate), late(typed)},
		{"a miss before a confirmation", typed, miss, done("offered", "typed", "kept"), mistyped},
		{"the word after a miss", mistyped, ask.Answer{Yes: true, Typed: true}, done("typed", "erase", ""), usecase.Step{}},
		{"a second miss before a confirmation", mistyped, miss, done("offered", "rank help", ""), again},
		{"words too late", late(words), miss, done("offered", "suggestion-words:", "late"), usecase.Step{}},
		{"a miss", homes, miss, done("offered", "rank help", ""), again},
		{"a second miss", offered, miss, done("offered", "rank help", "again"), again},
		{"a miss long after another", late(offered), miss, done("offered", "rank help", ""), again},
	} {
		s := &steps{step: test.step}
		got, err := s.advance(test.answer)
		if err != nil || got != test.want || s.step != test.next {
			t.Errorf("%s: %+v, %v, next %+v", test.name, got, err, s.step)
		}
		if got.Refused() != (s.writes == 0) {
			t.Errorf("%s: %d writes", test.name, s.writes)
		}
	}
}

// TestBrokenStep shows that a damaged step is an error and no answer.
func TestBrokenStep(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "31", "31 2026 2 maybe 0,0,9,6", "31 2026 2 minus 0,0,9", "31 2026 2 minus x"} {
		s := &steps{step: usecase.Step{Name: ask.StepLines, Data: data, Until: now.Add(time.Second)}}
		if out, err := s.advance(ask.Answer{More: true}); err == nil {
			t.Errorf("%q: %+v", data, out)
		}
	}
}

func TestListingText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"31 2026 0 all", "31 2026 4 minus 0,3,0,0 3,4,61,58 0,0,58,1"} {
		listing, err := ask.ParseListing(text)
		if err != nil || listing.String() != text {
			t.Errorf("%q was read as %q: %v", text, listing, err)
		}
	}
}

func TestYearOf(t *testing.T) {
	t.Parallel()
	account := func(year int) []script.Account {
		return []script.Account{{Account: ledger.Account{Year: year}}}
	}
	for _, test := range []struct {
		name     string
		accounts []script.Account
		quarter  int
		now      time.Time
		want     int
	}{
		{"this year", account(2026), 0, now, 2026},
		{"this year's account is not there yet", account(2025), 0, now, 2025},
		{"no account", nil, 0, now, 2026},
		{"a quarter that runs", account(2026), 4, now, 2026},
		{"a quarter to come is last year's", account(2026), 4, now.AddDate(0, -3, 0), 2025},
	} {
		if got := ask.YearOf(test.accounts, test.quarter, test.now); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

// book is a reader of one household's 14 rows of a sheet.
type book struct {
	ask.Reader
	own int
	err error
}

func (b book) SheetRows(context.Context, string) ([]script.Row, error) {
	rows := make([]script.Row, 14)
	for i := range rows {
		rows[i] = script.Row{Rank: i + 1, Own: i == b.own}
	}
	rows[13].Rank = 0
	return rows, b.err
}

// TestRanking looks at who stands beside whom.
func TestRanking(t *testing.T) {
	t.Parallel()
	standing := script.Standing{Sheet: &script.Placing{}}
	for own, want := range map[int][2]int{0: {1, 3}, 1: {1, 4}, 5: {4, 8}, 12: {11, 13}, 13: {0, 0}} {
		got, err := ask.Ranking(context.Background(), book{own: own}, "o-wang", standing)
		var near [2]int
		if n := len(got.Near); n > 0 {
			near = [2]int{got.Near[0].Rank, got.Near[n-1].Rank}
		}
		if err != nil || near != want || len(got.Top) != 10 || got.Top[9].Rank != 10 {
			t.Errorf("at row %d: from %d to %d, %d on top, %v", own, near[0], near[1], len(got.Top), err)
		}
	}
	away := errors.New("away")
	if _, err := ask.Ranking(context.Background(), book{err: away}, "o-wang", standing); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
