package assess

import (
	"context"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Confirm is the use case that turns pending events into lines.
type Confirm struct{ Once usecase.Once[Tx] }

// Do confirms one event; the outcome names the line and the entry.
func (c Confirm) Do(ctx context.Context, cmd usecase.Command, id record.ID) (fault.Outcome, error) {
	return c.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := sit(tx, cmd, id)
		if err != nil {
			return fault.Settle(err)
		}
		b, left, err := s.confirm([]record.ID{id})
		if err != nil {
			return fault.Settle(err)
		}
		if len(left) > 0 {
			return fault.Outcome{Code: left[0].Why.Code, Facts: left[0].Why.Facts}, nil
		}
		e := b.posted[0].Entries[0]
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			ID: int64(id), Household: int64(b.events[0].Household), Line: e.Line, Seq: int64(e.Seq),
		}}, s.keep(b)
	})
}

// Most is how many events are confirmed in one act.
const Most = 100

// Many confirms up to Most events of one village, each by the rules of Do. Those
// that may not be are left as they are: the outcome's Need is how many were
// confirmed, and Left reads from its Data which were not and why. It refuses
// with Invalid none, with TooMany more than Most, and as Do does where nothing
// at all may be decided.
func (c Confirm) Many(ctx context.Context, cmd usecase.Command, ids []record.ID) (fault.Outcome, error) {
	switch n := len(ids); {
	case n == 0:
		return fault.Outcome{Code: fault.Invalid}, nil
	case n > Most:
		return fault.Outcome{Code: fault.TooMany, Facts: fault.Facts{Need: int64(n)}}, nil
	}
	return c.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, err := sit(tx, cmd, ids...)
		if err != nil {
			return fault.Settle(err)
		}
		b, left, err := s.confirm(ids)
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{
			Village: int64(s.scene.Village.ID), Need: int64(len(b.events)), Data: writeLeft(left),
		}}, s.keep(b)
	})
}

// Left is an event that was not confirmed, and why.
type Left struct {
	Event record.ID
	Why   *fault.Refusal
}

// batch is what confirming leaves, before it is written.
type batch struct {
	events []record.Event
	posted []ledger.Posted
}

// confirm decides about the events with these ids. It writes nothing.
func (s *sitting) confirm(ids []record.ID) (b batch, left []Left, err error) {
	refuse := func(id record.ID, err error) bool {
		out, other := fault.Settle(err)
		if other == nil {
			left = append(left, Left{id, fault.With(out.Code, out.Facts)})
		}
		return other == nil
	}
	var drafts []ledger.Draft
	for _, id := range ids {
		e, ok := s.event(id)
		if !ok {
			refuse(id, fault.Refuse(fault.NotFound))
			continue
		}
		e, d, err := e.Confirm(s.scene, s.progress)
		if err != nil {
			if !refuse(id, err) {
				return b, left, err
			}
			continue
		}
		s.decide(e)
		b.events, drafts = append(b.events, e), append(drafts, d)
	}
	accounts, err := s.accounts(drafts, b.events)
	if err != nil {
		return b, left, err
	}
	kept := b.events[:0]
	for i, e := range b.events {
		posted, err := s.post(accounts, e, drafts[i])
		if err != nil {
			if !refuse(e.ID, err) {
				return b, left, err
			}
			continue
		}
		kept, b.posted = append(kept, e), append(b.posted, posted)
	}
	b.events = kept
	return b, left, nil
}

// event is the event with an id as it stands by now.
func (s *sitting) event(id record.ID) (record.Event, bool) {
	for _, e := range s.events {
		if e.ID == id {
			return e, true
		}
	}
	return record.Event{}, false
}

// decide lets an id that is asked for twice meet what was decided the first time.
func (s *sitting) decide(e record.Event) {
	for i := range s.events {
		if s.events[i].ID == e.ID {
			s.events[i] = e
		}
	}
}

// post posts one draft behind those before it.
func (s *sitting) post(accounts map[purse]ledger.Account, e record.Event, d ledger.Draft) (ledger.Posted, error) {
	at := purse{e.Household, d.CountsIn.Year}
	account, ok := accounts[at]
	if !ok {
		return ledger.Posted{}, fault.Refuse(fault.NotFound)
	}
	posted, err := ledger.Post(s.head, account, s.progress, d, s.scene.Now)
	if err == nil {
		s.head, accounts[at] = posted.Head, posted.Account
	}
	return posted, err
}

func (s *sitting) keep(b batch) error {
	if len(b.events) == 0 {
		return nil
	}
	if err := s.start(b.events); err != nil {
		return err
	}
	if err := s.tx.KeepAll(b.posted); err != nil {
		return err
	}
	return s.tx.SaveEvents(b.events)
}

// writeLeft keeps what was left in a fact, such as "12:kin 15:conflict".
func writeLeft(left []Left) string {
	parts := make([]string, len(left))
	for i, l := range left {
		parts[i] = strconv.FormatInt(int64(l.Event), 10) + ":" + string(l.Why.Code)
		if l.Why.Facts.Note == record.LeftToVillage {
			parts[i] += ":" + record.LeftToVillage
		}
	}
	return strings.Join(parts, " ")
}

// ReadLeft reads the Data of Many's outcome.
func ReadLeft(data string) (left []Left) {
	for _, part := range strings.Fields(data) {
		id, why, _ := strings.Cut(part, ":")
		code, note, _ := strings.Cut(why, ":")
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			left = append(left, Left{record.ID(n), fault.With(fault.Code(code), fault.Facts{Note: note})})
		}
	}
	return left
}
