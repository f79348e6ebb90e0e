package record

import (
	"context"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// Deed is what a household tells of itself.
type Deed struct {
	Household household.ID
	Words     string
	On        calendar.Date
	Photos    []record.PhotoHash
}

// Declare is the use case of a household telling of its own good deed.
type Declare struct{ Once usecase.Once[Tx] }

// Do keeps the declaration, for the team to take up or decline; the outcome's
// ID is its own, or that of the same words about the same day where these wait
// already. It refuses as record.Declare does, and with Invalid a picture
// that nobody has sent.
func (u Declare) Do(ctx context.Context, cmd usecase.Command, deed Deed) (fault.Outcome, error) {
	cmd.Body = asked("declare", deed)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		d, err := declare(tx, cmd, deed)
		if err != nil {
			return fault.Settle(err)
		}
		id := d.ID
		if id == 0 {
			id, err = tx.AddDeclaration(d)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(d.Household), Village: int64(d.Village)}}, err
	})
}

func declare(tx Tx, cmd usecase.Command, deed Deed) (record.Declaration, error) {
	if err := tx.LockHousehold(deed.Household); err != nil {
		return record.Declaration{}, err
	}
	scene, home, err := usecase.Scene(tx, deed.Household, cmd.Actor, cmd.Now)
	if err != nil {
		return record.Declaration{}, err
	}
	waiting, err := tx.Declared(deed.Household)
	if err != nil {
		return record.Declaration{}, err
	}
	same, err := tx.SameDeclared(deed.Household, deed.Words, deed.On)
	if err != nil {
		return record.Declaration{}, err
	}
	if same != 0 {
		waiting--
	}
	d, err := record.Declare(scene, home, deed.Words, deed.On, deed.Photos, waiting)
	if err != nil {
		return d, err
	}
	d.ID = same
	return d, known(tx, d.Village, d.Photos)
}

// Taking is how a declaration is recorded.
type Taking struct {
	Declaration record.DeclarationID
	Item        string
	On          calendar.Date // the declared day where it is zero
	At          time.Time     // by the phone's clock, zero where that is not known
	Place       string
	Note        string // the household's words where it is empty
	// Evidence is what is brought beside the household's pictures.
	Evidence []record.Evidence
	AtDoor   bool
}

// TakeUp is the use case of recording what a household declared.
type TakeUp struct{ Once usecase.Once[Tx] }

// Do records the event; the outcome's ID is the record's. It refuses with
// NotFound a declaration of a village whose team the actor is not of, with
// Invalid an item that takes points away, and as
// record.Declaration.MayTake, record.New and record.Draft.Check do.
func (u TakeUp) Do(ctx context.Context, cmd usecase.Command, req Taking) (fault.Outcome, error) {
	cmd.Body = asked("take up", req)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		s, d, event, err := takeUp(tx, cmd, req)
		if err != nil {
			return fault.Settle(err)
		}
		if s.record.ID, err = tx.AddRecord(s.record); err != nil {
			return fault.Outcome{}, err
		}
		made, err := s.add(tx, event)
		if err != nil {
			return fault.Outcome{}, err
		}
		facts := fault.Facts{ID: int64(s.record.ID), Household: int64(d.Household), Village: int64(d.Village), Need: int64(event.Tenths)}
		return fault.Outcome{Code: fault.Done, Facts: facts}, tx.SaveDeclaration(d.Take(cmd.Actor, made, cmd.Now))
	})
}

func takeUp(tx Tx, cmd usecase.Command, req Taking) (sitting, record.Declaration, record.Event, error) {
	d, scene, home, err := lockDeclaration(tx, cmd, req.Declaration)
	if err == nil {
		err = d.MayTake(scene, home)
	}
	if err != nil {
		return sitting{}, d, record.Event{}, err
	}
	draft, err := taken(tx, d, req)
	if err != nil {
		return sitting{}, d, record.Event{}, err
	}
	s, err := begin(tx, scene, draft)
	if err != nil {
		return s, d, record.Event{}, err
	}
	event, err := s.score(tx, found{home: home})
	return s, d, event, err
}

// taken is what is recorded of a declaration.
func taken(tx Tx, d record.Declaration, req Taking) (record.Draft, error) {
	if req.On.IsZero() {
		req.On = d.On
	}
	item, err := tx.Item(d.Village, req.On.Year, req.Item)
	if err != nil {
		return record.Draft{}, err
	}
	if item.Value < 0 {
		return record.Draft{}, fault.Refuse(fault.Invalid)
	}
	draft := d.Draft(item)
	draft.On, draft.Place, draft.AtDoor = req.On, req.Place, req.AtDoor
	if !req.At.IsZero() {
		draft.NotedAt = req.At
	}
	draft.Evidence = append(draft.Evidence, req.Evidence...)
	if req.Note != "" {
		draft.Note = req.Note
	}
	return draft, nil
}

// lockDeclaration locks a declaration and its household, and returns it with
// the actor's scene there.
func lockDeclaration(tx Tx, cmd usecase.Command, id record.DeclarationID) (record.Declaration, record.Scene, household.Household, error) {
	d, err := tx.Declaration(id)
	if err != nil {
		return d, record.Scene{}, household.Household{}, err
	}
	scene, one, err := before(tx, cmd, d.Village, Target{Household: d.Household})
	return d, scene, one.home, err
}

// Decline is the use case of not taking a declaration up.
type Decline struct{ Once usecase.Once[Tx] }

// Do declines the declaration for a reason that the household reads. It refuses
// with NotFound one of a village whose team the actor is not of, and as
// record.Declaration.Decline does.
func (u Decline) Do(ctx context.Context, cmd usecase.Command, id record.DeclarationID, reason string) (fault.Outcome, error) {
	cmd.Body = asked("decline", id, reason)
	return u.Once(ctx, cmd, func(tx Tx) (fault.Outcome, error) {
		d, scene, home, err := lockDeclaration(tx, cmd, id)
		if err == nil {
			d, err = d.Decline(scene, home, reason)
		}
		if err != nil {
			return fault.Settle(err)
		}
		return fault.Outcome{Code: fault.Done, Facts: fault.Facts{ID: int64(id), Household: int64(d.Household)}}, tx.SaveDeclaration(d)
	})
}
