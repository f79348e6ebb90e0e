// Package assess is the 考核认定: going through the events that were recorded
// and deciding each (policy 四(二)2).
package assess

import (
	"cmp"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Tx is what assessing needs of a transaction. Whoever assesses locks the
// village's chain first, then events, then accounts, each in the order of their
// ids.
type Tx interface {
	usecase.People
	usecase.Book
	usecase.Quarters
	// VillageOfEvent is the village that an event belongs to, without a lock;
	// NotFound where there is no such event.
	VillageOfEvent(record.ID) (village.ID, error)
	// Events locks and returns events in the order of their ids; what there is
	// not is left out.
	Events([]record.ID) ([]record.Event, error)
	// SaveEvents keeps what was decided about events.
	SaveEvents([]record.Event) error
	// Confirmers are the village's leader and deputies.
	Confirmers(village.ID) ([]household.Staff, error)
	// KinOf holds the declared ties of several households.
	KinOf([]household.ID) (household.Kin, error)
	// Accounts locks and returns the accounts of households of one year, in the
	// order of their ids; those that there are not are left out.
	Accounts(year int, homes []household.ID) ([]ledger.Account, error)
	// KeepAll is Keep for postings one after the other on one chain.
	KeepAll([]ledger.Posted) error
}

// sitting is somebody going through events of a village: the leader, a deputy
// or the township's office.
type sitting struct {
	tx       Tx
	scene    record.Scene
	head     ledger.Head
	progress ledger.Progress
	events   []record.Event // in the order of their ids
}

// sit locks the village's chain and the events, of which the village is that of
// the first that there is; those of another village are left out. It refuses
// with NotFound where there is none or the actor has no post in the village, and
// with Forbidden who decides nothing there.
func sit(tx Tx, cmd usecase.Command, ids ...record.ID) (sitting, error) {
	s := sitting{tx: tx, scene: record.Scene{Now: cmd.Now}}
	v, err := s.villageOf(ids)
	if err != nil {
		return s, err
	}
	if s.head, err = tx.Head(v); err != nil {
		return s, err
	}
	if s.scene.Village, err = tx.Village(v); err != nil {
		return s, err
	}
	if s.scene.Staff, err = tx.Staff(cmd.Actor); err != nil {
		return s, err
	}
	if err := (usecase.Access{Staff: s.scene.Staff, Village: s.scene.Village}).Need(usecase.Confirm); err != nil {
		return s, err
	}
	return s, s.gather(v, ids)
}

func (s *sitting) villageOf(ids []record.ID) (v village.ID, err error) {
	err = fault.Refuse(fault.NotFound)
	for _, id := range ids {
		if v, err = s.tx.VillageOfEvent(id); fault.CodeOf(err) != fault.NotFound {
			return v, err
		}
	}
	return 0, err
}

// gather reads what the rules ask for.
func (s *sitting) gather(v village.ID, ids []record.ID) (err error) {
	if s.scene.Confirmers, err = s.tx.Confirmers(v); err != nil {
		return err
	}
	if s.progress, err = s.tx.Progress(v); err != nil {
		return err
	}
	if s.events, err = s.tx.Events(ids); err != nil {
		return err
	}
	s.events = slices.DeleteFunc(s.events, func(e record.Event) bool { return e.Village != v })
	homes := make([]household.ID, len(s.events))
	for i, e := range s.events {
		homes[i] = e.Household
	}
	s.scene.Kin, err = s.tx.KinOf(homes)
	return err
}

// start moves the quarters that events count in from open to assessing, where
// they are over: the first act of assessing does what the job of day 1 does.
func (s *sitting) start(decided []record.Event) error {
	var started []calendar.Quarter
	for _, e := range decided {
		q, _ := s.progress.CountsIn(e.OccurredOn)
		if slices.Contains(started, q) || !q.Last().Before(calendar.DateOf(s.scene.Now)) {
			continue
		}
		started = append(started, q)
		if err := usecase.StartAssessing(s.tx, s.scene.Village.ID, q, s.scene.Now); err != nil {
			return err
		}
	}
	return nil
}

// accounts locks the accounts that drafts are posted to, by year and household.
func (s *sitting) accounts(drafts []ledger.Draft, events []record.Event) (map[purse]ledger.Account, error) {
	homes := map[int][]household.ID{}
	var years []int
	for i, d := range drafts {
		year := d.CountsIn.Year
		if homes[year] == nil {
			years = append(years, year)
		}
		homes[year] = append(homes[year], events[i].Household)
	}
	slices.SortFunc(years, cmp.Compare[int])
	out := map[purse]ledger.Account{}
	for _, year := range years {
		found, err := s.tx.Accounts(year, homes[year])
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			out[purse{a.Household, a.Year}] = a
		}
	}
	return out, nil
}

// purse names a household's account of a year.
type purse struct {
	home household.ID
	year int
}
